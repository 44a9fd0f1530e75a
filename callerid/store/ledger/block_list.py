"""The block list: what the person wants ignored or forgotten, as keyed hashes. The ledger can tell whether a number is on it, but
not which numbers are.

The entries are in two places: in the ledger, and in a small text file beside the key. So neither a lost ledger nor one that is
restored from a backup brings a forgotten person back. The file also has the id of this installation, by which the CRM knows our
calls.

There are so few phone numbers that the hashes hide nothing from a reader who has both the ledger and the key. So the key has a file
of its own, which a copy of the ledger does not contain.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import logging
import os
import re
import secrets
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.errors import StoreFault
from callerid.messages import message
from callerid.store.connection import record, store_errors, writing
from callerid.store.journal import entry, replace_file

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from pathlib import Path

log = logging.getLogger("callerid")

_KEY_BYTES = 32
INSTALLATION = "installation"  # also the name of the fact in the ledger
MARKS_CHANGED = "marks"  # the kind of an entry in the journal of answers: the file of marks has changed
_END = "end"  # the last line's first word; its second is how many lines precede it
_LINE = re.compile(r"([a-z-]+) ([0-9a-f-]{36,64})")
_IGNORED = "ignored-"  # how kinds begin that a person may take back


class Kind(StrEnum):
    """What an entry blocks."""

    IGNORED_LINE = "ignored-line"
    FORGOTTEN_LINE = "forgotten-line"
    FORGOTTEN_CONTACT = "forgotten-contact"  # its id in the CRM
    FORGOTTEN_NAME = "forgotten-name"
    FORGOTTEN_TOKEN = "forgotten-token"  # noqa: S105 - of a card about somebody who was forgotten: a note may be typed into it yet


class BlockList:
    """The entries and their key."""

    def __init__(self, connection: sqlite3.Connection, key_file: Path) -> None:
        self._db, self._key_file = connection, key_file
        self._secret: bytes | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether there is no entry at all."""
        return self._db.execute("SELECT 1 FROM marks LIMIT 1").fetchone() is None

    @property
    def _has_key(self) -> bool:
        """Whether there is a key: without one, nothing was ever added."""
        return self._secret is not None or self._key_file.exists()

    def contains(self, kind: Kind, value: str) -> bool:
        """Return whether a line, an id, a name or a token has an entry of a kind."""
        if not value or not self._has_key or not self.count(kind):
            return False
        cursor = self._db.execute("SELECT 1 FROM marks WHERE kind = ? AND mark = ?", (kind, self._hash(kind, value)))
        return cursor.fetchone() is not None

    def lists_of(self, line: str, name: str = "") -> frozenset[Kind]:
        """Return of which kinds a line and a name have entries ("" has none). One statement: a ring waits for this."""
        wanted = [(kind, line) for kind in (Kind.IGNORED_LINE, Kind.FORGOTTEN_LINE) if line]
        wanted += [(Kind.FORGOTTEN_NAME, name)] if name else []
        if not wanted or not self._has_key:
            return frozenset()
        try:
            pairs = [part for kind, value in wanted for part in (kind.value, self._hash(kind, value))]
        except StoreFault as fault:
            log.warning("%s", fault)  # better to show who rings than nobody; a sync says the same, and does not go on
            return frozenset()
        places = ", ".join(["(?, ?)"] * len(wanted))
        entries = self._db.execute(f"SELECT kind FROM marks WHERE (kind, mark) IN (VALUES {places})", pairs)  # noqa: S608
        return frozenset(Kind(row["kind"]) for row in entries)

    def entries_of(self, line: str, name: str = "") -> dict[Kind, tuple[str, str]]:
        """Return the entries that a line and a name ("" for none) would have if they were forgotten, by kind; nothing while there
        is no key, so that nobody ever was."""
        if not self._has_key:
            return {}
        wanted = {Kind.FORGOTTEN_LINE: line, Kind.FORGOTTEN_NAME: name}
        try:
            return {kind: (kind, self._hash(kind, value)) for kind, value in wanted.items() if value}
        except StoreFault:  # a damaged key stops no ring; `lists_of` has logged it
            return {}

    def has_token(self, token: str) -> bool:
        """Return whether a token is of a card about somebody who was forgotten; False with a damaged key, which stops no card."""
        with contextlib.suppress(StoreFault):
            return self.contains(Kind.FORGOTTEN_TOKEN, token)
        return False

    def count(self, kind: Kind) -> int:
        """Return how many entries of a kind there are."""
        return int(self._db.execute("SELECT count(*) FROM marks WHERE kind = ?", (kind,)).fetchone()[0])

    def add(self, kind: Kind, values: Iterable[str]) -> None:
        """Add lines, ids, names or tokens."""
        with writing(self._db):
            self.put(kind, values)

    def put(self, kind: Kind, values: Iterable[str]) -> None:
        """Within the caller's transaction, do what `add` does."""
        entries = [(kind, self._hash(kind, value)) for value in values if value]
        self._db.executemany("INSERT OR IGNORE INTO marks VALUES (?, ?)", entries)
        self._save()

    def save(self) -> None:
        """Have the file beside the key say what the ledger says."""
        with writing(self._db):
            save_marks(self._db, self._key_file)

    def remove(self, kind: Kind, value: str) -> bool:
        """Remove a line, an id or a name, and return whether it was there."""
        with writing(self._db):
            done = self._db.execute("DELETE FROM marks WHERE kind = ? AND mark = ?", (kind, self._hash(kind, value)))
            self._save()
        return done.rowcount == 1

    def _save(self) -> None:
        """Within the caller's transaction, have the file and the journal of answers tell what has changed."""
        save_marks(self._db, self._key_file)
        record(self._db, entry(MARKS_CHANGED, {}))

    def _hash(self, kind: Kind, value: str) -> str:
        text = f"{kind.value}\n{value.casefold()}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key(), text, hashlib.sha256).hexdigest()

    def _key(self) -> bytes:
        """Return the key, which is made at the first use."""
        if self._secret is None:
            with store_errors(self._key_file):
                if not self._key_file.exists():
                    self._make_key()
                key = self._key_file.read_bytes()
            if len(key) != _KEY_BYTES:
                raise StoreFault(
                    message(
                        "{key_file} has {count} bytes instead of {key_bytes}, so who is ignored or forgotten is not known.",
                        key_file=self._key_file,
                        count=len(key),
                        key_bytes=_KEY_BYTES,
                    ),
                    remedy=message(
                        "Bring it back from a copy; or, to ignore and forget nobody any more: rm -r '{key_file}'",
                        key_file=self._key_file,
                    ),
                )
            self._secret = key
        return self._secret

    def _make_key(self) -> None:
        """Make the key. It gets its name only when it is whole, and the write lock keeps another process from making one too."""
        with contextlib.nullcontext() if self._db.in_transaction else writing(self._db):
            if self._key_file.exists():
                return
            fresh = self._key_file.with_suffix(".new")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
                file.write(secrets.token_bytes(_KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._key_file)


# ---------------------------------------------------------------------------------------- the file beside the key


def marks_file(key_file: Path) -> Path:
    """Return the path of the file that belongs to a key file."""
    return key_file.with_suffix(".list")


def save_marks(connection: sqlite3.Connection, key_file: Path) -> None:
    """Within the caller's transaction, write the block list of the ledger, as the transaction leaves it, and the installation's id
    into the file, unless it has them. Raise StoreFault."""
    rows = connection.execute(
        "SELECT kind, mark FROM marks UNION ALL SELECT name, value FROM facts WHERE name = ? ORDER BY 1, 2", (INSTALLATION,)
    )
    lines = [f"{kind} {mark}" for kind, mark in rows]
    content = "".join(f"{line}\n" for line in (*lines, f"{_END} {len(lines)}")).encode()
    file = marks_file(key_file)
    with store_errors(file):
        if not file.exists() or file.read_bytes() != content:
            replace_file(file, content)


def load_marks(connection: sqlite3.Connection, key_file: Path, *, of_another: bool = False) -> None:
    """Within the caller's transaction, take over what the file says into a ledger that is new or restored from a backup.

    The file is the newer one. Where it is whole, a number that is no longer ignored is removed, too; what is forgotten is never
    removed. A ledger `of_another` installation gets what is ignored and forgotten on this phone, and loses nothing.
    """
    lines, is_whole = _read(marks_file(key_file))
    if is_whole and not of_another:
        connection.execute("DELETE FROM marks WHERE kind LIKE ?", (f"{_IGNORED}%",))
    marks = [line for line in lines if line[0] != INSTALLATION]
    connection.executemany("INSERT OR IGNORE INTO marks VALUES (?, ?)", marks)
    known = [line for line in lines if line[0] == INSTALLATION]
    connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", () if of_another else known)


def _read(file: Path) -> tuple[list[tuple[str, str]], bool]:
    """Return the lines of the file that can be read, and whether it is whole."""
    try:
        texts = file.read_bytes().decode("ascii", "replace").splitlines()
    except OSError:
        return [], False
    matches = (_LINE.fullmatch(text) for text in texts)
    lines = [(match[1], match[2]) for match in matches if match]
    return lines, bool(texts) and texts[-1] == f"{_END} {len(lines)}" and len(texts) == len(lines) + 1
