"""The second place of what a lost ledger must not take with it: the block list, as keyed hashes, and the id of this installation,
by which the CRM knows our calls. It is a text file beside the key of the block list, in the folder of the settings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from callerid.store.connection import store_errors
from callerid.store.journal import replace_file

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

INSTALLATION = "installation"  # also the name of the fact in the ledger
_END = "end"  # the last line's first word; its second is how many lines precede it
_LINE = re.compile(r"([a-z-]+) ([0-9a-f-]{36,64})")
_IGNORED = "ignored-"  # how kinds begin that a person may take back


def marks_file(key_file: Path) -> Path:
    """Return the path of the file that belongs to a key file."""
    return key_file.with_suffix(".list")


def save(connection: sqlite3.Connection, key_file: Path) -> None:
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


def load(connection: sqlite3.Connection, key_file: Path) -> None:
    """Within the caller's transaction, take over what the file says into a ledger that is new or restored from a backup.

    The file is the newer one. Where it is whole, a number that is no longer ignored is removed, too; what is forgotten is never
    removed.
    """
    lines, is_whole = _read(marks_file(key_file))
    if is_whole:
        connection.execute("DELETE FROM marks WHERE kind LIKE ?", (f"{_IGNORED}%",))
    marks = [line for line in lines if line[0] != INSTALLATION]
    connection.executemany("INSERT OR IGNORE INTO marks VALUES (?, ?)", marks)
    known = [line for line in lines if line[0] == INSTALLATION]
    connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", known)


def _read(file: Path) -> tuple[list[tuple[str, str]], bool]:
    """Return the lines of the file that can be read, and whether it is whole."""
    try:
        texts = file.read_bytes().decode("ascii", "replace").splitlines()
    except OSError:
        return [], False
    matches = (_LINE.fullmatch(text) for text in texts)
    lines = [(match[1], match[2]) for match in matches if match]
    return lines, bool(texts) and texts[-1] == f"{_END} {len(lines)}" and len(texts) == len(lines) + 1
