"""The outbox: calls answered and not yet known to be in the CRM. A row stays until the CRM said yes, or no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.delivery import Delivery, DeliveryState
from callerid.core.followup import State
from callerid.store import ledger_rows as rows
from callerid.store.connection import writing

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from callerid.models import CallEngagement

_STATE_OF = {
    DeliveryState.DELIVERED: State.LOGGED,
    DeliveryState.DEAD: State.DEAD,
    DeliveryState.DROPPED: State.DISMISSED,
    DeliveryState.WAITING: State.QUEUED,
    DeliveryState.UNSURE: State.QUEUED,
}


def insert_delivery(connection: sqlite3.Connection, call_key: str, engagement: CallEngagement, now: datetime) -> bool:
    """Within the caller's transaction, put an engagement into the outbox; False when that call's delivery is under way or done.

    A row of which no post has begun takes the newer answer. One that was dropped, or that the CRM refused, is taken up again;
    a dropped one of which a post had begun is looked for first.
    """
    done = connection.execute(
        "INSERT INTO outbox (call_key, external_id, engagement, state, created_at) VALUES (?, ?, ?, 'waiting', ?)"
        " ON CONFLICT (call_key) DO UPDATE SET engagement = excluded.engagement, fault = '', not_before = NULL,"
        " state = CASE WHEN outbox.state = 'dropped' AND attempts THEN 'unsure' ELSE 'waiting' END"
        " WHERE outbox.state IN ('dropped', 'dead-letter') OR (outbox.state = 'waiting' AND NOT attempts)",
        (call_key, engagement.external_id, rows.engagement_text(engagement), rows.stamp(now)),
    )
    return done.rowcount == 1


class Outbox:
    """Deliveries, oldest first."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def undelivered(self) -> tuple[Delivery, ...]:
        """Return the rows that are still to be delivered."""
        found = self._db.execute("SELECT * FROM outbox WHERE state IN ('waiting', 'unsure') ORDER BY id")
        return tuple(rows.delivery(row) for row in found)

    def all(self, *, settled: bool = False) -> tuple[Delivery, ...]:
        """Return the rows that wait, are unsure or dead; with `settled` every one."""
        where = "" if settled else "WHERE state IN ('waiting', 'unsure', 'dead-letter')"
        found = self._db.execute(f"SELECT * FROM outbox {where} ORDER BY id")  # noqa: S608 - words of ours
        return tuple(rows.delivery(row) for row in found)

    def of_call(self, call_key: str) -> Delivery | None:
        """Given a call's key, return its delivery."""
        row = self._db.execute("SELECT * FROM outbox WHERE call_key = ?", (call_key,)).fetchone()
        return rows.delivery(row) if row else None

    def change(self, before: Delivery, after: Delivery, now: datetime) -> bool:
        """Store a delivery's new state and its call's in one transaction, if it still stands as it was read; say whether it did.

        This is also what keeps two processes from posting the same row: only one of them can change it to unsure.
        """
        settled = None if after.state in (DeliveryState.WAITING, DeliveryState.UNSURE) else rows.stamp(now)
        with writing(self._db):
            done = self._db.execute(
                "UPDATE outbox SET state = ?, attempts = ?, looks = ?, offline = ?, posted_at = ?, not_before = ?, remote_id = ?,"
                " fault = ?, settled_at = ? WHERE id = ? AND state = ? AND attempts = ? AND looks = ?",
                (
                    after.state,
                    after.attempts,
                    after.looks,
                    after.offline,
                    rows.stamp(after.posted_at),
                    rows.stamp(after.not_before),
                    after.remote_id,
                    after.fault,
                    settled,
                    before.id,
                    before.state,
                    before.attempts,
                    before.looks,
                ),
            )
            if done.rowcount == 1:
                self._db.execute(
                    "UPDATE followups SET state = ?, reason = ?, settled_at = ? WHERE call_key = ?",
                    (_STATE_OF[after.state], after.fault, settled, before.call_key),
                )
            return done.rowcount == 1
