"""Where a ledger stands: a number that each transaction with an entry in the journal of answers moves on.

The number counts these transactions, and its last digits are drawn, so that two ledgers which were the same once differ again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.store.journal import Position, last_position, position_entry
from callerid.store.ledger.block_list import INSTALLATION

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

POSITION = "journal_position"  # the fact; digits only
_DRAWN = 1_000_000  # how many values the drawn digits have
_ADVANCE = f"""
    INSERT INTO facts VALUES ('{POSITION}', {_DRAWN} + abs(random() % {_DRAWN})) ON CONFLICT (name) DO UPDATE SET
        value = (CAST(facts.value AS INTEGER) / {_DRAWN} + 1) * {_DRAWN} + abs(random() % {_DRAWN})
    RETURNING value, (SELECT value FROM facts WHERE name = '{INSTALLATION}') AS installation
"""  # noqa: S608 - names and numbers of ours
_READ = f"""
    SELECT (SELECT value FROM facts WHERE name = '{POSITION}') AS value,
        (SELECT value FROM facts WHERE name = '{INSTALLATION}') AS installation
"""  # noqa: S608 - names of ours


def advance(connection: sqlite3.Connection) -> str:
    """Within the caller's transaction, move the ledger's position on, and return the entry that tells it."""
    (row,) = connection.execute(_ADVANCE).fetchall()
    return position_entry(_position(row))


def read(connection: sqlite3.Connection) -> Position:
    """Return where the ledger stands."""
    return _position(connection.execute(_READ).fetchone())


def is_in_step(connection: sqlite3.Connection, path: Path) -> bool:
    """Return whether a ledger has all that its journal has. It may have more: what a full disk kept out of the journal."""
    stands = last_position(path)
    if stands is None:
        return True
    here = read(connection)
    return here.value == stands.value or (count(here) > count(stands) and not is_of_another(here, stands))


def write(connection: sqlite3.Connection, position: Position) -> None:
    """Within the caller's transaction, have the ledger stand where the journal does. It gets that one's installation if it has
    none."""
    facts = [(POSITION, str(position.value))]
    connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts)
    if position.installation:
        connection.execute("INSERT OR IGNORE INTO facts VALUES (?, ?)", (INSTALLATION, position.installation))


def count(position: Position) -> int:
    """Return how many transactions had entries in the journal until then."""
    return position.value // _DRAWN


def is_of_another(ledger: Position, journal: Position) -> bool:
    """Return whether a journal belongs to the ledger of another installation."""
    return bool(ledger.installation and journal.installation) and ledger.installation != journal.installation


def _position(row: sqlite3.Row) -> Position:
    return Position(int(row["value"] or 0), row["installation"] or "")
