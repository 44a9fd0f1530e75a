"""What was found out about a line beyond the mirror: when the CRM was asked for it, and where its number is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.store.connection import store_errors, writing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from pathlib import Path

_NOWHERE = "-"  # kept for a line whose place no plan tells


class LiveLookups:
    """Derived from others, so it lives in mirror.db and may be thrown away."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db, self._path = connection, path

    def last_lookup(self, line: str) -> tuple[datetime, bool] | None:
        """Given a line, return when the CRM was last asked for it, and whether it knew somebody; None when it never was."""
        with store_errors(self._path):
            row = self._db.execute("SELECT at, found FROM asked WHERE line = ?", (line,)).fetchone()
        return (datetime.fromtimestamp(row["at"], UTC), bool(row["found"])) if row else None

    def record_lookup(self, line: str, now: datetime, oldest: datetime, *, found: bool) -> None:
        """Keep that the CRM was asked for a line, and forget what was asked before `oldest`."""
        with store_errors(self._path), writing(self._db):
            self._db.execute("DELETE FROM asked WHERE at < ?", (int(oldest.timestamp()),))
            self._db.execute("INSERT OR REPLACE INTO asked VALUES (?, ?, ?)", (line, int(now.timestamp()), int(found)))

    def location(self, line: str, language: str) -> str | None:
        """Given a line, return where its number is, as it was once found out; None when it never was."""
        with store_errors(self._path):
            row = self._db.execute("SELECT said FROM whereabouts WHERE line = ? AND language = ?", (line, language)).fetchone()
        place = str(row["said"]) if row else ""
        return place.removeprefix(_NOWHERE) if place else None  # earlier versions kept "" for countries that are known now

    def record_location(self, line: str, language: str, said: str) -> None:
        """Keep where a line's number is."""
        with store_errors(self._path), writing(self._db):
            self._db.execute("INSERT OR REPLACE INTO whereabouts VALUES (?, ?, ?)", (line, language, said or _NOWHERE))

    def forget(self, lines: Iterable[str]) -> None:
        """Within the caller's transaction, forget all about lines."""
        for line in lines:
            self._db.execute("DELETE FROM asked WHERE line = ?", (line,))
            self._db.execute("DELETE FROM whereabouts WHERE line = ?", (line,))
