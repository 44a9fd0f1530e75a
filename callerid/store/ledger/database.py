"""The ledger: the owned database of calls, follow-ups and what is to be delivered. Each method of its parts is one transaction.

Several processes use it at once: the daemon, a command typed by hand, a job of Android's scheduler.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.errors import DatabaseDamaged, DiskReadOnly, StoreFault
from callerid.messages import message
from callerid.store.connection import (
    StoreConnection,
    is_outdated,
    open_database,
    release_memory,
    store_errors,
    user_version,
    writing,
)
from callerid.store.damage import opening, remove_orphaned_journal
from callerid.store.ledger import backups
from callerid.store.ledger.answers import Answers
from callerid.store.ledger.batches import Batches
from callerid.store.ledger.block_list import BlockList, load_marks
from callerid.store.ledger.calls import Calls
from callerid.store.ledger.history import History
from callerid.store.ledger.hooks.hook_events import HookEvents
from callerid.store.ledger.key_value import KeyValues
from callerid.store.ledger.outbox import Outbox
from callerid.store.ledger.reading.call_list import CallLists
from callerid.store.ledger.replay import position
from callerid.store.ledger.replay.catch_up import catch_up
from callerid.store.ledger.restore import is_lost, restore
from callerid.store.ledger.rings import Rings

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from callerid.store.attempts import Attempts

_CACHE = 512  # KiB for each connection, of which the daemon has one a loop: it must not hold the ledger a dozen times
VERSION = 12  # how many migrations there are in `schema`


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """One connection to ledger.db, for one thread."""

    connection: sqlite3.Connection
    calls: Calls
    history: History
    answers: Answers
    batches: Batches
    outbox: Outbox
    rings: Rings
    key_values: KeyValues
    block_list: BlockList
    call_lists: CallLists
    hook_events: HookEvents

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    @property
    def is_outdated(self) -> bool:
        """Whether this ledger is to be closed and opened anew: another one is in the place of its file, which was restored or
        deleted, or it could not be written."""
        return is_outdated(self.connection)

    @property
    def has_written(self) -> bool:
        """Whether this connection has written anything."""
        return self.connection.total_changes > 0

    def reuse_journal(self) -> None:
        """Move what the journal holds into the database as far as there is room: the next writer then begins it anew, and needs no
        more space for it."""
        with contextlib.suppress(StoreFault):
            self.connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def release_memory(self) -> None:
        """Keep no page in memory until the next statement."""
        release_memory(self.connection)

    def relax_durability(self) -> None:
        """Let no write of this connection wait for the disk from now on. It may be lost if the power is cut, and only then."""
        self.connection.execute("PRAGMA synchronous = NORMAL")


def open_ledger(path: Path, block_list_key: Path | None = None) -> Ledger:
    """Return the ledger of a file, created or migrated if necessary, and restored from its backups if it is gone or cannot be
    opened. The key of its block list is in `block_list_key`, by default beside it. Raise StoreFault if the file cannot be used."""
    key_file = block_list_key or path.with_name("marks.key")
    with store_errors(path):
        remove_orphaned_journal(path)
        try:
            connection = _open(path, key_file)
        except DatabaseDamaged:
            restore_ledger(path, key_file, datetime.now(UTC))
            connection = _open(path, key_file)
    block_list = BlockList(connection, key_file)
    return Ledger(
        connection=connection,
        calls=Calls(connection, block_list),
        history=History(connection),
        answers=Answers(connection, block_list),
        batches=Batches(connection),
        outbox=Outbox(connection),
        rings=Rings(connection),
        key_values=KeyValues(connection),
        block_list=block_list,
        call_lists=CallLists(connection),
        hook_events=HookEvents(connection),
    )


def take_over_journal(ledger: Ledger, path: Path, block_list_key: Path, now: datetime) -> str:
    """Give a ledger what its journal of answers has and it lacks. Return a sentence that says what that was, "" for nothing. Raise
    StoreFault."""
    return catch_up(ledger.connection, path, block_list_key, now)


def restore_ledger(path: Path, block_list_key: Path, now: datetime) -> str:
    """Look through a ledger, and restore it if it is damaged. Return a sentence that says what was restored and lost, "" if it was
    whole. Raise StoreFault."""
    return restore(path, block_list_key, VERSION, _migrate, now)


def back_up(ledger: Ledger, path: Path, now: datetime) -> None:
    """Take a backup of a ledger, and see to it that the file of marks says what the ledger says. Raise StoreFault."""
    ledger.key_values.installation_id()
    ledger.block_list.save()
    backups.back_up(ledger.connection, path, now)


def remove_copies(path: Path, attempts: Attempts) -> None:
    """Delete every copy of a ledger, from which it could be restored. Raise StoreFault."""
    backups.remove_copies(path, attempts)


def _open(path: Path, key_file: Path) -> sqlite3.Connection:
    with opening(path):
        if is_lost(path):
            raise DatabaseDamaged(message("{path} is gone or empty.", path=path), path=path)
        return _open_as_it_is(path, key_file)


def _open_as_it_is(path: Path, key_file: Path) -> sqlite3.Connection:
    connection = open_database(path, synchronous="FULL")
    try:
        connection.execute(f"PRAGMA cache_size = -{_CACHE}")
        version = user_version(connection)
        if version != VERSION:
            _migrate(connection, path)
            if version == 0:
                with writing(connection):
                    load_marks(connection, key_file)
        if isinstance(connection, StoreConnection):
            connection.last_entry = position.advance
        with contextlib.suppress(DiskReadOnly):
            catch_up(connection, path, key_file, datetime.now(UTC))
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    from callerid.store.ledger.schema import LEDGER
    from callerid.store.migrate import migrate

    migrate(connection, path, LEDGER, VERSION)
