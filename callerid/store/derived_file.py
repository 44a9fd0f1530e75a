"""The file of a derived database: opened at the first use, and put aside when it is damaged, so that an empty one is in its place
at once. Nothing of it needs to be restored: the next sync fills it."""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from callerid.errors import DatabaseDamaged, StoreFault
from callerid.messages import message
from callerid.store.connection import has_moved, is_outdated, release_memory
from callerid.store.damage import files_put_aside, find_damage, opening, put_aside, remove_orphaned_journal, replacing
from callerid.store.faults import store_errors

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection
    from pathlib import Path

_BY_NUMBER = ("by_number", "facts")  # what these are asked for cannot be wrong, so that an error is the row's
_UNREADABLE = (ValueError, TypeError, LookupError, ArithmeticError, StopIteration)  # what a row raises whose bytes were overwritten


class DerivedFile:
    """One connection to a derived database, for one thread."""

    def __init__(self, path: Path, open_file: Callable[[Path], sqlite3.Connection], tables: Collection[str]) -> None:
        """`open_file` opens the file, and creates it if there is none. One that lacks one of `tables` is damaged."""
        self.path, self._open_file, self._tables = path, open_file, tables
        self.replacement = ""  # why this thread put a mirror aside, until somebody has reported it
        self._connection: sqlite3.Connection | None = None
        self._cursor: sqlite3.Cursor | None = None
        self._may_replace_whole = (
            True  # one whose rows cannot be read, although SQLite finds it whole: once, as it may be our fault
        )

    @property
    def is_open(self) -> bool:
        """Whether the file was used since it was last closed."""
        return self._connection is not None

    def notice_replaced(self) -> None:
        """Close the connection if its file was deleted, or replaced by another process or thread, or could not be written."""
        connection = self._connection
        if connection is not None and is_outdated(connection) and not connection.in_transaction:
            if not self.path.exists():
                self.replacement = what_became_of(self.path, message("{path} was deleted.", path=self.path))
            self.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection. It is opened anew when the file was deleted or replaced."""
        self.notice_replaced()
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    @property
    def cursor(self) -> sqlite3.Cursor:
        """A cursor whose rows are bare tuples."""
        connection = self.connection
        if self._cursor is None:
            self._cursor = connection.cursor()
            self._cursor.row_factory = None
        return self._cursor

    def release_memory(self) -> None:
        """Keep no page in memory until the next statement."""
        if self._connection is not None:
            release_memory(self._connection)

    def close(self) -> None:
        """Close the connection."""
        connection, self._connection, self._cursor = self._connection, None, None
        if connection is not None:
            connection.close()

    def _open(self) -> sqlite3.Connection:
        remove_orphaned_journal(self.path)
        try:
            with opening(self.path):
                return self._open_file(self.path)
        except DatabaseDamaged as fault:
            self._replace(fault)
        with opening(self.path):
            return self._open_file(self.path)

    def replace_if_damaged(self, fault: Exception, *, is_content: bool = False) -> bool:
        """Put the mirror aside if an error means that it is damaged, and return whether there is another one now. With
        `is_content`, the error is about what a row has in it, and not about what was asked for."""
        if isinstance(fault, DatabaseDamaged) and fault.path == self.path:
            self._replace(fault)
            return True
        if not isinstance(fault, _UNREADABLE):
            return False
        if not (is_content and self._may_replace_whole) and not find_damage(self.path, self._tables):
            return False
        self._may_replace_whole = False
        self._replace(fault)
        return True

    def _replace(self, fault: Exception) -> None:
        """Put the file aside, and create an empty one, unless somebody else has done so already. Raise StoreFault."""
        connection = self._connection
        with contextlib.suppress(StoreFault):
            self.close()  # before it waits: who holds the lock may wait for that
        with replacing(self.path), store_errors(self.path):
            is_whole = isinstance(fault, StoreFault) and not find_damage(self.path, self._tables)
            is_done = has_moved(connection) if connection is not None else is_whole
            if is_done and self.path.is_file():
                return
            put_aside(self.path)
            self._open_file(self.path).close()
        unread = message("Its rows cannot be read: {fault}.", fault=" ".join(repr(fault).split()))
        self.replacement = fault.sentence if isinstance(fault, StoreFault) else unread


def what_became_of(path: Path, otherwise: str) -> str:
    """Return a sentence about a file that is missing or empty: it was put aside by somebody who could not report that or put an
    empty one in its place, for lack of room; or else what the other sentence says. What was put aside goes with the next sync."""
    return message("{path} was damaged, and was put aside.", path=path) if files_put_aside(path) else otherwise


class _HasFile(Protocol):
    @property
    def file(self) -> DerivedFile: ...


P = ParamSpec("P")
R = TypeVar("R")
Owner = TypeVar("Owner", bound=_HasFile)


def read_again_if_damaged(method: Callable[Concatenate[Owner, P], R]) -> Callable[Concatenate[Owner, P], R]:
    """Return a method that reads the mirror, which puts a damaged one aside and then reads the empty one in its place."""

    @functools.wraps(method)
    def read(own: Owner, /, *args: P.args, **more: P.kwargs) -> R:
        try:
            return method(own, *args, **more)
        except (StoreFault, *_UNREADABLE) as fault:
            if not own.file.replace_if_damaged(fault, is_content=method.__name__ in _BY_NUMBER):
                raise
        return method(own, *args, **more)

    return read
