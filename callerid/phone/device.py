"""What kind of phone it is: its time zone and its region."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from callerid.errors import CommandMissing

if TYPE_CHECKING:
    from datetime import tzinfo

    from callerid.phone.termux import Termux


def zone(termux: Termux) -> tzinfo:
    """Return the zone that the phone has now, asked anew each time, because a phone travels. Raise PhoneFault."""
    try:
        name = termux.zone_name()
    except CommandMissing:  # no Android: the machine's own zone
        name = ""
    try:
        return ZoneInfo(name) if name else _own_zone()
    except (KeyError, ValueError, OSError):  # a name that the zone database does not have
        return _own_zone()


def _own_zone() -> tzinfo:
    local = datetime.now().astimezone().tzinfo
    assert local is not None  # noqa: S101 - astimezone always sets one
    return local


def region(termux: Termux) -> str:
    """Return the region of the SIM, else of the network, as an ISO code; "" when neither is known. Raise PhoneFault."""
    info = termux.device_info()
    return info.sim_country or info.network_country
