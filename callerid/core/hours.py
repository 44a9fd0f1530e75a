"""Times of day in the phone's zone: quiet hours, the evening, and when a follow-up task is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

_MORNING = time(9)  # when a task of a day is due
_A_MINUTE, _AN_HOUR, _A_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From `start` to `end` in local time nothing shows; over midnight when `end` is the earlier."""

    start: time
    end: time

    def until(self, now: datetime) -> datetime | None:
        """Given now in the phone's zone, return when the quiet ends, or None when it is not quiet."""
        for days_back in (0, 1):
            begins = datetime.combine(now.date() - timedelta(days=days_back), self.start, tzinfo=now.tzinfo)
            length_in_days = 1 if self.end <= self.start else 0
            ends = datetime.combine(begins.date() + timedelta(days=length_in_days), self.end, tzinfo=now.tzinfo)
            if begins <= now < ends:
                return ends
        return None


def next_evening(local_now: datetime, evening: time) -> datetime:
    """Given now in the phone's zone and the hour of the evening, return the next evening that is at least a minute away."""
    today = datetime.combine(local_now.date(), evening, tzinfo=local_now.tzinfo)
    return today if today - local_now > _A_MINUTE else _at(local_now, local_now.date() + _A_DAY, evening)


def not_now(local_now: datetime, evening: time) -> tuple[datetime, bool]:
    """Given now in the phone's zone and the hour of the evening, return until when a call is put off if nothing more is said, and
    whether that is the evening. In the evening itself it is an hour: tomorrow's is too far for remembering a call."""
    tonight = next_evening(local_now, evening)
    return (tonight, True) if tonight.date() == local_now.date() else (local_now + _AN_HOUR, False)


def last_evening(local_now: datetime, evening: time) -> datetime:
    """Given now in the phone's zone and the hour of the evening, return the latest evening that has begun."""
    today = datetime.combine(local_now.date(), evening, tzinfo=local_now.tzinfo)
    return today if today <= local_now else _at(local_now, local_now.date() - _A_DAY, evening)


class DueIn(StrEnum):
    """When a person wants to follow a call up."""

    NEVER = "none"
    TOMORROW = "tomorrow"
    IN_3_DAYS = "3-days"
    NEXT_WEEK = "next-week"
    ON_A_DATE = "date"


def due(said: DueIn, on: str, local_now: datetime) -> datetime | None:
    """Given when a follow-up is wanted, its date ("2026-12-01", for a date only) and now in the phone's zone, return when it is
    due, in the morning of that day, in UTC. None for never, and for a date that is none or has begun already."""
    day = _day(said, on, local_now.date())
    if day is None:
        return None
    morning = _at(local_now, day, _MORNING)
    return morning.astimezone(UTC) if morning > local_now else None


def _day(said: DueIn, on: str, today: date) -> date | None:
    match said:
        case DueIn.TOMORROW:
            return today + _A_DAY
        case DueIn.IN_3_DAYS:
            return today + 3 * _A_DAY
        case DueIn.NEXT_WEEK:  # its Monday
            return today + (7 - today.weekday()) * _A_DAY
        case DueIn.ON_A_DATE:
            return read_date(on)
    return None


def read_date(text: str) -> date | None:
    """Given "2026-12-01", return that day; None for what is no day."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _at(local_now: datetime, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=local_now.tzinfo)
