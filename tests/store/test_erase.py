"""Erasing somebody holds up nobody: what takes long is done before the ledger is locked, and others may flush it meanwhile."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.core.calllog.new_rows import call_key
from callerid.store.connection import open_database
from callerid.store.erase import erase_calls, flush_journal
from callerid.store.ledger.database import open_ledger

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def calls_of(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM calls ORDER BY number")]


def test_no_number_is_looked_at_while_a_tap_waits_for_the_ledger(tmp_path: Path) -> None:
    path, while_locked = tmp_path / "ledger.db", []
    with closing(open_ledger(path)) as ledger:
        for number in ("+353871234567", "087 123 4567", "+353861112233"):
            key = call_key(NOW, number, "1", 0)
            ledger.connection.execute(
                "INSERT INTO calls (key, start, number, type, duration, ordinal, name, line, first_seen)"
                " VALUES (?, 0, ?, 'INCOMING', 60, 0, '', ?, 0)",
                (key, number, "" if number.startswith("0") else number),
            )

        def line_of(number: str) -> str:
            while_locked.append(ledger.connection.in_transaction)
            return number.replace(" ", "").replace("0871", "+353871")

        erased = erase_calls(ledger.connection, path, line_of, {"+353871234567"})
    assert erased.numbers == {"+353871234567", "087 123 4567"}
    assert calls_of(path) == ["+353861112233"]
    assert while_locked
    assert not any(while_locked)


def test_a_journal_that_another_process_is_flushing_is_flushed_when_that_is_done(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with (
        closing(open_database(path, synchronous="NORMAL")) as own,
        closing(open_database(path, synchronous="NORMAL")) as reader,
    ):
        own.execute("CREATE TABLE counts (n INTEGER)")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM counts").fetchone()
        own.execute("INSERT INTO counts VALUES (1)")

        def flush_too() -> None:
            with closing(sqlite3.connect(path, timeout=30)) as another:
                while another.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                    pass  # the look below was first

        other = threading.Thread(target=flush_too)
        other.start()
        while not own.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[0]:
            pass  # until it waits for the reader
        tries: list[str] = []

        def end_reading(statement: str) -> None:
            tries.append(statement)
            if len(tries) == 2 and reader.in_transaction:
                reader.execute("ROLLBACK")

        own.set_trace_callback(end_reading)
        flush_journal(own)
        other.join()
    assert len(tries) >= 2
