"""The calls of the log and what became of each; each method is one transaction.

Several processes change follow-ups at once. So one changes only from the very revision that was read: `change` answers None when
somebody else was faster. What was decided is decided anew then, by the next turn; what a person said is stored all the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.followup.state import FollowUp, State
from callerid.core.ringing.ring_card import ring_of_call
from callerid.store.connection import writing
from callerid.store.ledger import rows
from callerid.store.ledger.followup_writing import update
from callerid.store.ledger.rings import Rings, claim

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from callerid.core.ringing.ring_card import RingCard
    from callerid.models import Call

_JOINED = "SELECT * FROM followups JOIN calls ON calls.key = followups.call_key"
# word for word the term of the index, else SQLite does not use it
_AT_WORK = (
    "SELECT * FROM followups INDEXED BY followups_at_work JOIN calls ON calls.key = followups.call_key"
    " WHERE state IN ('open', 'notified', 'gathered') OR notification_out OR told IN ('wanted', 'taking-back')"
    " OR wanted_at IS NOT NULL OR (told = '' AND state IN ('change-refused', 'dead-letter'))"
    " ORDER BY calls.start, calls.ordinal"
)
_UNMATCHED = (
    "SELECT * FROM followups INDEXED BY followups_not_offered JOIN calls ON calls.key = followups.call_key"
    " WHERE state = 'not-in-crm' AND NOT is_offered AND line <> ''"
)


class Calls:
    """The calls of the log, and their follow-ups."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def since(self, start: datetime | None) -> tuple[Call, ...]:
        """Given a start (None: ever), return the calls that began then or later, oldest first."""
        oldest = rows.stamp(start) if start else -(2**62)
        found = self._db.execute("SELECT * FROM calls WHERE start >= ? ORDER BY start, ordinal", (oldest,))
        return tuple(rows.call(row) for row in found)

    def add(
        self,
        calls: Iterable[Call],
        line_of: Callable[[str], str],
        now: datetime,
        *,
        names_of: Callable[[str], Iterable[str]] = lambda _: (),
        baseline: bool = False,
    ) -> None:
        """Record new calls with their follow-ups, each taking over the card of its ring, which may be known by one of the number's
        names only. A call already there stays as it is."""
        with writing(self._db):
            for call in calls:
                line = line_of(call.number)
                if self._insert_call(call, line, now):
                    card = None if baseline else ring_of_call(call, line, Rings(self._db).claimable(), names_of(call.number))
                    self._insert_followup(call, State.BASELINE if baseline else State.OPEN, card)

    def add_missing_followups(self) -> int:
        """See that each call has a follow-up, and return how many had none."""
        with writing(self._db):
            done = self._db.execute(
                "INSERT INTO followups (call_key, state, notification_id) SELECT key, 'open', 'callerid-' || key FROM calls"
                " WHERE key NOT IN (SELECT call_key FROM followups)"
            )
            return done.rowcount

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

    def _insert_followup(self, call: Call, state: State, card: RingCard | None) -> None:
        if card:
            claim(self._db, card.id)
        shown = card.notification_id if card and card.is_open else ""
        self._db.execute(
            "INSERT INTO followups (call_key, state, notification_id, notification_out) VALUES (?, ?, ?, ?)",
            (call.key, state, shown or f"callerid-{call.key}", int(bool(shown))),
        )

    def active(self) -> tuple[FollowUp, ...]:
        """Return the follow-ups that may have a next step, oldest call first."""
        found = self._db.execute(_AT_WORK)
        return tuple(rows.followup(row) for row in found)

    def in_state(self, *states: State) -> tuple[FollowUp, ...]:
        """Given states, return the follow-ups that stand so, oldest call first."""
        placeholders = ", ".join("?" * len(states))
        found = self._db.execute(f"{_JOINED} WHERE state IN ({placeholders}) ORDER BY calls.start, calls.ordinal", states)
        return tuple(rows.followup(row) for row in found)

    def in_batch(self, batch: str) -> tuple[FollowUp, ...]:
        """Given a batch's name, return the follow-ups that are in it, oldest call first."""
        found = self._db.execute(f"{_JOINED} WHERE state = 'gathered' AND batch = ? ORDER BY calls.start", (batch,))
        return tuple(rows.followup(row) for row in found)

    def unmatched(self, since: datetime | None = None) -> tuple[FollowUp, ...]:
        """Return the follow-ups of calls with nobody of the CRM, who may come into it, oldest call first; with `since`, only those
        that were settled since then."""
        oldest = rows.stamp(since) if since else -(2**62)
        found = self._db.execute(f"{_UNMATCHED} AND settled_at >= ? ORDER BY calls.start", (oldest,))
        return tuple(rows.followup(row) for row in found)

    def unmatched_numbers(self) -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
        """Return key, raw number and answers of each call that `unmatched` returns a follow-up of, oldest call first."""
        found = self._db.execute(f"{_UNMATCHED} ORDER BY calls.start")
        return tuple((row["call_key"], row["number"], rows.answers(row["said"])) for row in found)

    def newest_on_line(self, line: str) -> FollowUp | None:
        """Given a line, return the follow-up of its newest call."""
        row = self._db.execute(f"{_JOINED} WHERE calls.line = ? ORDER BY calls.start DESC LIMIT 1", (line,)).fetchone()
        return rows.followup(row) if row else None

    def by_key_prefix(self, key: str) -> tuple[FollowUp, ...]:
        """Given the beginning of a call's key, return the follow-ups that it may mean."""
        found = self._db.execute(f"{_JOINED} WHERE call_key >= ?1 AND call_key < ?1 || char(0x10FFFF) LIMIT 3", (key,))
        return tuple(rows.followup(row) for row in found)

    def followup(self, call_key: str) -> FollowUp | None:
        """Given a call's key, return its follow-up."""
        row = self._db.execute(f"{_JOINED} WHERE call_key = ?", (call_key,)).fetchone()
        return rows.followup(row) if row else None

    def by_token(self, token: str) -> FollowUp | None:
        """Given the token of a live notification, return the follow-up that it stands for."""
        row = self._db.execute(f"{_JOINED} WHERE token = ? AND token <> ''", (token,)).fetchone()
        return rows.followup(row) if row else None

    def newest(self, limit: int, *, unlogged: bool = False) -> tuple[FollowUp, ...]:
        """Return the newest calls with their follow-ups, newest first; only those not logged when asked so."""
        where = "WHERE state NOT IN ('logged', 'change-refused', 'queued', 'adding', 'baseline')" if unlogged else ""
        found = self._db.execute(f"{_JOINED} {where} ORDER BY calls.start DESC LIMIT ?", (limit,))
        return tuple(rows.followup(row) for row in found)

    def later_on_line(self, followup: FollowUp) -> tuple[FollowUp, ...]:
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

    def count_for_evening(self, evening: datetime, now: datetime) -> int:
        """Given the latest evening and now, return how many calls its batch asks about: those that were put off until then, and
        those whose cards were shown before it and not answered."""
        found = self._db.execute(
            "SELECT count(*) FROM followups JOIN calls ON calls.key = followups.call_key"
            " WHERE (batch = 'evening' AND (state = 'gathered' OR (state = 'open' AND coalesce(not_before, 0) <= ?)))"
            " OR (state = 'notified' AND notified_at < ? AND type NOT IN ('MISSED', 'REJECTED', 'VOICEMAIL'))",
            (rows.stamp(now), rows.stamp(evening)),
        )
        return int(found.fetchone()[0])

    def request_dialogs(self, batch: str, now: datetime | None) -> None:
        """Have a dialog opened for each call of a batch, one after the other, or (None) for none of them any more."""
        with writing(self._db):
            self._db.execute(
                "UPDATE followups SET wanted_at = ?, revision = revision + 1 WHERE batch = ? AND state = 'gathered'",
                (rows.stamp(now), batch),
            )

    def renew_dialog_requests(self, batch: str, now: datetime) -> None:
        """Let those calls of a batch whose dialog is still to come be wanted from now: the person is at it."""
        with writing(self._db):
            self._db.execute(
                "UPDATE followups SET wanted_at = ?, revision = revision + 1 WHERE batch = ? AND wanted_at IS NOT NULL",
                (rows.stamp(now), batch),
            )

    def numbers_with_name(self, name: str) -> tuple[str, ...]:
        """Given a name as the call log told it, return the raw numbers of its calls."""
        found = self._db.execute("SELECT DISTINCT number FROM calls WHERE name = ? COLLATE NOCASE AND number <> ''", (name,))
        return tuple(row["number"] for row in found)

    def count_by_state(self) -> dict[State, int]:
        """Return how many calls stand in each state."""
        found = self._db.execute("SELECT state, count(*) FROM followups GROUP BY state")
        return {State(state): count for state, count in found}

    def count(self) -> int:
        """Return how many calls the ledger holds."""
        return int(self._db.execute("SELECT count(*) FROM calls").fetchone()[0])

    def change(self, before: FollowUp, after: FollowUp, now: datetime, *, counted_in: str = "") -> FollowUp | None:
        """Given a follow-up as it was read and as it shall be, store it if nobody has changed it since, and return it as it is
        stored; None when somebody has.

        With `counted_in`, the missed calls it stands for are added to that call's follow-up in the same transaction.
        """
        with writing(self._db):
            if not update(self._db, before, after, now):
                return None
            if counted_in:
                self._db.execute(
                    "UPDATE followups SET missed_count = missed_count + ?, revision = revision + 1 WHERE call_key = ?",
                    (before.missed_count, counted_in),
                )
            return replace(after, revision=before.revision + 1)

    def show_again(self) -> None:
        """Have every notification that is out shown anew."""
        with writing(self._db):
            self._db.execute(
                "UPDATE followups SET state = 'open', not_before = NULL, revision = revision + 1 WHERE state = 'notified'"
            )
            self._db.execute(
                "UPDATE followups SET told = 'wanted', revision = revision + 1"
                " WHERE told IN ('dead-letter', 'change-refused') AND state = told"
            )

    def mark_shown(self, call_key: str) -> None:
        """Record that a call's notification may be on the screen, whoever changed its follow-up meanwhile."""
        with writing(self._db):
            self._db.execute("UPDATE followups SET notification_out = 1, revision = revision + 1 WHERE call_key = ?", (call_key,))
