"""Which ids of contacts no longer exist because the CRM merged them into others: what else has such an id follows it by this.

The CRM tells with each contact which ids were merged into it. They are recorded in the transaction that writes the contact, and go
with it. A full sync records them before its contacts are the live ones; they count from then on.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from callerid.store.faults import store_errors

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable
    from pathlib import Path

_SURVIVORS = (
    "SELECT old_id, contact_id FROM merged_contacts WHERE EXISTS (SELECT 1 FROM contacts WHERE id = contact_id)"
    " AND NOT EXISTS (SELECT 1 FROM contacts WHERE id = old_id)"
)
_OLD_IDS = "SELECT DISTINCT old_id FROM merged_contacts WHERE contact_id IN (SELECT value FROM json_each(?))"
_RECORD = "INSERT OR IGNORE INTO merged_contacts (contact_id, old_id) VALUES (?, ?)"
# what was merged into one that is merged now
_TAKE_OVER = "INSERT OR IGNORE INTO merged_contacts SELECT ?, old_id FROM merged_contacts WHERE contact_id = ? AND old_id <> ?"


class MergedContacts:
    """The ids that were merged away."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db, self._path = connection, path

    def survivors(self) -> dict[str, str]:
        """Return, for each id that was merged into a mirrored contact, however many merges ago, that contact's id. An id that a
        mirrored contact still has is left out."""
        with store_errors(self._path):
            return {str(row["old_id"]): str(row["contact_id"]) for row in self._db.execute(_SURVIVORS)}

    def old_ids(self, contacts: Iterable[str]) -> frozenset[str]:
        """Return the ids that were merged into some contacts (ids)."""
        with store_errors(self._path):
            return frozenset(str(row["old_id"]) for row in self._db.execute(_OLD_IDS, (json.dumps(sorted(map(int, contacts))),)))


def record(connection: sqlite3.Connection, contact: int, old_ids: Collection[int]) -> None:
    """Within the caller's transaction, record which ids were merged into a contact."""
    connection.executemany(_RECORD, [(contact, old) for old in old_ids])
    connection.executemany(_TAKE_OVER, [(contact, old, contact) for old in old_ids])


def forget(connection: sqlite3.Connection, contacts: Iterable[int]) -> None:
    """Within the caller's transaction, drop what is recorded of removed contacts."""
    connection.executemany("DELETE FROM merged_contacts WHERE contact_id = ?", [(contact,) for contact in contacts])


def drop_orphans(connection: sqlite3.Connection) -> None:
    """Within the caller's transaction, drop what is recorded of contacts who are not mirrored."""
    connection.execute("DELETE FROM merged_contacts WHERE contact_id NOT IN (SELECT id FROM contacts)")
