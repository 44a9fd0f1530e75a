"""Contacts that came into the mirror, or whose numbers changed there, since they were last compared with earlier calls.

They are recorded in the transaction that writes the contacts, so that a process may die between a sync and that comparison.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.records import dataclass
from callerid.store.connection import writing
from callerid.store.faults import store_errors

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from pathlib import Path

_EVERY_CONTACT = 0  # instead of an id


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The changed contacts at one moment: their ids, or every contact. `last` is the newest record's place."""

    ids: frozenset[str]
    every_contact: bool
    last: int


class ChangedContacts:
    """The contacts that are to be compared with earlier calls."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db, self._path = connection, path

    def read(self) -> Changed:
        """Return the contacts that are recorded now."""
        with store_errors(self._path):
            rows = self._db.execute("SELECT place, contact_id FROM changed_contacts").fetchall()
        ids = {row["contact_id"] for row in rows}
        return Changed(
            ids=frozenset(str(contact_id) for contact_id in ids if contact_id != _EVERY_CONTACT),
            every_contact=_EVERY_CONTACT in ids,
            last=max((row["place"] for row in rows), default=0),
        )

    def compared(self, changed: Changed, again: Iterable[str] = ()) -> None:
        """Remove the contacts that were read, but not those that changed once more meanwhile; `again` are the ids of contacts to be
        compared next time, too."""
        kept = sorted(map(int, again))
        if not changed.last and not kept:
            return
        with store_errors(self._path), writing(self._db):
            self._db.execute("DELETE FROM changed_contacts WHERE place <= ?", (changed.last,))
            record(self._db, kept)


def record(connection: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Within the caller's transaction, record that contacts changed."""
    rows = [(contact_id,) for contact_id in ids]
    connection.executemany("INSERT OR REPLACE INTO changed_contacts (contact_id) VALUES (?)", rows)


def record_every_contact(connection: sqlite3.Connection) -> None:
    """Within the caller's transaction, record that any contact may have changed."""
    connection.execute("DELETE FROM changed_contacts")
    record(connection, [_EVERY_CONTACT])


def forget(connection: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Within the caller's transaction, drop the records of deleted contacts."""
    connection.executemany("DELETE FROM changed_contacts WHERE contact_id = ?", [(contact_id,) for contact_id in ids])
