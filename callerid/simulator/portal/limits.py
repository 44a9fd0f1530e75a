"""The portal's limits of requests, and faults on demand."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from callerid.simulator.portal.refusals import too_fast

if TYPE_CHECKING:
    from collections.abc import Callable

_WINDOW = 10.0


@dataclass(slots=True)
class Limits:
    """A rolling limit for ten seconds, one for a second of searches, and one for the day."""

    clock: Callable[[], float]
    burst: int = 100
    searches: int = 5
    daily: int | None = None
    _recent: deque[float] = field(default_factory=deque)
    _searched: deque[float] = field(default_factory=deque)
    _today: int = 0

    def admit(self, *, search: bool) -> dict[str, str]:
        """Count a request and return its headers (none on search). Raise Refusal when a limit is reached."""
        now = self.clock()
        self._today += 1
        if self.daily is not None and self._today > self.daily:
            raise too_fast("DAILY")
        if search and not _fits(self._searched, self.searches, now, 1.0):
            raise too_fast("SECONDLY")
        if not _fits(self._recent, self.burst, now, _WINDOW):
            refusal = too_fast("TEN_SECONDLY_ROLLING")
            refusal.headers = {} if search else self._headers()
            raise refusal
        return {} if search else self._headers()

    @property
    def today(self) -> int:
        """How many requests were counted today."""
        return self._today

    @property
    def most_today(self) -> int:
        """How many requests a day may have."""
        return self.daily or 250_000

    def _headers(self) -> dict[str, str]:
        return {
            "X-HubSpot-RateLimit-Max": str(self.burst),
            "X-HubSpot-RateLimit-Remaining": str(max(0, self.burst - len(self._recent))),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
            "X-HubSpot-RateLimit-Daily": str(self.most_today),
            "X-HubSpot-RateLimit-Daily-Remaining": str(max(0, self.most_today - self._today)),
        }


def _fits(recent: deque[float], most: int, now: float, window: float) -> bool:
    while recent and recent[0] <= now - window:
        recent.popleft()
    if len(recent) >= most:
        return False
    recent.append(now)
    return True


KINDS = ("late", "status", "html", "cut_before", "cut_after", "slow", "truncated_json", "not_json_200", "redirect", "large")


@dataclass(slots=True)
class Fault:
    """The next `times` requests whose "METHOD path" the pattern finds meet this."""

    kind: str
    pattern: str = "."
    times: int = 1
    status: int = 500
    seconds: float = 1.0
    retry_after: str = ""
    size: int = 64 * 1024 * 1024  # of a large answer, in bytes, when it is unpacked

    def takes(self, request: str) -> bool:
        """Return whether this request meets the fault; if so, count it."""
        if self.times > 0 and re.search(self.pattern, request):
            self.times -= 1
            return True
        return False
