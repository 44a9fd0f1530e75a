"""Times of day are those of the phone's zone: mornings, evenings, and summer time."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callerid.core.hours import DueIn, QuietHours, due_time, last_evening, next_evening, read_date, snooze_until

BERLIN = ZoneInfo("Europe/Berlin")
THURSDAY = datetime(2026, 11, 26, 17, 30, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("due_in", "on", "due"),
    [
        (DueIn.NEVER, "", None),
        (DueIn.TOMORROW, "", "2026-11-27T08:00"),
        (DueIn.IN_3_DAYS, "", "2026-11-29T08:00"),
        (DueIn.NEXT_WEEK, "", "2026-11-30T08:00"),
        (DueIn.ON_A_DATE, "2027-07-01", "2027-07-01T07:00"),  # summer time
        (DueIn.ON_A_DATE, "2026-11-26", None),  # its morning is over
        (DueIn.ON_A_DATE, "", None),
        (DueIn.ON_A_DATE, "no day", None),
    ],
)
def test_a_follow_up_is_due_at_nine_in_the_morning_where_the_phone_is(due_in: DueIn, on: str, due: str | None) -> None:
    expected = datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None
    assert due_time(due_in, on, THURSDAY) == expected


def test_next_week_is_monday_even_from_a_monday() -> None:
    monday = datetime(2026, 11, 30, 12, tzinfo=BERLIN)
    due = due_time(DueIn.NEXT_WEEK, "", monday)
    assert due
    assert due.astimezone(BERLIN).date().isoformat() == "2026-12-07"


def test_the_next_evening_is_todays_until_it_begins() -> None:
    assert next_evening(THURSDAY, time(18)) == THURSDAY.replace(hour=18, minute=0)
    assert next_evening(THURSDAY.replace(hour=18, minute=0), time(18)).day == 27
    assert last_evening(THURSDAY, time(18)).day == 25
    assert last_evening(THURSDAY.replace(hour=18, minute=0), time(18)) == THURSDAY.replace(hour=18, minute=0)


def test_not_now_means_this_evening_and_in_the_evening_an_hour() -> None:
    assert snooze_until(THURSDAY, time(18)) == (THURSDAY.replace(hour=18, minute=0), True)
    in_the_evening = THURSDAY.replace(hour=18, minute=5)
    assert snooze_until(in_the_evening, time(18)) == (THURSDAY.replace(hour=19, minute=5), False)
    after_midnight = THURSDAY.replace(hour=0, minute=30)
    assert snooze_until(after_midnight, time(18)) == (THURSDAY.replace(hour=18, minute=0), True)


@pytest.mark.parametrize(
    ("start", "end", "now", "until"),
    [
        (22, 7, "26T21:59", None),
        (22, 7, "26T22:00", "27T07:00"),
        (22, 7, "27T06:59", "27T07:00"),
        (22, 7, "27T07:00", None),  # the end itself is not quiet: what waits for it is shown then
        (13, 14, "26T13:30", "26T14:00"),
        (13, 14, "26T14:00", None),
        (8, 8, "26T08:00", "27T08:00"),  # all day
    ],
)
def test_quiet_hours_begin_with_their_first_minute_and_are_over_at_their_end(
    start: int, end: int, now: str, until: str | None
) -> None:
    quiet = QuietHours(start=time(start), end=time(end))
    expected = datetime.fromisoformat(f"2026-11-{until}").replace(tzinfo=BERLIN) if until else None
    assert quiet.until(datetime.fromisoformat(f"2026-11-{now}").replace(tzinfo=BERLIN)) == expected


SUMMER_ENDS = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)  # 02:00 in Berlin, for the first time


@pytest.mark.parametrize(
    ("minutes", "quiet"),
    [(-1, True), (29, True), (30, False), (75, False), (89, False), (90, False)],  # 75 later it is 02:15 again
)
def test_quiet_hours_that_end_in_the_hour_that_is_repeated_end_once(minutes: int, quiet: bool) -> None:
    now = SUMMER_ENDS + timedelta(minutes=minutes)
    until = QuietHours(start=time(22), end=time(2, 30)).until(now.astimezone(BERLIN))
    assert until == (SUMMER_ENDS + timedelta(minutes=30) if quiet else None)


def test_not_now_in_the_evening_is_an_hour_when_the_clocks_are_set_back_at_midnight() -> None:
    santiago = ZoneInfo("America/Santiago")
    now = datetime(2026, 4, 5, 2, 30, tzinfo=UTC)  # 23:30, and half an hour later it is 23:00 again
    assert snooze_until(now.astimezone(santiago), time(18)) == (now + timedelta(hours=1), False)


DAYS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31))  # noqa: DTZ001 - hypothesis wants bounds without a zone


@given(DAYS, st.times().map(lambda t: t.replace(second=0, microsecond=0)))
@example(datetime(2026, 10, 25, 1, 15), time(2, 30))  # noqa: DTZ001 - UTC: 02:15 in Berlin for the second time
@example(datetime(2026, 3, 29, 1, 15), time(2, 30))  # noqa: DTZ001 - UTC: 03:15 on a day without half past two
def test_now_is_always_between_two_evenings(now: datetime, evening: time) -> None:
    moment = now.replace(tzinfo=UTC)
    local = moment.astimezone(BERLIN)
    assert last_evening(local, evening) <= moment < next_evening(local, evening)
    assert next_evening(local, evening) - moment <= timedelta(days=1, hours=1, minutes=2)


@pytest.mark.parametrize(("text", "day"), [("2026-12-01", 1), (" 2026-12-02\n", 2), ("2026-02-30", None), ("", None)])
def test_a_text_that_names_no_day_is_not_a_date(text: str, day: int | None) -> None:
    date = read_date(text)
    assert (date.day if date else None) == day
