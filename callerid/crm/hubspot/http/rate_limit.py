"""How fast requests may be sent: as fast as HubSpot's limits allow, and never faster.

Source: HubSpot usage guidelines. Headers say the limit of requests in ten rolling seconds; search has a limit of its own, five a
second for the whole account, that no header says. Times are parameters: seconds of a monotonic clock.
"""

from __future__ import annotations

import bisect
import threading
from typing import TYPE_CHECKING

from callerid.crm.hubspot.http.request_log import MemoryRequestLog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callerid.crm.hubspot.http.request_log import RequestLog, RequestTimes
    from callerid.errors import RateLimited

_SMALLEST_LIMIT, _INTERVAL = 100, 10.0  # of the smallest plan, until a header says
_SEARCH_LIMIT, _SEARCH_INTERVAL = 4, 1.0  # of five: the fifth is for others who use the account
_MARGIN = 0.25  # seconds by which one request may take longer to reach HubSpot than another
_WIDEST_MARGIN = 2.0
_OLDEST_COUNT = 5.0  # seconds: how old the count in a response's headers may be
_SHORTEST_PAUSE = 0.001  # a difference of floats may come out as zero


class RateLimiter:
    """Grants each request the time to be sent. Safe for threads, and for processes that share a request log."""

    def __init__(self, request_log: RequestLog | None = None) -> None:
        self._request_log = request_log or MemoryRequestLog()
        self._lock = threading.Lock()
        self._limit, self._interval, self._margin = _SMALLEST_LIMIT, _INTERVAL, _MARGIN
        self._search_limit = _SEARCH_LIMIT
        self._others, self._others_until = 0, 0.0  # requests that other clients sent, and until when they count
        self._paused_until = self._searches_paused_until = 0.0

    @property
    def usable(self) -> int:
        """How many requests may be sent in ten seconds; a little of the limit is left for other clients with the same token."""
        return max(1, self._limit - max(1, self._limit // 50))

    def reserve(self, now: float, *, search: bool) -> float:
        """Grant a request that is sent now, and return 0; or return the seconds until it may be asked for again."""
        with self._lock:
            paused_until = max(self._paused_until, self._searches_paused_until if search else 0.0)
            if now < paused_until:
                return paused_until - now
            with self._request_log.open() as times:
                times.drop_before(now - self._interval - _OLDEST_COUNT, now)
                pause = max(self._pause(times, now), self._search_pause(times, now) if search else 0.0)
                if pause <= 0:
                    times.all.append(now)
                    times.searches += [now] if search else []
                return pause

    def _pause(self, times: RequestTimes, now: float) -> float:
        span = self._interval + self._margin
        counted = times.all[bisect.bisect_right(times.all, now - span) :]
        others = self._others if now < self._others_until else 0
        if len(counted) + others < self.usable:
            return 0.0
        return max(_SHORTEST_PAUSE, counted[0] + span - now if counted else self._others_until - now)

    def _search_pause(self, times: RequestTimes, now: float) -> float:
        span = _SEARCH_INTERVAL + self._margin
        counted = times.searches[bisect.bisect_right(times.searches, now - span) :]
        return max(_SHORTEST_PAUSE, counted[0] + span - now) if len(counted) >= self._search_limit else 0.0

    def read_headers(self, headers: Mapping[str, str], now: float) -> None:
        """Take the limit, and how much of it other clients have used, from a response's headers."""
        limit, remaining = _whole(headers.get("X-HubSpot-RateLimit-Max")), _whole(headers.get("X-HubSpot-RateLimit-Remaining"))
        if not limit:
            return
        with self._lock:
            self._limit = limit
            interval = _whole(headers.get("X-HubSpot-RateLimit-Interval-Milliseconds"))
            self._interval = interval / 1000 if interval else self._interval
            if remaining is None:
                return
            with self._request_log.open() as times:
                # HubSpot may have counted what was sent a little earlier when it wrote the response
                others = limit - remaining - sum(at > now - self._interval - _OLDEST_COUNT for at in times.all)
            if others > 0:
                self._others, self._others_until = others, now + self._interval

    def take_refusal(self, fault: RateLimited, now: float, *, search: bool) -> float:
        """Pause after a refusal (429), keep a wider margin from now on, and return the seconds until a request may be sent again:
        those that HubSpot named, or those until the oldest request has left the window that is full. Where that is the window of
        searches, only they pause."""
        with self._lock:
            self._margin = min(_WIDEST_MARGIN, self._margin * 2)
            if search:
                self._search_limit = max(1, self._search_limit - 1)
            only_searches = search and fault.window == _SEARCH_INTERVAL
            pause = fault.retry_after or 0.0
            if fault.window:
                with self._request_log.open() as times:
                    counted = times.searches if only_searches else times.all
                    pause = _seconds_until_room(counted, fault.window, self._margin, now)
            if only_searches:
                self._searches_paused_until = max(self._searches_paused_until, now + pause)
            else:
                self._paused_until = max(self._paused_until, now + pause)
            return pause


def _seconds_until_room(counted: Sequence[float], window: float, margin: float, now: float) -> float:
    """Return the seconds until the oldest of the requests in a window has left it. Those of other clients are not known by their
    times: where there are only such, a tenth of the window."""
    oldest = min((at for at in counted if at > now - window), default=None)
    return window / 10 if oldest is None else oldest + window + margin - now


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004
