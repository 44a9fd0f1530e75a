"""In which time zones a number may be. No ring needs the tables of this, so they are imported when they are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNKNOWN = "Etc/Unknown"
_NAME_NOW = {  # of zones that libphonenumber calls as they were called before, in regions with several
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Godthab": "America/Nuuk",
    "Asia/Choibalsan": "Asia/Ulaanbaatar",
    "Pacific/Enderbury": "Pacific/Kanton",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
}
# Where libphonenumber names a zone of another country, which has other hours in some months, for a part of one with several zones.
_OWN_OF_PART = {("RU", "Europe/Bucharest"): "Europe/Kaliningrad", ("MX", "America/New_York"): "America/Cancun"}


def time_zones(e164: str, of_region: Sequence[str]) -> tuple[str, ...]:
    """Return the IANA names of the zones in which a number in E.164 may be, given those of its region; () where that is not known.

    Source: the map of zones in libphonenumber, by the first digits of the number. It names neighbours' zones too, such as Paris for
    Algeria, whose clocks are another's in summer, and for a mobile number all zones of its country code, such as those of the whole
    of North America for one of Antigua. So a region with one zone has that one, and of several only the region's own count. A
    mobile number of a large country may be in all of them.
    """
    from phonenumbers import parse
    from phonenumbers.timezone import time_zones_for_number

    if len(of_region) == 1:
        return tuple(of_region)
    region = region_of(e164)
    known = (_NAME_NOW.get(zone, zone) for zone in time_zones_for_number(parse(e164)) if zone != _UNKNOWN)
    named = tuple(dict.fromkeys(_OWN_OF_PART.get((region, zone), zone) for zone in known))
    return tuple(zone for zone in named if zone in of_region) or named


def region_of(e164: str) -> str:
    """Return the region of a number in E.164, two letters; "" where that is not known, and for a number of no country."""
    from phonenumbers import parse, region_code_for_number

    region = region_code_for_number(parse(e164)) or ""
    return region if region.isalpha() else ""
