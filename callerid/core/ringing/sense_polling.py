"""How often a polled sense looks: fast while it rings, slower with the hours and a low battery, never without need; and which
senses have to look at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.backoff import Backoff, after_poll
from callerid.core.ringing.senses import POLLED, Sense

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

_BUSY = timedelta(seconds=1)  # while it rings, or this phone dials
_BUSY_AT_MOST = timedelta(minutes=3)  # no ring lasts longer: what still says so then is stuck
_SLOWER = ((timedelta(hours=1), 1.0), (timedelta(hours=4), 1.5))  # of the chosen interval, so long after the last call
_SLOWEST = 2.0
_LOW_BATTERY, _LOW_FACTOR = 20, 2.0  # per cent
_LONGEST = timedelta(seconds=15)  # a ring lasts about half a minute: slower than this is deaf
_AFTER_FAULT_LONGEST = timedelta(minutes=5)
AFTER_HANG = Backoff.seconds(60, 240, 900, 3600)  # until the list of notifications is read again; then it is given up
_CALLS_A_DAY, _RING = 20, timedelta(seconds=30)  # of a busy day, for what it costs at the most
_LOOKS_A_CALL = 4  # it rings, is dialled or answered, goes on, ends
_EAGER_LOOKS = 6  # at the call log, within the half minute after a call


@dataclass(frozen=True, slots=True, kw_only=True)
class PollConditions:
    """What one sense's interval depends on. `busy` while it rings or this phone dials, `talking` while somebody speaks and a second
    call may wait; `last_call` is when something changed last; `battery` is in per cent, None when it charges or is not known;
    `quiet_until` is the end of the quiet hours, None outside them; `faults` and `hangs` are this sense's own, in a row."""

    interval: timedelta
    busy: bool = False
    talking: bool = False
    last_call: datetime | None = None
    battery: int | None = None
    quiet_until: datetime | None = None
    faults: int = 0
    hangs: int = 0


def next_interval(conditions: PollConditions, now: datetime) -> timedelta:
    """Given the conditions and now, return how long to wait until the next look."""
    if conditions.quiet_until:
        return conditions.quiet_until - now
    if conditions.hangs:
        return AFTER_HANG.pause(conditions.hangs)
    if conditions.faults:
        return Backoff.doubling(conditions.interval * 2, _AFTER_FAULT_LONGEST).pause(conditions.faults)
    if conditions.busy and (conditions.last_call is None or now - conditions.last_call <= _BUSY_AT_MOST):
        return min(_BUSY, conditions.interval)
    factor = 1.0 if conditions.talking else _factor(conditions.last_call, now)
    if conditions.battery is not None and conditions.battery < _LOW_BATTERY:
        factor *= _LOW_FACTOR
    return max(conditions.interval, min(conditions.interval * factor, _LONGEST))


def _factor(last_call: datetime | None, now: datetime) -> float:
    since = now - last_call if last_call else None
    return next((factor for limit, factor in _SLOWER if since is not None and since < limit), _SLOWEST)


def polls_a_day(interval: timedelta) -> int:
    """Given the chosen interval, return how many looks a day has at the most, on a day of twenty calls that ring for half a minute
    each."""
    ringing = _CALLS_A_DAY * _RING
    return int((timedelta(days=1) - ringing) / interval + ringing / min(_BUSY, interval))


def push_reads_a_day() -> int:
    """Return how many looks such a day has where each call is told: what is told of it, or looked at because of it."""
    return _CALLS_A_DAY * _LOOKS_A_CALL


def call_log_polls_a_day(fastest: timedelta, slowest: timedelta) -> int:
    """Given the pace of the call log's poll, return how many looks such a day has at the most: after each call it is read at once,
    then eagerly, then ever more slowly."""
    pauses, pause = _EAGER_LOOKS, fastest
    while pause < slowest:
        pauses, pause = pauses + 1, after_poll(pause, found=False, fastest=fastest, slowest=slowest)
    return _CALLS_A_DAY * pauses + int(timedelta(days=1) / slowest)


def battery_share(cpu_seconds_a_day: float) -> float:
    """Given seconds of processor a day, return roughly which part of a battery they take in a day, in per cent: one busy little
    core draws about 0.3 W, a battery holds about 15 Wh."""
    return cpu_seconds_a_day * 0.3 / 3600 / 15 * 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SenseAvailability:
    """What this phone lets us do to hear a ring. `chosen` are the senses of the settings, () for "auto"; `can_look` says that the
    registry can be read, `hides_number` that this build leaves the number out; `list_works` is None while nobody has tried;
    `stream_alive` says that the log is followed, `stream_deaf` that it told nothing of the last calls all the same; `inbox_proven`
    that an automation told of the last calls, with their numbers."""

    configured: tuple[Sense, ...] = ()
    registry_readable: bool = False
    hides_number: bool = False
    notifications_readable: bool | None = None
    stream_running: bool = False
    stream_deaf: bool = False
    inbox_proven: bool = False

    @property
    def stream_reliable(self) -> bool:
        """May the stream be relied on? A build whose telecom service logs nothing leaves it alive and silent."""
        return self.stream_running and not self.stream_deaf


def senses_to_poll(ability: SenseAvailability) -> tuple[Sense, ...]:
    """Given what is possible, return the senses that have to look again and again: none while one that is told, and tells who
    calls, can be relied on. With "auto" the notifications are looked at only when they were once seen to work, because asking
    without access opens a settings page on the screen, and only when the registry does not tell enough."""
    if ability.inbox_proven or (ability.stream_reliable and not ability.hides_number):
        return ()
    found = []
    if ability.registry_readable and not ability.stream_reliable and Sense.TELEPHONY in (ability.configured or POLLED):
        found.append(Sense.TELEPHONY)
    enough = bool(found) and not ability.hides_number
    if ability.configured:
        notices = Sense.NOTIFICATIONS in ability.configured and ability.notifications_readable is not False
    else:
        notices = bool(ability.notifications_readable) and not enough
    return (*found, Sense.NOTIFICATIONS) if notices else tuple(found)


def lost_senses(ability: SenseAvailability, proven: Collection[Sense]) -> tuple[Sense, ...]:
    """Given what is possible and the senses that ever heard a ring, return those that ought to listen now and cannot: named in the
    settings or, with "auto", once heard. None while an automation tells who calls."""
    if ability.inbox_proven:
        return ()
    wished = ability.configured or proven
    able = replace(
        ability,
        registry_readable=ability.registry_readable or Sense.TELEPHONY in wished,
        notifications_readable=True if Sense.NOTIFICATIONS in wished else ability.notifications_readable,
    )
    stream = (Sense.STREAM,) if Sense.STREAM in wished and not ability.stream_running else ()
    return (*stream, *(sense for sense in senses_to_poll(able) if sense not in senses_to_poll(ability)))


def needs_registry(ability: SenseAvailability) -> bool:
    """Given what is possible, is a way to read the registry worth looking for?"""
    told = ability.inbox_proven or ability.stream_reliable
    return not told and Sense.TELEPHONY in (ability.configured or POLLED)


def wants_stream(chosen: tuple[Sense, ...]) -> bool:
    """Given the senses of the settings, is the stream one of them?"""
    return not chosen or Sense.STREAM in chosen
