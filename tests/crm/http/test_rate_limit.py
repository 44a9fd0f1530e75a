"""Requests are sent as fast as HubSpot's limits allow and no faster, whichever process sends them."""

from __future__ import annotations

import multiprocessing
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid.crm.hubspot.http.rate_limit import RateLimiter
from callerid.crm.hubspot.http.request_log import FileRequestLog, MemoryRequestLog
from callerid.errors import RateLimited

if TYPE_CHECKING:
    from pathlib import Path

    from callerid.crm.hubspot.http.request_log import RequestLog


def send(limiter: RateLimiter, clock: float, count: int, *, search: bool = False) -> list[float]:
    """Send so many requests as soon as they are granted; return the time of each."""
    sent: list[float] = []
    while len(sent) < count:
        pause = limiter.reserve(clock, search=search)
        if pause:
            clock += pause
        else:
            sent.append(clock)
    return sent


def most_within(times: list[float], seconds: float) -> int:
    return max(sum(start <= at <= start + seconds for at in times) for start in times)


def headers(limit: int, remaining: int) -> dict[str, str]:
    return {
        "X-HubSpot-RateLimit-Max": str(limit),
        "X-HubSpot-RateLimit-Remaining": str(remaining),
        "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
    }


@given(st.lists(st.floats(0, 7), min_size=1, max_size=4))
def test_no_ten_seconds_have_more_requests_than_the_limit(pauses: list[float]) -> None:
    limiter, clock = RateLimiter(), 1000.0
    sent: list[float] = []
    for pause in pauses:
        sent += send(limiter, clock, 90)
        clock = sent[-1] + pause
    assert most_within(sent, 10.0) <= 98


def test_no_second_has_more_than_four_searches() -> None:
    assert most_within(send(RateLimiter(), 0.0, 40, search=True), 1.0) == 4


def test_headers_say_a_larger_limit_and_what_other_clients_have_used() -> None:
    limiter = RateLimiter()
    assert send(limiter, 0.0, 1) == [0.0]
    limiter.read_headers(headers(190, 189), 0.3)
    assert send(limiter, 0.5, 185)[-1] == 0.5
    limiter.read_headers(headers(190, 0), 1.0)  # 186 are ours, four are another client's
    assert limiter.reserve(1.0, search=False) > 0
    assert limiter.reserve(11.5, search=False) == 0


def test_after_a_refusal_nothing_is_sent_for_as_long_as_it_asks() -> None:
    limiter = RateLimiter()
    assert limiter.take_refusal(RateLimited("", retry_after=3.0), 10.0, search=True) == 3.0
    assert limiter.reserve(12.0, search=False) == pytest.approx(1.0)
    assert most_within(send(limiter, 13.0, 20, search=True), 1.0) == 3


def test_after_a_refusal_only_the_oldest_request_is_waited_for_not_the_whole_window() -> None:
    limiter = RateLimiter()
    assert send(limiter, 0.5, 1) + send(limiter, 9.0, 60) == [0.5, *[9.0] * 60]
    pause = limiter.take_refusal(RateLimited("", retry_after=10.0, window=10.0), 9.5, search=False)
    assert 1.0 < pause < 2.0  # until the request of 0.5 is older than ten seconds, and a margin
    assert limiter.reserve(9.5 + pause - 0.01, search=False) > 0
    assert limiter.reserve(9.5 + pause, search=False) == 0


def test_a_refusal_that_only_others_have_caused_is_not_waited_out_for_the_whole_window_either() -> None:
    assert RateLimiter().take_refusal(RateLimited("", retry_after=10.0, window=10.0), 9.5, search=False) == 1.0


def test_a_refused_search_holds_up_no_other_request() -> None:
    limiter = RateLimiter()
    send(limiter, 5.0, 4, search=True)
    pause = limiter.take_refusal(RateLimited("", retry_after=1.0, window=1.0), 5.5, search=True)
    assert 0.5 < pause < 1.5
    assert limiter.reserve(5.5, search=False) == 0
    assert limiter.reserve(5.5, search=True) == pytest.approx(pause)


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_two_limiters_that_share_a_request_log_share_the_limit(kind: str, tmp_path: Path) -> None:
    shared: RequestLog = MemoryRequestLog() if kind == "memory" else FileRequestLog(tmp_path / "sent")
    other: RequestLog = shared if kind == "memory" else FileRequestLog(tmp_path / "sent")
    first, second = RateLimiter(shared), RateLimiter(other)
    sent = send(first, 100.0, 60)
    sent += send(second, 101.0, 60)
    assert most_within(sent, 10.0) == 98
    assert sent[-1] > 110


def test_a_request_log_from_before_a_restart_and_a_broken_one_delay_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sent"
    send(RateLimiter(FileRequestLog(path)), 5_000_000.0, 98)
    assert RateLimiter(FileRequestLog(path)).reserve(10.0, search=False) == 0
    path.write_bytes(b"\xff" * 1001)
    assert RateLimiter(FileRequestLog(path)).reserve(20.0, search=False) == 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert RateLimiter(FileRequestLog(tmp_path / "no" / "folder")).reserve(20.0, search=False) == 0


def _spend(path: Path, count: int) -> None:
    limiter = RateLimiter(FileRequestLog(path))
    granted = 0
    while granted < count:
        granted += limiter.reserve(time.monotonic(), search=False) == 0


def test_processes_that_send_at_once_count_each_others_requests(tmp_path: Path) -> None:
    path = tmp_path / "sent"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_spend, args=(path, 30)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    with FileRequestLog(path).open() as sent:
        assert len(sent.all) == 90
