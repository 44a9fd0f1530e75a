"""Erase a person from files, so that the bytes do not contain them any more either.

The ledger is read and deleted from by sqlite-utils, which is imported only when somebody is forgotten.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callerid.core.callers.resolve import NOT_THIS_CONTACT
from callerid.core.followup.questions import Question
from callerid.core.followup.state import late_batch_name
from callerid.core.ringing.card_lifecycle import pseudo_line
from callerid.errors import StoreFault
from callerid.store.connection import store_errors, writing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    from sqlite_utils import Database


_NUMBER = re.compile(r"\+?\d[\d ()./-]{4,}\d")
_ABOUT_A_CONTACT = (Question.PERSON, NOT_THIS_CONTACT)
_ROWS_OF_CALL = {"outbox": "call_key = ?", "followups": "call_key = ?", "calls": "key = ?"}  # by table, in this order

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
    other lines that were with one of some contacts (ids)."""
    from callerid.store.migrate import wrap

    db = wrap(connection)
    with store_errors(path):
        connection.execute("PRAGMA secure_delete = ON")
        with writing(connection):
            calls = list(db.table("calls").rows_where(select="key, number, line"))
            own = tuple(row["key"] for row in calls if row["line"] in lines or line_of(row["number"]) in lines)
            raw_numbers = frozenset(row["number"] for row in calls if row["key"] in set(own) and row["number"])
            others = tuple(_calls_with(db, contacts) - set(own))
            keys = own + others
            erased = ErasedCalls(
                keys=keys,
                numbers=raw_numbers,
                notifications=_notifications(db, keys, line_of, lines),
                undelivered=_count(db, keys, "state = 'unsure' OR (state = 'waiting' AND remote_id = '')"),
                unsure=_count(db, keys, "state = 'unsure'"),
            )
            for table, of_call in _ROWS_OF_CALL.items():
                _delete(db, table, of_call, own)
            for statement in _ERASE_ANSWERS:
                connection.executemany(statement, [(key,) for key in others])
            _delete(db, "rings", "id = ?", [ring["id"] for ring in _rings(db, lines)])
            _delete(db, "batches", "name = ?", map(late_batch_name, lines))
            _delete(db, "outbox", "id = ?", _new_contacts(db, line_of, lines, contacts))
        flush_journal(connection)
    return erased


def _delete(db: Database, table: str, where: str, values: Iterable[str | int]) -> None:
    for value in values:
        db.table(table).delete_where(where, [value])


def _calls_with(db: Database, contacts: Collection[str]) -> set[str]:
    """Return the keys of the calls that were answered to be with one of some contacts, or not to be."""
    keys = set()
    for row in db.table("outbox").rows_where("call_key IS NOT NULL", select="call_key, content, posted, tried"):
        delivered = [json.loads(row["content"]), json.loads(row["posted"] or "{}"), *json.loads(row["tried"])]
        if any(content.get("contact_id") in contacts for content in delivered):
            keys.add(row["call_key"])
    for row in db.table("followups").rows_where("said <> '[]' OR draft <> '[]'", select="call_key, said, draft"):
        if any(
            question in _ABOUT_A_CONTACT and answer in contacts
            for question, answer in json.loads(row["said"]) + json.loads(row["draft"])
        ):
            keys.add(row["call_key"])
    return keys


def _new_contacts(db: Database, line_of: Callable[[str], str], lines: Collection[str], contacts: Collection[str]) -> list[int]:
    """Return the ids of the deliveries of contacts that were to be added to the CRM."""
    return [
        row["id"]
        for row in db.table("outbox").rows_where("kind = 'contact'", select="id, content, remote_id")
        if row["remote_id"] in contacts or line_of(json.loads(row["content"]).get("number", "")) in lines
    ]


def _notifications(db: Database, keys: Collection[str], line_of: Callable[[str], str], lines: Collection[str]) -> tuple[str, ...]:
    notification_ids = [
        row["notification_id"]
        for key in keys
        for row in db.table("followups").rows_where("call_key = ? AND notification_out", [key], select="notification_id")
    ]
    refused = db.table("outbox").rows_where("notification_out", select="id, call_key, content")
    theirs = (row for row in refused if row["call_key"] in keys or line_of(json.loads(row["content"]).get("number", "")) in lines)
    notification_ids += [f"callerid-dead-{row['id']}" for row in theirs]
    notification_ids += [ring["notification_id"] for ring in _rings(db, lines) if ring["open"]]
    for line in lines:
        batch = db.table("batches").rows_where("name = ? AND shown", [late_batch_name(line)], select="notification_id")
        notification_ids += [row["notification_id"] for row in batch]
    return tuple(notification_ids)


def _rings(db: Database, lines: Collection[str]) -> list[dict[str, Any]]:
    """Return the rings of some lines, or of the names that stand for them."""
    rings = db.table("rings").rows_where(select="id, line, name, notification_id, open")
    return [ring for ring in rings if ring["line"] in lines or (ring["name"] and pseudo_line(ring["name"]) in lines)]


def _count(db: Database, keys: Collection[str], condition: str) -> int:
    """Return how many of the calls have a delivery that meets a condition."""
    return sum(db.table("outbox").count_where(f"call_key = ? AND ({condition})", [key]) > 0 for key in keys)


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
