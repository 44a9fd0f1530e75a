"""The ledger: what happened to each call, in one row; each method is one transaction.

Several processes use it at once (the daemon, a command typed by hand, a job). So a follow-up changes only from the very
state in which it was read: `change` answers False when somebody else was faster, and the next turn looks anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.core.cards import claimed_by
from callerid.core.followup import PENDING, FollowUp, State
from callerid.store import ledger_rows as rows
from callerid.store.connection import migrate, open_database, store_errors, writing
from callerid.store.ledger_schema import MIGRATIONS
from callerid.store.marks import Marks
from callerid.store.notebook import Notebook
from callerid.store.outbox import Outbox, insert_delivery
from callerid.store.rings import Rings, claim

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from pathlib import Path

    from callerid.models import Call, CallEngagement

_JOINED = "SELECT * FROM followups JOIN calls ON calls.key = followups.call_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """One connection to ledger.db, for one thread."""

    connection: sqlite3.Connection
    calls: Calls
    outbox: Outbox
    rings: Rings
    notebook: Notebook
    marks: Marks

    def close(self) -> None:
        """End the connection."""
        self.connection.close()

    def hurry(self) -> None:
        """From now on, what this connection writes may be lost when the power is cut (never otherwise), and waits for no disk."""
        self.connection.execute("PRAGMA synchronous = NORMAL")


def open_ledger(path: Path, marks_key: Path | None = None) -> Ledger:
    """Given the file's path, and the file of the key to its marks (beside it by default), return the ledger, created or migrated.
    Raise StoreFault when the file cannot be used."""
    with store_errors(path):
        connection = open_database(path, synchronous="FULL")
        migrate(connection, path, MIGRATIONS)
    return Ledger(
        connection=connection,
        calls=Calls(connection),
        outbox=Outbox(connection),
        rings=Rings(connection),
        notebook=Notebook(connection),
        marks=Marks(connection, marks_key or path.with_name("marks.key")),
    )


class _TakenBySomebodyElse(Exception):
    """Rolls a transaction back; never leaves this module."""


class Calls:
    """The calls of the log, and their follow-ups."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def known_since(self, start: datetime | None) -> tuple[Call, ...]:
        """Given a start (None: ever), return the calls that began then or later, oldest first."""
        oldest = rows.stamp(start) if start else -(2**62)
        found = self._db.execute("SELECT * FROM calls WHERE start >= ? ORDER BY start, ordinal", (oldest,))
        return tuple(rows.call(row) for row in found)

    def add(self, calls: Iterable[Call], line_of: Callable[[str], str], now: datetime, *, baseline: bool = False) -> None:
        """Record new calls with their follow-ups, each taking over the card of its ring. A call already there stays as it is."""
        with writing(self._db):
            for call in calls:
                line = line_of(call.number)
                if self._insert_call(call, line, now):
                    self._insert_followup(call, line, State.BASELINE if baseline else State.OPEN)

    def _insert_call(self, call: Call, line: str, now: datetime) -> bool:
        done = self._db.execute(
            "INSERT INTO calls (key, start, number, type, duration, sim, ordinal, name, line, first_seen)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                call.key,
                rows.stamp(call.start),
                call.number,
                call.type,
                call.duration,
                call.sim,
                call.ordinal,
                call.name,
                line,
                rows.stamp(now),
            ),
        )
        return done.rowcount == 1

    def _insert_followup(self, call: Call, line: str, state: State) -> None:
        card = None if state is State.BASELINE else claimed_by(call, line, Rings(self._db).open_cards())
        if card:
            claim(self._db, card.id)
        self._db.execute(
            "INSERT INTO followups (call_key, state, notification_id, notification_out) VALUES (?, ?, ?, ?)",
            (call.key, state, card.notification_id if card else f"callerid-{call.key}", int(card is not None)),
        )

    def at_work(self) -> tuple[FollowUp, ...]:
        """Return the follow-ups that may have a next step, oldest call first."""
        found = self._db.execute(
            f"{_JOINED} WHERE state IN ('open', 'notified') OR notification_out ORDER BY calls.start, calls.ordinal"
        )
        return tuple(rows.followup(row) for row in found)

    def followup(self, call_key: str) -> FollowUp | None:
        """Given a call's key, return its follow-up."""
        row = self._db.execute(f"{_JOINED} WHERE call_key = ?", (call_key,)).fetchone()
        return rows.followup(row) if row else None

    def followup_of_token(self, token: str) -> FollowUp | None:
        """Given the token of a live notification, return the follow-up that it stands for."""
        row = self._db.execute(f"{_JOINED} WHERE token = ? AND token <> ''", (token,)).fetchone()
        return rows.followup(row) if row else None

    def latest(self, limit: int, *, unlogged: bool = False) -> tuple[FollowUp, ...]:
        """Return the newest calls with their follow-ups, newest first; only those not logged when asked so."""
        where = "WHERE state NOT IN ('logged', 'queued', 'baseline')" if unlogged else ""
        found = self._db.execute(f"{_JOINED} {where} ORDER BY calls.start DESC LIMIT ?", (limit,))
        return tuple(rows.followup(row) for row in found)

    def on_line_since(self, followup: FollowUp) -> tuple[FollowUp, ...]:
        """Given a follow-up, return those of later calls on its line."""
        found = self._db.execute(
            f"{_JOINED} WHERE calls.line = ? AND calls.start > ? AND state <> 'baseline'",
            (followup.line, rows.stamp(followup.call.start)),
        )
        return tuple(rows.followup(row) for row in found)

    def count_on_line(self, line: str, since: datetime) -> int:
        """Given a line, return how often it called since a time."""
        if not line:
            return 0
        found = self._db.execute(
            "SELECT count(*) FROM calls WHERE line = ? AND start >= ? AND type <> 'OUTGOING'", (line, rows.stamp(since))
        )
        return int(found.fetchone()[0])

    def numbers_named(self, name: str) -> tuple[str, ...]:
        """Given a name as the call log told it, return the raw numbers of its calls."""
        found = self._db.execute("SELECT DISTINCT number FROM calls WHERE name = ? COLLATE NOCASE AND number <> ''", (name,))
        return tuple(row["number"] for row in found)

    def counts(self) -> dict[State, int]:
        """Return how many calls stand in each state."""
        found = self._db.execute("SELECT state, count(*) FROM followups GROUP BY state")
        return {State(state): count for state, count in found}

    def in_log(self) -> int:
        """Return how many calls the ledger holds."""
        return int(self._db.execute("SELECT count(*) FROM calls").fetchone()[0])

    def change(self, before: FollowUp, after: FollowUp, now: datetime, *, counted_in: str = "") -> bool:
        """Given a follow-up as it was read and as it shall be, store it if nobody has changed it since; say whether it was done.

        With `counted_in`, the missed calls it stands for are added to that call's follow-up in the same transaction.
        """
        with writing(self._db):
            done = self._update(before, after, now)
            if done and counted_in:
                self._db.execute(
                    "UPDATE followups SET missed_count = missed_count + ? WHERE call_key = ?",
                    (before.missed_count, counted_in),
                )
            return done

    def answer(self, before: FollowUp, after: FollowUp, engagement: CallEngagement, now: datetime) -> bool:
        """Store an answer and its delivery together, or neither; False when somebody answered before."""
        try:
            with writing(self._db):
                self._answer(before, after, engagement, now)
        except _TakenBySomebodyElse:
            return False
        return True

    def _answer(self, before: FollowUp, after: FollowUp, engagement: CallEngagement, now: datetime) -> None:
        if not self._update(before, after, now) or not insert_delivery(self._db, before.call.key, engagement, now):
            raise _TakenBySomebodyElse

    def _update(self, before: FollowUp, after: FollowUp, now: datetime) -> bool:
        settled = None if after.state in PENDING else rows.stamp(now)
        done = self._db.execute(
            "UPDATE followups SET state = ?, reason = ?, not_before = ?, notified_at = ?, notification_id = ?,"
            " notification_out = ?, token = ?, asked = ?, wanted_at = ?, missed_count = missed_count + ?, draft = ?, settled_at = ?"
            " WHERE call_key = ? AND state = ? AND token = ? AND asked = ?",
            (
                after.state,
                after.reason,
                rows.stamp(after.not_before),
                rows.stamp(after.notified_at),
                after.notification_id,
                int(after.notification_out),
                after.token,
                after.asked,
                rows.stamp(after.wanted_at),
                after.missed_count - before.missed_count,
                json.dumps(after.draft, ensure_ascii=False),
                settled,
                before.call.key,
                before.state,
                before.token,
                before.asked,
            ),
        )
        return done.rowcount == 1

    def show_again(self) -> None:
        """Have every notification that is out shown anew."""
        with writing(self._db):
            self._db.execute("UPDATE followups SET state = 'open', not_before = NULL WHERE state = 'notified'")

    def mark_shown(self, call_key: str) -> None:
        """Record that a call's notification may be on the screen, whoever changed its follow-up meanwhile."""
        with writing(self._db):
            self._db.execute("UPDATE followups SET notification_out = 1 WHERE call_key = ?", (call_key,))
