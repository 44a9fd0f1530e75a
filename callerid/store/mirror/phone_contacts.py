"""The phone's own contacts, by number and by name. Derived from the phone, so it lives in mirror.db and may be thrown away."""

from __future__ import annotations

import unicodedata
from itertools import islice
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.models import Match
from callerid.store.connection import writing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

    from callerid.models import SavedNumber

MOST = 50_000  # numbers; nobody has more, and a broken provider may print without end
_SURE = (Match.EXACT, Match.SAME_LINE)
CONTACTS = "contact-list"  # the source that is the person's own: it comes before what others happen to tell
_MOST_NAMES = 3


def _folded(name: str) -> str:
    """A name as its copies have it in common: "Ana López" and "ana lopez" are one."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))


class PhoneContacts:
    """Names that the phone has for numbers."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def name_of(self, number: str, region: str) -> str:
        """Given a raw number, return the name under which the phone surely has it, or its names where it has several; "" for
        none."""
        alike = {_folded(name): name for name in sorted(self.names_of(number, region))}
        return " / ".join(list(alike.values())[:_MOST_NAMES])

    def names_of(self, number: str, region: str) -> frozenset[str]:
        """Given a raw number, return every name under which the phone surely has it: accounts keep copies of one contact."""
        keys = numbers.index_keys(number, region)[:1]
        rows = self._db.execute("SELECT name, raw, source FROM phonebook WHERE key = ?", keys) if keys else ()
        sure = [row for row in rows if numbers.match(number, row["raw"], region).match in _SURE]
        return frozenset(row["name"] for row in sure if row["source"] == CONTACTS) or frozenset(row["name"] for row in sure)

    def numbers_of(self, name: str) -> tuple[str, ...]:
        """Given a name as the phone shows it, return the raw numbers that it has for it."""
        rows = self._db.execute("SELECT DISTINCT raw FROM phonebook WHERE name = ? COLLATE NOCASE ORDER BY raw", (name,))
        return tuple(row["raw"] for row in rows)

    def count(self) -> int:
        """Return how many numbers it holds."""
        return int(self._db.execute("SELECT count(*) FROM phonebook").fetchone()[0])

    def replace(self, saved: Iterable[SavedNumber], region: str, source: str, keep: Callable[[SavedNumber], bool]) -> int:
        """Given everything that a source has, let it replace what that source had before; return how many numbers that are.
        `keep` says of each whether it may be kept at all."""
        with writing(self._db):
            self._db.execute("DELETE FROM phonebook WHERE source = ?", (source,))
            count = sum(self._put(one, region, source) for one in islice(saved, MOST) if keep(one))
            self._db.execute(
                "DELETE FROM phonebook WHERE source <> ?1 AND key IN (SELECT key FROM phonebook WHERE source = ?1)", (source,)
            )
            return count

    def add(self, saved: SavedNumber, region: str, source: str) -> None:
        """Add a name that a source happened to tell; its earlier name for the number goes. A number that the person has saved keeps
        the name that they gave it."""
        with writing(self._db):
            for key in numbers.index_keys(saved.number, region)[:1]:
                self._db.execute("DELETE FROM phonebook WHERE key = ? AND source = ?", (key, source))
                listed = self._db.execute("SELECT 1 FROM phonebook WHERE key = ? AND source = ?", (key, CONTACTS)).fetchone()
                if not listed and self.count() < MOST:
                    self._put(saved, region, source)

    def remove(self, number: str, region: str, source: str) -> None:
        """Given a raw number, take out what a source happened to tell of it."""
        with writing(self._db):
            for key in numbers.index_keys(number, region)[:1]:
                self._db.execute("DELETE FROM phonebook WHERE key = ? AND source = ?", (key, source))

    def forget(self, lines: Iterable[str], names: Iterable[str]) -> int:
        """Take lines and names out, and return how many numbers went."""
        with writing(self._db):
            gone = [self._db.execute("DELETE FROM phonebook WHERE key = ?", (line,)).rowcount for line in lines]
            gone += [self._db.execute("DELETE FROM phonebook WHERE name = ? COLLATE NOCASE", (name,)).rowcount for name in names]
        return sum(gone)

    def _put(self, saved: SavedNumber, region: str, source: str) -> int:
        keys = numbers.index_keys(saved.number, region)[:1]
        if not keys or not saved.name.strip():
            return 0
        row = (keys[0], saved.name.strip(), saved.number, source)
        return self._db.execute("INSERT OR IGNORE INTO phonebook (key, name, raw, source) VALUES (?, ?, ?, ?)", row).rowcount
