"""SQLite, opened one way and written one way.

Every write is a BEGIN IMMEDIATE. With a deferred BEGIN, as of sqlite-utils' `atomic()`, a transaction that reads before it writes
fails at once under contention, whatever the busy timeout.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import sqlite3
import time
from typing import TYPE_CHECKING, Literal

from callerid.core.backoff import Backoff
from callerid.errors import StoreFault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LOCK_TIMEOUT = 30.0  # seconds to wait for another process's transaction
_SWITCH_AGAIN = Backoff.seconds(0.01, 0.02, 0.05, 0.1)


def open_database(path: Path, *, synchronous: Literal["FULL", "NORMAL"]) -> sqlite3.Connection:
    """Return a connection to a database, created with mode 0600 if there is none, in WAL mode and autocommit. Raise StoreFault."""
    with store_errors(path):
        _create_private(path)
        connection = sqlite3.connect(path, timeout=_LOCK_TIMEOUT, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            _switch_to_wal(connection)
            connection.execute(f"PRAGMA synchronous = {synchronous}")
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
    return connection


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL, once for each file. SQLite does not wait for another connection that switches at the same moment, whatever the
    busy timeout, so this does."""
    began = time.monotonic()
    for failures in itertools.count(1):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as fault:
            if "locked" not in str(fault) or time.monotonic() - began > _LOCK_TIMEOUT:
                raise
            time.sleep(_SWITCH_AGAIN.pause(failures).total_seconds())
        else:
            return


@contextlib.contextmanager
def reading(connection: sqlite3.Connection) -> Iterator[None]:
    """Read everything inside as of one moment, whatever is written meanwhile."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def _create_private(path: Path) -> None:
    """Create the file, for its owner only, if there is none. An existing one must not even be opened: when a process closes any
    descriptor of a file, POSIX drops all of its locks on that file, and with them those of SQLite in other threads."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


@contextlib.contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """Run what is inside as one transaction that holds the write lock from its beginning. Raise StoreFault if it stays locked."""
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
    """Turn errors of SQLite and of the file system into StoreFault, with a remedy."""
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as fault:
        raise store_fault(path, fault) from fault


def store_fault(path: Path, fault: Exception) -> StoreFault:
    """Return an error about a file in words for the person, with a remedy."""
    return StoreFault(f"{path} cannot be used: {fault}.", remedy=_remedy(path, str(fault)))


def _remedy(path: Path | None, message: str) -> str:
    if "malformed" in message or "not a database" in message:
        # a journal that stays beside a new database would be written into it
        move = f"mkdir '{path}.broken' && mv '{path}' '{path}'-* '{path}.broken'"
        return f"Stop callerid, move the file and its journal away, and start again: {move}"
    if "full" in message or "No space" in message:
        return "Free some space on the phone: df -h"
    if "locked" in message:
        return "Another process holds it; see: callerid status"
    return f"See who may use it: ls -l '{path.parent}'" if path else "See what is out of order: callerid status"
