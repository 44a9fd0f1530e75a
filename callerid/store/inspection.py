"""What a database holds, and whether it is whole. It is read by sqlite-utils, on a connection that cannot write: a person who asks
may wait for the import."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from callerid.core.doctor.finding import DatabaseReport
from callerid.errors import DatabaseDamaged
from callerid.messages import counted, stored
from callerid.store.connection import open_read_only, user_version
from callerid.store.damage import opening
from callerid.store.faults import store_errors
from callerid.store.migrate import wrap

if TYPE_CHECKING:
    from pathlib import Path

    from sqlite_utils import Database

_MOST_FAULTS = 3
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_PRIMARY_CODE = 0xFF  # of an extended result code (Source: sqlite.org/rescode.html)


def inspect_database(path: Path) -> DatabaseReport | None:
    """Return what a database holds, None if there is none. Raise StoreFault if it cannot be read, though it may be whole."""
    if not path.exists():
        return None
    with store_errors(path), opening(path):
        size = sum(file.stat().st_size for file in (path, path.with_name(f"{path.name}-wal")) if file.exists())
        with closing(open_read_only(path)) as connection:
            try:
                db = wrap(connection)
                return DatabaseReport(
                    bytes=size, version=user_version(connection), damage=tuple(_damage(db)), rows=tuple(_counts(db))
                )
            except sqlite3.DatabaseError as fault:
                if fault.sqlite_errorcode & _PRIMARY_CODE not in _DAMAGED:
                    raise
                return DatabaseReport(bytes=size, damage=(stored(str(fault)),))


def _damage(db: Database) -> list[str]:
    """Return what SQLite finds damaged, and which rows refer to rows that are not there."""
    lines = [row[0] for row in db.execute(f"PRAGMA quick_check({_MOST_FAULTS})")]
    orphans = db.execute('SELECT "table", count(*) FROM pragma_foreign_key_check GROUP BY "table"')
    unlinked = (
        counted(count, "{count} row of {table} refers to none", "{count} rows of {table} refer to none", table=table)
        for table, count in orphans
    )
    return [*(stored(" ".join(line.split())) for line in lines if line != "ok"), *unlinked]


def _counts(db: Database) -> list[tuple[str, int]]:
    names = (name for name in db.table_names() if not name.startswith(("sqlite_", "_sqlite_")))
    return sorted((name, db.table(name).count) for name in names)


def count_states(ledger: Path) -> dict[str, dict[str, int]]:
    """Return how many calls are in each state, how many deliveries of each kind, and the sources that are out of order. What cannot
    be read is left out: the ledger may be damaged."""
    found: dict[str, dict[str, int]] = {}
    if ledger.exists():
        with suppress(sqlite3.Error, DatabaseDamaged), closing(open_read_only(ledger)) as connection:
            for name, query in _STATES.items():
                found[name] = {str(state): int(count) for state, count in connection.execute(query)}
    return found


_STATES = {
    "calls": "SELECT state, count(*) FROM followups GROUP BY state",
    "deliveries": "SELECT kind || ' ' || state, count(*) FROM outbox GROUP BY kind, state",
    "troubles": "SELECT source, 1 FROM troubles",
}
