"""SQLite, opened one way and written one way.

Every write is a BEGIN IMMEDIATE. With a deferred BEGIN, as of sqlite-utils' `atomic()`, a transaction that reads before it writes
fails at once under contention, whatever the busy timeout.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar

from callerid.errors import DatabaseDamaged, DiskReadOnly, StoreFault
from callerid.messages import message
from callerid.store.faults import require_files, store_errors, store_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

P = ParamSpec("P")
R = TypeVar("R")

_LOCK_TIMEOUT = 30.0  # seconds to wait for another process's transaction
_SWITCH_TIMEOUT = 0.5  # seconds for one attempt to switch to WAL, of which there are many
_SWITCH_AGAIN = (0.01, 0.02, 0.05, 0.1)  # seconds after the first failures; the last one is repeated


def _reported(method: Callable[P, R]) -> Callable[P, R]:
    """Return a method of a connection or cursor that raises SQLite's errors as StoreFault; DiskFull if there is no room."""

    @functools.wraps(method)
    def call(*args: P.args, **more: P.kwargs) -> R:
        try:
            return method(*args, **more)
        except sqlite3.ProgrammingError:  # not the database's fault but ours
            raise
        except sqlite3.Error as fault:
            raise _noted(args[0], fault) from fault  # no variable: it would keep itself and the cursor alive, by its traceback

    return call


def _noted(own: Any, fault: sqlite3.Error) -> StoreFault:
    """Return the store fault of a connection or cursor, and note in the connection that it could not be written."""
    raised = store_fault(own.path, fault)
    if isinstance(raised, DiskReadOnly):
        connection: Any = own.connection if isinstance(own, sqlite3.Cursor) else own
        connection.was_refused = True
    return raised


class StoreCursor(sqlite3.Cursor):
    """A cursor whose errors are store faults, also while rows are fetched: a damaged page may be reached late."""

    @property
    def path(self) -> Path:
        """Return the path of its database."""
        return StoreConnection.path_of(self.connection)

    execute = _reported(sqlite3.Cursor.execute)
    executemany = _reported(sqlite3.Cursor.executemany)
    executescript = _reported(sqlite3.Cursor.executescript)
    fetchone = _reported(sqlite3.Cursor.fetchone)
    fetchmany = _reported(sqlite3.Cursor.fetchmany)
    fetchall = _reported(sqlite3.Cursor.fetchall)

    @_reported
    def __next__(self) -> Any:
        """Return the next row."""
        return super().__next__()


class StoreConnection(sqlite3.Connection):
    """A connection each of whose statements raises StoreFault, or DiskFull, where SQLite's own would raise its errors. `name` is
    its path as a text, `file` the device and inode that was opened, `entries` is what goes into the journal of answers when the
    transaction commits; `last_entry` moves the database's position on, and returns the entry that ends them. With `was_refused`,
    nothing could be written: SQLite may have opened the file for reading only, and then never writes."""

    path = Path()
    name = ""
    file: tuple[int, int] | None = None
    was_refused = False

    def __init__(self, *words: Any, **more: Any) -> None:
        super().__init__(*words, **more)
        self.entries: list[str] = []
        self.last_entry: Callable[[sqlite3.Connection], str] | None = None

    @staticmethod
    def path_of(connection: sqlite3.Connection) -> Path:
        """Return the path of a connection's database."""
        return connection.path if isinstance(connection, StoreConnection) else Path()

    def cursor(self, factory: Any = StoreCursor) -> Any:
        """Return a cursor, by default one whose errors are store faults."""
        return super().cursor(factory)

    # each of these is a cursor's, which reports its errors
    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Execute a statement. Raise StoreFault, DiskFull."""
        cursor: sqlite3.Cursor = self.cursor()
        return cursor.execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        """Execute a statement with each of several rows of values. Raise StoreFault, DiskFull."""
        cursor: sqlite3.Cursor = self.cursor()
        return cursor.executemany(sql, parameters)

    def executescript(self, sql_script: str, /) -> sqlite3.Cursor:
        """Execute several statements. Raise StoreFault, DiskFull."""
        cursor: sqlite3.Cursor = self.cursor()
        return cursor.executescript(sql_script)

    commit = _reported(sqlite3.Connection.commit)
    rollback = _reported(sqlite3.Connection.rollback)


def open_database(path: Path, *, synchronous: Literal["FULL", "NORMAL"]) -> sqlite3.Connection:
    """Return a connection to a database, created with mode 0600 if there is none, in WAL mode and autocommit. Raise StoreFault."""
    with store_errors(path):
        require_files(path)
        _create_private(path)
        connection = sqlite3.connect(path, timeout=_SWITCH_TIMEOUT, isolation_level=None, factory=StoreConnection)
        try:
            connection.path, connection.name = path, str(path)
            connection.file = _file_id(connection.name)
            connection.row_factory = sqlite3.Row
            _switch_to_wal(connection)
            connection.execute(f"PRAGMA busy_timeout = {_LOCK_TIMEOUT * 1000:.0f}")
            connection.execute(f"PRAGMA synchronous = {synchronous}")
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
    return connection


def open_read_only(path: Path, timeout: float = 5.0) -> sqlite3.Connection:
    """Return a connection to a database that cannot write, and waits so many seconds for the transactions of others. Raise
    sqlite3.Error, DatabaseDamaged."""
    require_files(path)
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=timeout)


def _switch_to_wal(connection: StoreConnection) -> None:
    """Switch to WAL, once for each file. SQLite does not wait for another connection that switches at the same moment, whatever the
    busy timeout, so this does. It does not wait for a file that is cut to nothing: whoever has that open need not ever close it."""
    began = time.monotonic()
    for failures in itertools.count(1):
        require_files(connection.path)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except StoreFault as fault:
            if "locked" not in fault.sentence or time.monotonic() - began > _LOCK_TIMEOUT:
                raise
            time.sleep(_SWITCH_AGAIN[min(failures, len(_SWITCH_AGAIN)) - 1])
        else:
            return


@contextlib.contextmanager
def reading(connection: sqlite3.Connection) -> Iterator[None]:
    """Read everything inside as of one moment, whatever is written meanwhile. Raise StoreFault."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        _roll_back(connection)


def _roll_back(connection: sqlite3.Connection) -> None:
    """End a transaction that has not ended. After some errors SQLite has rolled back already (Source: section 3 of
    sqlite.org/lang_transaction.html), and another error here would hide the first one."""
    with contextlib.suppress(StoreFault, sqlite3.ProgrammingError):  # the second one of a connection that was closed meanwhile
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _create_private(path: Path) -> None:
    """Create the file, for its owner only, if there is none. An existing one must not even be opened: when a process closes any
    descriptor of a file, POSIX drops all of its locks on that file, and with them those of SQLite in other threads."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _file_id(name: str) -> tuple[int, int] | None:
    try:
        status = os.stat(name)  # noqa: PTH116 - a ring waits for it, several times
    except OSError:
        return None
    return status.st_dev, status.st_ino


def has_moved(connection: sqlite3.Connection) -> bool:
    """Return whether the file of a connection is no longer the one that has its name: it was put aside, replaced or deleted."""
    return isinstance(connection, StoreConnection) and connection.file != _file_id(connection.name)


def is_outdated(connection: sqlite3.Connection) -> bool:
    """Return whether a connection is to be closed and opened anew: its file has moved, or it could not be written."""
    if not isinstance(connection, StoreConnection):
        return False
    return connection.was_refused or connection.file != _file_id(connection.name)


def record(connection: sqlite3.Connection, entry: str) -> None:
    """Within the caller's transaction, have an entry written into the journal of answers when the transaction commits."""
    if isinstance(connection, StoreConnection):
        connection.entries.append(entry)


def _take_entries(connection: sqlite3.Connection) -> list[str]:
    if not isinstance(connection, StoreConnection):
        return []
    taken, connection.entries = connection.entries, []
    return taken


@contextlib.contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """Run what is inside as one transaction that holds the write lock from its beginning: all of it is stored, or nothing. Raise
    StoreFault if it stays locked or cannot be stored, DiskFull if there is no room, DatabaseDamaged if the file was put aside or
    deleted: what is written into it would be lost."""
    _check_in_place(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        _commit(connection)
    except BaseException:
        _take_entries(connection)
        _roll_back(connection)
        raise
    _check_in_place(connection)  # it may have been put aside between the first look and the commit


def _commit(connection: sqlite3.Connection) -> None:
    """Commit, after what is recorded has gone into the journal of answers; a commit that fails takes it back."""
    entries = _take_entries(connection)
    if not entries:
        connection.execute("COMMIT")
        return
    from callerid.store.journal import append_entries, withdraw_entries  # what only reads does not need it

    path = StoreConnection.path_of(connection)
    last = connection.last_entry if isinstance(connection, StoreConnection) else None
    appended = append_entries(path, [*entries, last(connection)] if last else entries)
    try:
        connection.execute("COMMIT")
    except StoreFault:
        if appended:
            withdraw_entries(path, appended)
        raise


def _check_in_place(connection: sqlite3.Connection) -> None:
    if has_moved(connection):
        path = StoreConnection.path_of(connection)
        raise DatabaseDamaged(
            message("{path} was replaced or deleted meanwhile.", path=path),
            remedy=message("Type the same command again."),
            path=path,
        )


def release_memory(connection: sqlite3.Connection) -> None:
    """Give back the pages that a connection keeps in memory: it reads them again when they are next wanted."""
    with contextlib.suppress(StoreFault):
        connection.execute("PRAGMA shrink_memory")


def user_version(connection: sqlite3.Connection) -> int:
    """Return the version of a database's tables; 0 for a new file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
