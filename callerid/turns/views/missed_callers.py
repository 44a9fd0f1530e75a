"""The missed calls that nobody returned -> their callers, the most urgent first, with the time of day where they are."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from callerid.core import numbers
from callerid.core.missed.business_hours import BusinessHours, open_now
from callerid.core.missed.missed_caller import MissedCaller, different_times, most_urgent_first
from callerid.turns.context import local_clock
from callerid.turns.facts import turn_facts
from callerid.turns.views.listed_calls import caller_of, calls_not_returned, listed_call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from callerid.config.settings import Config
    from callerid.models import Call
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts


def missed_callers(app: AppContext, since: datetime | None, now: datetime) -> tuple[MissedCaller, ...]:
    """Return who was missed since a time (None: ever) and not called back, by open deal value and number of attempts."""
    facts, local = turn_facts(app, now), local_clock(app.ledger)
    waiting = (calls for calls in calls_not_returned(app, facts).values() if since is None or calls[0].start >= since)
    return most_urgent_first(_callers(app, waiting, facts, local))


def _callers(
    app: AppContext, waiting: Iterable[tuple[Call, ...]], facts: TurnFacts, local: Callable[[datetime], datetime]
) -> Iterator[MissedCaller]:
    for calls in waiting:
        followup = app.ledger.calls.followup(calls[0].key)
        if followup is None:  # forgotten meanwhile
            continue
        caller = caller_of(app, followup, facts)
        zones, region = _whereabouts(numbers.e164(followup.call.number, app.region))
        local_times = tuple(facts.now.astimezone(zone) for zone in zones)
        yield MissedCaller(
            last=listed_call(app, followup, caller, facts, local),
            attempts=len(calls),
            first=calls[-1].start,
            deals=caller.candidates[0].deals if len(caller.candidates) == 1 else (),
            zones=tuple(zone.key for zone in zones),
            local_times=different_times(local_times),
            open_now=open_now(local_times, region, _business_hours(app.config)),
        )


def _whereabouts(e164: str | None) -> tuple[tuple[ZoneInfo, ...], str]:
    """Return the zones and the region of a number in E.164: none of an incomplete one."""
    from callerid.core.numbers.time_zones import region_of, time_zones

    if e164 is None:
        return (), ""
    region = region_of(e164)
    return tuple(filter(None, map(_zone, time_zones(e164, zones_of_region(region))))), region


def zones_of_region(region: str) -> tuple[str, ...]:
    """Return the IANA names of the zones of a region (two letters), as the tz database lists them; () for one that the list does
    not have, as Kosovo."""
    return _zones_by_region().get(region, ())


@lru_cache(maxsize=1)
def _zones_by_region() -> dict[str, tuple[str, ...]]:
    """Read the list, which the package tzdata has; without it, zones are as exact as the map of numbers has them."""
    try:
        listed = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    except (OSError, ModuleNotFoundError):
        return {}
    zones: dict[str, tuple[str, ...]] = {}
    for line in listed.splitlines():
        if line and not line.startswith("#"):
            region, _, zone, *_ = line.split("\t")
            zones[region] = (*zones.get(region, ()), zone)
    return zones


def _zone(name: str) -> ZoneInfo | None:
    """Return a zone by its IANA name; None for one that tzdata does not have: the two come from different packages."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _business_hours(config: Config) -> BusinessHours | None:
    hours = config.business_hours
    return BusinessHours(start=hours.start, end=hours.end) if hours else None
