"""A change that meets a change of another process is stored on what that one wrote, and is given up only after some tries."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from callerid.turns.retry_on_conflict import retry_on_conflict

if TYPE_CHECKING:
    import pytest


class Row:
    """A row with a revision, and a number of changes by others that come first."""

    def __init__(self, conflicts: int) -> None:
        self.revision, self.conflicts = 0, conflicts

    def read(self) -> int:
        return self.revision

    def store(self, seen: int) -> str:
        if self.conflicts:
            self.conflicts -= 1
            self.revision += 1
        return f"stored on {seen}" if seen == self.revision else ""


def test_a_change_is_stored_on_the_newest_revision() -> None:
    row = Row(conflicts=2)
    assert retry_on_conflict(row.read, row.store, "row") == "stored on 2"


def test_what_was_read_already_is_not_read_again() -> None:
    row = Row(conflicts=0)
    assert retry_on_conflict(lambda: None, row.store, "row", seen=0) == "stored on 0"


def test_a_row_that_is_gone_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    row = Row(conflicts=1)
    assert retry_on_conflict(lambda: None, row.store, "row", seen=0) is None
    assert not caplog.records


def test_giving_up_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    row = Row(conflicts=100)
    with caplog.at_level(logging.WARNING):
        assert retry_on_conflict(row.read, row.store, "call 1") is None
    assert [record.getMessage() for record in caplog.records] == ["call 1: not stored, because others kept changing it"]
    assert row.conflicts == 95
