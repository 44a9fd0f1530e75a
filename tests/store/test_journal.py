"""The journal of answers: what was committed is in it, line by line, and nothing else; it has a bound."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from callerid.errors import StoreFault
from callerid.paths import journal_of
from callerid.store.connection import open_database, record, writing
from callerid.store.journal import append_entries, entries_since, entry, replace_file, size

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

_MOST_BYTES = 16 * 1024 * 1024  # docs/reliability.md


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


def answer(number: int) -> str:
    return entry("put", {"number": number})


def write(connection: sqlite3.Connection, number: int, statement: str) -> None:
    with writing(connection):
        record(connection, answer(number))
        connection.execute(statement)


def numbers(path: Path) -> list[int]:
    return [values["number"] for _, values in entries_since(path, "") or []]


def test_a_line_that_a_power_cut_has_torn_spoils_no_other(path: Path) -> None:
    append_entries(path, [answer(1)])
    with journal_of(path).open("a") as file:
        file.write(f"\n{answer(2)}"[:-5])
    append_entries(path, [answer(3), answer(4)])
    assert numbers(path) == [1, 3, 4]


def test_what_was_rolled_back_is_not_in_the_journal_of_answers(path: Path) -> None:
    with closing(open_database(path, synchronous="NORMAL")) as connection:
        with pytest.raises(StoreFault):
            write(connection, 1, "INSERT INTO no_such_table VALUES (1)")
        write(connection, 2, "CREATE TABLE a_table (a INTEGER)")
    assert numbers(path) == [2]


def test_an_answer_is_on_the_disk_before_anybody_goes_on(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_disk: list[int] = []
    monkeypatch.setattr(os, "fdatasync", lambda descriptor: on_disk.append(os.fstat(descriptor).st_size))
    for number in range(2):
        append_entries(path, [answer(number)])
        assert on_disk[-1:] == [size(path)]


def test_the_journal_of_answers_has_a_bound(path: Path) -> None:
    append_entries(path, [answer(1)])
    os.truncate(journal_of(path), _MOST_BYTES)
    append_entries(path, [answer(2)])
    assert size(path) == _MOST_BYTES


def test_the_journal_and_the_file_of_marks_are_for_their_owner_only(path: Path) -> None:
    append_entries(path, [answer(1)])
    replace_file(path.with_name("marks.list"), b"end 0\n")
    assert [file.stat().st_mode & 0o777 for file in (journal_of(path), path.with_name("marks.list"))] == [0o600, 0o600]
