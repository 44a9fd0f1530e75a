"""Phone contacts: the phone's own address book, by number and by name. Derived, so it is in mirror.db and may be deleted."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.typed_name import in_any_order
from callerid.models import Match
from callerid.store.connection import writing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

    from callerid.models import SavedNumber

MOST = 50_000  # numbers; no phone has more, but a broken provider may print endlessly
_SURE = (Match.EXACT, Match.SAME_LINE)
CONTACTS = "contact-list"  # the source that is the address book itself; it precedes names from the call log
_MOST_NAMES = 3


class PhoneContacts:
    """The names that the phone has for numbers, each from a source."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def name_of(self, number: str, region: str, line: str = "") -> str:
        """Return the name that the phone surely has for a raw number, several joined by " / ", "" for none. `line` is the number's
        if that is known."""
        names = self.names_of(number, region, line)
        alike = {in_any_order(name): name for name in sorted(names)} if names else {}  # most have none, and a ring waits for this
        return " / ".join(list(alike.values())[:_MOST_NAMES])

    def names_of(self, number: str, region: str, line: str = "") -> frozenset[str]:
        """Return every name that the phone surely has for a raw number; accounts keep copies of one contact."""
        keys = (line,) if line else numbers.index_keys(number, region)[:1]
        rows = self._db.execute("SELECT name, raw, source FROM phonebook WHERE key = ?", keys).fetchall() if keys else ()
        if not rows:
            return frozenset()
        sure = [row for row in rows if row["raw"] == number or numbers.match(number, row["raw"], region).match in _SURE]
        return frozenset(row["name"] for row in sure if row["source"] == CONTACTS) or frozenset(row["name"] for row in sure)

    def numbers_of(self, name: str) -> tuple[str, ...]:
        """Return the raw numbers that the phone has under a name."""
        rows = self._db.execute("SELECT DISTINCT raw FROM phonebook WHERE name = ? COLLATE NOCASE ORDER BY raw", (name,))
        return tuple(row["raw"] for row in rows)

    def every(self) -> tuple[tuple[str, str], ...]:
        """Return all raw numbers with their names. This reads the whole table: for commands."""
        return tuple((row["raw"], row["name"]) for row in self._db.execute("SELECT DISTINCT raw, name FROM phonebook ORDER BY raw"))

    def count(self) -> int:
        """Return how many numbers there are."""
        return int(self._db.execute("SELECT count(*) FROM phonebook").fetchone()[0])

    def replace(self, saved: Iterable[SavedNumber], region: str, source: str, keep: Callable[[SavedNumber], bool]) -> int:
        """Replace everything from a source, and return how many numbers it has now. Only those for which `keep` is true are
        stored."""
        with writing(self._db):
            self._db.execute("DELETE FROM phonebook WHERE source = ?", (source,))
            count = sum(self._put(number, region, source) for number in islice(saved, MOST) if keep(number))
            self._db.execute(
                "DELETE FROM phonebook WHERE source <> ? AND key IN (SELECT key FROM phonebook WHERE source = ?)", (source, source)
            )
            return count

    def add(self, saved: SavedNumber, region: str, source: str, keep: Callable[[SavedNumber], bool] = lambda _: True) -> None:
        """Add the name that a source has for a number, in place of its earlier one, if `keep` is true. A number in the address book
        keeps that name."""
        with writing(self._db):
            if not keep(saved):
                return
            for key in numbers.index_keys(saved.number, region)[:1]:
                self._db.execute("DELETE FROM phonebook WHERE key = ? AND source = ?", (key, source))
                listed = self._db.execute("SELECT 1 FROM phonebook WHERE key = ? AND source = ?", (key, CONTACTS)).fetchone()
                if not listed and self.count() < MOST:
                    self._put(saved, region, source)

    def remove(self, number: str, region: str, source: str) -> None:
        """Remove the name that a source has for a raw number."""
        with writing(self._db):
            for key in numbers.index_keys(number, region)[:1]:
                self._db.execute("DELETE FROM phonebook WHERE key = ? AND source = ?", (key, source))

    def forget(self, lines: Iterable[str], names: Iterable[str]) -> int:
        """Remove lines and names, and return how many numbers those were."""
        with writing(self._db):
            counts = [self._db.execute("DELETE FROM phonebook WHERE key = ?", (line,)).rowcount for line in lines]
            counts += [self._db.execute("DELETE FROM phonebook WHERE name = ? COLLATE NOCASE", (name,)).rowcount for name in names]
        return sum(counts)

    def _put(self, saved: SavedNumber, region: str, source: str) -> int:
        keys = numbers.index_keys(saved.number, region)[:1]
        if not keys or not saved.name.strip():
            return 0
        row = (keys[0], saved.name.strip(), saved.number, source)
        return self._db.execute("INSERT OR IGNORE INTO phonebook (key, name, raw, source) VALUES (?, ?, ?, ?)", row).rowcount
