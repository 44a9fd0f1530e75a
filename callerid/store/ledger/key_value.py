"""Key values: small persistent facts, such as when the call log was last read; and troubles, the sources that are out of order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.upkeep.health import Source
from callerid.messages import stored
from callerid.store import times
from callerid.store.connection import writing

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from callerid.core.backoff import Failures
    from callerid.core.upkeep.troubles import Trouble

CONTACTS_REGION = "phone_contacts_region"  # for which the mirror has the phone's own contacts; "" if they are to be read anew
MIRROR_FILLED = "mirror_filled"  # "1" since a sync has filled the mirror, "" since it was found empty after that
LAST_POLL = "last_good_poll"  # when the call log was last read
LAST_SYNC = "last_sync"  # when a sync was last finished
LAST_BOOK = "last_address_book"  # when the address book was last made equal to the mirror
KEPT_BOOK = "kept_address_book"  # which book that was, of whom; "" if it is to be made equal anew
SETTINGS = "settings"  # a hash of those by which the daemon or `run --once` last started
SENSES = "senses"  # those that listen in a running daemon, with a space between
EXPORT_TROUBLE = "export_trouble"  # why the last full sync read lists, though exports were wanted; see core/sync/by_export.py
_FAILURES = "failures of "


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
        return times.moment(int(value)) if value else None

    def write_time(self, name: str, moment: datetime | None) -> None:
        """Store a time, in whole seconds, or that there is none."""
        self.write(name, "" if moment is None else str(times.stamp(moment)))

    def read_failures(self, name: str) -> Failures:
        """Return how often what has that name has failed in a row; none if that is not stored."""
        from callerid.core.backoff import Failures
        from callerid.store.ledger import rows

        count, set_at, until = (int(word) for word in (self.read(f"{_FAILURES}{name}") or "0 0 0").split())
        return Failures(count=count, pause=rows.deadline(until, set_at) if until else None)

    def write_failures(self, name: str, failures: Failures) -> None:
        """Store how often something has failed in a row."""
        pause = failures.pause
        ends = f"{times.stamp(pause.set_at) or 0} {times.stamp(pause.until)}" if pause else "0 0"
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
        import uuid

        with writing(self._db):
            self._db.execute("INSERT INTO facts VALUES ('installation', ?) ON CONFLICT DO NOTHING", (str(uuid.uuid4()),))
        return str(self.read("installation"))

    def troubles(self) -> tuple[Trouble, ...]:
        """Return the troubles, the oldest first."""
        cursor = self._db.execute("SELECT * FROM troubles ORDER BY since")
        return tuple(map(_trouble, cursor))

    def report(self, source: Source, fault: tuple[str, str] | None, now: datetime) -> str:
        """Record the newest result of a source: None, or a fault's sentence and remedy. Return the line for the log, "" if nothing
        has changed."""
        row = self._db.execute("SELECT * FROM troubles WHERE source = ?", (source,)).fetchone()
        if row is None and fault is None:
            return ""
        from callerid.core.upkeep.troubles import change

        news = change(source, _trouble(row) if row else None, fault, now)
        if news is None:
            return ""
        with writing(self._db):
            self._db.execute("DELETE FROM troubles WHERE source = ?", (source,))
            if news.trouble:
                trouble = (source, times.stamp(news.trouble.since), news.trouble.sentence, news.trouble.remedy)
                self._db.execute("INSERT INTO troubles VALUES (?, ?, ?, ?)", trouble)
        return news.line


def _trouble(row: sqlite3.Row) -> Trouble:
    from callerid.core.upkeep.troubles import Trouble

    since = times.moment(row["since"])
    assert since is not None  # noqa: S101 - NOT NULL in the schema
    return Trouble(source=Source(row["source"]), since=since, sentence=stored(row["sentence"]), remedy=stored(row["remedy"]))
