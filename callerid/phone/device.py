"""The phone's time zone and region."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from callerid.errors import CommandMissing

if TYPE_CHECKING:
    from datetime import tzinfo

    from callerid.phone.termux import Termux


def zone(termux: Termux) -> tzinfo:
    """Return the phone's time zone now; it changes when the phone travels. Raise PhoneFault."""
    try:
        name = termux.zone_name()
    except CommandMissing:  # not Android: the zone of this machine
        name = ""
    try:
        return ZoneInfo(name) if name else _machine_zone()
    except (KeyError, ValueError, OSError):  # a name that is not in the zone database
        return _machine_zone()


def _machine_zone() -> tzinfo:
    local = datetime.now().astimezone().tzinfo
    assert local is not None  # noqa: S101 - astimezone always sets one
    return local


def region(termux: Termux) -> str:
    """Return the region of the SIM, else of the network, as an ISO code; "" when neither is known. Raise PhoneFault."""
    info = termux.device_info()
    return info.sim_country or info.network_country
