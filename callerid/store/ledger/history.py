"""The history: each call is compared and counted once after each change, and when it is long over, only totals are left.

A follow-up of which `compared` is not the state, and a call that is not `counted`, are in partial indexes. So nothing here reads
what has not changed, however many years that is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.followup.states import REFUSED, UNSETTLED, State
from callerid.store import times
from callerid.store.connection import writing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime

    from callerid.core.followup.state import FollowUp

SUMMARISED_BEFORE = "summarised_before"  # the key of the time before which a row of the phone's log is no new call
_AT_ONCE = 1000  # calls that are summarised in one transaction
COMPARED_ALWAYS = (*sorted(UNSETTLED), *REFUSED)  # what decides these is not their call's delivery alone
_TO_COMPARE = f"""
    SELECT * FROM followups JOIN calls ON calls.key = followups.call_key WHERE call_key IN (
        SELECT call_key FROM followups WHERE state IN ({", ".join("?" * len(COMPARED_ALWAYS))})
        UNION SELECT call_key FROM followups INDEXED BY followups_uncompared WHERE compared <> state
        UNION SELECT call_key FROM outbox INDEXED BY outbox_uncompared WHERE compared <> state AND kind = 'call'
    ) ORDER BY calls.start, calls.ordinal
"""  # noqa: S608 - question marks
_COUNT_BY_STATE = """
    SELECT state, sum(n) AS n FROM (
        SELECT state, calls AS n FROM tallies WHERE state <> 'all'
        UNION ALL SELECT state, count(*) FROM followups INDEXED BY followups_uncompared WHERE compared <> state GROUP BY state
        UNION ALL SELECT compared, -count(*) FROM followups INDEXED BY followups_uncompared WHERE compared <> state
            AND compared <> '' GROUP BY compared
        UNION ALL SELECT 'logged', sum(calls) FROM summaries
    ) GROUP BY state HAVING sum(n) > 0
"""
_COUNT = """
    SELECT coalesce((SELECT calls FROM tallies WHERE state = 'all'), 0) + coalesce((SELECT sum(calls) FROM summaries), 0)
        + (SELECT count(*) FROM calls INDEXED BY calls_uncounted WHERE NOT counted)
"""
_COUNT_ALL = """
    INSERT INTO tallies SELECT 'all', count(*) FROM calls INDEXED BY calls_uncounted WHERE NOT counted
    ON CONFLICT (state) DO UPDATE SET calls = calls + excluded.calls
"""
_MARK_COMPARED = (
    (
        "UPDATE tallies SET calls = calls - 1"
        " WHERE state = (SELECT compared FROM followups WHERE call_key = :key AND state = :state AND compared <> :state)"
    ),
    (
        "INSERT INTO tallies SELECT :state, 1 FROM followups WHERE call_key = :key AND state = :state AND compared <> :state"
        " ON CONFLICT (state) DO UPDATE SET calls = calls + 1"
    ),
    "UPDATE followups SET compared = :state WHERE call_key = :key AND state = :state AND compared <> :state",
)
# Known to the CRM, and nothing of it is under way, on the screen, or kept for something else: a contact that was added with it.
_OVER = """
    SELECT call_key FROM followups INDEXED BY followups_logged JOIN calls ON key = call_key
    WHERE state = 'logged' AND settled_at < :before AND start < :before AND compared = state AND counted
        AND NOT notification_out AND wanted_at IS NULL AND draft = '[]' AND told NOT IN ('wanted', 'taking-back')
        AND EXISTS (SELECT 1 FROM outbox WHERE outbox.call_key = key AND kind = 'call')
        AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.call_key = key
            AND (kind = 'contact' OR state <> 'delivered' OR wish <> 'keep' OR remote_id = '' OR untold OR notification_out
                OR certain_at IS NOT NULL))
    ORDER BY settled_at LIMIT :most
"""
_ADD_TO_SUMMARY = """
    INSERT INTO summaries SELECT strftime('%Y-%m', start, 'unixepoch'), type, 1, duration FROM calls WHERE key = ?
    ON CONFLICT (month, type) DO UPDATE SET calls = calls + 1, seconds = seconds + excluded.seconds
"""
_REMOVE = (
    "DELETE FROM outbox WHERE call_key = ?",
    "DELETE FROM followups WHERE call_key = ?",
    "DELETE FROM calls WHERE key = ?",
)


class History:
    """The calls that changed since they were compared and counted, the totals, and those of which only totals are left."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add_missing_followups(self) -> int:
        """Add a follow-up to each call that lacks one, and return how many did. Calls that were counted had one, and what deletes a
        follow-up makes its call uncounted."""
        with writing(self._db):
            done = self._db.execute(
                "INSERT INTO followups (call_key, state, notification_id) SELECT key, 'open', 'callerid-' || key"
                " FROM calls INDEXED BY calls_uncounted WHERE NOT counted"
                " AND NOT EXISTS (SELECT 1 FROM followups WHERE call_key = key)"
            )
            self._db.execute(_COUNT_ALL)
            self._db.execute("UPDATE calls INDEXED BY calls_uncounted SET counted = 1 WHERE NOT counted")
            return done.rowcount

    def to_compare(self) -> tuple[FollowUp, ...]:
        """Return the follow-ups to compare with the outbox, oldest call first: those that are not over, and those that changed, or
        whose delivery did, since `mark_compared`."""
        from callerid.store.ledger import rows

        return tuple(rows.followup(row) for row in self._db.execute(_TO_COMPARE, COMPARED_ALWAYS))

    def mark_compared(self, followups: Iterable[tuple[str, State]], deliveries: Iterable[tuple[int, str]]) -> None:
        """Record which follow-ups (key, state) and deliveries (id, state) were compared; one that has another state by now was
        not."""
        with writing(self._db):
            for key, state in followups:
                for statement in _MARK_COMPARED:
                    self._db.execute(statement, {"key": key, "state": state})
            rows = ((state, row_id, state) for row_id, state in deliveries)
            self._db.executemany("UPDATE outbox SET compared = ? WHERE id = ? AND state = ?", rows)

    def count_by_state(self) -> dict[State, int]:
        """Return how many follow-ups are in each state. Calls of which only the totals are left count as logged."""
        return {State(state): count for state, count in self._db.execute(_COUNT_BY_STATE)}

    def count(self) -> int:
        """Return how many calls were read from the call log, with those of which only the totals are left."""
        return int(self._db.execute(_COUNT).fetchone()[0])

    def summarise(self, before: datetime, ignored_before: datetime) -> int:
        """Remove the rows of calls that began and were settled before a time and are known to the CRM, and return how many. Their
        totals by month stay. From now on, no row of the phone's log from before `ignored_before` is a new call."""
        self._db.execute("PRAGMA secure_delete = ON")  # who is forgotten later must not be left in free pages
        removed = 0
        while True:
            with writing(self._db):
                keys = [(row["call_key"],) for row in self._db.execute(_OVER, {"before": times.stamp(before), "most": _AT_ONCE})]
                if not keys:
                    return removed
                for statement in (_ADD_TO_SUMMARY, *_REMOVE):
                    self._db.executemany(statement, keys)
                self._raise_limit(ignored_before)
            removed += len(keys)

    def _raise_limit(self, ignored_before: datetime) -> None:
        self._db.execute(
            "INSERT INTO facts VALUES (:name, :before) ON CONFLICT (name)"
            " DO UPDATE SET value = max(CAST(value AS INTEGER), :before)",
            {"name": SUMMARISED_BEFORE, "before": times.stamp(ignored_before)},
        )

    def summaries(self) -> dict[str, int]:
        """Return how many calls were summarised, by the month (UTC, "2025-01") in which they began."""
        cursor = self._db.execute("SELECT month, sum(calls) FROM summaries GROUP BY month ORDER BY month")
        return dict(cursor)
