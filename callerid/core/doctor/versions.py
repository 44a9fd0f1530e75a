"""Versions of Termux's parts with which callerid does not work, in one table. README and every message name the oldest good one.

Sources: the release notes and histories of termux-api (the app), termux-api-package (its commands) and termux-app.
"""

from __future__ import annotations

import re
from enum import StrEnum

from callerid.messages import message
from callerid.records import dataclass

OLDEST_GOOD_API = "0.52"


class Part(StrEnum):
    """A part of Termux that has versions of its own."""

    TERMUX = "Termux"
    API = "Termux:API"
    COMMANDS = "the package termux-api"


PART_NAMES = {Part.TERMUX: "Termux", Part.API: "Termux:API", Part.COMMANDS: message("the package termux-api")}


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBad:
    """Versions with a fault that matters here: those before `fixed_in`."""

    part: Part
    fixed_in: tuple[int, ...]
    from_sdk: int = 0  # the first version of Android (its API level) on which it matters
    fault: str


KNOWN_BAD = (
    KnownBad(  # termux-api 11eff56; termux-api#434, #658, #697
        part=Part.API, fixed_in=(0, 51), from_sdk=30, fault=message("it reads the call log as empty")
    ),
    KnownBad(  # termux-api 7c1759a; termux-api#764, #677, #711; #762
        part=Part.API,
        fixed_in=(0, 52),
        fault=message("each button runs the first action that was ever made, and no job can be scheduled"),
    ),
    KnownBad(part=Part.COMMANDS, fixed_in=(0, 58), from_sdk=34, fault=message("its commands hang")),  # e8b0013; termux-api#638
    KnownBad(part=Part.TERMUX, fixed_in=(0, 109), fault=message("DUMP cannot be granted to it")),  # its AndroidManifest.xml
)
# The app's version codes of termux-api's app/build.gradle. Before 0.51.0 the code was the second number of the version, plus one.
_API_CODES = {1000: "0.51.0", 1001: "0.52.0", 1002: "0.53.0"}


def api_version(code: int) -> str:
    """Return the version of the app Termux:API that has a version code."""
    if code in _API_CODES:
        return _API_CODES[code]
    newest = max(_API_CODES)
    return message("newer than {api_codes}", api_codes=_API_CODES[newest]) if code > newest else f"0.{max(0, code - 1)}"


def known_fault(part: Part, version: str, sdk: int) -> KnownBad | None:
    """Return the fault of a version on this Android (the oldest), None when none is known. A version that is no number, such as
    "newer than 0.53.0", is newer than all of the table."""
    numbers = re.match(r"\d+(?:\.\d+)*", version)
    if not numbers:
        return None
    parsed = tuple(int(number) for number in numbers[0].split("."))
    faults = [bad for bad in KNOWN_BAD if bad.part is part and parsed < bad.fixed_in and sdk >= bad.from_sdk]
    return min(faults, key=lambda bad: bad.fixed_in, default=None)
