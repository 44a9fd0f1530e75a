"""Backups of the ledger: two generations beside it, and the copy that the newest migration made.

A backup is taken from one moment, by SQLite's online backup, while others go on reading and writing. It is checked before it takes
the place of the one before.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from callerid import files
from callerid.errors import DatabaseDamaged, StoreFault
from callerid.messages import message
from callerid.paths import journal_of
from callerid.store.connection import open_read_only, record, writing
from callerid.store.damage import find_damage, opening, put_aside_from, replacing
from callerid.store.faults import is_cut_to_nothing, store_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from callerid.store.attempts import Attempts

MARK = "journal_mark"  # facts that only a backup has: its mark in the journal of answers, and when it was taken
TAKEN_AT = "backed_up_at"
TABLES = ("calls", "followups", "outbox", "facts", "marks")
_SPARE = 16 * 1024 * 1024  # bytes that are left to the phone


def generations(path: Path) -> tuple[Path, Path]:
    """Return the paths of the backups, newest first."""
    return path.with_name(f"{path.name}.backup-1"), path.with_name(f"{path.name}.backup-2")


def copies(path: Path) -> list[Path]:
    """Return every copy of a ledger that can be restored from, newest first; those of migrations last."""
    versions = (copy for copy in path.parent.glob(f"{path.name}.version-*") if copy.is_file())
    of_migrations = sorted(versions, key=lambda copy: copy.stat().st_mtime, reverse=True)
    return [*(backup for backup in generations(path) if backup.is_file()), *of_migrations]


def is_lost(path: Path) -> bool:
    """Return whether there was a ledger, and its file is gone or has nothing in it. A damaged one is found by who reads it."""
    is_empty = not path.exists() or (path.is_file() and path.stat().st_size == 0)
    return (path.exists() and not path.is_file()) or is_cut_to_nothing(path) or (is_empty and was_there(path))


def was_there(path: Path) -> bool:
    """Return whether there has been a ledger: it has left copies, its journal of answers, or what was put aside."""
    from callerid.store import journal

    return bool(copies(path)) or journal.size(path) > 0 or put_aside_from(path).exists()


def back_up(connection: sqlite3.Connection, path: Path, now: datetime) -> None:
    """Take a backup; the one before becomes the second generation. Raise StoreFault, and keep what there is, if there is no room or
    the copy is not whole."""
    with store_errors(path), _alone(path):
        _back_up(connection, path, now)


def remove_copies(path: Path, attempts: Attempts) -> None:
    """Delete every copy of a ledger and its journals of answers, also what another process is taking, and what one that was killed
    left of one. Raise StoreFault."""
    from callerid.store import journal

    answers, aside = journal_of(path), journal.journal_put_aside(path)
    journals = (answers, journal.unfinished(answers), aside, journal.unfinished(aside))
    with store_errors(path), _alone(path):
        versions = path.parent.glob(f"{path.name}.version-*")
        for file in (*generations(path), *versions, path.with_name(f"{path.name}.backup-new"), *journals):
            _remove(file, attempts)
        with replacing(path):  # nobody is restoring it
            _remove(restored(path), attempts)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until no other process or thread takes or deletes backups, and let others wait meanwhile. Raise OSError."""
    descriptor = files.opened(path.with_name(f"{path.name}.copying"), os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _back_up(connection: sqlite3.Connection, path: Path, now: datetime) -> None:
    import secrets

    newest, second = generations(path)
    fresh, mark = path.with_name(f"{path.name}.backup-new"), secrets.token_hex(8)
    _make_room(path)
    try:
        with _as_of_now(connection, path, mark) as reader:
            _copy(reader, fresh, mark, now)
        damage = find_damage(fresh, TABLES)
        if damage:
            raise StoreFault(
                message("The backup of the ledger is not whole: {damage}.", damage=damage), remedy=message("Type: callerid doctor")
            )
        before = _mark_of(newest)
        with contextlib.suppress(FileNotFoundError):
            newest.replace(second)
        fresh.replace(newest)
    finally:
        fresh.unlink(missing_ok=True)
    if before:
        from callerid.store import journal

        with writing(connection):
            journal.cut_before(path, before)


@contextlib.contextmanager
def _as_of_now(connection: sqlite3.Connection, path: Path, mark: str) -> Iterator[sqlite3.Connection]:
    """Return a reader that sees the ledger as of the moment at which the journal gets a mark: writers wait until both are done."""
    from callerid.store import journal

    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        with opening(path), writing(connection):
            record(connection, journal.entry(journal.MARK, {"id": mark}))
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield reader


def _copy(reader: sqlite3.Connection, target: Path, mark: str, now: datetime) -> None:
    files.to_write(target).close()
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        reader.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, that needs no journal beside it
        facts = [(MARK, mark), (TAKEN_AT, str(int(now.timestamp())))]
        copy.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts)


def _mark_of(backup: Path) -> str:
    """Return the mark of a backup in the journal, "" where it has none."""
    with contextlib.suppress(sqlite3.Error, DatabaseDamaged, OSError):
        if backup.is_file():
            with closing(open_read_only(backup)) as connection:
                row = connection.execute("SELECT value FROM facts WHERE name = ?", (MARK,)).fetchone()
                return str(row[0]) if row else ""
    return ""


def _make_room(path: Path) -> None:
    """Delete the second generation if there is no room for three copies at once. Raise StoreFault if there is none for two."""
    import shutil

    needed = path.stat().st_size + _SPARE
    if shutil.disk_usage(path.parent).free < needed:
        generations(path)[1].unlink(missing_ok=True)
    free = shutil.disk_usage(path.parent).free
    if free < needed:
        megabyte = 1024 * 1024
        raise StoreFault(
            message(
                "There is no room for a backup of the ledger: it needs {needed} MB, and {free} MB are free.",
                needed=needed // megabyte,
                free=free // megabyte,
            ),
            remedy=message("Free some space on the phone: df -h"),
        )


def restored(path: Path) -> Path:
    """Return where a ledger is put together again before it takes the damaged one's place."""
    return path.with_name(f"{path.name}.restored")


def _remove(file: Path, attempts: Attempts) -> None:
    for name in (f"{file.name}{suffix}" for suffix in ("", "-wal", "-shm", "-journal")):
        attempts.make(file.with_name(name), partial(file.with_name(name).unlink, missing_ok=True), None)
