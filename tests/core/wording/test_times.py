"""Times, durations and amounts, word for word."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from callerid.core.wording import times
from tests.core.people import BERLIN, EN, NOW


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        ("12000", "EUR", "€12,000"),
        ("12.5", "USD", "$12.50"),
        ("-3", "GBP", "-£3"),
        ("7", "CHF", "CHF 7"),
        ("7", "", "7"),
        ("12000.00", "JPY", "¥12,000"),
        ("1200.50", "JPY", "¥1,200"),
        ("12.5", "KWD", "KWD 12.500"),
        ("-12", "BHD", "BHD -12"),
        ("-0.4", "JPY", "¥0"),
        ("-0.001", "EUR", "€0"),
    ],
)
def test_an_amount_has_its_sign_and_cents_only_where_there_are_some(value: str, currency: str, shown: str) -> None:
    assert times.amount(Decimal(value), currency) == shown


@pytest.mark.parametrize(
    ("before", "shown"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(seconds=-50), "just now"),
        (timedelta(minutes=9), "9 min ago"),
        (timedelta(hours=4), "4 h ago"),
        (timedelta(hours=20), "yesterday"),
        (timedelta(days=9), "9 days ago"),
    ],
)
def test_how_long_ago_is_counted_in_minutes_hours_and_calendar_days(before: timedelta, shown: str) -> None:
    assert times.ago(NOW - before, NOW, EN) == shown


def test_the_hour_that_the_clocks_show_twice_is_two_hours() -> None:
    first = datetime(2026, 10, 25, 0, 20, tzinfo=UTC)  # 02:20 in Berlin
    now = (first + timedelta(minutes=70)).astimezone(BERLIN)  # 02:30 for the second time
    assert times.ago(first.astimezone(BERLIN), now, EN) == times.ago(first, now, EN) == "1 h ago"
    assert times.age(first.astimezone(BERLIN), now, EN) == "1 h"


@pytest.mark.parametrize(
    ("before", "shown"), [(timedelta(minutes=5), "5 min"), (timedelta(hours=30), "30 h"), (timedelta(days=5), "5 days")]
)
def test_how_old_is_counted_in_minutes_hours_and_days(before: timedelta, shown: str) -> None:
    assert times.age(NOW - before, NOW, EN) == shown


def test_a_date_of_another_year_has_its_year() -> None:
    assert times.day(date(2027, 1, 2), NOW.date(), EN) == "2 Jan 2027"
    assert times.day(date(2026, 11, 30), NOW.date(), EN) == "30 Nov"


def test_a_duration_has_seconds_minutes_or_hours() -> None:
    assert [times.duration(seconds, EN) for seconds in (59, 192, 4000)] == ["59 s", "3 min 12 s", "1 h 6 min"]
