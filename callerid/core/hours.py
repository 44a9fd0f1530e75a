"""Times of day in the phone's zone: quiet hours, the evening, and when a follow-up task is due."""

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
        """Return when the quiet hours end, or None outside of them. `now` is in the phone's zone."""
        for days_back in (0, 1):
            begins = datetime.combine(now.date() - timedelta(days=days_back), self.start, tzinfo=now.tzinfo)
            length_in_days = 1 if self.end <= self.start else 0
            ends = datetime.combine(begins.date() + timedelta(days=length_in_days), self.end, tzinfo=now.tzinfo)
            if begins <= now < ends:
                return ends
        return None


def next_evening(local_now: datetime, evening: time) -> datetime:
    """Return the next evening that is at least a minute away, at this time of day in the phone's zone."""
    today = _at(local_now, local_now.date(), evening)
    return today if today - local_now > _MINUTE else _at(local_now, local_now.date() + _DAY, evening)


def snooze_until(local_now: datetime, evening: time) -> tuple[datetime, bool]:
    """Return until when "Not now" puts a call off, and whether that is the evening. In the evening itself it is an hour: tomorrow's
    evening is too far to remember a call."""
    tonight = next_evening(local_now, evening)
    return (tonight, True) if tonight.date() == local_now.date() else (local_now + _HOUR, False)


def last_evening(local_now: datetime, evening: time) -> datetime:
    """Return the latest evening that has begun, at this time of day in the phone's zone."""
    today = _at(local_now, local_now.date(), evening)
    return today if today <= local_now else _at(local_now, local_now.date() - _DAY, evening)


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
    return morning.astimezone(UTC) if morning > local_now else None


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
    return datetime.combine(day, clock, tzinfo=local_now.tzinfo)
