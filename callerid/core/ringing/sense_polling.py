"""Which senses are polled, and how often: fast during a ring, slower with the hours and a low battery, never without need."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.backoff import Backoff, Deadline
from callerid.core.ringing.hearing import Sense
from callerid.core.ringing.senses import POLLED
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

BUSY_INTERVAL = timedelta(seconds=1)  # while it rings, or this phone dials
_BUSY_AT_MOST = timedelta(minutes=3)  # no ring lasts longer: then the state is stuck
_SLOWER = ((timedelta(hours=1), 1.0), (timedelta(hours=4), 1.5))  # time since the last call, factor of the configured interval
_SLOWEST = 2.0
_LOW_BATTERY, _LOW_FACTOR = 20, 2.0  # per cent
_LONGEST = timedelta(seconds=15)  # a ring lasts about half a minute, and slower polls would miss it
_AFTER_FAULT_LONGEST = timedelta(minutes=5)
AFTER_HANG = Backoff.seconds(60, 240, 900, 3600)  # until the list of notifications is read again; then it is given up


@dataclass(frozen=True, slots=True, kw_only=True)
class PollConditions:
    """What the interval of one sense depends on."""

    interval: timedelta  # as configured
    busy: bool = False  # it rings, or this phone dials
    talking: bool = False  # a second call may come
    last_call: datetime | None = None  # when the state of the phone changed last
    battery: int | None = None  # per cent; None if it charges or is not known
    quiet_until: datetime | None = None  # the end of the quiet hours, None outside them
    faults: int = 0  # of this sense, in a row
    hangs: int = 0  # of this sense, in a row


def next_interval(conditions: PollConditions, now: datetime) -> timedelta:
    """Return how long to wait until the next poll."""
    if conditions.quiet_until:
        return conditions.quiet_until - now
    if conditions.hangs:
        return AFTER_HANG.pause(conditions.hangs)
    if conditions.faults:
        return Backoff.doubling(conditions.interval * 2, _AFTER_FAULT_LONGEST).pause(conditions.faults)
    if conditions.busy and (conditions.last_call is None or Deadline.after(_BUSY_AT_MOST, conditions.last_call).holds(now)):
        return min(BUSY_INTERVAL, conditions.interval)
    factor = 1.0 if conditions.talking else _factor(conditions.last_call, now)
    if conditions.battery is not None and conditions.battery < _LOW_BATTERY:
        factor *= _LOW_FACTOR
    return max(conditions.interval, min(conditions.interval * factor, _LONGEST))


def _factor(last_call: datetime | None, now: datetime) -> float:
    if last_call is None:
        return _SLOWEST
    return next((factor for limit, factor in _SLOWER if Deadline.after(limit, last_call).holds(now)), _SLOWEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class SenseAvailability:
    """What is possible on this phone, and what works."""

    configured: tuple[Sense, ...] = ()  # the setting ring.senses; () is "auto"
    registry_readable: bool = False
    hides_number: bool = False  # this build leaves the number out of the registry
    notifications_readable: bool | None = None  # None until it was tried
    stream_running: bool = False  # the system's log is followed
    stream_deaf: bool = False  # and yet reported nothing of the last calls
    inbox_proven: bool = False  # an automation app reported the last calls, with their numbers

    @property
    def stream_reliable(self) -> bool:
        """Return whether the stream can be relied on: where the telecom service logs nothing, it runs and stays silent."""
        return self.stream_running and not self.stream_deaf

    @property
    def inbox_suffices(self) -> bool:
        """Return whether the inbox can be relied on alone: not where the settings name senses and it is none of them."""
        return self.inbox_proven and (not self.configured or Sense.INBOX in self.configured)


def senses_to_poll(available: SenseAvailability) -> tuple[Sense, ...]:
    """Return the senses that have to be polled: none while the stream or the inbox gives the callers reliably.

    With "auto" the notifications are polled only if the registry does not suffice, and only if they were read before: reading them
    without access opens a settings page on the screen.
    """
    if available.inbox_suffices or (available.stream_reliable and not available.hides_number):
        return ()
    senses = []
    if available.registry_readable and not available.stream_reliable and Sense.TELEPHONY in (available.configured or POLLED):
        senses.append(Sense.TELEPHONY)
    registry_suffices = bool(senses) and not available.hides_number
    if available.configured:
        is_list_needed = Sense.NOTIFICATIONS in available.configured and available.notifications_readable is not False
    else:
        is_list_needed = bool(available.notifications_readable) and not registry_suffices
    return (*senses, Sense.NOTIFICATIONS) if is_list_needed else tuple(senses)


def lost_senses(available: SenseAvailability, proven: Collection[Sense]) -> tuple[Sense, ...]:
    """Return the senses that should work and cannot be used any more: the configured ones or, with "auto", the proven ones.

    There are none while an automation app gives the callers, if that is a sense that the settings allow.
    """
    if available.inbox_suffices:
        return ()
    wanted = available.configured or proven
    restored = replace(
        available,
        registry_readable=available.registry_readable or Sense.TELEPHONY in wanted,
        notifications_readable=True if Sense.NOTIFICATIONS in wanted else available.notifications_readable,
    )
    stream = (Sense.STREAM,) if Sense.STREAM in wanted and not available.stream_running else ()
    return (*stream, *(sense for sense in senses_to_poll(restored) if sense not in senses_to_poll(available)))


def needs_registry(available: SenseAvailability) -> bool:
    """Return whether it is worth searching for a way to read the registry."""
    suffices = available.inbox_suffices or available.stream_reliable
    return not suffices and Sense.TELEPHONY in (available.configured or POLLED)


def wants_stream(configured: tuple[Sense, ...]) -> bool:
    """Return whether the stream is among the configured senses; () is "auto"."""
    return not configured or Sense.STREAM in configured
