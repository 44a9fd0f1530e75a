"""Moments as a person types them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callerid.core.time_words import is_before_phones, read_moment
from tests.core.people import BERLIN, NOW

# Zones that change by an hour, by half of one, at midnight, and never.
ZONES = st.sampled_from(("Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Asia/Tokyo")).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants these
SECOND_HALF_PAST_TWO = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # in Berlin, on the day when the clocks are set back


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("12h", "2026-11-22 01:00"),
        ("30d", "2026-10-23 13:00"),
        (" 2 W ", "2026-11-08 13:00"),
        ("today", "2026-11-22 00:00"),
        ("yesterday", "2026-11-21 00:00"),
        ("2026-11-01", "2026-11-01 00:00"),
        ("2026-11-01 14:00", "2026-11-01 14:00"),
        ("2026-11-01T14:00+00:00", "2026-11-01 15:00"),
        ("2026-11-01T14:00Z", "2026-11-01 15:00"),
    ],
)
def test_a_moment_is_read_in_the_phones_zone(text: str, moment: str) -> None:
    read = read_moment(text, NOW)
    assert read
    assert f"{read.astimezone(NOW.tzinfo):%Y-%m-%d %H:%M}" == moment


@pytest.mark.parametrize("text", ["", "soon", "30x", "2026-13-01", "99999999d", "99999y", "0001-01-01"])
def test_what_names_no_moment_is_none(text: str) -> None:
    assert read_moment(text, NOW) is None


@given(MOMENTS, ZONES, st.integers(0, 5000))
@example(SECOND_HALF_PAST_TWO, BERLIN, 1)
@example(datetime(2026, 3, 29, 1, 30, tzinfo=UTC), BERLIN, 1)  # it is 03:30, and an hour ago it was 01:30
def test_hours_have_really_passed_whatever_the_clocks_did(now: datetime, zone: ZoneInfo, hours: int) -> None:
    read = read_moment(f"{hours}h", now.astimezone(zone))
    assert read
    assert now - read.astimezone(UTC) == timedelta(hours=hours)


@given(MOMENTS, ZONES, st.integers(0, 200))
@example(SECOND_HALF_PAST_TWO, BERLIN, 0)
def test_days_are_those_of_the_calendar_at_the_same_time_of_day(now: datetime, zone: ZoneInfo, days: int) -> None:
    local = now.astimezone(zone)
    read = read_moment(f"{days}d", local)
    assert read
    wanted = datetime.combine(local.date() - timedelta(days=days), local.time())
    was_skipped = read.replace(tzinfo=None) != wanted  # then the clock showed it a moment later or earlier
    assert not was_skipped or abs(read.replace(tzinfo=None) - wanted) <= timedelta(hours=1)
    assert read.astimezone(UTC) <= now
    assert read.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == read.replace(tzinfo=None)  # a time that there was


@pytest.mark.parametrize(("text", "is_before"), [("0026-11-01", True), ("2007-12-31", True), ("20y", True), ("2008-01-01", False)])
def test_a_time_before_the_first_android_phone_is_told_from_others(text: str, is_before: bool) -> None:
    read = read_moment(text, NOW)
    assert read
    assert is_before_phones(read) is is_before
