"""Key values: small persistent facts, such as when the call log was last read; and troubles, the sources that are out of order."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.core.backoff import Failures
from callerid.core.upkeep.health import Source, Trouble, change
from callerid.messages import stored
from callerid.store.connection import writing
from callerid.store.ledger import rows
from callerid.store.ledger.reading import contact_history
from callerid.store.ledger.rings import COUNTS_OF_STRANGER, StrangerCounts, stranger_values

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from callerid.core.callers.contact_history import ContactHistory


ZONE = "zone"  # the phone's IANA zone, as found when the call log was last read
CONTACTS_REGION = "phone_contacts_region"  # for which the mirror has the phone's own contacts; "" if they are to be read anew
MIRROR_FILLED = "mirror_filled"  # "1" since a sync has filled the mirror, "" since it was found empty after that
LAST_POLL = "last_good_poll"  # when the call log was last read
LAST_SYNC = "last_sync"  # when a sync was last finished
SENSES = "senses"  # those that listen in a running daemon, with a space between
EXPORT_TROUBLE = "export_trouble"  # why the last full sync read lists, though exports were wanted; see core/sync/by_export.py
OFF_SINCE = "off_since"  # when a round first found callerid switched off; "" while it is on
DIALOG_TRIED = "dialog_tried"  # when a dialog was last opened
_FAILURES = "failures of "

_START = f"""
    (SELECT value FROM facts WHERE name = '{ZONE}') AS zone,
        (SELECT value FROM facts WHERE name = '{OFF_SINCE}') AS off_since,
        (SELECT value FROM facts WHERE name = '{DIALOG_TRIED}') AS dialog_tried,
        EXISTS (SELECT 1 FROM troubles WHERE source = '{Source.DIALOGS.value}') AS dialogs_fail,
        EXISTS (SELECT 1 FROM troubles WHERE source = '{Source.NOTIFICATIONS.value}') AS notifications_fail
"""  # noqa: S608 - names of ours
_CONTACT_START = f"SELECT {_START}, {contact_history.COLUMNS}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnStart:
    """What every turn needs to know of the ledger."""

    zone: str  # IANA name, "" while unknown
    off_since: datetime | None  # UTC; None while callerid is on
    dialog_tried: datetime | None  # UTC
    dialogs_fail: bool  # dialogs are out of order
    notifications_fail: bool  # so are notifications


class KeyValues:
    """Values by name, and troubles by source."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def read(self, name: str) -> str | None:
        """Return the value of a name, None if it has none."""
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(row["value"]) if row else None

    def write(self, name: str, value: str) -> None:
        """Store a value."""
        with writing(self._db):
            self._db.execute(
                "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
            )

    def compare_and_set(self, name: str, before: str | None, after: str) -> bool:
        """Store a value if the present one is `before` (None: there is none), and return whether it was."""
        with writing(self._db):
            if self.read(name) != before:
                return False
            self._db.execute(
                "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, after)
            )
            return True

    def read_time(self, name: str) -> datetime | None:
        """Return the time (UTC) that is stored under a name, None if there is none."""
        value = self.read(name)
        return rows.moment(int(value)) if value else None

    def write_time(self, name: str, moment: datetime | None) -> None:
        """Store a time, in whole seconds, or that there is none."""
        self.write(name, "" if moment is None else str(rows.stamp(moment)))

    def read_failures(self, name: str) -> Failures:
        """Return how often what has that name has failed in a row; none if that is not stored."""
        count, set_at, until = (int(word) for word in (self.read(f"{_FAILURES}{name}") or "0 0 0").split())
        return Failures(count=count, pause=rows.deadline(until, set_at) if until else None)

    def write_failures(self, name: str, failures: Failures) -> None:
        """Store how often something has failed in a row."""
        pause = failures.pause
        ends = f"{rows.stamp(pause.set_at) or 0} {rows.stamp(pause.until)}" if pause else "0 0"
        self.write(f"{_FAILURES}{name}", f"{failures.count} {ends}")

    def forget_failures(self) -> None:
        """Forget all that is stored by `write_failures`, so that everything is tried again now."""
        names = [row["name"] for row in self._db.execute("SELECT name FROM facts") if row["name"].startswith(_FAILURES)]
        if names:
            with writing(self._db):
                self._db.executemany("DELETE FROM facts WHERE name = ?", [(name,) for name in names])

    def installation_id(self) -> str:
        """Return the uuid of this installation, which is made at the first call."""
        known = self.read("installation")
        if known:
            return known
        with writing(self._db):
            self._db.execute("INSERT INTO facts VALUES ('installation', ?) ON CONFLICT DO NOTHING", (str(uuid.uuid4()),))
        return str(self.read("installation"))

    def turn_start(self) -> TurnStart:
        """Return what every turn needs to know, by one statement."""
        return _turn_start(self._db.execute(f"SELECT {_START}").fetchone())

    def stranger_start(self, line: str, rang_at: datetime, calls_since: datetime) -> tuple[TurnStart, StrangerCounts]:
        """Return what every turn needs to know, and what is counted for a stranger's ring, by one statement."""
        values = stranger_values(line, rang_at, calls_since)
        row = self._db.execute(f"SELECT {_START}, {COUNTS_OF_STRANGER}", values).fetchone()
        return _turn_start(row), StrangerCounts(cards=row["cards"], calls=row["calls"])

    def contact_start(self, line: str, contact_id: str, before: datetime) -> tuple[TurnStart, ContactHistory]:
        """Return what every turn needs to know, and what there was with a contact before a time, by one statement. `line` is the
        one that rings, "" for none."""
        row = self._db.execute(_CONTACT_START, contact_history.values(line, contact_id, before)).fetchone()
        return _turn_start(row), contact_history.history(row, contact_id)

    def troubles(self) -> tuple[Trouble, ...]:
        """Return the troubles, the oldest first."""
        cursor = self._db.execute("SELECT * FROM troubles ORDER BY since")
        return tuple(_trouble(row) for row in cursor)

    def report(self, source: Source, fault: tuple[str, str] | None, now: datetime) -> str:
        """Record the newest result of a source: None, or a fault's sentence and remedy. Return the line for the log, "" if nothing
        has changed."""
        row = self._db.execute("SELECT * FROM troubles WHERE source = ?", (source,)).fetchone()
        news = change(source, _trouble(row) if row else None, fault, now)
        if news is None:
            return ""
        with writing(self._db):
            self._db.execute("DELETE FROM troubles WHERE source = ?", (source,))
            if news.trouble:
                trouble = (source, rows.stamp(news.trouble.since), news.trouble.sentence, news.trouble.remedy)
                self._db.execute("INSERT INTO troubles VALUES (?, ?, ?, ?)", trouble)
        return news.line


def _turn_start(row: sqlite3.Row) -> TurnStart:
    tried = rows.moment(int(row["dialog_tried"])) if row["dialog_tried"] else None
    return TurnStart(
        zone=row["zone"] or "",
        off_since=rows.moment(int(row["off_since"])) if row["off_since"] else None,
        dialog_tried=tried,
        dialogs_fail=bool(row["dialogs_fail"]),
        notifications_fail=bool(row["notifications_fail"]),
    )


def _trouble(row: sqlite3.Row) -> Trouble:
    since = rows.moment(row["since"])
    assert since is not None  # noqa: S101 - NOT NULL in the schema
    return Trouble(source=Source(row["source"]), since=since, sentence=stored(row["sentence"]), remedy=stored(row["remedy"]))
