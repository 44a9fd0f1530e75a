"""Whether business hours run where somebody is."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, time

_MON, _TUE, _WED, _THU, _FRI, _SAT, _SUN = range(7)
_WEEKEND = frozenset({_SAT, _SUN})
# Where the weekend is another one. Source: weekendStart and weekendEnd in CLDR's supplemental data.
_WEEKENDS = (
    dict.fromkeys("BH DZ EG IL IQ JO KW LY OM QA SA SD SY YE".split(), frozenset({_FRI, _SAT}))
    | {"AF": frozenset({_THU, _FRI}), "IR": frozenset({_FRI})}
    | dict.fromkeys(("IN", "UG"), frozenset({_SUN}))
)


class OpenNow(StrEnum):
    """Whether business hours run where a number is."""

    OPEN = "open"
    CLOSED = "closed"
    DEPENDS = "depends"  # the number may be in several zones, and they run in some of them
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessHours:
    """From `start` until before `end` in local time, on working days; over midnight when `end` is not the later."""

    start: time
    end: time


def open_now(local_times: Sequence[datetime], region: str, hours: BusinessHours | None) -> OpenNow:
    """Return whether business hours run, given what time it is in each zone where somebody may be, the region (two letters, "" if
    not known) whose weekend counts, and the hours (None: not set). Public holidays are not known."""
    if not local_times or hours is None:
        return OpenNow.UNKNOWN
    weekend = _WEEKENDS.get(region, _WEEKEND)
    are_open = {_is_within(local, hours, weekend) for local in local_times}
    if len(are_open) > 1:
        return OpenNow.DEPENDS
    return OpenNow.OPEN if True in are_open else OpenNow.CLOSED


def _is_within(local: datetime, hours: BusinessHours, weekend: frozenset[int]) -> bool:
    """Return whether a local time is within the hours; what runs over midnight belongs to the day on which it began."""
    now, day = local.time(), local.weekday()
    if hours.start < hours.end:
        return hours.start <= now < hours.end and day not in weekend
    return (now >= hours.start and day not in weekend) or (now < hours.end and (day - 1) % 7 not in weekend)
