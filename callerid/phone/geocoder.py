"""Where a number is, by libphonenumber's geocoder. Its tables take 100 MB of memory, so it runs in a process of its own:
`python -m callerid.phone.geocoder` reads {"number": E.164, "language": "en"} and prints {"place": "Munich, Germany"}.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from callerid.errors import MalformedOutput
from callerid.messages import joined, message
from callerid.translation import in_language

if TYPE_CHECKING:
    from callerid.phone.command_runner import CommandRunner

_TIMEOUT = 20.0  # seconds; a slow phone needs some to load the tables
_LONGEST = 120
_MORE_NAMES = {"XK": {"en": "Kosovo", "ja": "コソボ"}}


def geocode(runner: CommandRunner, e164: str, language: str) -> str:
    """Return where a number in E.164 is, as `describe` does, from a process of its own. Raise PhoneFault."""
    request = json.dumps({"number": e164, "language": language})
    output = runner.run([sys.executable, "-m", "callerid.phone.geocoder"], timeout=_TIMEOUT, stdin=request)
    try:
        return str(json.loads(output.stdout)["place"])[:_LONGEST]
    except (ValueError, KeyError, TypeError) as fault:
        raise MalformedOutput(
            message("the geocoder printed no place."), remedy=message("Type: pip install --force-reinstall phonenumbers")
        ) from fault


def describe(e164: str, language: str) -> str:
    """Return where a number in E.164 is, as "Munich, Germany"; the country alone where the plan says no more, "" without one."""
    import phonenumbers
    from phonenumbers import geocoder

    number = phonenumbers.parse(e164)
    country = _country_name(phonenumbers.region_code_for_number(number) or _main_region(number.country_code or 0), language)
    within = str(geocoder.description_for_number(number, language))
    is_country = within.casefold() == country.casefold()
    return in_language(joined(", ", (within, country)), language) if within and country and not is_country else country or within


def _main_region(country_code: int) -> str:
    """Return the region of a country code that only one has; "" for one that is shared, or of no country."""
    import phonenumbers

    regions = phonenumbers.region_codes_for_country_code(country_code)
    return str(regions[0]) if len(regions) == 1 and regions[0] != "001" else ""


def _country_name(region: str, language: str) -> str:
    """Return a region's name in a language, in English where it is not known in that one.

    libphonenumber's country_name_for_number is empty where several regions of one country code have such numbers (Italian mobiles
    are San Marino's and the Vatican's too), and its names lack Kosovo.
    """
    from phonenumbers.geodata.locale import LOCALE_DATA

    names = LOCALE_DATA.get(region) or _MORE_NAMES.get(region, {})
    name = names.get(language) or names.get("en", "")
    return str(names.get(name[1:], "") if name.startswith("*") else name)


def main() -> None:
    """Read one request from stdin and print its answer."""
    request = json.load(sys.stdin)
    sys.stdout.write(json.dumps({"place": describe(str(request["number"]), str(request["language"]))}))


if __name__ == "__main__":
    main()
