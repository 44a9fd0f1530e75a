"""Times of day in the phone's zone: quiet hours, the evening, and when a follow-up task is due.

Functions take local time and return UTC: Python compares and subtracts two times of one zone by their clocks, which are set forward
and back. A time of day that a day has twice is its first, and one that it skips is as long after the change as it would be before.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from callerid.records import dataclass

_MORNING = time(9)  # when a follow-up task is due on its day
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From `start` to `end` in local time nothing is shown. They last over midnight when `end` is the earlier."""

    start: time
    end: time

    def until(self, now: datetime) -> datetime | None:
        """Return when the quiet hours end (UTC), or None outside of them. `now` is in the phone's zone."""
        moment, nights = now.astimezone(UTC), self.end <= self.start
        for first_day in (now.date(), now.date() - _DAY):
            ends = _at(now, first_day + nights * _DAY, self.end)
            if _at(now, first_day, self.start) <= moment < ends:
                return ends
        return None


def next_evening(local_now: datetime, evening: time) -> datetime:
    """Return the next evening (UTC) that is at least a minute away, at this time of day in the phone's zone."""
    today = _at(local_now, local_now.date(), evening)
    return today if today - local_now.astimezone(UTC) > _MINUTE else _at(local_now, local_now.date() + _DAY, evening)


def snooze_until(local_now: datetime, evening: time) -> tuple[datetime, bool]:
    """Return until when (UTC) "Not now" puts a call off, and whether that is the evening. In the evening itself it is an hour:
    tomorrow's evening is too far to remember a call."""
    tonight = next_evening(local_now, evening)
    is_today = tonight == _at(local_now, local_now.date(), evening)
    return (tonight, True) if is_today else (local_now.astimezone(UTC) + _HOUR, False)


def last_evening(local_now: datetime, evening: time) -> datetime:
    """Return the latest evening that has begun (UTC), at this time of day in the phone's zone."""
    today = _at(local_now, local_now.date(), evening)
    return today if today <= local_now.astimezone(UTC) else _at(local_now, local_now.date() - _DAY, evening)


class DueIn(StrEnum):
    """When to follow up a call."""

    NEVER = "none"
    TOMORROW = "tomorrow"
    IN_3_DAYS = "3-days"
    NEXT_WEEK = "next-week"
    ON_A_DATE = "date"


def due_time(due_in: DueIn, on: str, local_now: datetime) -> datetime | None:
    """Return when a follow-up task is due (UTC): in the morning of its day. `on` is the date ("2026-12-01") for ON_A_DATE. None for
    never, and for a date that is not valid or has begun already."""
    day = _due_day(due_in, on, local_now.date())
    if day is None:
        return None
    morning = _at(local_now, day, _MORNING)
    return morning if morning > local_now.astimezone(UTC) else None


def _due_day(due_in: DueIn, on: str, today: date) -> date | None:
    match due_in:
        case DueIn.TOMORROW:
            return today + _DAY
        case DueIn.IN_3_DAYS:
            return today + 3 * _DAY
        case DueIn.NEXT_WEEK:  # its Monday
            return today + (7 - today.weekday()) * _DAY
        case DueIn.ON_A_DATE:
            return read_date(on)
    return None


def read_date(text: str) -> date | None:
    """Return the day that a text such as "2026-12-01" names; None when it names none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _at(local_now: datetime, day: date, clock: time) -> datetime:
    """Return when a clock in the zone of `local_now` shows a time of day (UTC)."""
    return datetime.combine(day, clock, tzinfo=local_now.tzinfo).astimezone(UTC)
