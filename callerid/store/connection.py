"""SQLite, opened one way and written one way.

Every write is a BEGIN IMMEDIATE. With a deferred BEGIN, as of sqlite-utils' `atomic()`, a transaction that reads before it writes
fails at once under contention, whatever the busy timeout.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING, Literal

from callerid.errors import StoreFault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BUSY = 30.0  # seconds to wait for another process's transaction


def open_database(path: Path, *, synchronous: Literal["FULL", "NORMAL"]) -> sqlite3.Connection:
    """Given a path, return a connection to that database: 0600 from birth, WAL, autocommit. Raise StoreFault."""
    with store_errors(path):
        _create_private(path)
        connection = sqlite3.connect(path, timeout=_BUSY, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {synchronous}")
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
    return connection


@contextlib.contextmanager
def reading(connection: sqlite3.Connection) -> Iterator[None]:
    """Let all that is read inside be of one moment, whoever writes meanwhile."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def _create_private(path: Path) -> None:
    """Make the file, for its owner only, if there is none. One that is there must not even be opened: POSIX takes away all of a
    process's locks on a file when it closes any descriptor of it, and SQLite's locks of other threads would go."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


@contextlib.contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """Do what is inside as one transaction that holds the write lock from its beginning: all of it, or nothing."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as fault:
        raise StoreFault(f"The database cannot be written: {fault}.", remedy=_remedy(None, str(fault))) from fault
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def user_version(connection: sqlite3.Connection) -> int:
    """Return the version of a database's tables; 0 for a new file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


@contextlib.contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say about a file into words for the person."""
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as fault:
        raise store_fault(path, fault) from fault


def store_fault(path: Path, fault: Exception) -> StoreFault:
    """Given a file and what SQLite or the file system says about it, return that in words for the person."""
    return StoreFault(f"{path} cannot be used: {fault}.", remedy=_remedy(path, str(fault)))


def _remedy(path: Path | None, said: str) -> str:
    if "malformed" in said or "not a database" in said:
        return f"Put the file aside and start again: mv '{path}' '{path}.broken'"
    if "full" in said or "No space" in said:
        return "Free some space on the phone: df -h"
    if "locked" in said:
        return "Another process holds it; see: callerid status"
    return f"See who may use it: ls -l '{path.parent}'" if path else "See what is out of order: callerid status"
