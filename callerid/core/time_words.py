"""Moments as a person types them into a command."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

_SPAN = re.compile(r"(\d{1,5})\s*([hdwmy])")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_MOST_HOURS = 100 * 365 * 24
_NAMED_DAYS = {"today": 0, "yesterday": 1}
FIRST_PHONES = 2008  # the year of the first Android phone: no call of one is older


def read_moment(text: str, local_now: datetime) -> datetime | None:
    """Return the moment that a text names, in the zone of `local_now`: "12h", "30d", "2w", "6m" or "1y" before now, "today",
    "yesterday", "2026-11-01", or "2026-11-01 14:00". None when it names none.

    Hours have really passed. A day is one of the calendar, at the same time of day, however the clocks were set meanwhile; a month
    is 30 days and a year 365.
    """
    try:
        moment = _read(text.strip(), local_now)
        # by way of UTC, since a clock that is set forward skips times
        return moment.astimezone(UTC).astimezone(local_now.tzinfo) if moment else None
    except OverflowError:  # near the first or the last day that Python knows
        return None


def is_before_phones(moment: datetime) -> bool:
    """Return whether a moment lies before the first Android phone, so that it was hardly meant."""
    return moment.year < FIRST_PHONES


def _read(text: str, local_now: datetime) -> datetime | None:
    word = text.lower()
    if span := _SPAN.fullmatch(word):
        return _before(int(span[1]), span[2], local_now)
    if word in _NAMED_DAYS:
        return datetime.combine(local_now.date() - timedelta(days=_NAMED_DAYS[word]), time(), tzinfo=local_now.tzinfo)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=local_now.tzinfo)


def _before(count: int, unit: str, local_now: datetime) -> datetime | None:
    days = count * _DAYS.get(unit, 0)
    hours = count if unit == "h" else 24 * days
    if hours >= _MOST_HOURS:
        return None
    if unit == "h":
        return local_now.astimezone(UTC) - timedelta(hours=hours)
    return datetime.combine(local_now.date() - timedelta(days=days), local_now.timetz())
