"""How fast HubSpot may be asked: as fast as its limits allow, and never faster.

Source: HubSpot usage guidelines. A limit of requests in ten rolling seconds is told in headers; search has a limit of its own, five
a second for the whole account, and tells none. Time is a parameter: seconds of a clock that only goes forward.
"""

from __future__ import annotations

import bisect
import threading
from typing import TYPE_CHECKING

from callerid.crm.hubspot.http.request_times import InMemory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callerid.crm.hubspot.http.request_times import Record, Sent

_SMALLEST_LIMIT, _INTERVAL = 100, 10.0  # of the smallest plan, until a header tells
_SEARCHES, _SEARCH_INTERVAL = 4, 1.0  # of five: the fifth is for whoever else uses the account
_MARGIN = 0.25  # seconds by which one request may be longer on its way to HubSpot than another
_LONGEST_WAY = 5.0  # seconds that an answer may be old
_WIDEST_MARGIN = 2.0
_LEAST_PAUSE = 0.001  # a sum of floats may come out as nothing


class RateLimiter:
    """Grants each request its time. Any thread may ask, and any process that has the same record of what was sent."""

    def __init__(self, record: Record | None = None) -> None:
        self._record = record or InMemory()
        self._lock = threading.Lock()
        self._most, self._interval, self._margin = _SMALLEST_LIMIT, _INTERVAL, _MARGIN
        self._searches = _SEARCHES
        self._others, self._others_until = 0, 0.0
        self._held_until = 0.0

    @property
    def most(self) -> int:
        """How many requests ten seconds have room for."""
        return max(1, self._most - max(1, self._most // 50))  # a little is left for somebody else with the same token

    def reserve(self, now: float, *, search: bool) -> float:
        """Grant a request that is sent now, and return 0; or return the seconds until it may be asked for again."""
        with self._lock:
            if now < self._held_until:
                return self._held_until - now
            with self._record.open() as sent:
                sent.forget(now - self._interval - _LONGEST_WAY, now)
                pause = max(self._pause(sent, now), self._search_pause(sent, now) if search else 0.0)
                if pause <= 0:
                    sent.all.append(now)
                    sent.searches += [now] if search else []
                return pause

    def _pause(self, sent: Sent, now: float) -> float:
        span = self._interval + self._margin
        counted = sent.all[bisect.bisect_right(sent.all, now - span) :]
        others = self._others if now < self._others_until else 0
        if len(counted) + others < self.most:
            return 0.0
        return max(_LEAST_PAUSE, counted[0] + span - now if counted else self._others_until - now)

    def _search_pause(self, sent: Sent, now: float) -> float:
        span = _SEARCH_INTERVAL + self._margin
        counted = sent.searches[bisect.bisect_right(sent.searches, now - span) :]
        return max(_LEAST_PAUSE, counted[0] + span - now) if len(counted) >= self._searches else 0.0

    def learn(self, headers: Mapping[str, str], now: float) -> None:
        """Learn from an answer's headers: the limit, and how much of it somebody else has used."""
        most, left = _whole(headers.get("X-HubSpot-RateLimit-Max")), _whole(headers.get("X-HubSpot-RateLimit-Remaining"))
        if not most:
            return
        with self._lock:
            self._most = most
            interval = _whole(headers.get("X-HubSpot-RateLimit-Interval-Milliseconds"))
            self._interval = interval / 1000 if interval else self._interval
            if left is None:
                return
            with self._record.open() as sent:
                # HubSpot may have counted what was sent a little earlier when it wrote the answer
                others = most - left - sum(at > now - self._interval - _LONGEST_WAY for at in sent.all)
            if others > 0:
                self._others, self._others_until = others, now + self._interval

    def refused(self, seconds: float, now: float, *, search: bool) -> None:
        """Learn from a refusal (429): nothing is sent for so many seconds, and requests keep a wider distance from now on."""
        with self._lock:
            self._held_until = max(self._held_until, now + seconds)
            self._margin = min(_WIDEST_MARGIN, self._margin * 2)
            if search:
                self._searches = max(1, self._searches - 1)


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004
