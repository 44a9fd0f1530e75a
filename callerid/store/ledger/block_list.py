"""The block list: what the person wants ignored or forgotten, as keyed hashes. The ledger can tell whether a number is on it, but
not which numbers are.

The entries are in two places: in the ledger, and in a small text file beside the key. So neither a lost ledger nor one that is
restored from a backup brings a forgotten person back. The file also has the id of this installation, by which the CRM knows our
calls.

There are so few phone numbers that the hashes hide nothing from a reader who has both the ledger and the key. So the key has a file
of its own, which a copy of the ledger does not contain. Without the key nobody can tell who is on the list: so it has a copy beside
it, an entry of its own by which a wrong one is told, and entries without a key are a fault.
"""

from __future__ import annotations

import contextlib
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid import files
from callerid.errors import Forgotten, StoreFault
from callerid.logs import log
from callerid.messages import message
from callerid.store.connection import record, writing
from callerid.store.faults import store_errors
from callerid.store.key_file import KeyFile

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from pathlib import Path


INSTALLATION = "installation"  # also the name of the fact in the ledger
MARKS_CHANGED = "marks"  # the kind of an entry in the journal of answers: the file of marks has changed
_END = "end"  # the last line's first word; its second is how many lines precede it
_LINE = r"([a-z-]+) ([0-9a-f-]{36,64})"
KEY_OF_LIST = "key"  # the kind of the entry by which a key is known to be that of the list
_IGNORED = "ignored-"  # how kinds begin that a person may take back


class Kind(StrEnum):
    """What an entry blocks."""

    IGNORED_LINE = "ignored-line"
    FORGOTTEN_LINE = "forgotten-line"
    FORGOTTEN_CONTACT = "forgotten-contact"  # its id in the CRM
    FORGOTTEN_NAME = "forgotten-name"
    PENDING_LINE = "pending-line"  # of somebody who was forgotten while there was no mirror to tell who that is
    PENDING_NAME = "pending-name"
    FORGOTTEN_TOKEN = "forgotten-token"  # noqa: S105 - of a card about somebody who was forgotten: a note may be typed into it yet


class BlockList:
    """The entries and their key."""

    def __init__(self, connection: sqlite3.Connection, key_file: Path) -> None:
        self._db, self._key_file, self._keys = connection, key_file, KeyFile(key_file)
        self._secret: bytes | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is on the list."""
        return self._db.execute("SELECT 1 FROM marks WHERE kind <> ? LIMIT 1", (KEY_OF_LIST,)).fetchone() is None

    @property
    def _has_key(self) -> bool:
        """Whether there is a key, or what is left of one. It takes no statement, as a ring waits for it."""
        return self._secret is not None or self._keys.exists

    @property
    def fault(self) -> StoreFault | None:
        """What is wrong with the key, None if it is whole or there need not be any. A lost copy of it is made anew."""
        try:
            if self._has_key or not self.is_empty:
                self._key()
        except StoreFault as fault:
            return fault
        return None

    def reset(self) -> None:
        """Take everything off the list whose key is lost, and give it a new key. Raise StoreFault."""
        with writing(self._db):
            self._db.execute("DELETE FROM marks")
            self._keys.delete()
            self._secret = None
            self._save()

    def contains(self, kind: Kind, value: str) -> bool:
        """Return whether a line, an id, a name or a token has an entry of a kind. Raise StoreFault if that cannot be told."""
        if not value or not self.count(kind):
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
            return self._has_key and self.contains(Kind.FORGOTTEN_TOKEN, token)
        return False

    def require_known(self, contacts: Iterable[str]) -> None:
        """Raise Forgotten if one of some contacts (ids) was forgotten. A damaged key stops no answer."""
        with contextlib.suppress(StoreFault):
            if self._has_key and any(self.contains(Kind.FORGOTTEN_CONTACT, contact) for contact in contacts):
                raise Forgotten

    def count(self, kind: Kind) -> int:
        """Return how many entries of a kind there are."""
        return int(self._db.execute("SELECT count(*) FROM marks WHERE kind = ?", (kind,)).fetchone()[0])

    def among(self, kind: Kind, values: Iterable[str]) -> tuple[str, ...]:
        """Return which of many lines or names have an entry of a kind. Raise StoreFault if that cannot be told."""
        marks = {mark for (mark,) in self._db.execute("SELECT mark FROM marks WHERE kind = ?", (kind,))}
        return tuple(value for value in values if self._hash(kind, value) in marks) if marks else ()

    def clear(self, kinds: Iterable[Kind]) -> None:
        """Remove all entries of some kinds."""
        with writing(self._db):
            self._db.executemany("DELETE FROM marks WHERE kind = ?", [(kind,) for kind in kinds])
            self._save()

    def add(self, kind: Kind, values: Iterable[str]) -> None:
        """Add lines, ids, names or tokens."""
        with writing(self._db):
            self.put(kind, values)

    def put(self, kind: Kind, values: Iterable[str]) -> None:
        """Within the caller's transaction, do what `add` does."""
        entries = [(kind.value, self._hash(kind, value)) for value in values if value]
        entries += [(KEY_OF_LIST, _hash(self._key(), KEY_OF_LIST, ""))] if entries else []
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
        from callerid.store.journal import entry

        save_marks(self._db, self._key_file)
        record(self._db, entry(MARKS_CHANGED, {}))

    def _hash(self, kind: Kind, value: str) -> str:
        return _hash(self._key(), kind.value, value)

    def _key(self) -> bytes:
        """Return the key, which is made at the first use. Raise StoreFault if it is lost or damaged, and so is its copy."""
        if self._secret is None:
            self._secret = self._known_key() or self._make_key()
        return self._secret

    def _known_key(self) -> bytes | None:
        """Return the key if there is one; None if there need not be any. Raise StoreFault."""
        key = self._keys.read(self._is_of_list)
        if key is None and (self._keys.exists or not self.is_empty):
            raise StoreFault(
                message(
                    "{key_file} {is_wrong}, so who is ignored or forgotten is not known.",
                    key_file=self._key_file,
                    is_wrong=self._keys.what_is_wrong(),
                ),
                remedy=message(
                    "Bring it back from a copy; or, to ignore and forget nobody any more, type: callerid ignore --reset"
                ),
            )
        return key

    def _is_of_list(self, key: bytes) -> bool:
        marks = [mark for (mark,) in self._db.execute("SELECT mark FROM marks WHERE kind = ?", (KEY_OF_LIST,))]
        return not marks or _hash(key, KEY_OF_LIST, "") in marks

    def _make_key(self) -> bytes:
        """Make the key. The write lock keeps another process from making one too. Raise StoreFault."""
        with contextlib.nullcontext() if self._db.in_transaction else writing(self._db):
            known = self._known_key()
            if known is None:  # nothing is on the list but, perhaps, which key it had
                self._db.execute("DELETE FROM marks WHERE kind = ?", (KEY_OF_LIST,))
            return known or self._keys.make()


def _hash(key: bytes, kind: str, value: str) -> str:
    import hashlib
    import hmac

    return hmac.new(key, f"{kind}\n{value.casefold()}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


# ---------------------------------------------------------------------------------------- the file beside the key


def marks_file(key_file: Path) -> Path:
    """Return the path of the file that belongs to a key file."""
    return key_file.with_suffix(".list")


def save_marks(connection: sqlite3.Connection, key_file: Path) -> None:
    """Within the caller's transaction, write the block list of the ledger, as the transaction leaves it, and the installation's id
    into the file, unless it has them. Raise StoreFault."""
    from callerid.store.journal import replace_file

    rows = connection.execute(
        "SELECT kind, mark FROM marks UNION ALL SELECT name, value FROM facts WHERE name = ? ORDER BY 1, 2", (INSTALLATION,)
    )
    lines = [f"{kind} {mark}" for kind, mark in rows]
    content = "".join(f"{line}\n" for line in (*lines, f"{_END} {len(lines)}")).encode()
    file = marks_file(key_file)
    with store_errors(file):
        if not file.exists() or files.read_bytes(file) != content:
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
    import re

    try:
        texts = files.read_text(file, encoding="ascii", errors="replace").splitlines()
    except OSError:
        return [], False
    matches = (re.fullmatch(_LINE, text) for text in texts)
    lines = [(match[1], match[2]) for match in matches if match]
    return lines, bool(texts) and texts[-1] == f"{_END} {len(lines)}" and len(texts) == len(lines) + 1
