"""What hooks are to be told. An event is taken before its program runs, so that none is told twice, whatever dies in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.records import dataclass
from callerid.store import times
from callerid.store.connection import writing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime

_WANTED = "hooks"  # the fact that the triggers of `schema` read
_RING = "ring"
_UNTOLD = "NOT hooked AND NOT outgoing AND NOT unwanted"


@dataclass(frozen=True, slots=True, kw_only=True)
class HookEvent:
    """Something that became of a call."""

    event: str  # "missed" or "logged"
    call_key: str
    at: datetime  # UTC


class HookEvents:
    """The events that wait for a hook."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def choose(self, events: Iterable[str], since: datetime) -> None:
        """Queue only these events from now on, and drop others that wait; rings from before they were wanted, which was at `since`,
        are not told. Nothing is written if that was so already."""
        wanted = " ".join(sorted(events))
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (_WANTED,)).fetchone()
        before = row[0] if row else ""
        if before == wanted:
            return
        with writing(self._db):
            self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (_WANTED, wanted))
            self._db.execute("DELETE FROM hook_events WHERE instr(?, event) = 0", (wanted,))
            if _RING in wanted and _RING not in before:
                self._db.execute("UPDATE rings SET hooked = 1 WHERE NOT hooked AND at < ?", (times.stamp(since),))

    def take(self) -> HookEvent | None:
        """Return the oldest event that waits, which waits no more; None if there is none."""
        if self._db.execute("SELECT 1 FROM hook_events LIMIT 1").fetchone() is None:
            return None
        with writing(self._db):
            row = self._db.execute("SELECT * FROM hook_events ORDER BY id LIMIT 1").fetchone()
            if row:
                self._db.execute("DELETE FROM hook_events WHERE id = ?", (row["id"],))
        if row is None:
            return None
        at = times.moment(row["at"])
        assert at is not None  # noqa: S101 - NOT NULL in the schema
        return HookEvent(event=row["event"], call_key=row["call_key"], at=at)

    def untold_rings(self, since: datetime) -> frozenset[int]:
        """Return the ids of the rings since a time of which no hook was told, those of unwanted callers left out."""
        query = f"SELECT id FROM rings INDEXED BY rings_by_time WHERE at >= ? AND {_UNTOLD}"  # noqa: S608 - words of ours
        return frozenset(row["id"] for row in self._db.execute(query, (times.stamp(since),)))

    def claim_ring(self, ring_id: int) -> bool:
        """Record that the hook is told of a ring; return whether it was not told before."""
        with writing(self._db):
            return self._db.execute("UPDATE rings SET hooked = 1 WHERE id = ? AND NOT hooked", (ring_id,)).rowcount == 1
