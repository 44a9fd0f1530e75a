"""When something that is not there is looked for again: soon at first, for somebody may just be setting it up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_FIRST, _LONGEST = timedelta(minutes=1), timedelta(hours=1)


class Search:
    """Looking for one thing."""

    def __init__(self) -> None:
        self._next: datetime | None = None
        self._pause = _FIRST

    def is_due(self, now: datetime) -> bool:
        """Is it time to look?"""
        return self._next is None or now >= self._next or self._next - now > _LONGEST

    def tried(self, now: datetime) -> None:
        """It was looked for just now."""
        self._next = now + self._pause
        self._pause = min(self._pause * 2, _LONGEST)

    def begin_anew(self, now: datetime) -> None:
        """It was there until now."""
        self._pause = _FIRST
        self._next = now + timedelta(seconds=10)

    def wait(self, now: datetime) -> float:
        """Return how many seconds to wait until it is time."""
        return 1.0 if self._next is None else max(1.0, (self._next - now).total_seconds())
