"""What a sync has written down of itself: the lock it holds, how far its walk has come, how much there is, and room for more."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.errors import AlreadyRunning, StoreFault
from callerid.models import Kind, Stretch
from callerid.store.mirror.record_rows import stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from callerid.models import Totals

_BYTES = {"contacts": 700, "companies": 400, "deals": 500}  # of a record with its keys and text, generously
_SPARE = 16 * 1024 * 1024  # bytes that the phone shall keep
_WORTH_A_VACUUM = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A walk over the CRM that was interrupted: when it began (by the CRM's time), and what it was asked."""

    began: datetime
    recipe: str


@contextlib.contextmanager
def sync_alone(path: Path) -> Iterator[None]:
    """Hold the lock of the one sync at a time: two would mix their pages. Raise AlreadyRunning when another sync runs."""
    descriptor = os.open(path.with_name(f"{path.name}.sync"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as held:
        os.close(descriptor)
        raise AlreadyRunning("A sync is running already.", remedy="See it with: callerid status") from held
    try:
        yield
    finally:
        os.close(descriptor)


def unfinished(connection: sqlite3.Connection, purpose: str) -> Unfinished | None:
    """Return what an interrupted walk with a purpose left, or None."""
    row = connection.execute("SELECT * FROM walks WHERE purpose = ?", (purpose,)).fetchone()
    return Unfinished(began=datetime.fromtimestamp(row["began"], UTC), recipe=row["recipe"]) if row else None


def begin_walk(connection: sqlite3.Connection, purpose: str, began: datetime, recipe: str) -> None:
    """Within the caller's transaction, note that a walk begins."""
    forget_walk(connection, purpose)
    connection.execute("INSERT INTO walks VALUES (?, ?, ?)", (purpose, int(began.timestamp()), recipe))


def forget_walk(connection: sqlite3.Connection, purpose: str) -> None:
    """Within the caller's transaction, forget a walk and how far it came."""
    connection.execute("DELETE FROM walks WHERE purpose = ?", (purpose,))
    connection.execute("DELETE FROM stretches WHERE purpose = ?", (purpose,))


def stretches(connection: sqlite3.Connection, purpose: str) -> tuple[Stretch, ...]:
    """Return the stretches of a walk and how far each has come."""
    rows = connection.execute("SELECT * FROM stretches WHERE purpose = ? ORDER BY kind, start", (purpose,))
    return tuple(
        Stretch(kind=Kind(row["kind"]), start=row["start"], cursor=row["cursor"], stop=row["stop"], done=bool(row["done"]))
        for row in rows
    )


def note_stretches(connection: sqlite3.Connection, purpose: str, reached: Iterable[Stretch]) -> None:
    """Within the caller's transaction, note how far stretches have come."""
    rows = [(purpose, s.kind.value, s.start, s.cursor, s.stop, int(s.done)) for s in reached]
    connection.executemany("INSERT OR REPLACE INTO stretches VALUES (?, ?, ?, ?, ?, ?)", rows)


def read_facts(connection: sqlite3.Connection, prefix: str = "") -> dict[str, str]:
    """Return what a mirror says of itself."""
    return {row["name"]: row["value"] for row in connection.execute(f"SELECT * FROM {prefix}facts")}


def write_facts(connection: sqlite3.Connection, facts: Mapping[str, object], prefix: str = "") -> None:
    """Within the caller's transaction, write facts."""
    rows = [(name, str(value)) for name, value in facts.items()]
    connection.executemany(f"INSERT OR REPLACE INTO {prefix}facts VALUES (?, ?)", rows)


def count_older(connection: sqlite3.Connection, since: datetime | None) -> int:
    """Return how many contacts were last modified before a time; none for None."""
    if since is None:
        return 0
    return int(connection.execute("SELECT count(*) FROM contacts WHERE modified < ?", (stamp(since),)).fetchone()[0])


def check_space(connection: sqlite3.Connection, path: Path, totals: Totals) -> None:
    """Raise StoreFault when the phone has no room for a mirror of so many records beside the one that serves."""
    wanted = sum(getattr(totals, kind) * size for kind, size in _BYTES.items())
    reusable = _pragma(connection, "freelist_count") * _pragma(connection, "page_size")
    free = shutil.disk_usage(path.parent).free
    if wanted > reusable and wanted - reusable + _SPARE > free:
        megabytes = 1024 * 1024
        raise StoreFault(
            f"The mirror of {totals.contacts} contacts may need {wanted // megabytes} MB, and {free // megabytes} MB are free.",
            remedy="Free some space (df -h), or mirror fewer contacts: callerid config set sync.recent '12 months'",
        )


def tidy(connection: sqlite3.Connection, path: Path) -> bool:
    """Give free pages back to the phone when more than a third of the file is free; return whether that was done."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # else the journal stays as large as the sync was
    pages, free, size = (_pragma(connection, name) for name in ("page_count", "freelist_count", "page_size"))
    if free * 3 < pages or free * size < _WORTH_A_VACUUM or shutil.disk_usage(path.parent).free < (pages - free) * size * 3:
        return False
    with contextlib.suppress(sqlite3.OperationalError):  # somebody reads or writes: another time
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return True
    return False


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
