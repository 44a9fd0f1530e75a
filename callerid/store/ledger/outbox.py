"""The outbox: what was answered and is not yet known to be in the CRM. A row stays until the CRM said yes, or no."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from callerid.core.delivery.outbox_row import Delivery, DeliveryState, Intent, Kind
from callerid.core.followup.state import AWAITING_ANSWER, State
from callerid.core.upkeep.reconcile import state_of_delivered
from callerid.store.connection import writing
from callerid.store.ledger import rows
from callerid.store.ledger.outbox_payload import changing_columns, delivery, kind_of, text_of

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from callerid.core.backoff import Deadline
    from callerid.core.delivery.outbox_row import Content

_UNDER_WAY = (DeliveryState.WAITING, DeliveryState.UNSURE)


def _otherwise(before: Delivery) -> str:
    """Given a call's row, return, as a JSON list, the states of follow-ups of which it does not tell: of one that was answered
    otherwise since, while its withdrawal waited."""
    since = [State.ADDING] if before.intent is Intent.KEEP else [State.ADDING, *AWAITING_ANSWER, State.NOT_IN_CRM]
    caller_refused = before.intent is Intent.WITHDRAW and before.state is not DeliveryState.DEAD
    return json.dumps([*since, State.DEAD] if caller_refused else since)


def put(connection: sqlite3.Connection, call_key: str, external_id: str, content: Content, now: datetime) -> None:
    """Within the caller's transaction, put something into the outbox, or, where that call has such a row already, let it be what
    that row delivers from now on. What is in the CRM already will be changed there, and what may be is known there as it
    was posted. One that was dropped although a post had begun is looked for first."""
    connection.execute(
        "INSERT INTO outbox (call_key, kind, external_id, content, state, created_at) VALUES (?, ?, ?, ?, 'waiting', ?)"
        " ON CONFLICT (external_id) DO UPDATE SET content = excluded.content, wish = 'keep', revision = revision + 1, fault = '',"
        " lost = 0, troubles = 0,"
        " settled_at = NULL, call_key = coalesce(excluded.call_key, call_key),"
        " posted = CASE WHEN posted IS NULL AND revision = posted_revision AND (attempts OR remote_id <> '') THEN content"
        " ELSE posted END,"
        " remote_id = CASE kind WHEN 'contact' THEN '' ELSE remote_id END,"
        " not_before = CASE outbox.state WHEN 'unsure' THEN not_before END,"
        " state = CASE WHEN outbox.state = 'unsure' OR (outbox.state = 'dropped' AND attempts AND remote_id = '') THEN 'unsure'"
        " ELSE 'waiting' END",
        (call_key or None, kind_of(content), external_id, text_of(content), rows.stamp(now)),
    )


class Outbox:
    """Deliveries, oldest first."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def undelivered(self) -> tuple[Delivery, ...]:
        """Return the rows that are still to be delivered."""
        found = self._db.execute("SELECT * FROM outbox WHERE state IN ('waiting', 'unsure') ORDER BY id")
        return tuple(delivery(row) for row in found)

    def all(self, *, settled: bool = False) -> tuple[Delivery, ...]:
        """Return the rows that wait, are unsure or dead; with `settled` every one."""
        where = "" if settled else "WHERE state IN ('waiting', 'unsure', 'dead-letter')"
        found = self._db.execute(f"SELECT * FROM outbox {where} ORDER BY id")  # noqa: S608 - words of ours
        return tuple(delivery(row) for row in found)

    def unreported_refusals(self) -> tuple[Delivery, ...]:
        """Return the refused rows of which nothing has told the person yet."""
        found = self._db.execute("SELECT * FROM outbox INDEXED BY outbox_untold WHERE state = 'dead-letter' AND untold ORDER BY id")
        return tuple(delivery(row) for row in found)

    def outdated_refusals(self) -> tuple[Delivery, ...]:
        """Return the rows of which a notification may say that they were refused, although they no longer are."""
        found = self._db.execute(
            "SELECT * FROM outbox INDEXED BY outbox_notified WHERE notification_out AND state <> 'dead-letter' ORDER BY id"
        )
        return tuple(delivery(row) for row in found)

    def mark_shown(self, refused: Delivery, *, out: bool) -> bool:
        """Record that the notification of a refusal may be on the screen, or surely is not. Return whether the row was still as it
        was read."""
        with writing(self._db):
            done = self._db.execute(
                "UPDATE outbox SET notification_out = ? WHERE id = ? AND state = ? AND revision = ?",
                (int(out), refused.id, refused.state, refused.revision),
            )
            return done.rowcount == 1

    def mark_reported(self, refused: Delivery) -> None:
        """Record that a notification has told the person of a refusal."""
        with writing(self._db):
            self._db.execute(
                "UPDATE outbox SET untold = 0 WHERE id = ? AND state = 'dead-letter' AND revision = ?",
                (refused.id, refused.revision),
            )

    def of_call(self, call_key: str, kind: Kind = Kind.CALL) -> Delivery | None:
        """Given a call's key, return its delivery of a kind."""
        row = self._db.execute("SELECT * FROM outbox WHERE call_key = ? AND kind = ?", (call_key, kind)).fetchone()
        return delivery(row) if row else None

    def engagements_of(self, call_key: str) -> dict[Kind, Delivery]:
        """Given a call's key, return the deliveries of the call and of its task, by their kind."""
        found = self._db.execute("SELECT * FROM outbox WHERE call_key = ? AND kind IN ('call', 'task') ORDER BY kind", (call_key,))
        return {row.kind: row for row in map(delivery, found)}

    def by_external_id(self, external_id: str) -> Delivery | None:
        """Given our own id of a contact, return its delivery."""
        row = self._db.execute("SELECT * FROM outbox WHERE external_id = ?", (external_id,)).fetchone()
        return delivery(row) if row else None

    def by_id(self, number: int) -> Delivery | None:
        """Given a row's id, return it as it is now."""
        row = self._db.execute("SELECT * FROM outbox WHERE id = ?", (number,)).fetchone()
        return delivery(row) if row else None

    def put(self, external_id: str, content: Content, now: datetime, call_key: str = "") -> None:
        """Put a new contact, or anything that no follow-up waits for, into the outbox."""
        with writing(self._db):
            put(self._db, call_key, external_id, content, now)

    def retarget(self, before: Delivery, content: Content, now: datetime) -> bool:
        """Let a row be of other contacts, companies or deals than before, and be posted anew; say whether it stood as it was
        read."""
        with writing(self._db):
            done = self._db.execute(
                "UPDATE outbox SET content = ?, state = 'waiting', not_before = NULL, posted_at = ?"
                " WHERE id = ? AND state = ? AND attempts = ? AND revision = ?",
                (text_of(content), rows.stamp(now), before.id, before.state, before.attempts.posts, before.revision),
            )
            return done.rowcount == 1

    def pause(self, pause: Deadline, now: datetime) -> None:
        """Let all rows that are still to be delivered wait at least as long as a pause, and longer where they do so already."""
        with writing(self._db):
            paused = ((pause.at_least(row.not_before, now), row.id) for row in self.undelivered())
            values = [(rows.stamp(longer.until), rows.stamp(longer.set_at), number) for longer, number in paused]
            self._db.executemany("UPDATE outbox SET not_before = ?, paused_at = ? WHERE id = ?", values)

    def change(self, before: Delivery, after: Delivery, now: datetime) -> bool:
        """Store a delivery's new state and its call's in one transaction, if it still stands as it was read; say whether it did.

        This is also what keeps two processes from posting the same row: only one of them can change it to unsure.
        """
        with writing(self._db):
            return self.write(before, after, now)

    def write(self, before: Delivery, after: Delivery, now: datetime) -> bool:
        """Within the caller's transaction, do what `change` does."""
        settled = None if after.state in _UNDER_WAY else rows.stamp(now)
        values = changing_columns(after) | {"settled_at": settled}
        if after.content is not before.content:
            values["content"] = text_of(after.content)
        done = self._db.execute(
            f"UPDATE outbox SET {', '.join(f'{name} = ?' for name in values)}"  # noqa: S608 - names of ours
            " WHERE id = ? AND state = ? AND attempts = ? AND looks = ? AND revision = ?",
            (*values.values(), before.id, before.state, before.attempts.posts, before.attempts.lookups, before.revision),
        )
        if done.rowcount == 1 and before.kind is Kind.CALL:
            self._db.execute(
                "UPDATE followups SET state = ?, reason = ?, settled_at = ?, revision = revision + 1"
                " WHERE call_key = ? AND state NOT IN (SELECT value FROM json_each(?))",
                (state_of_delivered(after), after.fault, settled, before.call_key, _otherwise(before)),
            )
        return done.rowcount == 1
