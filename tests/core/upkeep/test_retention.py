"""Calls are summarised when they are old enough, and out of reach of the phone's log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from callerid.core.calllog.new_rows import LONGEST_SHIFT
from callerid.core.upkeep.retention import SummaryLimits, summary_limits

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KEEP = timedelta(days=390)
LAST_WEEK = NOW - timedelta(days=7)


def limits(keep: timedelta | None, oldest_in_log: datetime | None, now: datetime = NOW) -> SummaryLimits:
    found = summary_limits(keep, oldest_in_log, now)
    assert found
    return found


def test_calls_older_than_the_setting_says_may_go() -> None:
    assert limits(KEEP, LAST_WEEK).remove_before == NOW - KEEP


def test_what_the_phones_log_still_has_stays_however_old() -> None:
    oldest = NOW - timedelta(days=2000)
    assert limits(KEEP, oldest).remove_before < oldest - LONGEST_SHIFT


def test_a_clock_that_is_years_ahead_takes_no_call_that_the_phones_log_has() -> None:
    assert limits(KEEP, LAST_WEEK, NOW + timedelta(days=3650)).remove_before < LAST_WEEK


def test_no_row_that_the_log_has_now_is_ignored_and_none_that_was_removed_comes_back() -> None:
    oldest = NOW - timedelta(days=500)
    found = limits(KEEP, oldest)
    assert found.remove_before + LONGEST_SHIFT <= found.ignore_before < oldest


def test_nothing_goes_where_all_is_to_be_kept_or_the_log_is_empty() -> None:
    assert summary_limits(None, LAST_WEEK, NOW) is None
    assert summary_limits(KEEP, None, NOW) is None
