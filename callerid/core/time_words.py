"""Moments as a person types them into a command."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

_SPAN = re.compile(r"(\d{1,5})\s*([hdwmy])")
_HOURS = {"h": 1, "d": 24, "w": 7 * 24, "m": 30 * 24, "y": 365 * 24}
_MOST_HOURS = 100 * 365 * 24
_DAYS = {"today": 0, "yesterday": 1}


def read_moment(text: str, local_now: datetime) -> datetime | None:
    """Return the moment that a text names, in the zone of `local_now`: "12h", "30d", "2w", "6m" or "1y" before now, "today",
    "yesterday", "2026-11-01", or "2026-11-01 14:00". None when it names none."""
    word = text.strip().lower()
    if span := _SPAN.fullmatch(word):
        hours = int(span[1]) * _HOURS[span[2]]
        return local_now - timedelta(hours=hours) if hours < _MOST_HOURS else None
    if word in _DAYS:
        return datetime.combine(local_now.date() - timedelta(days=_DAYS[word]), time(), tzinfo=local_now.tzinfo)
    try:
        moment = datetime.fromisoformat(word)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=local_now.tzinfo)
