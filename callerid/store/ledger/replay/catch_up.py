"""Whether a ledger has what the journal of answers has, which each command asks when it opens the ledger.

SQLite drops the newest transactions without a word when the journal of its own (`-wal`) is damaged, cut or deleted while nobody has
the database open. The ledger is then whole, and earlier than the journal of answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.paths import journal_of

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime
    from pathlib import Path


def catch_up(connection: sqlite3.Connection, path: Path, key_file: Path, now: datetime) -> str:
    """Give a ledger what the journal of answers has and it lacks. Return a sentence that says what that was, "" where the two are
    in step. Raise StoreFault. Each command waits for this: it is one statement, and a look at the end of a file."""
    if not journal_of(path).exists():
        return ""
    from callerid.store.ledger.replay.position import is_in_step

    if is_in_step(connection, path):
        return ""
    from callerid.store.ledger.replay.take_over import take_over

    return take_over(connection, path, key_file, now)
