"""The ledger: the owned database of calls, follow-ups and what is to be delivered. Each method of its parts is one transaction.

Several processes use it at once: the daemon, a command typed by hand, a job of Android's scheduler.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from callerid.errors import DatabaseDamaged, DiskReadOnly, StoreFault
from callerid.messages import message
from callerid.store.connection import StoreConnection, is_outdated, open_database, release_memory, user_version, writing
from callerid.store.damage import opening, remove_orphaned_journal
from callerid.store.faults import store_errors
from callerid.store.ledger import backups
from callerid.store.ledger.replay.catch_up import catch_up

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from callerid.store.attempts import Attempts
    from callerid.store.ledger.answers import Answers
    from callerid.store.ledger.batches import Batches
    from callerid.store.ledger.block_list import BlockList
    from callerid.store.ledger.calls import Calls
    from callerid.store.ledger.history import History
    from callerid.store.ledger.hooks.hook_events import HookEvents
    from callerid.store.ledger.key_value import KeyValues
    from callerid.store.ledger.merges.moved_contacts import MovedContacts
    from callerid.store.ledger.outbox import Outbox
    from callerid.store.ledger.reading.call_list import CallLists
    from callerid.store.ledger.reading.summary import Summary
    from callerid.store.ledger.reading.turn_start import TurnStarts
    from callerid.store.ledger.rings import Rings

_CACHE = 512  # KiB for each connection, of which the daemon has one a loop: it must not hold the ledger a dozen times
VERSION = 12  # how many migrations there are in `schema`


class Ledger:
    """One connection to ledger.db, for one thread. Each part is loaded when it is first used: a command uses few of them."""

    def __init__(self, connection: sqlite3.Connection, key_file: Path) -> None:
        """`key_file` has the key of the block list."""
        self.connection, self._key_file = connection, key_file

    @cached_property
    def calls(self) -> Calls:
        """The calls of the call log, with their follow-ups."""
        from callerid.store.ledger.calls import Calls

        return Calls(self.connection, self.block_list)

    @cached_property
    def history(self) -> History:
        """The totals, and what changed since it was compared."""
        from callerid.store.ledger.history import History

        return History(self.connection)

    @cached_property
    def answers(self) -> Answers:
        """What the person answered."""
        from callerid.store.ledger.answers import Answers

        return Answers(self.connection, self.block_list)

    @cached_property
    def batches(self) -> Batches:
        """The cards that ask about several calls."""
        from callerid.store.ledger.batches import Batches

        return Batches(self.connection)

    @cached_property
    def outbox(self) -> Outbox:
        """What is to be delivered to the CRM."""
        from callerid.store.ledger.outbox import Outbox

        return Outbox(self.connection)

    @cached_property
    def rings(self) -> Rings:
        """The rings of the last days."""
        from callerid.store.ledger.rings import Rings

        return Rings(self.connection)

    @cached_property
    def key_values(self) -> KeyValues:
        """Small persistent facts, and troubles."""
        from callerid.store.ledger.key_value import KeyValues

        return KeyValues(self.connection)

    @cached_property
    def block_list(self) -> BlockList:
        """Who is ignored or forgotten."""
        from callerid.store.ledger.block_list import BlockList

        return BlockList(self.connection, self._key_file)

    @cached_property
    def call_lists(self) -> CallLists:
        """Lists of calls."""
        from callerid.store.ledger.reading.call_list import CallLists

        return CallLists(self.connection)

    @cached_property
    def turn_starts(self) -> TurnStarts:
        """What a turn reads first."""
        from callerid.store.ledger.reading.turn_start import TurnStarts

        return TurnStarts(self.connection)

    @cached_property
    def summary(self) -> Summary:
        """What the status counts."""
        from callerid.store.ledger.reading.summary import Summary

        return Summary(self.connection)

    @cached_property
    def hook_events(self) -> HookEvents:
        """What the hooks were told."""
        from callerid.store.ledger.hooks.hook_events import HookEvents

        return HookEvents(self.connection)

    @cached_property
    def moved_contacts(self) -> MovedContacts:
        """The contacts whom deliveries and answers name, when some were merged."""
        from callerid.store.ledger.merges.moved_contacts import MovedContacts

        return MovedContacts(self.connection)

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
    return Ledger(connection, key_file)


def take_over_journal(ledger: Ledger, path: Path, block_list_key: Path, now: datetime) -> str:
    """Give a ledger what its journal of answers has and it lacks. Return a sentence that says what that was, "" for nothing. Raise
    StoreFault."""
    return catch_up(ledger.connection, path, block_list_key, now)


def restore_ledger(path: Path, block_list_key: Path, now: datetime) -> str:
    """Look through a ledger, and restore it if it is damaged. Return a sentence that says what was restored and lost, "" if it was
    whole. Raise StoreFault."""
    from callerid.store.ledger.restore import restore

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
        if backups.is_lost(path):
            raise DatabaseDamaged(message("{path} is gone or empty.", path=path), path=path)
        return _open_as_it_is(path, key_file)


def _require_first(path: Path, version: int) -> None:
    """Raise DatabaseDamaged if SQLite has just created a ledger in the place of one that went after it was looked for."""
    if version == 0 and backups.was_there(path):
        raise DatabaseDamaged(message("{path} is gone or empty.", path=path), path=path)


def _open_as_it_is(path: Path, key_file: Path) -> sqlite3.Connection:
    connection = open_database(path, synchronous="FULL")
    try:
        connection.execute(f"PRAGMA cache_size = -{_CACHE}")
        version = user_version(connection)
        _require_first(path, version)
        if version != VERSION:
            _migrate(connection, path)
            if version == 0:
                from callerid.store.ledger.block_list import load_marks

                with writing(connection):
                    load_marks(connection, key_file)
        if isinstance(connection, StoreConnection):
            connection.last_entry = _advance
        with contextlib.suppress(DiskReadOnly):
            catch_up(connection, path, key_file, datetime.now(UTC))
    except BaseException:
        connection.close()
        raise
    return connection


def _advance(connection: sqlite3.Connection) -> str:
    from callerid.store.ledger.replay import position  # what only reads stays where it is

    return position.advance(connection)


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    from callerid.store.ledger.schema import LEDGER
    from callerid.store.migrate import migrate

    migrate(connection, path, LEDGER, VERSION)
