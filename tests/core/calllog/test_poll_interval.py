"""How often the call log is polled."""

from __future__ import annotations

from datetime import timedelta

from callerid.core.calllog.poll_interval import after_fault, after_poll

FAST, SLOW = timedelta(seconds=15), timedelta(minutes=5)


def test_polls_slow_down_while_nothing_happens_and_are_fast_again_when_something_did() -> None:
    interval, intervals = FAST, []
    for _ in range(12):
        interval = after_poll(interval, has_new_calls=False, fastest=FAST, slowest=SLOW)
        intervals.append(interval)
    assert intervals == sorted(intervals)
    assert intervals[-1] == SLOW
    assert after_poll(SLOW, has_new_calls=True, fastest=FAST, slowest=SLOW) == FAST


def test_a_poll_that_fails_is_never_repeated_within_half_a_minute() -> None:
    assert after_fault(timedelta(seconds=1), slowest=SLOW) == timedelta(seconds=45)
    assert after_fault(SLOW, slowest=SLOW) == SLOW
    assert after_fault(FAST, slowest=timedelta(seconds=20)) == timedelta(seconds=30)
