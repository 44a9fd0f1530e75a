"""Recent callers are looked up first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from callerid.core.sync.recent_callers import MOST_LINES, Line, recent_lines
from callerid.models import CallRow, CallType

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def rows(*numbers: str) -> list[CallRow]:
    return [
        CallRow(starts=(NOON + timedelta(minutes=n),), number=number, type=CallType.INCOMING, duration=1, sim=None, name="")
        for n, number in enumerate(numbers)
    ]


def test_each_line_is_looked_up_once_the_newest_first_and_what_is_no_number_not_at_all() -> None:
    lines = recent_lines(rows("0871230001", "", "112", "-1", "+353871230001", "087 123 0002"), "IE")
    assert lines == (Line(national="871230002", e164="+353871230002"), Line(national="871230001", e164="+353871230001"))


def test_not_too_many_are_looked_up() -> None:
    assert len(recent_lines(rows(*(f"08712{n:05}" for n in range(200))), "IE")) == MOST_LINES
