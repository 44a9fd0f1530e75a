"""Rings that were heard, and their cards on the screen. Never a record of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.ringing.ring_card import REMEMBERED_FOR, SAME_RING, CardUpdate, RingCard, RingReport, assign_report
from callerid.store.connection import writing
from callerid.store.ledger import rows

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

_STANDING = (
    "SELECT * FROM rings WHERE ended_at IS NULL AND id IN"
    " (SELECT id FROM rings WHERE open AND line = ? UNION SELECT id FROM rings WHERE at BETWEEN ? AND ?) ORDER BY id DESC LIMIT 20"
)
_PRUNE_EVERY = 64  # rings
_MOST_KEPT = 2000


def claim(connection: sqlite3.Connection, ring_id: int) -> None:
    """Within the caller's transaction, hand a card over: its notification now belongs to a follow-up, or is gone."""
    connection.execute("UPDATE rings SET open = 0, ended_at = coalesce(ended_at, at) WHERE id = ?", (ring_id,))


class Rings:
    """The rings of the last days."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def match_report(self, hint: RingReport) -> CardUpdate:
        """Given what a sense told, return what that makes of the rings of this moment. Nothing is written: a ring waits for
        this."""
        moment = rows.stamp(hint.at - SAME_RING), rows.stamp(hint.at + SAME_RING)
        found = self._db.execute(_STANDING, (hint.line, *moment))
        return assign_report(hint, tuple(_card(row) for row in found))

    def record(self, hint: RingReport, joined: CardUpdate, notification_id: str, *, shown: bool, unwanted: bool = False) -> None:
        """Keep what `meet` returned, and under which notification's id a new ring is shown. One that is not shown is remembered
        all the same, and stays unseen; of one that is unwanted, the card goes."""
        with writing(self._db):
            for card in joined.ended:
                self._db.execute("UPDATE rings SET ended_at = ? WHERE id = ?", (rows.stamp(hint.at), card.id))
            if joined.card:
                self._join(joined.card, unwanted=unwanted)
            else:
                self._begin(hint, notification_id, shown=shown, unwanted=unwanted)

    def _join(self, card: RingCard, *, unwanted: bool) -> None:
        said = (card.line, card.number, card.name, " ".join(card.sense_reports), card.slot, unwanted or card.unwanted, card.id)
        self._db.execute("UPDATE rings SET line = ?, number = ?, name = ?, heard = ?, slot = ?, unwanted = ? WHERE id = ?", said)

    def _begin(self, hint: RingReport, notification_id: str, *, shown: bool, unwanted: bool) -> None:
        heard = hint.sense if hint.line else f"{hint.sense}-"
        said = (hint.line, hint.number, hint.name, rows.stamp(hint.at), heard, hint.slot, hint.outgoing, shown, unwanted)
        added = self._db.execute(
            "INSERT INTO rings (line, number, name, at, heard, slot, outgoing, open, unwanted, notification_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*said, notification_id),
        )
        number = added.lastrowid or 0
        if number % _PRUNE_EVERY == 0:
            old = (rows.stamp(hint.at - REMEMBERED_FOR), number - _MOST_KEPT)
            self._db.execute("DELETE FROM rings WHERE NOT open AND (at < ? OR id < ?)", old)

    def current(self, line: str, at: datetime) -> RingCard | None:
        """Given a line and when its ring was heard, return its card if it is still open and the phone still rings."""
        since = rows.stamp(at - SAME_RING)
        row = self._db.execute(
            "SELECT * FROM rings WHERE open AND line = ? AND at >= ? AND ended_at IS NULL ORDER BY id DESC LIMIT 1", (line, since)
        ).fetchone()
        return _card(row) if row else None

    def open_cards(self) -> tuple[RingCard, ...]:
        """Return the open cards, oldest first."""
        return tuple(_card(row) for row in self._db.execute("SELECT * FROM rings INDEXED BY rings_open WHERE open ORDER BY id"))

    def claimable(self) -> tuple[RingCard, ...]:
        """Return the rings of which a call of the log may be: those with an open card, and those that were not to be shown."""
        found = self._db.execute(
            "SELECT * FROM rings INDEXED BY rings_claimable WHERE (open OR unwanted) AND (open OR line <> '') ORDER BY id"
        )
        return tuple(map(_card, found))

    def count_shown(self, since: datetime, until: datetime) -> int:
        """Return how many open cards there are of rings between two times."""
        found = self._db.execute(
            "SELECT count(*) FROM rings WHERE open AND at BETWEEN ? AND ?", (rows.stamp(since), rows.stamp(until))
        )
        return int(found.fetchone()[0])

    def since(self, since: datetime) -> tuple[RingCard, ...]:
        """Return the rings that were heard since a time, with a card or without."""
        found = self._db.execute("SELECT * FROM rings INDEXED BY rings_by_time WHERE at >= ? ORDER BY id", (rows.stamp(since),))
        return tuple(map(_card, found))

    def mark_answered(self, at: datetime) -> None:
        """Record that the phone went off-hook: the newest ring before that was answered; it may be one that was not to be shown, or
        the newest of those that were."""
        shown = "SELECT max(id) FROM rings INDEXED BY rings_open WHERE open AND at <= ?1"
        any_of_them = "SELECT max(id) FROM rings INDEXED BY rings_claimable WHERE (open OR unwanted) AND at <= ?1"
        with writing(self._db):
            self._db.execute(
                f"UPDATE rings SET answered_at = ?1 WHERE id IN (({shown}), ({any_of_them})) AND answered_at IS NULL",  # noqa: S608
                (rows.stamp(at),),
            )

    def mark_ended(self, at: datetime) -> None:
        """Record that the phone is idle: every ring before that is over."""
        with writing(self._db):
            self._db.execute("UPDATE rings SET ended_at = ?1 WHERE ended_at IS NULL AND at <= ?1", (rows.stamp(at),))

    def end_early(self, card: RingCard, now: datetime) -> None:
        """Record that a card is to be taken away, whatever becomes of its ring."""
        with writing(self._db):
            self._db.execute("UPDATE rings SET ended_at = ? WHERE id = ?", (rows.stamp(now - REMEMBERED_FOR), card.id))

    def mark_unwanted(self, card: RingCard) -> None:
        """Record that a ring is not to be shown: its card goes, and what else is told of it brings none back."""
        with writing(self._db):
            self._db.execute("UPDATE rings SET unwanted = 1 WHERE id = ?", (card.id,))

    def close(self, card: RingCard) -> None:
        """Record that a card was taken away; the ring of one that is unwanted may go on."""
        with writing(self._db):
            if card.unwanted:
                self._db.execute("UPDATE rings SET open = 0 WHERE id = ?", (card.id,))
            else:
                claim(self._db, card.id)


def _card(row: sqlite3.Row) -> RingCard:
    at = rows.moment(row["at"])
    assert at is not None  # noqa: S101 - NOT NULL in the schema
    return RingCard(
        id=row["id"],
        line=row["line"],
        at=at,
        answered_at=rows.moment(row["answered_at"]),
        ended_at=rows.moment(row["ended_at"]),
        notification_id=row["notification_id"],
        sense_reports=tuple(row["heard"].split()),
        slot=row["slot"],
        number=row["number"],
        name=row["name"],
        outgoing=bool(row["outgoing"]),
        unwanted=bool(row["unwanted"]),
        is_open=bool(row["open"]),
    )
