"""Erase a person from files, so that the bytes do not contain them any more either."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.core.callers.resolve import NOT_THIS_CONTACT
from callerid.core.followup.questions import Question
from callerid.core.followup.state import late_batch_name
from callerid.core.ringing.card_lifecycle import pseudo_line
from callerid.errors import StoreFault
from callerid.store.connection import store_errors, writing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection
    from pathlib import Path


_NUMBER = re.compile(r"\+?\d[\d ()./-]{4,}\d")
_ABOUT_A_CONTACT = (Question.PERSON, NOT_THIS_CONTACT)
_ERASE_CALL = (
    "DELETE FROM outbox WHERE call_key = ?",
    "DELETE FROM followups WHERE call_key = ?",
    "DELETE FROM calls WHERE key = ?",
)

# A call from another person's number stays, because the phone's log would bring it back; the answers about it do not.
_ERASE_ANSWERS = (
    "DELETE FROM outbox WHERE call_key = ? AND NOT attempts AND remote_id = ''",
    # the external id of a call that may be in the CRM stays: logging it again must not create a second one
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
class ErasedCalls:
    """The calls that were erased, or whose answers were."""

    keys: tuple[str, ...]
    numbers: frozenset[str]  # raw, of the calls that were erased
    notifications: tuple[str, ...]  # ids of their notifications that may be on the screen
    undelivered: int  # how many of the calls, or their tasks, had not been delivered
    unsure: int  # of how many of these it was not known


def erase_calls(
    connection: sqlite3.Connection,
    path: Path,
    line_of: Callable[[str], str],
    lines: Collection[str],
    contacts: Collection[str] = (),
) -> ErasedCalls:
    """Erase the calls of some lines from the ledger, with their follow-ups, deliveries and rings; and the answers about calls from
    other lines that were with one of some contacts (ids). The copies that migrations made are deleted altogether."""
    with store_errors(path):
        connection.execute("PRAGMA secure_delete = ON")
        with writing(connection):
            calls = connection.execute("SELECT key, number, line FROM calls").fetchall()
            own = tuple(row["key"] for row in calls if row["line"] in lines or line_of(row["number"]) in lines)
            raw_numbers = frozenset(row["number"] for row in calls if row["key"] in set(own) and row["number"])
            others = tuple(_calls_with(connection, contacts) - set(own))
            keys = own + others
            erased = ErasedCalls(
                keys=keys,
                numbers=raw_numbers,
                notifications=_notifications(connection, keys, line_of, lines),
                undelivered=_count(connection, keys, "state = 'unsure' OR (state = 'waiting' AND remote_id = '')"),
                unsure=_count(connection, keys, "state = 'unsure'"),
            )
            for call_keys, statements in ((own, _ERASE_CALL), (others, _ERASE_ANSWERS)):
                for statement in statements:
                    connection.executemany(statement, [(key,) for key in call_keys])
            connection.executemany("DELETE FROM rings WHERE id = ?", [(ring["id"],) for ring in _rings(connection, lines)])
            connection.executemany("DELETE FROM batches WHERE name = ?", [(late_batch_name(line),) for line in lines])
            _erase_new_contacts(connection, line_of, lines, contacts)
        flush_journal(connection)
        for copy in path.parent.glob(f"{path.name}.version-*"):
            copy.unlink()
    return erased


def _calls_with(connection: sqlite3.Connection, contacts: Collection[str]) -> set[str]:
    """Return the keys of the calls that were answered to be with one of some contacts, or not to be."""
    keys = set()
    for row in connection.execute("SELECT call_key, content, posted, tried FROM outbox WHERE call_key IS NOT NULL"):
        delivered = [json.loads(row["content"]), json.loads(row["posted"] or "{}"), *json.loads(row["tried"])]
        if any(content.get("contact_id") in contacts for content in delivered):
            keys.add(row["call_key"])
    for row in connection.execute("SELECT call_key, said, draft FROM followups WHERE said <> '[]' OR draft <> '[]'"):
        if any(
            question in _ABOUT_A_CONTACT and answer in contacts
            for question, answer in json.loads(row["said"]) + json.loads(row["draft"])
        ):
            keys.add(row["call_key"])
    return keys


def _erase_new_contacts(
    connection: sqlite3.Connection, line_of: Callable[[str], str], lines: Collection[str], contacts: Collection[str]
) -> None:
    """Erase the deliveries of contacts that were to be added to the CRM."""
    for row in connection.execute("SELECT id, content, remote_id FROM outbox WHERE kind = 'contact'").fetchall():
        if row["remote_id"] in contacts or line_of(json.loads(row["content"]).get("number", "")) in lines:
            connection.execute("DELETE FROM outbox WHERE id = ?", (row["id"],))


def _notifications(
    connection: sqlite3.Connection, keys: Collection[str], line_of: Callable[[str], str], lines: Collection[str]
) -> tuple[str, ...]:
    notification_ids = [
        row["notification_id"]
        for key in keys
        for row in connection.execute("SELECT notification_id FROM followups WHERE call_key = ? AND notification_out", (key,))
    ]
    refused = connection.execute("SELECT id, call_key, content FROM outbox WHERE notification_out").fetchall()
    theirs = (row for row in refused if row["call_key"] in keys or line_of(json.loads(row["content"]).get("number", "")) in lines)
    notification_ids += [f"callerid-dead-{row['id']}" for row in theirs]
    notification_ids += [ring["notification_id"] for ring in _rings(connection, lines) if ring["open"]]
    for line in lines:
        batch = connection.execute("SELECT notification_id FROM batches WHERE name = ? AND shown", (late_batch_name(line),))
        notification_ids += [row["notification_id"] for row in batch]
    return tuple(notification_ids)


def _rings(connection: sqlite3.Connection, lines: Collection[str]) -> list[sqlite3.Row]:
    """Return the rings of some lines, or of the names that stand for them."""
    rings = connection.execute("SELECT id, line, name, notification_id, open FROM rings").fetchall()
    return [ring for ring in rings if ring["line"] in lines or (ring["name"] and pseudo_line(ring["name"]) in lines)]


def _count(connection: sqlite3.Connection, keys: Collection[str], condition: str) -> int:
    """Return how many of the calls have a delivery that meets a condition."""
    query = f"SELECT 1 FROM outbox WHERE call_key = ? AND ({condition}) LIMIT 1"  # noqa: S608 - words of ours
    return sum(connection.execute(query, (key,)).fetchone() is not None for key in keys)


def flush_journal(connection: sqlite3.Connection) -> None:
    """Write the journal into the database and empty it, so that deleted rows are not left in it. Raise StoreFault if that fails."""
    busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise StoreFault(
            "They are forgotten, but another program reads the database, and until it ends, the journal still contains them.",
            remedy="End that program, then type the same command again.",
        )


def erase_log_lines(file: Path, words: Collection[str], runs: Collection[str] = ()) -> int:
    """Erase the lines of a log file that contain one of some words, or a number (however divided) that ends in one of some runs of
    digits, and return how many those were. It is rewritten in place, because a running daemon has it open for appending."""
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
    numbers = (re.sub(r"\D", "", number) for number in _NUMBER.findall(line))
    return any(number.endswith(run) for number in numbers for run in runs)
