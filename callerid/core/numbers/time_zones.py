"""In which time zones a number may be. No ring needs the tables of this, so they are imported when they are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNKNOWN = "Etc/Unknown"


def time_zones(e164: str) -> tuple[str, ...]:
    """Return the IANA names of the zones in which a number in E.164 may be; () where that is not known.

    Source: the map of zones in libphonenumber, by the first digits of the number. A mobile number of a large country may be in
    all its zones, and a toll-free one in all of its country code.
    """
    from phonenumbers import parse
    from phonenumbers.timezone import time_zones_for_number

    zones: Sequence[str] = time_zones_for_number(parse(e164))
    return tuple(zone for zone in zones if zone != _UNKNOWN)


def region_of(e164: str) -> str:
    """Return the region of a number in E.164, two letters; "" where that is not known, and for a number of no country."""
    from phonenumbers import parse, region_code_for_number

    region = region_code_for_number(parse(e164)) or ""
    return region if region.isalpha() else ""
