"""When the daemon syncs and reads the call log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from callerid.daemon.schedule import pause_after_call, seconds_until, sync_due

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_a_sync_is_due_an_interval_after_the_last_one() -> None:
    assert sync_due(NOW - MINUTE, NOW - MINUTE, 0, HOUR, NOW) == NOW + HOUR - MINUTE
    assert sync_due(None, None, 0, HOUR, NOW) == NOW
    assert sync_due(NOW, NOW, 0, None, NOW) is None


def test_a_sync_that_fails_is_tried_again_less_and_less_often_and_at_least_as_often_as_the_settings_say() -> None:
    due = [sync_due(None, NOW, failures, timedelta(days=30), NOW) for failures in range(1, 6)]
    assert due == [NOW + pause for pause in (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, HOUR)]
    assert sync_due(None, NOW, 9, 10 * MINUTE, NOW) == NOW + 10 * MINUTE


def test_failures_before_a_sync_that_succeeded_do_not_count() -> None:
    assert sync_due(NOW, NOW - MINUTE, 3, 2 * HOUR, NOW) == NOW + 2 * HOUR


def test_a_sync_that_a_wrong_clock_dates_in_the_future_delays_nothing() -> None:
    assert sync_due(NOW + HOUR, NOW + HOUR, 0, HOUR, NOW) == NOW
    assert sync_due(NOW + HOUR, NOW + HOUR, 3, HOUR, NOW) == NOW


def test_the_call_log_is_read_eagerly_for_twenty_seconds_after_a_call() -> None:
    assert [pause_after_call(looks) for looks in range(6)] == [1, 2, 3, 5, 10, None]


def test_a_loop_sleeps_until_its_time_but_never_spins() -> None:
    assert seconds_until(NOW + MINUTE, NOW) == 60
    assert seconds_until(NOW - MINUTE, NOW) == 0.2
    assert seconds_until(None, NOW) is None
