"""The cards of rings that are on the screen and that no call of the log has claimed. Never a record of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.cards import SAME_RING, RingCard
from callerid.store import ledger_rows as rows
from callerid.store.connection import writing

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime


def claim(connection: sqlite3.Connection, ring_id: int) -> None:
    """Within the caller's transaction, hand a card over: its notification now belongs to a follow-up, or is gone."""
    connection.execute("UPDATE rings SET open = 0 WHERE id = ?", (ring_id,))


class Rings:
    """Open cards."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def begin(self, line: str, at: datetime) -> RingCard:
        """Given a line and when its ring was heard, return its card: the open one when two senses heard the same ring."""
        with writing(self._db):
            standing = self.standing(line, at)
            if standing:
                return standing
            added = self._db.execute("INSERT INTO rings (line, at) VALUES (?, ?)", (line, rows.stamp(at)))
            return _card(self._db.execute("SELECT * FROM rings WHERE id = ?", (added.lastrowid,)).fetchone())

    def standing(self, line: str, at: datetime) -> RingCard | None:
        """Given a line and when its ring was heard, return its card if it is still open and the phone still rings."""
        since = rows.stamp(at - SAME_RING)
        row = self._db.execute(
            "SELECT * FROM rings WHERE open AND line = ? AND at >= ? AND ended_at IS NULL ORDER BY id DESC LIMIT 1", (line, since)
        ).fetchone()
        return _card(row) if row else None

    def open_cards(self) -> tuple[RingCard, ...]:
        """Return the open cards, oldest first."""
        return tuple(_card(row) for row in self._db.execute("SELECT * FROM rings WHERE open ORDER BY id"))

    def answered(self, at: datetime) -> None:
        """Record that the phone went off-hook: the newest ring was answered."""
        with writing(self._db):
            self._db.execute(
                "UPDATE rings SET answered_at = ? WHERE id = (SELECT max(id) FROM rings WHERE open AND answered_at IS NULL)",
                (rows.stamp(at),),
            )

    def ended(self, at: datetime) -> None:
        """Record that the phone is idle: every ring is over."""
        with writing(self._db):
            self._db.execute("UPDATE rings SET ended_at = ? WHERE open AND ended_at IS NULL", (rows.stamp(at),))

    def close(self, card: RingCard) -> None:
        """Record that a card was taken away."""
        with writing(self._db):
            claim(self._db, card.id)


def _card(row: sqlite3.Row) -> RingCard:
    at = rows.moment(row["at"])
    assert at is not None  # noqa: S101 - NOT NULL in the schema
    return RingCard(
        id=row["id"],
        notification_id=f"callerid-ring-{row['id']}",
        line=row["line"],
        at=at,
        answered_at=rows.moment(row["answered_at"]),
        ended_at=rows.moment(row["ended_at"]),
    )
