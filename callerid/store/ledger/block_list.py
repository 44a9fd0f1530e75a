"""What the person wants ignored or forgotten, kept as keyed hashes: the ledger can say of a number whether it is on a list, and
cannot say which numbers are.

Phone numbers are few, so the hashes hide nothing from who has both the ledger and the key. The key is in a file of its own, which
a copy of the ledger does not hold.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.store.connection import store_errors, writing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from pathlib import Path

_KEY_BYTES = 32


class Kind(StrEnum):
    """What a mark is of."""

    IGNORED_LINE = "ignored-line"
    FORGOTTEN_LINE = "forgotten-line"
    FORGOTTEN_CONTACT = "forgotten-contact"  # its id in the CRM
    FORGOTTEN_NAME = "forgotten-name"


class BlockList:
    """The lists, with the key."""

    def __init__(self, connection: sqlite3.Connection, key_file: Path) -> None:
        self._db, self._key_file = connection, key_file
        self._secret: bytes | None = None

    @property
    def is_empty(self) -> bool:
        """Is nothing on any list?"""
        return self._db.execute("SELECT 1 FROM marks LIMIT 1").fetchone() is None

    def contains(self, kind: Kind, value: str) -> bool:
        """Given a line, an id or a name, is it on a list?"""
        if not value or not self.count(kind):
            return False
        found = self._db.execute("SELECT 1 FROM marks WHERE kind = ? AND mark = ?", (kind, self._mark(kind, value)))
        return found.fetchone() is not None

    def lists_of(self, line: str, name: str = "") -> frozenset[Kind]:
        """Return on which lists a line ("" for none) and a name ("" for none) are, in one statement: a ring waits for this."""
        wanted = [(kind, line) for kind in (Kind.IGNORED_LINE, Kind.FORGOTTEN_LINE) if line]
        wanted += [(Kind.FORGOTTEN_NAME, name)] if name else []
        if not wanted or (self._secret is None and not self._key_file.exists()):  # without a key, nothing was ever added
            return frozenset()
        pairs = [part for kind, value in wanted for part in (kind.value, self._mark(kind, value))]
        places = ", ".join(["(?, ?)"] * len(wanted))
        found = self._db.execute(f"SELECT kind FROM marks WHERE (kind, mark) IN (VALUES {places})", pairs)  # noqa: S608
        return frozenset(Kind(row["kind"]) for row in found)

    def count(self, kind: Kind) -> int:
        """Return how many are on a list."""
        return int(self._db.execute("SELECT count(*) FROM marks WHERE kind = ?", (kind,)).fetchone()[0])

    def add(self, kind: Kind, values: Iterable[str]) -> None:
        """Put lines, ids or names on a list."""
        block_list = [(kind, self._mark(kind, value)) for value in values if value]
        with writing(self._db):
            self._db.executemany("INSERT OR IGNORE INTO marks VALUES (?, ?)", block_list)

    def remove(self, kind: Kind, value: str) -> bool:
        """Take one off a list, and say whether it was there."""
        with writing(self._db):
            done = self._db.execute("DELETE FROM marks WHERE kind = ? AND mark = ?", (kind, self._mark(kind, value)))
        return done.rowcount == 1

    def _mark(self, kind: Kind, value: str) -> str:
        said = f"{kind.value}\n{value.casefold()}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key(), said, hashlib.sha256).hexdigest()

    def _key(self) -> bytes:
        """The key, made at the first use. It is written beside and linked to its name only whole, whoever else makes one too."""
        if self._secret is None:
            with store_errors(self._key_file):
                if not self._key_file.exists():
                    self._make_key()
                self._secret = self._key_file.read_bytes()
        return self._secret

    def _make_key(self) -> None:
        with writing(self._db):  # two processes must not make two
            if self._key_file.exists():
                return
            fresh = self._key_file.with_suffix(".new")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
                file.write(secrets.token_bytes(_KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._key_file)
