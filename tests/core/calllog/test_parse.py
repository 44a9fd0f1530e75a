"""The output of termux-call-log is parsed into rows; a row that cannot be read is named and skipped."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid.core.calllog.parse import ascii_digits, parse_rows
from callerid.models import CallType

BERLIN = ZoneInfo("Europe/Berlin")


def printed(**changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "name": "UNKNOWN_CALLER",
        "phone_number": "+353871234567",
        "type": "INCOMING",
        "date": "2026-11-22 09:12:13",
        "duration": "01:05",
        "sim_id": "1",
    }
    return row | changes


def test_a_row_is_read_in_the_phones_zone() -> None:
    (row,) = parse_rows([printed()], BERLIN).rows
    assert row.starts == (datetime(2026, 11, 22, 8, 12, 13, tzinfo=UTC),)
    assert (row.number, row.type, row.duration, row.sim, row.name) == ("+353871234567", CallType.INCOMING, 65, "1", "")


@pytest.mark.parametrize(
    ("text", "seconds"), [("00:00", 0), ("05:10", 310), ("59:59", 3599), ("01:02:03", 3723), ("123:00:00", 442800)]
)
def test_a_duration_of_two_fields_is_minutes_and_of_three_hours(text: str, seconds: int) -> None:
    assert parse_rows([printed(duration=text)], BERLIN).rows[0].duration == seconds


def test_digits_of_the_phones_locale_are_read() -> None:
    row = parse_rows([printed(date="٢٠٢٦-١١-٢٢ ٠٩:١٢:١٣", duration="۰۱:۰۵")], BERLIN).rows[0]
    assert row.starts == (datetime(2026, 11, 22, 8, 12, 13, tzinfo=UTC),)
    assert row.duration == 65


def test_midnight_printed_as_hour_24_by_old_versions_is_the_same_day() -> None:
    assert parse_rows([printed(date="2026-11-22 24:10:00")], UTC).rows[0].starts[0] == datetime(2026, 11, 22, 0, 10, tzinfo=UTC)


def test_a_time_in_the_hour_that_the_clock_change_repeats_has_two_readings() -> None:
    starts = parse_rows([printed(date="2026-10-25 02:30:00")], BERLIN).rows[0].starts
    assert starts == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))


def test_a_hidden_number_may_be_empty_or_null_and_a_sim_unknown() -> None:
    rows = parse_rows([printed(phone_number=None, sim_id=None), printed(phone_number="", name="")], UTC).rows
    assert [(row.number, row.sim) for row in rows] == [("", None), ("", "1")]


def test_a_type_that_only_one_maker_has_is_unknown_and_not_a_fault() -> None:
    assert parse_rows([printed(type="WIFI_CALL")], UTC).rows[0].type is CallType.UNKNOWN


@pytest.mark.parametrize(
    ("invalid", "reason"),
    [
        (3, "it is not an object"),
        (printed(date="yesterday"), "date is not a time"),
        (printed(date="2026-13-01 00:00:00"), "date is not a time"),
        (printed(date="0001-01-01 00:00:00"), "date is not a time"),
        (printed(date=None), "date is not a time"),
        (printed(duration="long"), "duration is not a time"),
        (printed(duration=5), "duration is not a time"),
        (printed(duration="10000000000000000000:00:00"), "duration is not a time"),
        (printed(duration="9" * 5000 + ":00"), "duration is not a time"),
        (printed(phone_number=["1"]), "phone_number is not a text"),
    ],
)
def test_an_invalid_row_is_named_by_its_place_and_the_others_are_kept(invalid: object, reason: str) -> None:
    log = parse_rows([printed(), invalid, printed()], ZoneInfo("Asia/Tokyo"))
    assert len(log.rows) == 2
    assert log.faults == (f"row 2 of 3: {reason}",)


def test_a_fault_never_shows_a_number() -> None:
    assert "871234567" not in "".join(parse_rows([printed(date="x")], UTC).faults)


def test_a_sample_from_a_phone_is_read_completely() -> None:
    sample = json.loads((Path(__file__).parents[2] / "data" / "call-log.json").read_text())
    log = parse_rows(sample, BERLIN)
    assert [(row.name, row.type.value, row.duration) for row in log.rows] == [
        ("Müller, Ann", "OUTGOING", 3725),
        ("", "INCOMING", 65),
        ("", "MISSED", 0),
        ("", "REJECTED", 0),
        ("", "OUTGOING", 0),
    ]


@given(st.lists(st.recursive(st.none() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))))
def test_any_json_is_read_or_reported_row_by_row(anything: list[object]) -> None:
    log = parse_rows(anything, BERLIN)
    assert len(log.rows) + len(log.faults) == len(anything)


@given(st.text())
def test_only_digits_are_translated(text: str) -> None:
    assert len(ascii_digits(text)) == len(text)
