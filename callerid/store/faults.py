"""What an error of SQLite, or of the file system, means for a database: damage, a full disk, one that takes no writes, or another
process that holds it; and which files are none that SQLite may open."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import stat
from typing import TYPE_CHECKING

from callerid.errors import DatabaseDamaged, DiskFull, DiskReadOnly, StoreFault, WrittenByNewer
from callerid.messages import as_typed, message, os_reason, stored, template

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PRIMARY_CODE = 0xFF  # of an extended result code (Source: sqlite.org/rescode.html)
# On a full disk, SQLite also reports these: for a journal that cannot be created, and for shared memory that cannot grow. On one
# that takes no writes, it reports them for a file that it has open.
_PERHAPS_THE_DISK = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
_HARDLY_ANY_ROOM = 64 * 1024  # bytes; shared memory grows by half of that at a time
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
# Tables go with a file that was cut to nothing, and bytes that are no text come from a page that was overwritten.
_DAMAGED_WORDS = ("malformed", "not a database", "no such table", "no such column", "Could not decode to UTF-8")
SIDE_FILES = {  # of a database, by how their names end
    "": message("it"),
    "-wal": message("its journal"),
    "-shm": message("its shared memory"),
}
SQLITE_REASONS = (  # SQLite's words (sqlite3ErrStr in main.c), which it says in English only
    message("database disk image is malformed"),
    message("file is not a database"),
    message("database is locked"),
    message("database or disk is full"),
    message("disk I/O error"),
    message("attempt to write a readonly database"),
    message("unable to open database file"),
)
WHEN_READ_ONLY = template("Restart the phone; if that does not help, see who may write there: ls -ld {folder}")
_WHEN_FULL = message("Free some space on the phone; see how much there is: df -h")
WHEN_DAMAGED = message("To have it restored or filled again, type: callerid run --once upkeep")


@contextlib.contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and of the file system into StoreFault, with a remedy."""
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as fault:
        raise store_fault(path, fault) from fault


def store_fault(path: Path, fault: Exception) -> StoreFault:
    """Return an error about a file in words for the person, with a remedy."""
    reason = os_reason(fault) if isinstance(fault, OSError) and fault.strerror else stored(str(fault))
    if is_damage(path, fault):
        return DatabaseDamaged(message("{path} is damaged: {reason}.", path=path, reason=reason), remedy=WHEN_DAMAGED, path=path)
    if is_read_only(path, fault):
        return DiskReadOnly(
            message("{path} cannot be written: {reason}.", path=path, reason=reason),
            remedy=message(WHEN_READ_ONLY, folder=as_typed(path.parent)),
        )
    if is_disk_full(path, fault):
        reason = reason if isinstance(fault, OSError) else message("database or disk is full")  # SQLite may say "I/O error" of it
        return DiskFull(message("{path} cannot be used: {reason}.", path=path, reason=reason), remedy=_WHEN_FULL)
    return StoreFault(message("{path} cannot be used: {reason}.", path=path, reason=reason), remedy=_remedy(path, reason))


def is_damage(path: Path, fault: Exception) -> bool:
    """Return whether an error of SQLite or of the file system says that a database file is damaged, or is no file."""
    code = getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_OK)
    if code & _PRIMARY_CODE in _DAMAGED or code == sqlite3.SQLITE_IOERR_SHORT_READ:
        return True
    if not isinstance(fault, sqlite3.Error):
        return False  # of another file, which nobody puts aside
    return any(word in str(fault) for word in _DAMAGED_WORDS) or is_cut_to_nothing(path)


def not_a_file(path: Path) -> str:
    """Return which of a database's files is a folder, a pipe or the like, "" for none: SQLite cannot use it, may wait for ever to
    open it, and makes no other."""
    modes = ((name, _status(path, suffix)) for suffix, name in SIDE_FILES.items())
    return next((name for name, status in modes if status and not stat.S_ISREG(status.st_mode)), "")


def _status(path: Path, suffix: str) -> os.stat_result | None:
    """Return the status of a database's file, or of one beside it, None if there is none: it may go at any moment."""
    with contextlib.suppress(OSError):
        return path.with_name(f"{path.name}{suffix}").stat()
    return None


def is_cut_to_nothing(path: Path) -> bool:
    """Return whether a file was emptied. SQLite would delete its journal, take it for new, and wait for whoever has it open to
    close it. One that is really new has nothing beside it before there is something in it."""
    beside = [status for suffix in SIDE_FILES if suffix and (status := _status(path, suffix))]
    itself = _status(path, "")  # looked at last: it may just be made
    return itself is not None and itself.st_size == 0 < max((status.st_size for status in beside), default=0)


def require_files(path: Path) -> None:
    """Raise DatabaseDamaged if one of a database's files is none, or it was emptied: SQLite is not to open it."""
    name = not_a_file(path)
    if name:
        reason = message("{name} is not a regular file", name=name)
        raise DatabaseDamaged(message("{path} is damaged: {reason}.", path=path, reason=reason), remedy=WHEN_DAMAGED, path=path)
    if is_cut_to_nothing(path):
        raise DatabaseDamaged(message("{path} was cut to nothing.", path=path), remedy=WHEN_DAMAGED, path=path)


def written_by_newer(path: Path, version: int, newest: int) -> WrittenByNewer:
    """Return the fault of a database of a version that this callerid, which knows the `newest`, cannot read. The remedy also starts
    the daemon anew, which may be the one that is outdated."""
    return WrittenByNewer(
        message(
            "{name} was written by a newer callerid (its version is {version}, this one knows {newest}).",
            name=path.name,
            version=version,
            newest=newest,
        ),
        remedy=message("Update callerid: git pull && sh termux/install.sh"),
    )


def is_disk_full(path: Path, fault: Exception) -> bool:
    """Return whether an error of SQLite or of the file system says that there is no room on the disk of a file."""
    if isinstance(fault, OSError):
        return fault.errno in (errno.ENOSPC, errno.EDQUOT)
    code = getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_OK) & _PRIMARY_CODE
    return code == sqlite3.SQLITE_FULL or (code in _PERHAPS_THE_DISK and _has_hardly_any_room(path.parent))


def is_read_only(path: Path, fault: Exception) -> bool:
    """Return whether an error of SQLite or of the file system says that nothing may be written where a file is."""
    if isinstance(fault, OSError):
        return fault.errno == errno.EROFS
    code = getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_OK)
    if code == sqlite3.SQLITE_READONLY_DBMOVED:  # the file was put aside meanwhile
        return False
    primary = code & _PRIMARY_CODE
    return primary == sqlite3.SQLITE_READONLY or (primary in _PERHAPS_THE_DISK and takes_no_writes(path.parent))


def takes_no_writes(folder: Path) -> bool:
    """Return whether nothing may be written into a folder, by trying: what the mount says may be wrong after an error."""
    trial = folder / f".trial-{os.getpid()}"
    try:
        os.close(os.open(trial, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
        trial.unlink(missing_ok=True)
    except OSError as fault:
        return fault.errno in (errno.EROFS, errno.EACCES, errno.EPERM)
    return False


def _has_hardly_any_room(folder: Path) -> bool:
    import shutil

    with contextlib.suppress(OSError):
        return shutil.disk_usage(folder).free < _HARDLY_ANY_ROOM
    return False


def _remedy(path: Path, words: str) -> str:
    if "full" in words:
        return _WHEN_FULL
    if "locked" in words:
        return message("Another process holds it; see: callerid status")
    if path.exists() and not path.is_file():
        return message(
            "Put away what is in its place, then type the same command again: mv {path} {away}",
            path=as_typed(path),
            away=as_typed(f"{path}.away"),
        )
    return message("See who may use it: ls -l {folder}", folder=as_typed(path.parent))
