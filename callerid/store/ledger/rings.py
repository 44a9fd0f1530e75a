"""Rings as the senses reported them, and their cards on the screen. A ring is never a record of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.ringing.card_lifecycle import NAME_PREFIX, CardUpdate, RingCard, RingReport, assign_report, is_of_no_other_number
from callerid.core.ringing.ring_times import REMEMBERED_FOR, SAME_RING
from callerid.store import times
from callerid.store.connection import writing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

# Two look-ups by an index each: to have SQLite join and sort them takes twice as long, and a ring waits for it.
_NOT_ENDED = (
    "SELECT * FROM rings WHERE open AND line IN (?, ?) AND ended_at IS NULL UNION ALL SELECT * FROM"
    " (SELECT * FROM rings WHERE at BETWEEN ? AND ? AND ended_at IS NULL{others} ORDER BY at DESC LIMIT 20)"
)
_OF_ANY_LINE = _NOT_ENDED.format(others="")
_OF_NO_OTHER_NUMBER = _NOT_ENDED.format(others=f" AND (line IN (?, '') OR substr(line, 1, {len(NAME_PREFIX)}) = '{NAME_PREFIX}')")
_PRUNE_EVERY = 64  # rings
_MOST_KEPT = 2000


def end_card(connection: sqlite3.Connection, ring_id: int) -> None:
    """Within the caller's transaction, end a ring's card: its notification belongs to a follow-up now, or is gone."""
    connection.execute("UPDATE rings SET open = 0, ended_at = coalesce(ended_at, at) WHERE id = ?", (ring_id,))


class Rings:
    """The rings of the last days."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def match_report(self, report: RingReport) -> CardUpdate:
        """Return what a report changes about the cards. Nothing is written, because a ring waits for this, and rings of other
        numbers are not read where none of them can be this one: while a machine rings again and again there are many."""
        values = (
            report.line,
            report.earlier_line or report.line,
            times.stamp(report.at - SAME_RING),
            times.stamp(report.at + SAME_RING),
        )
        if is_of_no_other_number(report):
            cursor = self._db.execute(_OF_NO_OTHER_NUMBER, (*values, report.line))
        else:
            cursor = self._db.execute(_OF_ANY_LINE, values)
        rows = {row["id"]: row for row in cursor.fetchall()}
        return assign_report(report, [_card(rows[ring_id]) for ring_id in sorted(rows, reverse=True)])

    def record(
        self,
        report: RingReport,
        update: CardUpdate,
        notification_id: str,
        *,
        shown: bool,
        unwanted: bool = False,
        unless: Sequence[tuple[str, str]] = (),
    ) -> bool:
        """Store what `match_report` returned, with the notification id of a new ring. A ring that is not `shown` is stored too, and
        never gets a card; the card of an `unwanted` one is to be removed.

        Return whether it was stored: not if the block list has one of the entries `unless` by now, or the ring was erased.
        """
        entries, values = _not_listed(unless)
        with writing(self._db):
            for card in update.ended:
                self._db.execute("UPDATE rings SET ended_at = ? WHERE id = ?", (times.stamp(report.at), card.id))
            if update.card:
                return self._update(update.card, entries, values, unwanted=unwanted)
            return self._add(report, notification_id, entries, values, shown=shown, unwanted=unwanted)

    def _update(self, card: RingCard, entries: str, values: Sequence[str], *, unwanted: bool) -> bool:
        columns = (card.line, card.number, card.name, " ".join(card.sense_reports), card.slot, unwanted or card.unwanted, card.id)
        done = self._db.execute(
            f"UPDATE rings SET line = ?, number = ?, name = ?, heard = ?, slot = ?, unwanted = ? WHERE id = ? AND {entries}",  # noqa: S608
            (*columns, *values),
        )
        return done.rowcount == 1

    def _add(
        self, report: RingReport, notification_id: str, entries: str, values: Sequence[str], *, shown: bool, unwanted: bool
    ) -> bool:
        by_sense = report.sense if report.line else f"{report.sense}-"
        columns = (report.line, report.number, report.name, times.stamp(report.at), by_sense, report.slot, report.outgoing)
        added = self._db.execute(
            "INSERT INTO rings (line, number, name, at, heard, slot, outgoing, open, unwanted, notification_id)"
            f" SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE {entries}",
            (*columns, shown, unwanted, notification_id, *values),
        )
        ring_id = (added.lastrowid or 0) if added.rowcount else 0
        if ring_id and ring_id % _PRUNE_EVERY == 0:
            old = (times.stamp(report.at - REMEMBERED_FOR), ring_id - _MOST_KEPT)
            self._db.execute("DELETE FROM rings WHERE NOT open AND (at < ? OR id < ?)", old)
        return bool(ring_id)

    def current(self, line: str, at: datetime) -> RingCard | None:
        """Return the open card of a line that rang at a time, if its ring has not ended; else None."""
        since = times.stamp(at - SAME_RING)
        row = self._db.execute(
            "SELECT * FROM rings WHERE open AND line = ? AND at >= ? AND ended_at IS NULL ORDER BY id DESC LIMIT 1", (line, since)
        ).fetchone()
        return _card(row) if row else None

    def has_recorded(self, notification_id: str, at: datetime) -> bool:
        """Return whether a ring of a time was recorded, with the id of its card."""
        query = "SELECT 1 FROM rings INDEXED BY rings_by_time WHERE at = ? AND notification_id = ?"
        return self._db.execute(query, (times.stamp(at), notification_id)).fetchone() is not None

    def open_cards(self) -> tuple[RingCard, ...]:
        """Return the open cards, oldest first."""
        return tuple(_card(row) for row in self._db.execute("SELECT * FROM rings INDEXED BY rings_open WHERE open ORDER BY id"))

    def claimable(self) -> tuple[RingCard, ...]:
        """Return the rings that a call of the log may belong to: those with an open card, and the unwanted ones."""
        cursor = self._db.execute(
            "SELECT * FROM rings INDEXED BY rings_claimable WHERE (open OR unwanted) AND (open OR line <> '') ORDER BY id"
        )
        return tuple(map(_card, cursor))

    def since(self, since: datetime) -> tuple[RingCard, ...]:
        """Return the rings since a time, with a card or without, oldest first."""
        cursor = self._db.execute("SELECT * FROM rings INDEXED BY rings_by_time WHERE at >= ? ORDER BY id", (times.stamp(since),))
        return tuple(map(_card, cursor))

    def mark_answered(self, at: datetime) -> None:
        """Record that the phone went off the hook. It is not known whether the newest unwanted ring or the newest shown one was
        answered, so both may have been."""
        shown = "SELECT max(id) FROM rings INDEXED BY rings_open WHERE open AND at <= :at"
        either = "SELECT max(id) FROM rings INDEXED BY rings_claimable WHERE (open OR unwanted) AND at <= :at"
        with writing(self._db):
            self._db.execute(
                f"UPDATE rings SET answered_at = :at WHERE id IN (({shown}), ({either})) AND answered_at IS NULL",  # noqa: S608
                {"at": times.stamp(at)},
            )

    def mark_ended(self, at: datetime) -> None:
        """Record that the phone is idle, so every ring before that has ended."""
        with writing(self._db):
            self._db.execute("UPDATE rings SET ended_at = :at WHERE ended_at IS NULL AND at <= :at", {"at": times.stamp(at)})

    def end_early(self, card: RingCard, now: datetime) -> None:
        """Record that a card is to be removed, whatever becomes of its ring."""
        with writing(self._db):
            self._db.execute("UPDATE rings SET ended_at = ? WHERE id = ?", (times.stamp(now - REMEMBERED_FOR), card.id))

    def mark_unwanted(self, card: RingCard) -> None:
        """Record that a ring is unwanted: its card is to be removed, and no later report shows another."""
        with writing(self._db):
            self._db.execute("UPDATE rings SET unwanted = 1 WHERE id = ?", (card.id,))

    def close(self, card: RingCard) -> None:
        """Record that a card was removed; the ring of an unwanted one may go on."""
        with writing(self._db):
            if card.unwanted:
                self._db.execute("UPDATE rings SET open = 0 WHERE id = ?", (card.id,))
            else:
                end_card(self._db, card.id)


def _not_listed(entries: Sequence[tuple[str, str]]) -> tuple[str, list[str]]:
    """Return the condition that the block list has none of some entries, with its values."""
    if not entries:
        return "1", []
    places = ", ".join(["(?, ?)"] * len(entries))
    return f"NOT EXISTS (SELECT 1 FROM marks WHERE (kind, mark) IN (VALUES {places}))", [word for each in entries for word in each]  # noqa: S608


def _card(row: sqlite3.Row) -> RingCard:
    at = times.moment(row["at"])
    assert at is not None  # noqa: S101 - NOT NULL in the schema
    return RingCard(
        id=row["id"],
        line=row["line"],
        at=at,
        answered_at=times.moment(row["answered_at"]),
        ended_at=times.moment(row["ended_at"]),
        notification_id=row["notification_id"],
        sense_reports=tuple(row["heard"].split()),
        slot=row["slot"],
        number=row["number"],
        name=row["name"],
        outgoing=bool(row["outgoing"]),
        unwanted=bool(row["unwanted"]),
        is_open=bool(row["open"]),
    )
