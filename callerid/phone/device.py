"""The phone's time zone and region."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from callerid.errors import CommandMissing

if TYPE_CHECKING:
    from callerid.phone.termux import Termux


class _MachineZone(tzinfo):
    """As the C library has it, with its changes of the clocks; `datetime.astimezone()` gives the offset of one moment alone."""

    def utcoffset(self, local: datetime | None) -> timedelta | None:
        """Return the offset at a local time."""
        return local.replace(tzinfo=None).astimezone().utcoffset() if local else None

    def tzname(self, local: datetime | None) -> str | None:
        """Return what the zone is called at a local time."""
        return local.replace(tzinfo=None).astimezone().tzname() if local else None

    def dst(self, _: datetime | None) -> timedelta | None:
        """Return None: how much of the offset is summer time is not known."""
        return None

    def fromutc(self, moment: datetime) -> datetime:
        """Return the local time at a moment in UTC."""
        there = moment.replace(tzinfo=UTC).astimezone()
        local = there.replace(tzinfo=self)
        return local if local.utcoffset() == there.utcoffset() else local.replace(fold=1)


MACHINE_ZONE = _MachineZone()  # for where its IANA name is not known


def zone(termux: Termux) -> tzinfo:
    """Return the phone's time zone now; it changes when the phone travels. Raise PhoneFault."""
    try:
        name = termux.zone_name()
    except CommandMissing:  # not Android: the zone of this machine
        name = ""
    try:
        return ZoneInfo(name) if name else MACHINE_ZONE
    except (KeyError, ValueError, OSError):  # a name that is not in the zone database
        return MACHINE_ZONE


def region(termux: Termux) -> str:
    """Return the region of the SIM, else of the network, as an ISO code; "" when neither is known. Raise PhoneFault."""
    info = termux.device_info()
    return info.sim_country or info.network_country
