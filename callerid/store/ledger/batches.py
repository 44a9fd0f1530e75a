"""Batches: cards that ask about several calls at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.followup.batches import Batch
from callerid.store.connection import writing
from callerid.store.ledger import rows

if TYPE_CHECKING:
    import sqlite3


class Batches:
    """The batches by their names."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def all(self) -> tuple[Batch, ...]:
        """Return every batch, by name."""
        return tuple(_batch(row) for row in self._db.execute("SELECT * FROM batches ORDER BY name"))

    def by_token(self, token: str) -> Batch | None:
        """Return the batch whose live card has a token, or None."""
        row = self._db.execute("SELECT * FROM batches WHERE token = ? AND token <> ''", (token,)).fetchone()
        return _batch(row) if row else None

    def ensure(self, batch: Batch) -> None:
        """Add a batch, unless there is one of that name already."""
        with writing(self._db):
            self._db.execute(
                "INSERT INTO batches (name, notification_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (batch.name, batch.notification_id),
            )

    def change(self, before: Batch, after: Batch) -> Batch | None:
        """Store a batch, and return it as stored; None if it has changed since it was read."""
        with writing(self._db):
            done = self._db.execute(
                "UPDATE batches SET token = ?, shown = ?, not_before = ?, revision = revision + 1 WHERE name = ? AND revision = ?",
                (after.token, after.shown, rows.end_of(after.not_before), before.name, before.revision),
            )
            return replace(after, revision=before.revision + 1) if done.rowcount else None

    def show_again(self, name: str = "") -> None:
        """Have the card of one batch, or of all, shown again."""
        with writing(self._db):
            self._db.execute(
                "UPDATE batches SET shown = 0, not_before = NULL, revision = revision + 1 WHERE ? IN ('', name)", (name,)
            )

    def remove(self, batch: Batch) -> None:
        """Remove a batch."""
        with writing(self._db):
            self._db.execute("DELETE FROM batches WHERE name = ?", (batch.name,))


def _batch(row: sqlite3.Row) -> Batch:
    return Batch(
        name=row["name"],
        notification_id=row["notification_id"],
        token=row["token"],
        shown=row["shown"],
        not_before=rows.deadline(row["not_before"]),
        revision=row["revision"],
    )
