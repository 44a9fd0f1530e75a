"""Calls -> the figures of a report."""

from __future__ import annotations

import statistics
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.followup.called_back import not_called_back
from callerid.core.followup.outcomes import is_connected, is_missed
from callerid.core.followup.states import AWAITING_ANSWER, ShownState, State, shown_state
from callerid.core.report.report_call import KINDS, kind_of
from callerid.models import CallType
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from callerid.core.report.report_call import ReportCall, ReportCaller, ReportDeal
    from callerid.models import Call

_MOST_DAYS, _MOST_WEEKS, _MOST_MONTHS = 31, 26, 37  # bars that a phone's screen has room for
_WEEK = 7
RESPONSE_LIMITS = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(days=1))
_NOT_LOGGED = (*AWAITING_ANSWER, State.DISMISSED, State.NOT_IN_CRM, State.DEAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The calls of a day, a week, a month or a year (whose first day this is), or of an hour of any day, by their kind."""

    first: date | None
    hour: int = 0
    answered: int = 0
    missed: int = 0
    outgoing: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.answered + self.missed + self.outgoing


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """How long and how often somebody (by their key), or a company (by its name), was spoken with."""

    key: str
    seconds: int
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCaller:
    """Somebody who was missed and not called back, by their key: how often, and when last (UTC)."""

    key: str
    calls: int
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedDeal:
    """A deal, and the calls with its people."""

    deal: ReportDeal
    calls: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All figures of a report."""

    days: tuple[Period, ...]
    step: str  # of `days`: "day", "week", "month" or "year"
    hours: tuple[Period, ...]
    people: tuple[Talk, ...]  # who was spoken with longest first
    companies: tuple[Talk, ...]
    waiting: tuple[WaitingCaller, ...]  # newest first
    not_logged: dict[ShownState, int]
    responses: tuple[int, ...]  # by `RESPONSE_LIMITS`, then later ones
    response_median: timedelta | None
    deals: tuple[TouchedDeal, ...]
    delivery_median: timedelta | None

    @property
    def counts(self) -> Period:
        """The calls of the whole time."""
        return Period(first=None, **{kind: sum(getattr(hour, kind) for hour in self.hours) for kind in KINDS})

    @property
    def talk(self) -> int:
        """The seconds of all calls."""
        return sum(person.seconds for person in self.people)


def figures(
    calls: Sequence[ReportCall],
    caller_of: Callable[[ReportCall], ReportCaller],
    local: Callable[[datetime], datetime],
    first: date,
    last: date,
) -> Figures:
    """Return the figures of calls, oldest first, from one local day to another."""
    known = [(each, caller_of(each), local(each.call.start)) for each in calls]
    pairs = [(caller.key, each.call) for each, caller, _ in known]
    step = _step(first, last)
    responses = response_times(pairs)
    took = [each.logged.delivery_seconds for each in calls if each.logged and each.logged.delivery_seconds is not None]
    return Figures(
        days=_by_day(((moment.date(), each.call) for each, _, moment in known), step, first, last),
        step=step,
        hours=_by_hour((moment.hour, each.call) for each, _, moment in known),
        people=_talk(pairs),
        companies=_talk((caller.company, each.call) for each, caller, _ in known if caller.company),
        waiting=_waiting(pairs),
        not_logged=dict(Counter(shown_state(each.state) for each in calls if each.state in _NOT_LOGGED)),
        responses=_in_limits(responses),
        response_median=timedelta(seconds=statistics.median(time.total_seconds() for time in responses)) if responses else None,
        deals=_touched_deals((each, caller) for each, caller, _ in known),
        delivery_median=timedelta(seconds=statistics.median(took)) if took else None,
    )


def _step(first: date, last: date) -> str:
    days = (last - first).days + 1
    if days <= _MOST_WEEKS * _WEEK:
        return "day" if days <= _MOST_DAYS else "week"
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return "month" if months <= _MOST_MONTHS else "year"


def _start(day: date, step: str) -> date:
    """Return the first day of a day's week, month or year."""
    match step:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)
    return day


def _by_day(calls: Iterable[tuple[date, Call]], step: str, first: date, last: date) -> tuple[Period, ...]:
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    starts = dict.fromkeys(_start(day, step) for day in days)
    counts = Counter((_start(day, step), kind_of(call)) for day, call in calls)
    return tuple(Period(first=start, **{kind: counts[start, kind] for kind in KINDS}) for start in starts)


def _by_hour(calls: Iterable[tuple[int, Call]]) -> tuple[Period, ...]:
    counts = Counter((hour, kind_of(call)) for hour, call in calls)
    return tuple(Period(first=None, hour=hour, **{kind: counts[hour, kind] for kind in KINDS}) for hour in range(24))


def _talk(calls: Iterable[tuple[str, Call]]) -> tuple[Talk, ...]:
    """Return the talk time with each key, the longest first."""
    seconds, numbers = Counter[str](), Counter[str]()
    for key, call in calls:
        if is_connected(call):
            seconds[key] += call.duration
            numbers[key] += 1
    return tuple(Talk(key=key, seconds=total, calls=numbers[key]) for key, total in seconds.most_common())


def _waiting(pairs: Sequence[tuple[str, Call]]) -> tuple[WaitingCaller, ...]:
    found = not_called_back(pairs).items()
    waiting = (WaitingCaller(key=key, calls=len(missed), last=missed[0].start) for key, missed in found)
    return tuple(sorted(waiting, key=lambda each: each.last, reverse=True))


def response_times(pairs: Iterable[tuple[str, Call]]) -> list[timedelta]:
    """Return how long each caller who was missed waited until they were called back or spoken with, by calls that are sorted by
    their start, each with what stands for its caller ("" for a hidden number)."""
    since: dict[str, datetime] = {}
    times = []
    for caller, call in pairs:
        if caller and is_missed(call):
            since.setdefault(caller, call.start)
        elif caller in since and (call.type is CallType.OUTGOING or is_connected(call)):
            times.append(call.start - since.pop(caller))
    return times


def _in_limits(times: Iterable[timedelta]) -> tuple[int, ...]:
    places = Counter(sum(time > limit for limit in RESPONSE_LIMITS) for time in times)
    return tuple(places[place] for place in range(len(RESPONSE_LIMITS) + 1))


def _touched_deals(calls: Iterable[tuple[ReportCall, ReportCaller]]) -> tuple[TouchedDeal, ...]:
    """Return the deals that calls were logged with, and where a call was logged with none, the deals of whom it was with."""
    deals: dict[str, ReportDeal] = {}
    numbers, seconds = Counter[str](), Counter[str]()
    for each, caller in calls:
        chosen = each.logged.deal_id if each.logged else ""
        for deal in caller.deals:
            if is_connected(each.call) and (not chosen or deal.id == chosen):
                deals[deal.id] = deal
                numbers[deal.id] += 1
                seconds[deal.id] += each.call.duration
    return tuple(TouchedDeal(deal=deals[key], calls=count, seconds=seconds[key]) for key, count in numbers.most_common())
