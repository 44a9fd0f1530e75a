"""The calls of the call log and their follow-ups. Each method is one transaction.

Several processes change follow-ups at once, so a change is stored only if the follow-up has the revision that was read, and
`change` returns None otherwise. A decision is then left to the next turn; an answer of the person is stored again on top (see
`callerid.turns.retry_on_conflict`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.followup.conversation import newly_named
from callerid.core.followup.states import State
from callerid.core.ringing.card_lifecycle import any_known_by_name_only, ring_of_call
from callerid.store import times
from callerid.store.connection import writing
from callerid.store.ledger import rows
from callerid.store.ledger.rings import Rings, end_card

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from callerid.core.followup.state import FollowUp
    from callerid.core.ringing.card_lifecycle import RingCard
    from callerid.models import Call
    from callerid.store.ledger.block_list import BlockList

_JOINED = "SELECT * FROM followups JOIN calls ON calls.key = followups.call_key"
# SQLite uses a partial index only if the term is word for word the index's own
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
_UNMATCHED_ON_LINE = (
    f"{_JOINED} WHERE calls.line = ? AND line <> '' AND state = 'not-in-crm' AND NOT is_offered ORDER BY calls.start"
)
_NAMED = (
    "SELECT * FROM followups INDEXED BY followups_named JOIN calls ON calls.key = followups.call_key"
    " WHERE state = 'not-in-crm' AND NOT is_offered AND said <> '[]' AND line <> ''"
)


class Calls:
    """The calls of the log, and their follow-ups."""

    def __init__(self, connection: sqlite3.Connection, block_list: BlockList) -> None:
        self._db, self._block_list = connection, block_list

    def since(self, start: datetime | None) -> tuple[Call, ...]:
        """Return the calls that began at a time or later (None: all), oldest first."""
        oldest = times.stamp(start) if start else -(2**62)
        cursor = self._db.execute("SELECT * FROM calls WHERE start >= ? ORDER BY start, ordinal", (oldest,))
        return tuple(rows.call(row) for row in cursor)

    def add(
        self,
        calls: Iterable[Call],
        line_of: Callable[[str], str],
        now: datetime,
        *,
        names_of: Callable[[str], Iterable[str]] = lambda _: (),
        storable: Callable[[Call], Call | None] = lambda call: call,
        baseline: bool = False,
    ) -> tuple[Call, ...]:
        """Add new calls with their follow-ups; a call that is there stays as it is. Each follow-up takes over the card of the
        call's ring, which may be known only by one of the names (`names_of` a raw number). The calls of a `baseline` are never
        asked about.

        `storable` is called within the transaction: it returns what of a call may be stored, None for nothing. Return what it
        returned.
        """
        with writing(self._db):
            kept = tuple(call for call in map(storable, calls) if call)
            for call in kept:
                line = line_of(call.number)
                if self._insert_call(call, line, now):
                    card = None if baseline else self._card_of(call, line, names_of)
                    self._insert_followup(call, State.BASELINE if baseline else State.OPEN, card)
        return kept

    def _card_of(self, call: Call, line: str, names_of: Callable[[str], Iterable[str]]) -> RingCard | None:
        cards = Rings(self._db).claimable()
        return ring_of_call(call, line, cards, names_of(call.number) if any_known_by_name_only(cards) else ())

    def _insert_call(self, call: Call, line: str, now: datetime) -> bool:
        done = self._db.execute(
            "INSERT INTO calls (key, start, number, type, duration, sim, ordinal, name, line, first_seen)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (*rows.call_columns(call), line, times.stamp(now)),
        )
        return done.rowcount == 1

    def _insert_followup(self, call: Call, state: State, card: RingCard | None) -> None:
        if card:
            end_card(self._db, card.id)
        shown = card.notification_id if card and card.is_open else ""
        self._db.execute(
            "INSERT INTO followups (call_key, state, notification_id, notification_out) VALUES (?, ?, ?, ?)",
            (call.key, state, shown or f"callerid-{call.key}", int(bool(shown))),
        )

    def active(self) -> tuple[FollowUp, ...]:
        """Return the follow-ups that may have a next step, oldest call first."""
        cursor = self._db.execute(_AT_WORK)
        return tuple(rows.followup(row) for row in cursor)

    def in_state(self, *states: State) -> tuple[FollowUp, ...]:
        """Return the follow-ups in some states, oldest call first."""
        placeholders = ", ".join("?" * len(states))
        cursor = self._db.execute(f"{_JOINED} WHERE state IN ({placeholders}) ORDER BY calls.start, calls.ordinal", states)
        return tuple(rows.followup(row) for row in cursor)

    def in_batch(self, batch: str) -> tuple[FollowUp, ...]:
        """Return the follow-ups that the card of a batch asks about, oldest call first."""
        cursor = self._db.execute(f"{_JOINED} WHERE state = 'gathered' AND batch = ? ORDER BY calls.start", (batch,))
        return tuple(rows.followup(row) for row in cursor)

    def unmatched(self, since: datetime | None = None) -> tuple[FollowUp, ...]:
        """Return the follow-ups of callers who are not in the CRM and may come into it, oldest call first; only those settled
        `since` a time, if given."""
        oldest = times.stamp(since) if since else -(2**62)
        cursor = self._db.execute(f"{_UNMATCHED} AND settled_at >= ? ORDER BY calls.start", (oldest,))
        return tuple(rows.followup(row) for row in cursor)

    def unmatched_on_lines(self, lines: Iterable[str]) -> tuple[FollowUp, ...]:
        """Return those follow-ups of `unmatched` that are on some lines, oldest call of each line first."""
        return tuple(rows.followup(row) for line in lines for row in self._db.execute(_UNMATCHED_ON_LINE, (line,)))

    def unmatched_with_answers(self) -> tuple[FollowUp, ...]:
        """Return those follow-ups of `unmatched` about which something was answered."""
        return tuple(rows.followup(row) for row in self._db.execute(_NAMED))

    def has_more_unmatched_than(self, count: int) -> bool:
        """Return whether more than so many follow-ups are in `unmatched`."""
        query = (
            "SELECT count(*) FROM (SELECT 1 FROM followups INDEXED BY followups_not_offered"
            " WHERE state = 'not-in-crm' AND NOT is_offered LIMIT ?)"
        )
        return int(self._db.execute(query, (count + 1,)).fetchone()[0]) > count

    def renew_lines(self, line_of: Callable[[str], str]) -> None:
        """Store the lines of unmatched callers anew: the rules by which numbers are read have changed."""
        with writing(self._db):
            read = [(row["key"], row["line"], line_of(row["number"])) for row in self._db.execute(_UNMATCHED)]
            self._db.executemany(
                "UPDATE calls SET line = ? WHERE key = ?", [(new, key) for key, old, new in read if new and new != old]
            )

    def newest_on_line(self, line: str) -> FollowUp | None:
        """Return the follow-up of the newest call on a line, or None."""
        row = self._db.execute(f"{_JOINED} WHERE calls.line = ? ORDER BY calls.start DESC LIMIT 1", (line,)).fetchone()
        return rows.followup(row) if row else None

    def by_key_prefix(self, key: str) -> tuple[FollowUp, ...]:
        """Return the follow-ups of calls whose keys begin so, three at most."""
        cursor = self._db.execute(f"{_JOINED} WHERE call_key >= :key AND call_key < :key || char(0x10FFFF) LIMIT 3", {"key": key})
        return tuple(rows.followup(row) for row in cursor)

    def followup(self, call_key: str) -> FollowUp | None:
        """Return the follow-up of a call, or None."""
        row = self._db.execute(f"{_JOINED} WHERE call_key = ?", (call_key,)).fetchone()
        return rows.followup(row) if row else None

    def by_token(self, token: str) -> FollowUp | None:
        """Return the follow-up whose live card has a token, or None."""
        row = self._db.execute(f"{_JOINED} WHERE token = ? AND token <> ''", (token,)).fetchone()
        return rows.followup(row) if row else None

    def newest(self, limit: int, *, unlogged: bool = False) -> tuple[FollowUp, ...]:
        """Return the follow-ups of the newest calls, newest first; with `unlogged`, only of those that are not in the CRM."""
        where = "WHERE state NOT IN ('logged', 'change-refused', 'queued', 'adding', 'baseline')" if unlogged else ""
        cursor = self._db.execute(f"{_JOINED} {where} ORDER BY calls.start DESC LIMIT ?", (limit,))
        return tuple(rows.followup(row) for row in cursor)

    def later_on_line(self, followup: FollowUp) -> tuple[FollowUp, ...]:
        """Return the follow-ups of later calls on the line of a follow-up."""
        cursor = self._db.execute(
            f"{_JOINED} WHERE calls.line = ? AND calls.start > ? AND state <> 'baseline'",
            (followup.line, times.stamp(followup.call.start)),
        )
        return tuple(rows.followup(row) for row in cursor)

    def count_for_evening(self, evening: datetime, now: datetime) -> int:
        """Return how many calls the batch of the latest evening asks about: those put off until then, and those whose cards were
        shown before it and not answered."""
        cursor = self._db.execute(
            "SELECT count(*) FROM followups JOIN calls ON calls.key = followups.call_key"
            " WHERE (batch = 'evening' AND (state = 'gathered' OR (state = 'open' AND coalesce(not_before, 0) <= ?)))"
            " OR (state = 'notified' AND notified_at < ? AND type NOT IN ('MISSED', 'REJECTED', 'VOICEMAIL'))",
            (times.stamp(now), times.stamp(evening)),
        )
        return int(cursor.fetchone()[0])

    def request_dialogs(self, batch: str, now: datetime | None) -> None:
        """Have a dialog opened for each call of a batch, one after the other; None takes that back."""
        with writing(self._db):
            self._db.execute(
                "UPDATE followups SET wanted_at = ?, revision = revision + 1 WHERE batch = ? AND state = 'gathered'",
                (times.stamp(now), batch),
            )

    def renew_dialog_requests(self, batch: str, now: datetime) -> None:
        """Date the requests for the dialogs of a batch that are still to come from now, so that they do not expire while the person
        answers the others."""
        with writing(self._db):
            self._db.execute(
                "UPDATE followups SET wanted_at = ?, revision = revision + 1 WHERE batch = ? AND wanted_at IS NOT NULL",
                (times.stamp(now), batch),
            )

    def numbers_with_name(self, name: str) -> tuple[str, ...]:
        """Return the raw numbers of the calls that the call log has under a name."""
        cursor = self._db.execute("SELECT DISTINCT number FROM calls WHERE name = ? COLLATE NOCASE AND number <> ''", (name,))
        return tuple(row["number"] for row in cursor)

    def callers(self) -> tuple[tuple[str, str], ...]:
        """Return the raw numbers of all calls with the names that the call log has for them; "" where it has none."""
        return tuple((row["number"], row["name"]) for row in self._db.execute("SELECT DISTINCT number, name FROM calls"))

    def change(self, before: FollowUp, after: FollowUp, now: datetime, *, counted_in: str = "") -> FollowUp | None:
        """Store a follow-up, and return it as stored; None if it has changed since it was read. Raise Forgotten if it now names a
        contact who was forgotten meanwhile.

        With `counted_in`, the missed calls it stands for are added to that call's follow-up in the same transaction.
        """
        with writing(self._db):
            self._block_list.require_known(newly_named(before, after))
            if not rows.update_followup(self._db, before, after, now):
                return None
            if counted_in:
                self._db.execute(
                    "UPDATE followups SET missed_count = missed_count + ?, revision = revision + 1 WHERE call_key = ?",
                    (before.missed_count, counted_in),
                )
            return replace(after, revision=before.revision + 1)

    def show_again(self) -> None:
        """Have every card that is on the screen shown again, or removed if it would go soon by itself."""
        with writing(self._db):
            self._db.execute(
                "UPDATE followups SET notified_at = 0, revision = revision + 1 WHERE notification_out"
                " AND ((state = 'open' AND not_before IS NOT NULL) OR told IN ('logged', 'taken-back'))"
            )
            self._db.execute(
                "UPDATE followups SET state = 'open', not_before = NULL, revision = revision + 1 WHERE state = 'notified'"
            )
            self._db.execute(
                "UPDATE followups SET told = 'wanted', revision = revision + 1"
                " WHERE (told IN ('dead-letter', 'change-refused') AND state = told)"
                " OR (told = 'queued' AND state IN ('queued', 'adding'))"
            )
            self._db.execute(
                "UPDATE followups SET told = 'taking-back', revision = revision + 1"
                " WHERE told = 'withdrawal-waits' AND state = 'queued'"
            )

    def mark_shown(self, call_key: str) -> None:
        """Record that a call's card may be on the screen, whatever has changed its follow-up meanwhile."""
        with writing(self._db):
            self._db.execute("UPDATE followups SET notification_out = 1, revision = revision + 1 WHERE call_key = ?", (call_key,))
