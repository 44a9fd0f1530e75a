"""Find damage of a database file, and put a damaged one aside, with its journal, so that a new one can take its place."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from callerid import files
from callerid.messages import message, stored
from callerid.store.connection import open_read_only
from callerid.store.faults import SIDE_FILES, is_cut_to_nothing, is_damage, not_a_file, store_errors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

_SIDE_FILES = tuple(SIDE_FILES)


def find_damage(path: Path, tables: Collection[str] = ()) -> str:
    """Return what is damaged in a database, in SQLite's words; "" if it is whole. `tables` must be there. One that does not exist
    is damaged, too. Raise StoreFault if that cannot be found out."""
    if not path.exists():
        return message("the file is gone")
    if other := not_a_file(path):
        return message("{name} is not a regular file", name=other)
    if is_cut_to_nothing(path):
        return message("it was cut to nothing")
    with store_errors(path), closing(open_read_only(path)) as connection:
        try:
            lines = [str(row[0]) for row in connection.execute("PRAGMA quick_check(1)")]
            there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        except sqlite3.Error as fault:
            if not is_damage(path, fault):
                raise
            return stored(str(fault))
    lacking = sorted(set(tables) - there)
    if lines != ["ok"]:
        return stored(" ".join(" ".join(lines).split()))
    return message("it lacks the table {table}", table=lacking[0]) if lacking else ""


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[None]:
    """Wait until no other process or thread replaces or opens a database, and let others wait meanwhile. Raise StoreFault."""
    with store_errors(path):
        descriptor = _open_lock(path)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def opening(path: Path) -> Iterator[None]:
    """Keep a database from being replaced between its opening and the first read. SQLite opens the journal by its name, and only
    then: that of another file would be written into this one. Without room for the lock's file, go on without the lock."""
    descriptor = None
    with contextlib.suppress(OSError):
        descriptor = _open_lock(path)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _open_lock(path: Path) -> int:
    return files.opened(path.with_name(f"{path.name}.replace"), os.O_RDWR | os.O_CREAT)


def put_aside(path: Path) -> None:
    """Rename a database and its journal to NAME.damaged. Only the newest that was put aside is kept, so that they do not fill the
    phone. The caller holds `replacing`."""
    if not path.exists() and put_aside_from(path).exists():
        return  # a process was killed when it had done so
    remove_put_aside(path)
    for suffix in _SIDE_FILES:  # the file first: without its journal it might be taken for whole
        with contextlib.suppress(FileNotFoundError):
            path.with_name(f"{path.name}{suffix}").rename(put_aside_from(path, suffix))


def put_aside_from(path: Path, suffix: str = "") -> Path:
    """Return to where a database, or with a suffix its journal, is put aside."""
    return path.with_name(f"{path.name}.damaged{suffix}")


def files_put_aside(path: Path) -> list[Path]:
    """Return what was put aside from a path."""
    return [file for file in (put_aside_from(path, suffix) for suffix in _SIDE_FILES) if file.exists() or file.is_symlink()]


def remove_put_aside(path: Path) -> None:
    """Delete what was put aside from a path. Raise OSError."""
    for file in files_put_aside(path):
        remove(file)


def remove(file: Path) -> None:
    """Delete a file, or the folder in its place. Raise OSError."""
    import shutil

    shutil.rmtree(file) if file.is_dir() and not file.is_symlink() else file.unlink(missing_ok=True)


def remove_orphaned_journal(path: Path) -> None:
    """Delete the journal of a database that was deleted without it: SQLite would write it into the new one. Raise StoreFault."""
    journals = [path.with_name(f"{path.name}{suffix}") for suffix in _SIDE_FILES[1:]]
    if not path.exists() and any(journal.exists() for journal in journals):
        with replacing(path):
            for journal in () if path.exists() else journals:
                remove(journal)
