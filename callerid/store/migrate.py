"""Bring a database up to date by sqlite-utils' migrations.

Importing sqlite-utils takes up to 0.2 s on a desktop and more on a phone. So this module is imported only after `user_version` has
shown that there is something to do, and where a person may wait: for a full sync, `forget` and `doctor`.
"""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from sqlite_utils import Database

from callerid import files
from callerid.store.connection import user_version, writing
from callerid.store.faults import written_by_newer

if TYPE_CHECKING:
    from pathlib import Path

    from sqlite_utils import Migrations


def migrate(connection: sqlite3.Connection, path: Path, migrations: Migrations, newest: int) -> None:
    """Apply the migrations that an owned database lacks, after copying it to NAME.version-N beside it. All of them are one
    transaction, and a second process waits for it. `newest` is how many migrations there are. Raise WrittenByNewer for a database
    that a newer callerid wrote."""
    with writing(connection):
        version = user_version(connection)
        if version > newest:
            raise written_by_newer(path, version, newest)
        if 0 < version < newest:
            _copy(path, path.with_name(f"{path.name}.version-{version}"))
        apply_pending(connection, migrations)


def apply_pending(connection: sqlite3.Connection, migrations: Migrations, first_version: int = 1) -> None:
    """Within the caller's transaction, apply the migrations that a database lacks, and raise its `user_version` to match.
    `first_version` is the `user_version` after the first migration.

    sqlite-utils runs each migration and its record in a transaction of its own, or in a savepoint of one that has begun. Its own
    begins deferred, and two processes would both find the same migration pending; the caller's must hold the write lock.
    """
    db = wrap(connection)
    _record_earlier(db, migrations, user_version(connection) - first_version + 1)
    migrations.apply(db)
    connection.execute(f"PRAGMA user_version = {first_version - 1 + len(migrations.applied(db))}")


def _record_earlier(db: Database, migrations: Migrations, count: int) -> None:
    """Record as applied what a database has whose first `count` migrations were counted by `user_version` alone."""
    migrations.ensure_migrations_table(db)
    lacking = max(0, count - len(migrations.applied(db)))
    rows = [{"migration_set": migrations.name, "name": step.name, "applied_at": ""} for step in migrations.pending(db)[:lacking]]
    db.table(migrations.migrations_table).insert_all(rows)


def wrap(connection: sqlite3.Connection) -> Database:
    """Return a connection as sqlite-utils' database, with its settings as they are."""
    return Database(connection, recursive_triggers=False, execute_plugins=False)


def _copy(source: Path, target: Path) -> None:
    """Copy a database as it was last committed. It is read by a connection of its own: the one that holds the write lock cannot."""
    files.to_write(target).close()
    with contextlib.closing(sqlite3.connect(source)) as reader, contextlib.closing(sqlite3.connect(target)) as copy:
        reader.backup(copy)
