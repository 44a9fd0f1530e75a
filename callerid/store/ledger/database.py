"""The ledger: the owned database of calls, follow-ups and what is to be delivered. Each method of its parts is one transaction.

Several processes use it at once: the daemon, a command typed by hand, a job of Android's scheduler.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.errors import StoreFault
from callerid.store.connection import open_database, store_errors, user_version
from callerid.store.ledger.answers import Answers
from callerid.store.ledger.batches import Batches
from callerid.store.ledger.block_list import BlockList
from callerid.store.ledger.calls import Calls
from callerid.store.ledger.history import History
from callerid.store.ledger.key_value import KeyValues
from callerid.store.ledger.outbox import Outbox
from callerid.store.ledger.rings import Rings

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

_CACHE = 512  # KiB for each connection, of which the daemon has one a loop: it must not hold the ledger a dozen times
VERSION = 9  # how many migrations there are in `schema`


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

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    @property
    def has_written(self) -> bool:
        """Whether this connection has written anything."""
        return self.connection.total_changes > 0

    def reuse_journal(self) -> None:
        """Move what the journal holds into the database as far as there is room: the next writer then begins it anew, and needs no
        more space for it."""
        with contextlib.suppress(StoreFault):
            self.connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def relax_durability(self) -> None:
        """Let no write of this connection wait for the disk from now on. It may be lost if the power is cut, and only then."""
        self.connection.execute("PRAGMA synchronous = NORMAL")


def open_ledger(path: Path, block_list_key: Path | None = None) -> Ledger:
    """Return the ledger of a file, created or migrated if necessary. The key of its block list is in `block_list_key`, by default
    beside it. Raise StoreFault if the file cannot be used."""
    with store_errors(path):
        connection = open_database(path, synchronous="FULL")
        try:
            connection.execute(f"PRAGMA cache_size = -{_CACHE}")
            if user_version(connection) != VERSION:
                _migrate(connection, path)
        except BaseException:
            connection.close()
            raise
    return Ledger(
        connection=connection,
        calls=Calls(connection),
        history=History(connection),
        answers=Answers(connection),
        batches=Batches(connection),
        outbox=Outbox(connection),
        rings=Rings(connection),
        key_values=KeyValues(connection),
        block_list=BlockList(connection, block_list_key or path.with_name("marks.key")),
    )


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    from callerid.store.ledger.schema import LEDGER
    from callerid.store.migrate import migrate

    migrate(connection, path, LEDGER, VERSION)
