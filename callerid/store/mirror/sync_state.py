"""What the mirror records of its syncs: the lock, how far a walk over the CRM has come, facts about the mirror, and free space."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid import files
from callerid.errors import AlreadyRunning, StoreFault
from callerid.messages import message
from callerid.models import Kind, Stretch
from callerid.records import dataclass
from callerid.store.mirror.mirror_facts import FULL, MISSING, read_facts
from callerid.store.mirror.record_rows import fingerprints
from callerid.store.mirror.schema import NEW
from callerid.store.times import milliseconds
from callerid.token_scopes import TO_READ

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from callerid.models import Page, Totals

SWEEP = "sweep"  # the purpose of the walk that compares every record
EXPORTS = "exports"  # JSON: the ids of the exports that an unfinished full sync has started, by kind
EXPORTED = "exported"  # "1" if the last full sync began with exports
_BYTES = {"contacts": 700, "companies": 400, "deals": 500}  # a record with its keys and text, at the most
_SPARE = 16 * 1024 * 1024  # bytes that are left to the phone
_VACUUM_FROM = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A walk over the CRM that was interrupted."""

    began: datetime  # by the CRM's clock, UTC
    recipe: str  # which portal and contacts it was for; another recipe cannot continue it


@contextlib.contextmanager
def sync_lock(path: Path) -> Iterator[None]:
    """Hold the lock that only one sync can have, because two would mix their pages. Raise AlreadyRunning if another has it."""
    descriptor = files.opened(path.with_name(f"{path.name}.sync"), os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as held:
        os.close(descriptor)
        raise AlreadyRunning(message("A sync is running already."), remedy=message("See it with: callerid status")) from held
    try:
        yield
    finally:
        os.close(descriptor)


def unfinished(connection: sqlite3.Connection, purpose: str) -> Unfinished | None:
    """Return the interrupted walk for a purpose, or None."""
    row = connection.execute("SELECT * FROM walks WHERE purpose = ?", (purpose,)).fetchone()
    return Unfinished(began=datetime.fromtimestamp(row["began"], UTC), recipe=row["recipe"]) if row else None


def begin_walk(connection: sqlite3.Connection, purpose: str, began: datetime, recipe: str) -> None:
    """Within the caller's transaction, record that a walk begins."""
    end_walk(connection, purpose)
    connection.execute("INSERT INTO walks VALUES (?, ?, ?)", (purpose, int(began.timestamp()), recipe))


def end_walk(connection: sqlite3.Connection, purpose: str) -> None:
    """Within the caller's transaction, remove a walk and its stretches."""
    connection.execute("DELETE FROM walks WHERE purpose = ?", (purpose,))
    connection.execute("DELETE FROM stretches WHERE purpose = ?", (purpose,))


def stretches(connection: sqlite3.Connection, purpose: str) -> tuple[Stretch, ...]:
    """Return the stretches of a walk, with how far each was read."""
    rows = connection.execute("SELECT * FROM stretches WHERE purpose = ? ORDER BY kind, start", (purpose,))
    return tuple(
        Stretch(kind=Kind(row["kind"]), start=row["start"], cursor=row["cursor"], stop=row["stop"], done=bool(row["done"]))
        for row in rows
    )


def record_stretches(connection: sqlite3.Connection, purpose: str, reached: Iterable[Stretch]) -> None:
    """Within the caller's transaction, record how far stretches were read."""
    rows = [(purpose, s.kind.value, s.start, s.cursor, s.stop, int(s.done)) for s in reached]
    connection.executemany("INSERT OR REPLACE INTO stretches VALUES (?, ?, ?, ?, ?, ?)", rows)


def exports(connection: sqlite3.Connection) -> dict[Kind, str]:
    """Return the ids of the exports that an unfinished full sync has started, by kind."""
    if unfinished(connection, FULL) is None:
        return {}
    return {Kind(kind): export_id for kind, export_id in json.loads(read_facts(connection).get(EXPORTS, "{}")).items()}


def write_exports(connection: sqlite3.Connection, started: Mapping[Kind, str]) -> None:
    """Within the caller's transaction, record what `exports` returns."""
    write_facts(connection, {EXPORTS: json.dumps(started)})


def record_compared(connection: sqlite3.Connection, page: Page) -> None:
    """Within the caller's transaction, record during an unfinished sweep that the CRM has the records of a page. Records that are
    written meanwhile count as compared: the sweep's list may have been read before they were in it."""
    if unfinished(connection, SWEEP) is None:
        return
    rows = [(kind.value, record_id) for kind in Kind for record_id in fingerprints(kind, page)]
    connection.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?, 0)", rows)


def forget_progress(connection: sqlite3.Connection) -> None:
    """Within the caller's transaction, drop what unfinished syncs have compared, and at which records they stand: the next ones
    begin at the last one that was finished."""
    end_walk(connection, FULL)
    end_walk(connection, SWEEP)
    connection.execute("DELETE FROM seen")
    connection.execute("UPDATE cursors SET began = NULL, after = NULL, archived_after = NULL")


def write_facts(connection: sqlite3.Connection, facts: Mapping[str, object], prefix: str = "") -> None:
    """Within the caller's transaction, record facts about a mirror."""
    rows = [(name, str(value)) for name, value in facts.items()]
    connection.executemany(f"INSERT OR REPLACE INTO {prefix}facts VALUES (?, ?)", rows)


def filling(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return how many records an unfinished full sync has read, and how many there are to read."""
    read = sum(int(connection.execute(f"SELECT count(*) FROM {NEW}{kind}").fetchone()[0]) for kind in Kind)
    return read, max(read, int(read_facts(connection).get("expected", 0)))


def write_missing_scopes(connection: sqlite3.Connection, scopes: Iterable[str], prefix: str = "") -> None:
    """Within the caller's transaction, record which scopes the token lacks. The records that the mirror has by one that is newly
    missing were last true at its last sync; a new mirror has none."""
    before = read_facts(connection, prefix)
    known, fresh_at = json.loads(before.get(MISSING, "{}")), before.get("fresh_at")
    as_of = {scope: known.get(scope, fresh_at if scope in TO_READ.values() else None) for scope in scopes}
    write_facts(connection, {MISSING: json.dumps(as_of)}, prefix)


def count_older(connection: sqlite3.Connection, since: datetime | None) -> int:
    """Return how many contacts were last modified before a time; 0 for None."""
    if since is None:
        return 0
    return int(connection.execute("SELECT count(*) FROM contacts WHERE modified < ?", (milliseconds(since),)).fetchone()[0])


def check_space(connection: sqlite3.Connection, path: Path, totals: Totals) -> None:
    """Raise StoreFault if the phone lacks the space for a mirror of so many records beside the live one."""
    needed = sum(getattr(totals, kind) * size for kind, size in _BYTES.items())
    reusable = _pragma(connection, "freelist_count") * _pragma(connection, "page_size")
    free = shutil.disk_usage(path.parent).free
    if needed > reusable and needed - reusable + _SPARE > free:
        megabytes = 1024 * 1024
        raise StoreFault(
            message(
                "The mirror of {contacts} contacts may need {needed} MB, and {free} MB are free.",
                contacts=totals.contacts,
                needed=needed // megabytes,
                free=free // megabytes,
            ),
            remedy=message("Free some space (df -h), or mirror fewer contacts: callerid config set sync.recent '12 months'"),
        )


def release_space(connection: sqlite3.Connection, path: Path) -> bool:
    """Give free pages back to the phone if they are more than a third of the file, and return whether that was done."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # otherwise the journal stays as large as the sync was
    pages, free, size = (_pragma(connection, name) for name in ("page_count", "freelist_count", "page_size"))
    if free * 3 < pages or free * size < _VACUUM_FROM or shutil.disk_usage(path.parent).free < (pages - free) * size * 3:
        return False
    with contextlib.suppress(StoreFault):  # the database is in use: next time
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return True
    return False


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
