"""What was found out about lines that the mirror does not have: when they were looked up live in the CRM, and where they are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.ringing.card_lifecycle import pseudo_line
from callerid.store.connection import writing
from callerid.store.faults import store_errors

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection
    from pathlib import Path

_NOWHERE = "-"  # of a line whose location no numbering plan says


class LiveLookups:
    """Live look-ups and locations by line. Derived, so they are in mirror.db and may be deleted."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db, self._path = connection, path

    def last_lookup(self, line: str) -> tuple[datetime, bool] | None:
        """Return when a line was last looked up live (UTC), and whether that found a contact; None if it never was."""
        with store_errors(self._path):
            row = self._db.execute("SELECT at, found FROM asked WHERE line = ?", (line,)).fetchone()
        return (datetime.fromtimestamp(row["at"], UTC), bool(row["found"])) if row else None

    def record_lookup(
        self, line: str, now: datetime, oldest: datetime, *, has_matched: bool, unless: Callable[[], bool] = lambda: False
    ) -> None:
        """Record a live look-up, and remove those before `oldest`. Nothing is stored if `unless` is true once nobody else
        writes."""
        with store_errors(self._path), writing(self._db):
            if unless():
                return
            self._db.execute("DELETE FROM asked WHERE at < ?", (int(oldest.timestamp()),))
            self._db.execute("INSERT OR REPLACE INTO asked VALUES (?, ?, ?)", (line, int(now.timestamp()), int(has_matched)))

    def location(self, line: str, language: str) -> str | None:
        """Return where a line is, "" if that is unknown, None if that was never looked up."""
        with store_errors(self._path):
            row = self._db.execute("SELECT said FROM whereabouts WHERE line = ? AND language = ?", (line, language)).fetchone()
        place = str(row["said"]) if row else ""
        return place.removeprefix(_NOWHERE) if place else None  # earlier versions stored "" for countries that are known now

    def record_location(self, line: str, language: str, location: str, unless: Callable[[], bool] = lambda: False) -> None:
        """Record where a line is ("" for unknown). Nothing is stored if `unless` is true once nobody else writes."""
        with store_errors(self._path), writing(self._db):
            if unless():
                return
            self._db.execute("INSERT OR REPLACE INTO whereabouts VALUES (?, ?, ?)", (line, language, location or _NOWHERE))

    def forget(self, lines: Collection[str], names: Collection[str], region: str) -> None:
        """Within the caller's transaction, remove all about lines, also what was recorded before the region was known, and about
        callers of whom only one of these names was known."""
        lines = {*lines, *map(pseudo_line, names)}
        for table in ("asked", "whereabouts"):
            known = [row["line"] for row in self._db.execute(f"SELECT line FROM {table}")]
            theirs = [(line,) for line in known if line in lines or not set(numbers.index_keys(line, region)[:1]).isdisjoint(lines)]
            self._db.executemany(f"DELETE FROM {table} WHERE line = ?", theirs)
