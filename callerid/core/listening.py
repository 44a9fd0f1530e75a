"""How often a polled sense looks: fast while something happens, slower with the hours and a low battery, never without need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.senses import POLLED, Sense

if TYPE_CHECKING:
    from datetime import datetime

_BUSY = timedelta(seconds=1)  # while it rings, or somebody speaks and a second call may wait
_SLOWER = ((timedelta(hours=1), 1.0), (timedelta(hours=4), 1.5))  # of the chosen interval, so long after the last call
_SLOWEST = 2.0
_LOW_BATTERY, _LOW_FACTOR = 20, 2.0  # per cent
_LONGEST = timedelta(seconds=15)  # a ring lasts about half a minute: slower than this is deaf
_AFTER_FAULT_LONGEST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What the interval depends on. `battery` is in per cent, None when it charges or is not known; `quiet_until` is the end of the
    quiet hours, None outside them."""

    interval: timedelta
    busy: bool = False
    last_call: datetime | None = None
    battery: int | None = None
    quiet_until: datetime | None = None
    faults: int = 0


def next_look(conditions: Conditions, now: datetime) -> timedelta:
    """Given the conditions and now, return how long to wait until the next look."""
    if conditions.quiet_until:
        return conditions.quiet_until - now
    if conditions.faults:
        return min(conditions.interval * (1 << min(conditions.faults, 10)), _AFTER_FAULT_LONGEST)
    if conditions.busy:
        return min(_BUSY, conditions.interval)
    factor = _SLOWEST
    if conditions.last_call:
        since = now - conditions.last_call
        factor = next((factor for limit, factor in _SLOWER if since < limit), _SLOWEST)
    if conditions.battery is not None and conditions.battery < _LOW_BATTERY:
        factor *= _LOW_FACTOR
    return max(conditions.interval, min(conditions.interval * factor, _LONGEST))


def looks_a_day(interval: timedelta) -> int:
    """Given an interval, return how many looks a day has at the most."""
    return int(timedelta(days=1) / interval)


def battery_share(cpu_seconds_a_day: float) -> float:
    """Given seconds of processor a day, return roughly which part of a battery they take in a day, in per cent: one busy little
    core draws about 0.3 W, a battery holds about 15 Wh."""
    return cpu_seconds_a_day * 0.3 / 3600 / 15 * 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """What this phone lets us do to hear a ring. `chosen` are the senses of the settings, () for "auto"; `can_look` says that the
    registry can be read, `hides_number` that this build leaves the number out; `list_works` is None while nobody has tried;
    `inbox_proven` says that an automation told of the last calls, with their numbers."""

    chosen: tuple[Sense, ...] = ()
    can_look: bool = False
    hides_number: bool = False
    list_works: bool | None = None
    stream_alive: bool = False
    inbox_proven: bool = False


def polled(ability: Ability) -> tuple[Sense, ...]:
    """Given what is possible, return the senses that have to look again and again: none while one that is told, and tells who
    calls, is alive. With
    "auto" the notifications are looked at only when they were once seen to work, because asking without access opens a settings
    page on the screen, and only when the registry does not tell enough."""
    if ability.inbox_proven or (ability.stream_alive and not ability.hides_number):
        return ()
    found = []
    if ability.can_look and not ability.stream_alive and Sense.TELEPHONY in (ability.chosen or POLLED):
        found.append(Sense.TELEPHONY)
    enough = bool(found) and not ability.hides_number
    if ability.chosen:
        notices = Sense.NOTIFICATIONS in ability.chosen and ability.list_works is not False
    else:
        notices = bool(ability.list_works) and not enough
    return (*found, Sense.NOTIFICATIONS) if notices else tuple(found)


def wants_registry(ability: Ability) -> bool:
    """Given what is possible, is a way to read the registry worth looking for?"""
    told = ability.inbox_proven or ability.stream_alive
    return not told and Sense.TELEPHONY in (ability.chosen or POLLED)


def wants_stream(chosen: tuple[Sense, ...]) -> bool:
    """Given the senses of the settings, is the stream one of them?"""
    return not chosen or Sense.STREAM in chosen
