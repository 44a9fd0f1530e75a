"""What `callerid status` says of rings and of the outbox, without the values that those have elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.delivery.states import DeliveryState
from callerid.store import times

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

UNFINISHED = "INDEXED BY outbox_unfinished WHERE state IN ('waiting', 'unsure', 'dead-letter') OR certain_at IS NOT NULL"

_WITHDRAWALS = """
    SELECT count(*), count(CASE WHEN kind = 'call' AND followups.state = 'queued' THEN 1 END)
    FROM outbox INDEXED BY outbox_at_work LEFT JOIN followups ON followups.call_key = outbox.call_key
    WHERE outbox.state IN ('waiting', 'unsure') AND wish = 'withdraw'
"""


class Summary:
    """The last ring, and how many deliveries are in which state."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def last_ring(self, since: datetime) -> tuple[datetime, tuple[str, ...]] | None:
        """Return when the newest ring since a time rang (UTC), and which senses reported it (`RingCard.reporting_senses`), in that
        order."""
        query = "SELECT at, heard FROM rings INDEXED BY rings_by_time WHERE at >= ? ORDER BY id DESC LIMIT 1"
        row = self._db.execute(query, (times.stamp(since),)).fetchone()
        at = times.moment(row["at"]) if row else None
        return (at, tuple(name.rstrip("-") for name in row["heard"].split())) if at else None

    def senses_that_reported(self, since: datetime) -> frozenset[str]:
        """Return the senses that reported a ring since a time (`RingCard.reporting_senses`)."""
        rows = self._db.execute("SELECT heard FROM rings INDEXED BY rings_by_time WHERE at >= ?", (times.stamp(since),))
        return frozenset(name.rstrip("-") for row in rows for name in row["heard"].split())

    def unfinished_deliveries(self) -> dict[DeliveryState, int]:
        """Return how many rows of the outbox are waiting, unsure or dead, or wait for certainty, by their state."""
        cursor = self._db.execute(f"SELECT state, count(*) FROM outbox {UNFINISHED} GROUP BY state")  # noqa: S608 - words of ours
        return {DeliveryState(state): count for state, count in cursor}

    def withdrawals(self) -> tuple[int, int]:
        """Return how many rows are to be withdrawn from the CRM, and how many calls are on their way for that alone."""
        return tuple(self._db.execute(_WITHDRAWALS).fetchone())
