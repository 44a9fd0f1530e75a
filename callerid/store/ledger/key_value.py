"""Small facts that outlive a restart (when the log was last read, which region) and what is out of order."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.core.upkeep.health import Source, Trouble, change
from callerid.store.connection import writing
from callerid.store.ledger import rows

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime


ZONE = "zone"  # the phone's IANA zone as the last look at the call log found it
DIALOG_TRIED = "dialog_tried"  # when a dialog was last opened

_TURN_START = f"""
    SELECT (SELECT value FROM facts WHERE name = '{ZONE}') AS zone,
        (SELECT value FROM facts WHERE name = '{DIALOG_TRIED}') AS dialog_tried,
        EXISTS (SELECT 1 FROM troubles WHERE source = '{Source.DIALOGS.value}') AS dialogs_fail
"""  # noqa: S608 - names of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnStart:
    """What every turn needs to know of the ledger."""

    zone: str  # "" until the phone has told it
    dialog_tried: datetime | None  # UTC
    dialogs_fail: bool  # are dialogs out of order?


class KeyValues:
    """Facts by name, and troubles by source."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def read(self, name: str) -> str | None:
        """Given a fact's name, return it."""
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(row["value"]) if row else None

    def write(self, name: str, value: str) -> None:
        """Keep a fact."""
        with writing(self._db):
            self._db.execute(
                "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
            )

    def compare_and_set(self, name: str, before: str | None, after: str) -> bool:
        """Keep a fact if it still is what it was when it was read (None: nothing); say whether it was."""
        with writing(self._db):
            if self.read(name) != before:
                return False
            self._db.execute(
                "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, after)
            )
            return True

    def read_time(self, name: str) -> datetime | None:
        """Given the name of a fact that is a time, return it in UTC."""
        value = self.read(name)
        return rows.moment(int(value)) if value else None

    def write_time(self, name: str, moment: datetime) -> None:
        """Keep a time."""
        self.write(name, str(rows.stamp(moment)))

    def installation_id(self) -> str:
        """Return this installation's own uuid, made at the first call."""
        known = self.read("installation")
        if known:
            return known
        with writing(self._db):
            self._db.execute("INSERT INTO facts VALUES ('installation', ?) ON CONFLICT DO NOTHING", (str(uuid.uuid4()),))
        return str(self.read("installation"))

    def turn_start(self) -> TurnStart:
        """Return what every turn needs to know, in one statement."""
        row = self._db.execute(_TURN_START).fetchone()
        tried = rows.moment(int(row["dialog_tried"])) if row["dialog_tried"] else None
        return TurnStart(zone=row["zone"] or "", dialog_tried=tried, dialogs_fail=bool(row["dialogs_fail"]))

    def troubles(self) -> tuple[Trouble, ...]:
        """Return what is out of order, the oldest trouble first."""
        found = self._db.execute("SELECT * FROM troubles ORDER BY since")
        return tuple(_trouble(row) for row in found)

    def report(self, source: Source, fault: tuple[str, str] | None, now: datetime) -> str:
        """Given a source's newest result (None, or sentence and remedy), keep it and return the log's line, "" for no news."""
        row = self._db.execute("SELECT * FROM troubles WHERE source = ?", (source,)).fetchone()
        news = change(source, _trouble(row) if row else None, fault, now)
        if news is None:
            return ""
        with writing(self._db):
            self._db.execute("DELETE FROM troubles WHERE source = ?", (source,))
            if news.trouble:
                told = (source, rows.stamp(news.trouble.since), news.trouble.sentence, news.trouble.remedy)
                self._db.execute("INSERT INTO troubles VALUES (?, ?, ?, ?)", told)
        return news.line


def _trouble(row: sqlite3.Row) -> Trouble:
    since = rows.moment(row["since"])
    assert since is not None  # noqa: S101 - NOT NULL in the schema
    return Trouble(source=Source(row["source"]), since=since, sentence=row["sentence"], remedy=row["remedy"])
