"""Where a number is, by libphonenumber's own geocoder. Its tables take 100 MB, so it works in a process of its own, which ends at
once: `python -m callerid.phone.geocoder` reads {"number": E.164, "language": "en"} and prints {"place": "Munich, Germany"}.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from callerid.errors import MalformedOutput

if TYPE_CHECKING:
    from callerid.phone.command_runner import CommandRunner

_PATIENCE = 20.0  # seconds; a slow phone takes some to load the tables
_LONGEST = 120


def geocode(runner: CommandRunner, e164: str, language: str) -> str:
    """Given a number in E.164 and a language, return its place and country, as far as the numbering plan tells. Raise
    PhoneFault."""
    asked = json.dumps({"number": e164, "language": language})
    said = runner.run([sys.executable, "-m", "callerid.phone.geocoder"], timeout=_PATIENCE, stdin=asked)
    try:
        return str(json.loads(said.stdout)["place"])[:_LONGEST]
    except (ValueError, KeyError, TypeError) as fault:
        raise MalformedOutput("the geocoder gave no answer.", remedy="Type: pip install --force-reinstall phonenumbers") from fault


def describe(e164: str, language: str) -> str:
    """Given a number in E.164, return "Munich, Germany"; the country alone where the plan says no more."""
    import phonenumbers
    from phonenumbers import geocoder

    number = phonenumbers.parse(e164)
    country = str(geocoder.country_name_for_number(number, language))
    within = str(geocoder.description_for_number(number, language))
    return f"{within}, {country}" if within and country and within != country else within or country


def main() -> None:
    """Be that process."""
    asked = json.load(sys.stdin)
    sys.stdout.write(json.dumps({"place": describe(str(asked["number"]), str(asked["language"]))}))


if __name__ == "__main__":
    main()
