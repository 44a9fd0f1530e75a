"""When a source is reported to be out of order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from callerid.core.upkeep.health import Source
from callerid.core.upkeep.troubles import Trouble, change

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_a_trouble_is_reported_once_when_it_begins_and_once_when_it_ends() -> None:
    began = change(Source.CALL_LOG, None, ("It hangs.", "Open Termux:API."), NOW)
    assert began
    assert began.line == "call log: It hangs. Open Termux:API."
    assert change(Source.CALL_LOG, began.trouble, ("It hangs.", ""), NOW + timedelta(hours=1)) is None
    ended = change(Source.CALL_LOG, began.trouble, None, NOW + timedelta(hours=2))
    assert ended
    assert (ended.trouble, ended.line) == (None, "call log: works again")
    assert change(Source.CALL_LOG, None, None, NOW) is None


def test_a_source_whose_trouble_changes_is_out_of_order_since_the_first_one() -> None:
    before = Trouble(source=Source.SYNC, since=NOW - timedelta(hours=3), sentence="Wrong token.", remedy="")
    other = change(Source.SYNC, before, ("No scope.", ""), NOW)
    assert other
    assert other.trouble
    assert other.trouble.since == before.since
