"""Every call of the log is in the ledger once, with the right start, whatever the phone does meanwhile."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from callerid.core.calllog.new_rows import LONGEST_SHIFT, call_key, horizon, may_be_shifted, new_calls, oldest_start, reaches
from callerid.core.calllog.parse import parse_rows
from callerid.models import Call, CallRow, CallType

if TYPE_CHECKING:
    from collections.abc import Sequence

BERLIN, TOKYO, KATHMANDU, APIA = (ZoneInfo(n) for n in ("Europe/Berlin", "Asia/Tokyo", "Asia/Kathmandu", "Pacific/Apia"))
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class Phone:
    """A call log as Android keeps it, and a ledger that reads it as callerid does."""

    zone: ZoneInfo = BERLIN
    rows: list[tuple[datetime, int, str, CallType, str | None]] = field(default_factory=list)
    ledger: list[Call] = field(default_factory=list)
    last_poll: datetime | None = None

    def call(self, start: datetime, duration: int = 60, number: str = "+49891", sim: str | None = "1") -> None:
        kind = CallType.INCOMING if duration else CallType.MISSED
        self.rows.append((start, duration, number, kind, sim))

    def printed(self, now: datetime, zone: ZoneInfo | None = None) -> list[object]:
        """Return what termux-call-log prints at `now`: the calls that have ended, oldest first, in the phone's zone at that moment."""
        ended = sorted((row for row in self.rows if row[0] + timedelta(seconds=row[1]) <= now), key=lambda row: row[0])
        return [
            {
                "name": "UNKNOWN_CALLER",
                "phone_number": number,
                "type": kind.value,
                "date": f"{start.astimezone(zone or self.zone):%Y-%m-%d %H:%M:%S}",
                "duration": f"{duration // 3600:02}:{duration // 60 % 60:02}:{duration % 60:02}",
                "sim_id": sim,
            }
            for start, duration, number, kind, sim in ended
        ]

    def poll(self, now: datetime, *, deep: bool = False, misread: ZoneInfo | None = None) -> tuple[Call, ...]:
        since = None if deep or self.last_poll is None else horizon(self.last_poll, now)
        rows = parse_rows(self.printed(now, misread), self.zone).rows
        new = new_calls(rows, self._known(rows, since), since=since, last_poll=self.last_poll or now)
        self.ledger += new
        self.last_poll = now
        return new

    def _known(self, rows: Sequence[CallRow], since: datetime | None) -> list[Call]:
        """Return no more of the ledger's calls than `new_calls` needs."""
        earliest = since - LONGEST_SHIFT if since else datetime.min.replace(tzinfo=UTC)
        known = [call for call in self.ledger if call.start >= earliest]
        oldest = oldest_start(rows)
        recent = [call for call in known if oldest and call.start >= oldest]
        return known if may_be_shifted(rows, recent) else recent

    def agrees(self, now: datetime) -> bool:
        real = Counter((s, d, n, sim) for s, d, n, _, sim in self.rows if s + timedelta(seconds=d) <= now)
        kept = Counter((c.start, c.duration, c.number, c.sim) for c in self.ledger)
        return real == kept and len({c.key for c in self.ledger}) == len(self.ledger)


def test_a_long_call_that_appears_after_a_later_short_one_is_not_lost() -> None:
    phone = Phone()
    phone.call(NOON, duration=3 * 3600)
    phone.call(NOON + timedelta(hours=1), duration=0)
    phone.poll(NOON + timedelta(hours=2))
    assert [call.duration for call in phone.poll(NOON + timedelta(hours=4))] == [3 * 3600]
    assert phone.agrees(NOON + timedelta(hours=4))


def test_two_calls_equal_in_everything_are_two_calls() -> None:
    phone = Phone()
    phone.call(NOON, duration=0)
    phone.call(NOON, duration=0)
    assert len(phone.poll(NOON + timedelta(minutes=1))) == 2
    phone.call(NOON, duration=0)
    assert len(phone.poll(NOON + timedelta(minutes=2))) == 1
    assert phone.poll(NOON + timedelta(minutes=3)) == ()
    assert phone.agrees(NOON + timedelta(minutes=3))


def test_twins_of_different_duration_are_distinguished() -> None:
    phone = Phone()
    phone.call(NOON, duration=30)
    phone.poll(NOON + timedelta(minutes=1))
    phone.call(NOON, duration=90)
    (twin,) = phone.poll(NOON + timedelta(minutes=5))
    assert (twin.duration, twin.ordinal) == (90, 1)


def test_a_new_twin_that_the_log_has_before_the_known_one_is_the_new_one() -> None:
    phone = Phone()
    phone.call(NOON, duration=30)
    phone.poll(NOON + timedelta(minutes=1))
    phone.call(NOON, duration=90)
    phone.rows.reverse()
    assert [twin.duration for twin in phone.poll(NOON + timedelta(minutes=5))] == [90]


def test_a_flight_to_another_zone_repeats_and_loses_no_call() -> None:
    phone = Phone()
    for hour in range(5):
        phone.call(NOON + timedelta(hours=hour))
    phone.poll(NOON + timedelta(hours=6))
    phone.zone = TOKYO
    assert phone.poll(NOON + timedelta(hours=7)) == ()
    phone.call(NOON + timedelta(hours=8))
    assert len(phone.poll(NOON + timedelta(hours=9))) == 1
    assert phone.agrees(NOON + timedelta(hours=9))


def test_a_log_printed_in_another_zone_than_the_one_read_is_corrected() -> None:
    """The zone changed between the two commands, or Termux:API does not know of the change yet."""
    phone = Phone()
    for hour in range(3):
        phone.call(NOON + timedelta(hours=hour), number=f"+4989{hour}")
    phone.poll(NOON + timedelta(hours=4))
    phone.call(NOON + timedelta(hours=5), number="+49895")
    new = phone.poll(NOON + timedelta(hours=6), misread=KATHMANDU)
    assert [call.start for call in new] == [NOON + timedelta(hours=5)]


def test_a_misread_zone_is_corrected_although_some_rows_were_deleted() -> None:
    phone = Phone()
    for hour in range(6):
        phone.call(NOON + timedelta(hours=hour))
    phone.poll(NOON + timedelta(hours=7))
    del phone.rows[2]
    assert phone.poll(NOON + timedelta(hours=8), misread=APIA) == ()


def test_both_readings_of_the_repeated_hour_are_distinguished() -> None:
    phone = Phone()
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in summer time
    second = first + timedelta(hours=1)  # 02:30 again, in winter time
    phone.poll(first - timedelta(hours=1))
    phone.call(first)
    phone.poll(first + timedelta(minutes=5))
    phone.call(second)
    (new,) = phone.poll(second + timedelta(minutes=5))
    assert new.start == second
    assert phone.poll(second + timedelta(minutes=10)) == ()
    assert phone.agrees(second + timedelta(minutes=10))


def test_the_order_of_the_log_decides_which_reading_of_the_repeated_hour_a_call_has() -> None:
    phone = Phone()
    start = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
    phone.poll(start - timedelta(hours=1))
    phone.call(start, number="+1")  # 02:50 summer time
    phone.call(start + timedelta(minutes=30), number="+2")  # 02:20 winter time
    assert [c.start for c in phone.poll(start + timedelta(hours=2))] == [start, start + timedelta(minutes=30)]


def test_a_clock_set_back_an_hour_loses_no_call() -> None:
    phone = Phone()
    phone.call(NOON)
    phone.poll(NOON + timedelta(minutes=5))
    phone.call(NOON - timedelta(minutes=40))  # what the wrong clock says
    assert len(phone.poll(NOON - timedelta(minutes=30))) == 1
    assert len(phone.ledger) == 2


def test_a_clock_that_was_years_ahead_loses_no_call_when_it_is_corrected() -> None:
    phone = Phone()
    phone.poll(NOON + timedelta(days=900))
    phone.call(NOON)
    assert len(phone.poll(NOON + timedelta(minutes=5))) == 1


def test_a_deep_read_finds_calls_of_a_clock_that_was_years_behind() -> None:
    phone = Phone()
    phone.poll(NOON)
    phone.call(datetime(1970, 1, 2, tzinfo=UTC))
    assert phone.poll(NOON + timedelta(minutes=5)) == ()
    assert len(phone.poll(NOON + timedelta(minutes=6), deep=True)) == 1


def test_a_name_that_the_dialer_fills_in_later_makes_no_second_call() -> None:
    row = CallRow(starts=(NOON,), number="+4989", type=CallType.MISSED, duration=0, sim="1", name="")
    (call,) = new_calls([row], [], since=None, last_poll=NOON)
    named = CallRow(starts=(NOON,), number="+4989", type=CallType.REJECTED, duration=0, sim="1", name="Ann")
    assert new_calls([named], [call], since=None, last_poll=NOON) == ()


def test_rows_before_the_horizon_are_left_to_the_deep_read() -> None:
    row = CallRow(starts=(NOON,), number="", type=CallType.MISSED, duration=0, sim=None, name="")
    assert new_calls([row], [], since=NOON + timedelta(seconds=1), last_poll=NOON) == ()


def test_a_page_reaches_back_when_one_row_is_older() -> None:
    row = CallRow(starts=(NOON,), number="", type=CallType.MISSED, duration=0, sim=None, name="")
    assert not reaches([row], NOON)
    assert reaches([row], NOON + timedelta(seconds=1))


def test_a_call_key_is_stable_and_shows_no_number() -> None:
    key = call_key(NOON, "+49891234567", "1", 0)
    assert key == call_key(NOON, "+49891234567", "1", 0)
    assert "1234567" not in key
    assert key != call_key(NOON, "+49891234567", None, 0)


calls = st.tuples(
    st.integers(0, 6 * 24 * 60),  # minute of the start
    st.integers(0, 59),
    st.sampled_from([0, 0, 1, 59, 3600, 4 * 3600, 23 * 3600]),
    st.sampled_from(["+49891", "+49892", "", "5"]),
    st.sampled_from(["1", "2", None]),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    placed=st.lists(calls, max_size=25),
    polls=st.lists(st.tuples(st.integers(0, 7 * 24 * 60), st.sampled_from([BERLIN, TOKYO, KATHMANDU, APIA])), max_size=25),
)
@example(placed=[(0, 0, 0, "", None)] * 3, polls=[(1, BERLIN), (2, TOKYO)])
def test_after_any_history_of_calls_polls_and_flights_the_ledger_equals_the_log(
    placed: list[tuple[int, int, int, str, str | None]], polls: list[tuple[int, ZoneInfo]]
) -> None:
    phone = Phone()
    phone.poll(NOON - timedelta(days=1))
    for minute, second, duration, number, sim in placed:
        phone.call(NOON + timedelta(minutes=minute, seconds=second), duration, number, sim)
    for minute, zone in sorted(polls, key=lambda p: p[0]):
        phone.zone = zone
        phone.poll(NOON + timedelta(minutes=minute))
    end = NOON + timedelta(days=9)
    phone.poll(end, deep=True)
    assert phone.agrees(end)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    placed=st.lists(calls, max_size=25, unique_by=lambda c: (c[0], c[1], c[3], c[4])),
    gaps=st.lists(st.integers(1, 600), max_size=60),
)
def test_with_polls_at_any_interval_the_horizon_alone_finds_every_call(
    placed: list[tuple[int, int, int, str, str | None]], gaps: list[int]
) -> None:
    """Without any deep read, every call is found by the horizon rule."""
    phone = Phone(zone=TOKYO)
    now = NOON - timedelta(days=1)
    phone.poll(now)
    for minute, second, duration, number, sim in placed:
        phone.call(NOON + timedelta(minutes=minute, seconds=second), duration, number, sim)
    for gap in (*gaps, *([12 * 60] * 20)):
        now += timedelta(minutes=gap)
        phone.poll(now)
    assert phone.agrees(now)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    placed=st.lists(st.tuples(st.integers(0, 240), st.sampled_from([0, 30, 600])), max_size=12),
    every=st.integers(1, 20),
)
def test_in_the_night_of_a_clock_change_every_call_is_recorded_once_and_at_its_time(
    placed: list[tuple[int, int]], every: int
) -> None:
    midnight = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)
    phone, now = Phone(), midnight
    phone.poll(now)
    for minute, duration in placed:
        phone.call(midnight + timedelta(minutes=minute), duration)
    while now < midnight + timedelta(hours=6):
        now += timedelta(minutes=every)
        phone.poll(now)
    assert phone.agrees(now)
