"""Taking somebody out of files so that nothing of them is left in the bytes, either."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.core.callers.resolve import NOT_THIS_CONTACT
from callerid.core.followup.questions import Question
from callerid.core.followup.state import late_batch_name
from callerid.core.ringing.ring_card import pseudo_line
from callerid.errors import StoreFault
from callerid.store.connection import store_errors, writing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection
    from pathlib import Path


_NUMBER = re.compile(r"\+?\d[\d ()./-]{4,}\d")
_WHO = (Question.PERSON, NOT_THIS_CONTACT)
_OF_A_CALL = (
    "DELETE FROM outbox WHERE call_key = ?",
    "DELETE FROM followups WHERE call_key = ?",
    "DELETE FROM calls WHERE key = ?",
)


# A call from another's number stays, as the phone's log has it, and would bring it back; nothing that was said of it does.
_SAID_OF_A_CALL = (
    "DELETE FROM outbox WHERE call_key = ? AND NOT attempts AND remote_id = ''",
    # where it may be in the CRM, by which it is known there stays: who logs the call anew must make no twin
    """
    UPDATE outbox SET content = json_set(content, '$.title', '', '$.note', '', '$.contact_id', NULL, '$.company_id', NULL,
        '$.deal_id', NULL), posted = NULL, tried = '[]', fault = '', state = 'dropped', wish = 'withdraw', revision = revision + 1,
        untold = 0, notification_out = 0 WHERE call_key = ?
    """,
    """
    UPDATE followups SET state = 'dismissed', reason = '', said = '[]', draft = '[]', told = '', token = '', batch = '',
        wanted_at = NULL, not_before = NULL, notification_out = 0, revision = revision + 1 WHERE call_key = ?
    """,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """Which calls went, or all that was said of them, which of their notifications may be on the screen, how many of the calls, or
    their tasks, had not been delivered, and of how many of these that was not known."""

    keys: tuple[str, ...]
    raws: frozenset[str]  # their numbers, as the phone's log had them
    notifications: tuple[str, ...]
    undelivered: int
    unsure: int


def forget_calls(
    connection: sqlite3.Connection,
    path: Path,
    line_of: Callable[[str], str],
    lines: Collection[str],
    contacts: Collection[str] = (),
) -> Gone:
    """Given the ledger, lines and ids of contacts, delete the calls of the lines with all that hangs on them, and their rings, and
    all that was said of calls from elsewhere that were with one of the contacts. Copies that a migration made are deleted whole:
    they know them too."""
    with store_errors(path):
        connection.execute("PRAGMA secure_delete = ON")
        with writing(connection):
            calls = connection.execute("SELECT key, number, line FROM calls").fetchall()
            own = tuple(row["key"] for row in calls if row["line"] in lines or line_of(row["number"]) in lines)
            raws = frozenset(row["number"] for row in calls if row["key"] in set(own) and row["number"])
            others = tuple(_calls_with(connection, contacts) - set(own))
            keys = own + others
            gone = Gone(
                keys=keys,
                raws=raws,
                notifications=_notifications(connection, keys, line_of, lines),
                undelivered=_count(connection, keys, "state = 'unsure' OR (state = 'waiting' AND remote_id = '')"),
                unsure=_count(connection, keys, "state = 'unsure'"),
            )
            for these, statements in ((own, _OF_A_CALL), (others, _SAID_OF_A_CALL)):
                for statement in statements:
                    connection.executemany(statement, [(key,) for key in these])
            connection.executemany("DELETE FROM rings WHERE id = ?", [(ring["id"],) for ring in _rings(connection, lines)])
            connection.executemany("DELETE FROM batches WHERE name = ?", [(late_batch_name(line),) for line in lines])
            _forget_new_contacts(connection, line_of, lines, contacts)
        flush(connection)
        for copy in path.parent.glob(f"{path.name}.version-*"):
            copy.unlink()
    return gone


def _calls_with(connection: sqlite3.Connection, contacts: Collection[str]) -> set[str]:
    """The calls of which it was said that they were with one of some contacts, or that they were not."""
    found = set()
    for row in connection.execute("SELECT call_key, content, posted, tried FROM outbox WHERE call_key IS NOT NULL"):
        delivered = [json.loads(row["content"]), json.loads(row["posted"] or "{}"), *json.loads(row["tried"])]
        if any(content.get("contact_id") in contacts for content in delivered):
            found.add(row["call_key"])
    for row in connection.execute("SELECT call_key, said, draft FROM followups WHERE said <> '[]' OR draft <> '[]'"):
        if any(question in _WHO and who in contacts for question, who in json.loads(row["said"]) + json.loads(row["draft"])):
            found.add(row["call_key"])
    return found


def _forget_new_contacts(
    connection: sqlite3.Connection, line_of: Callable[[str], str], lines: Collection[str], contacts: Collection[str]
) -> None:
    """Those who were to be added to the CRM without a call, or were in it already."""
    for row in connection.execute("SELECT id, content, remote_id FROM outbox WHERE kind = 'contact'").fetchall():
        if row["remote_id"] in contacts or line_of(json.loads(row["content"]).get("number", "")) in lines:
            connection.execute("DELETE FROM outbox WHERE id = ?", (row["id"],))


def _notifications(
    connection: sqlite3.Connection, keys: Collection[str], line_of: Callable[[str], str], lines: Collection[str]
) -> tuple[str, ...]:
    found = [
        row["notification_id"]
        for key in keys
        for row in connection.execute("SELECT notification_id FROM followups WHERE call_key = ? AND notification_out", (key,))
    ]
    refused = connection.execute("SELECT id, call_key, content FROM outbox WHERE notification_out").fetchall()
    theirs = (row for row in refused if row["call_key"] in keys or line_of(json.loads(row["content"]).get("number", "")) in lines)
    found += [f"callerid-dead-{row['id']}" for row in theirs]
    found += [ring["notification_id"] for ring in _rings(connection, lines) if ring["open"]]
    for line in lines:
        batch = connection.execute("SELECT notification_id FROM batches WHERE name = ? AND shown", (late_batch_name(line),))
        found += [row["notification_id"] for row in batch]
    return tuple(found)


def _rings(connection: sqlite3.Connection, lines: Collection[str]) -> list[sqlite3.Row]:
    """The rings of some lines, by number or by what stands for a name."""
    rings = connection.execute("SELECT id, line, name, notification_id, open FROM rings").fetchall()
    return [ring for ring in rings if ring["line"] in lines or (ring["name"] and pseudo_line(ring["name"]) in lines)]


def _count(connection: sqlite3.Connection, keys: Collection[str], which: str) -> int:
    """How many of the calls have a delivery like that."""
    found = f"SELECT 1 FROM outbox WHERE call_key = ? AND ({which}) LIMIT 1"  # noqa: S608 - words of ours
    return sum(connection.execute(found, (key,)).fetchone() is not None for key in keys)


def flush(connection: sqlite3.Connection) -> None:
    """Write the journal into the database and empty it: deleted rows must not live on in it. Raise StoreFault when it cannot be."""
    busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise StoreFault(
            "It is forgotten, but another program reads the database, and until that ends its journal still holds the bytes.",
            remedy="End it, then type the same again.",
        )


def forget_everywhere(file: Path, words: Collection[str], runs: Collection[str] = ()) -> int:
    """Given a log file, take every line out that has one of some words in it, or a number, however divided, that ends in one of
    some runs of digits, and return how many went. It is rewritten in place, because a running daemon holds it open for
    appending."""
    with store_errors(file):
        try:
            lines = file.read_text(encoding="utf-8", errors="surrogateescape").splitlines(keepends=True)
        except FileNotFoundError:
            return 0
        kept = [line for line in lines if not any(word in line for word in words) and not _has_number(line, runs)]
        if len(kept) < len(lines):
            with file.open("r+", encoding="utf-8", errors="surrogateescape") as text:
                text.truncate(0)
                text.write("".join(kept))
    return len(lines) - len(kept)


def _has_number(line: str, runs: Collection[str]) -> bool:
    told = (re.sub(r"\D", "", found) for found in _NUMBER.findall(line))
    return any(number.endswith(run) for number in told for run in runs)
