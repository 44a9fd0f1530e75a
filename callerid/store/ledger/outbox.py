"""The outbox: what is to be delivered to the CRM. A row is unsettled until the CRM has accepted or refused it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from callerid.core.delivery.states import DeliveryState, Intent, Kind
from callerid.core.followup.states import AWAITING_ANSWER, State
from callerid.core.upkeep.reconcile import followup_state
from callerid.store import journal, times
from callerid.store.connection import record, writing
from callerid.store.ledger.outbox_payload import delivery, delivery_columns, kind_of, to_json
from callerid.store.ledger.reading.summary import UNFINISHED

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from callerid.core.backoff import Deadline
    from callerid.core.delivery.outbox_row import Content, Delivery

RESTORED_AT = "restored_at"  # the name of the fact that tells when the ledger was last restored from a backup
_RESTORED = f"(SELECT CAST(value AS INTEGER) FROM facts WHERE name = '{RESTORED_AT}')"  # noqa: S608 - a name of ours
_UNSETTLED = (DeliveryState.WAITING, DeliveryState.UNSURE)


def _states_left_alone(before: Delivery) -> str:
    """Return the states, as a JSON list, in which a follow-up is not changed by the delivery of its call: it was answered again
    while the withdrawal of the earlier answer waited."""
    states = [State.ADDING] if before.intent is Intent.KEEP else [State.ADDING, *AWAITING_ANSWER, State.NOT_IN_CRM]
    caller_refused = before.intent is Intent.WITHDRAW and before.state is not DeliveryState.DEAD
    return json.dumps([*states, State.DEAD] if caller_refused else states)


def _is_only_certain_now(before: Delivery, after: Delivery) -> bool:
    """Return whether a change is none for the call's follow-up: it was over, and is so still."""
    return before.state is after.state and after.state not in _UNSETTLED


def put(connection: sqlite3.Connection, call_key: str, external_id: str, content: Content, now: datetime) -> None:
    """Within the caller's transaction, add a row to the outbox, or replace the content of the row with that external id.

    What is in the CRM already will be changed there; `posted` keeps what it is there until then. A row that was dropped after a
    post had begun becomes unsure, so that it is looked up before it is posted again. So does one about a call from before the
    ledger was restored: the CRM may have the answer that was lost.
    """
    connection.execute(
        "INSERT INTO outbox (call_key, kind, external_id, content, created_at, state) VALUES (?, ?, ?, ?, ?,"  # noqa: S608 - the text of a statement
        f" CASE WHEN (SELECT start FROM calls WHERE key = ?) <= {_RESTORED} THEN 'unsure' ELSE 'waiting' END)"
        " ON CONFLICT (external_id) DO UPDATE SET content = excluded.content, wish = 'keep', revision = revision + 1, fault = '',"
        " lost = 0, troubles = 0,"
        " settled_at = NULL, call_key = coalesce(excluded.call_key, call_key),"
        " posted = CASE WHEN posted IS NULL AND revision = posted_revision AND (attempts OR remote_id <> '') THEN content"
        " ELSE posted END,"
        " remote_id = CASE kind WHEN 'contact' THEN '' ELSE remote_id END,"
        " not_before = CASE outbox.state WHEN 'unsure' THEN not_before END,"
        " state = CASE WHEN outbox.state = 'unsure' OR (outbox.state = 'dropped' AND attempts AND remote_id = '') THEN 'unsure'"
        " ELSE 'waiting' END",
        (call_key or None, kind_of(content), external_id, to_json(content), times.stamp(now), call_key),
    )
    values = {"call_key": call_key, "external_id": external_id, "kind": kind_of(content), "content": to_json(content)}
    record(connection, journal.entry("put", values | {"at": times.stamp(now)}))


class Outbox:
    """The rows of the outbox. Methods that return several return the oldest first."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def undelivered(self) -> tuple[Delivery, ...]:
        """Return the rows that are waiting or unsure."""
        cursor = self._db.execute("SELECT * FROM outbox WHERE state IN ('waiting', 'unsure') ORDER BY id")
        return tuple(delivery(row) for row in cursor)

    def at_work(self) -> tuple[Delivery, ...]:
        """Return the rows that are waiting or unsure, or wait for certainty."""
        return tuple(row for row in self.all() if row.state in _UNSETTLED or row.certain_at)

    def all(self, *, settled: bool = False) -> tuple[Delivery, ...]:
        """Return the rows that are waiting, unsure or dead, or wait for certainty; with `settled`, every row."""
        where = "" if settled else UNFINISHED
        cursor = self._db.execute(f"SELECT * FROM outbox {where} ORDER BY id")  # noqa: S608 - words of ours
        return tuple(delivery(row) for row in cursor)

    def unreported_refusals(self) -> tuple[Delivery, ...]:
        """Return the refused rows that nothing has reported to the person yet."""
        cursor = self._db.execute(
            "SELECT * FROM outbox INDEXED BY outbox_untold WHERE state = 'dead-letter' AND untold ORDER BY id"
        )
        return tuple(delivery(row) for row in cursor)

    def outdated_refusals(self) -> tuple[Delivery, ...]:
        """Return the rows of which a notification may say that they were refused, although they no longer are."""
        cursor = self._db.execute(
            "SELECT * FROM outbox INDEXED BY outbox_notified WHERE notification_out AND state <> 'dead-letter' ORDER BY id"
        )
        return tuple(delivery(row) for row in cursor)

    def mark_shown(self, refused: Delivery, *, out: bool) -> bool:
        """Record whether the notification of a refusal may be on the screen. Return whether that was stored: not if the row has
        changed since it was read."""
        with writing(self._db):
            done = self._db.execute(
                "UPDATE outbox SET notification_out = ? WHERE id = ? AND state = ? AND revision = ?",
                (int(out), refused.id, refused.state, refused.revision),
            )
            return done.rowcount == 1

    def show_refusals_again(self) -> None:
        """Have every notification of a refusal that may be on the screen shown again."""
        with writing(self._db):
            self._db.execute(
                "UPDATE outbox INDEXED BY outbox_notified SET untold = 1 WHERE notification_out AND state = 'dead-letter'"
            )

    def mark_reported(self, refused: Delivery) -> None:
        """Record that a refusal was reported to the person."""
        with writing(self._db):
            self._db.execute(
                "UPDATE outbox SET untold = 0 WHERE id = ? AND state = 'dead-letter' AND revision = ?",
                (refused.id, refused.revision),
            )

    def of_call(self, call_key: str, kind: Kind = Kind.CALL) -> Delivery | None:
        """Return the row of a kind that belongs to a call, or None."""
        row = self._db.execute("SELECT * FROM outbox WHERE call_key = ? AND kind = ?", (call_key, kind)).fetchone()
        return delivery(row) if row else None

    def engagements_of(self, call_key: str) -> dict[Kind, Delivery]:
        """Return the rows of a call and of its task, by kind."""
        cursor = self._db.execute("SELECT * FROM outbox WHERE call_key = ? AND kind IN ('call', 'task') ORDER BY kind", (call_key,))
        return {row.kind: row for row in map(delivery, cursor)}

    def by_external_id(self, external_id: str) -> Delivery | None:
        """Return the row with our own id of what it delivers, or None."""
        row = self._db.execute("SELECT * FROM outbox WHERE external_id = ?", (external_id,)).fetchone()
        return delivery(row) if row else None

    def by_id(self, row_id: int) -> Delivery | None:
        """Return a row as it is now, None if there is none with that id."""
        row = self._db.execute("SELECT * FROM outbox WHERE id = ?", (row_id,)).fetchone()
        return delivery(row) if row else None

    def put(self, external_id: str, content: Content, now: datetime, call_key: str = "") -> None:
        """Add a new contact, or anything else that no follow-up waits for; see the function `put`."""
        with writing(self._db):
            put(self._db, call_key, external_id, content, now)

    def retarget(self, before: Delivery, content: Content, now: datetime) -> bool:
        """Give a row content with other associations, and have it posted again. Return whether that was stored: not if it has
        changed since it was read."""
        with writing(self._db):
            done = self._db.execute(
                "UPDATE outbox SET content = ?, state = 'waiting', not_before = NULL, posted_at = ?"
                " WHERE id = ? AND state = ? AND attempts = ? AND revision = ?",
                (to_json(content), times.stamp(now), before.id, before.state, before.attempts.posts, before.revision),
            )
            return done.rowcount == 1

    def pause(self, pause: Deadline, now: datetime) -> None:
        """Let every undelivered row, and every last look, wait at least until the end of a pause."""
        with writing(self._db):
            waiting = self.at_work()
            delayed = ((pause.at_least(row.not_before, now), row.id) for row in waiting if row.state in _UNSETTLED)
            values = [(times.stamp(longer.until), times.stamp(longer.set_at), row_id) for longer, row_id in delayed]
            self._db.executemany("UPDATE outbox SET not_before = ?, paused_at = ? WHERE id = ?", values)
            doubted = ((pause.at_least(row.certain_at, now), row.id) for row in waiting if row.certain_at)
            values = [(times.stamp(longer.until), times.stamp(longer.set_at), row_id) for longer, row_id in doubted]
            self._db.executemany("UPDATE outbox SET certain_at = ?, doubted_at = ? WHERE id = ?", values)

    def change(self, before: Delivery, after: Delivery, now: datetime) -> bool:
        """Store a row and the state of its call's follow-up. Return whether that was done: not if the row has changed since it was
        read.

        This also keeps two processes from posting the same row: only one of them can change it to unsure.
        """
        with writing(self._db):
            return self.write(before, after, now)

    def write(self, before: Delivery, after: Delivery, now: datetime) -> bool:
        """Within the caller's transaction, do what `change` does."""
        settled_at = None if after.state in _UNSETTLED else times.stamp(now)
        values = delivery_columns(after) | {"settled_at": settled_at}
        if after.content is not before.content:
            values["content"] = to_json(after.content)
        done = self._db.execute(
            f"UPDATE outbox SET {', '.join(f'{name} = ?' for name in values)}"  # noqa: S608 - names of ours
            " WHERE id = ? AND state = ? AND attempts = ? AND looks = ? AND revision = ?",
            (*values.values(), before.id, before.state, before.attempts.posts, before.attempts.lookups, before.revision),
        )
        if done.rowcount != 1:
            return False
        of_followup: dict[str, object] = {}
        if before.kind is Kind.CALL and not _is_only_certain_now(before, after):
            followed = {"state": followup_state(after), "reason": after.fault, "settled_at": settled_at}
            of_followup = {**followed, "not_in": _states_left_alone(before)}
            change_followup_of_delivery(self._db, before.call_key, of_followup)
        entry = {"call_key": before.call_key, "kind": before.kind, "columns": values, "followup": of_followup}
        record(self._db, journal.entry("delivery", entry))
        return True


def change_followup_of_delivery(connection: sqlite3.Connection, call_key: str, values: dict[str, object]) -> None:
    """Within the caller's transaction, give a follow-up the state that its call's delivery has brought."""
    connection.execute(
        "UPDATE followups SET state = ?, reason = ?, settled_at = ?, revision = revision + 1"
        " WHERE call_key = ? AND state NOT IN (SELECT value FROM json_each(?))",
        (values["state"], values["reason"], values["settled_at"], call_key, values["not_in"]),
    )
