"""Erase a person from files, so that the bytes do not contain them any more either.

The ledger is read and deleted from by sqlite-utils, which is imported only when somebody is forgotten.
"""

from __future__ import annotations

import functools
import json
import shutil
import time
from typing import TYPE_CHECKING, Any, Self

from callerid import files
from callerid.core.followup.conversation import contacts_in
from callerid.core.followup.state import late_batch_name
from callerid.core.ringing.card_lifecycle import pseudo_line
from callerid.errors import StoreFault
from callerid.messages import message
from callerid.records import dataclass
from callerid.store.connection import writing
from callerid.store.faults import store_errors

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from sqlite_utils import Database

    from callerid.core.upkeep.traces import Traces

_INSTALLATION = "installation"  # the fact with our own id, whose digits say nothing
_OTHERS_FLUSH_FOR, _PAUSE = 5.0, 0.05  # seconds: a commit of another process may be moving its journal, too
_SPARE = 16 * 1024 * 1024  # bytes that are left to the phone
_SHOW_BATCH_ANEW = "UPDATE batches SET shown = 0, not_before = NULL, revision = revision + 1 WHERE name = ?"
_ROWS_OF_CALL = {
    "hook_events": "call_key = ?",
    "outbox": "call_key = ?",
    "followups": "call_key = ?",
    "calls": "key = ?",
}  # by table, in this order

# A call from another person's number stays, because the phone's log would bring it back; the answers about it do not.
_ERASE_ANSWERS = (
    "DELETE FROM hook_events WHERE call_key = ?",
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
    tokens: frozenset[str]  # of their cards
    undelivered: int  # how many of the calls, or their tasks, had not been delivered
    unsure: int  # of how many of these it was not known

    @classmethod
    def nothing(cls) -> Self:
        """Return that nothing was erased."""
        return cls(keys=(), numbers=frozenset(), notifications=(), tokens=frozenset(), undelivered=0, unsure=0)


def erase_calls(
    connection: sqlite3.Connection,
    path: Path,
    line_of: Callable[[str], str],
    lines: Collection[str],
    contacts: Collection[str] = (),
    block_tokens: Callable[[Collection[str]], None] = lambda _: None,
) -> ErasedCalls:
    """Erase the calls of some lines from the ledger, with their follow-ups, deliveries and rings; and the answers about calls from
    other lines that were with one of some contacts (ids). The cards of evenings that have such a call are to be shown anew.
    `block_tokens` is called within the transaction with the tokens of cards that are no more."""
    from callerid.store.migrate import wrap

    db, line_of = wrap(connection), functools.cache(line_of)
    with store_errors(path):
        connection.execute("PRAGMA secure_delete = ON")
        for row in connection.execute("SELECT number FROM calls UNION SELECT number FROM rings"):
            line_of(row["number"])  # now, because a tap waits for the transaction
        with writing(connection):
            calls = _calls_of(connection, line_of, lines)
            own = tuple(row["key"] for row in calls)
            raw_numbers = frozenset(row["number"] for row in calls if row["number"])
            others = tuple(_calls_with(db, contacts) - set(own))
            keys, rings, late = own + others, _rings(db, line_of, lines), tuple(map(late_batch_name, lines))
            gathered = _batches_with(db, keys)
            erased = ErasedCalls(
                keys=keys,
                numbers=raw_numbers,
                notifications=(*_notifications(db, keys, line_of, lines), *_cards_of(db, rings, {*gathered, *late})),
                tokens=frozenset(
                    (*_column(db, "followups", "token", "call_key", keys), *_column(db, "batches", "token", "name", late))
                ),
                undelivered=_count(db, keys, "state = 'unsure' OR (state = 'waiting' AND remote_id = '')"),
                unsure=_count(db, keys, "state = 'unsure'"),
            )
            block_tokens(erased.tokens)
            for table, of_call in _ROWS_OF_CALL.items():
                _delete(db, table, of_call, own)
            for statement in _ERASE_ANSWERS:
                connection.executemany(statement, [(key,) for key in others])
            _delete(db, "rings", "id = ?", [ring["id"] for ring in rings])
            _delete(db, "batches", "name = ?", late)
            connection.executemany(_SHOW_BATCH_ANEW, [(name,) for name in gathered])
            _delete(db, "outbox", "id = ?", _new_contacts(db, line_of, lines, contacts))
    return erased


def erase_texts(connection: sqlite3.Connection, path: Path, traces: Traces) -> None:
    """Erase from the ledger the troubles and facts whose text is about a person: the CRM's words may quote a name or a number."""
    with store_errors(path), writing(connection):
        for table, name, text in (("troubles", "source", "sentence"), ("facts", "name", "value")):
            rows = connection.execute(f"SELECT {name}, {text} FROM {table}").fetchall()  # noqa: S608 - names of ours
            theirs = [(row[0],) for row in rows if _is_text(row) and traces.are_in(row[1])]
            connection.executemany(f"DELETE FROM {table} WHERE {name} = ?", theirs)  # noqa: S608


def _is_text(row: sqlite3.Row) -> bool:
    """Return whether a row has words of others: neither a time nor our own id, whose digits say nothing."""
    return row[0] != _INSTALLATION and not row[1].isdigit()


def rewrite(connection: sqlite3.Connection, path: Path) -> None:
    """Write a database anew and empty its journal. Bytes of rows that were deleted or replaced earlier, by any connection, are then
    left nowhere in it. Raise StoreFault if there is no room for that, or another program reads the database."""
    if shutil.disk_usage(path.parent).free < _pragma(connection, "page_count") * _pragma(connection, "page_size") * 2 + _SPARE:
        raise StoreFault(
            message(
                "There is no room to write {name} anew, so bytes of rows that were deleted earlier may be left in it.",
                name=path.name,
            ),
            remedy=message("Free some space on the phone: df -h"),
        )
    with store_errors(path):
        connection.execute("VACUUM")
        flush_journal(connection)


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _delete(db: Database, table: str, where: str, values: Iterable[str | int]) -> None:
    for value in values:
        db.table(table).delete_where(where, [value])


def _calls_of(connection: sqlite3.Connection, line_of: Callable[[str], str], lines: Collection[str]) -> list[sqlite3.Row]:
    """Return key and number of the calls from some lines."""
    numbers = [row["number"] for row in connection.execute("SELECT DISTINCT number FROM calls") if line_of(row["number"]) in lines]
    return connection.execute(
        "SELECT key, number FROM calls WHERE line IN (SELECT value FROM json_each(?))"
        " UNION SELECT key, number FROM calls WHERE number IN (SELECT value FROM json_each(?))",
        (json.dumps(list(lines)), json.dumps(numbers)),
    ).fetchall()


def _calls_with(db: Database, contacts: Collection[str]) -> set[str]:
    """Return the keys of the calls that were answered to be with one of some contacts, or not to be."""
    keys = set()
    for row in _naming(db, "outbox", ("content", "coalesce(posted, '')", "tried"), contacts, "call_key, content, posted, tried"):
        delivered = [json.loads(row["content"]), json.loads(row["posted"] or "{}"), *json.loads(row["tried"])]
        if any(content.get("contact_id") in contacts for content in delivered):
            keys.add(row["call_key"])
    for row in _naming(db, "followups", ("said", "draft"), contacts, "call_key, said, draft"):
        if not contacts_in(json.loads(row["said"]) + json.loads(row["draft"])).isdisjoint(contacts):
            keys.add(row["call_key"])
    return keys


def _naming(db: Database, table: str, columns: Sequence[str], contacts: Collection[str], select: str) -> Iterator[dict[str, Any]]:
    """Return the rows about calls in which one of some contacts may be named. SQLite looks for the ids, which is quick: of all
    rows, hardly any is about them."""
    has_id = " || ".join(columns)
    for contact in contacts:
        yield from db.table(table).rows_where(f"call_key IS NOT NULL AND instr({has_id}, ?)", [json.dumps(contact)], select=select)


def _new_contacts(db: Database, line_of: Callable[[str], str], lines: Collection[str], contacts: Collection[str]) -> list[int]:
    """Return the ids of the deliveries of contacts that were to be added to the CRM."""
    return [
        row["id"]
        for row in db.table("outbox").rows_where("kind = 'contact'", select="id, content, remote_id")
        if row["remote_id"] in contacts or line_of(json.loads(row["content"]).get("number", "")) in lines
    ]


def _column(db: Database, table: str, column: str, key: str, keys: Iterable[str]) -> list[str]:
    """Return what rows with some keys have in a column, unless that is empty."""
    found = (row[column] for each in keys for row in db.table(table).rows_where(f"{key} = ?", [each], select=column))
    return [value for value in found if value]


def _batches_with(db: Database, keys: Collection[str]) -> set[str]:
    """Return the names of the batches whose cards ask about one of some calls."""
    rows = db.table("followups").rows_where("state = 'gathered' AND batch <> ''", select="call_key, batch")
    return {row["batch"] for row in rows if row["call_key"] in set(keys)}


def _notifications(db: Database, keys: Collection[str], line_of: Callable[[str], str], lines: Collection[str]) -> tuple[str, ...]:
    notification_ids = [
        row["notification_id"]
        for key in keys
        for row in db.table("followups").rows_where("call_key = ? AND notification_out", [key], select="notification_id")
    ]
    refused = db.table("outbox").rows_where("notification_out", select="id, call_key, content")
    theirs = (row for row in refused if row["call_key"] in keys or line_of(json.loads(row["content"]).get("number", "")) in lines)
    return (*notification_ids, *(f"callerid-dead-{row['id']}" for row in theirs))


def _cards_of(db: Database, rings: Iterable[dict[str, Any]], batches: Iterable[str]) -> list[str]:
    """Return the ids of the cards of rings and batches that may be on the screen."""
    shown = [row for name in batches for row in db.table("batches").rows_where("name = ? AND token <> ''", [name])]
    return [ring["notification_id"] for ring in rings if ring["open"]] + [row["notification_id"] for row in shown]


def _rings(db: Database, line_of: Callable[[str], str], lines: Collection[str]) -> list[dict[str, Any]]:
    """Return the rings of some lines, or of the names that stand for them."""

    def is_theirs(ring: dict[str, Any]) -> bool:
        by_name = ring["name"] and pseudo_line(ring["name"]) in lines
        return bool(by_name) or ring["line"] in lines or line_of(ring["number"]) in lines

    rings = db.table("rings").rows_where(select="id, line, number, name, notification_id, open")
    return [ring for ring in rings if is_theirs(ring)]


def _count(db: Database, keys: Collection[str], condition: str) -> int:
    """Return how many of the calls have a delivery that meets a condition."""
    return sum(db.table("outbox").count_where(f"call_key = ? AND ({condition})", [key]) > 0 for key in keys)


def flush_journal(connection: sqlite3.Connection) -> None:
    """Write the journal into the database and empty it, so that deleted rows are not left in it. Raise StoreFault if that fails."""
    began = time.monotonic()
    while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() - began < _OTHERS_FLUSH_FOR:  # SQLite waits for readers, but not for another checkpoint
            time.sleep(_PAUSE)
            continue
        raise StoreFault(
            message("Another program reads the database, and until it ends, the journal still contains them."),
            remedy=message("End that program."),
        )


def erase_log_lines(file: Path, traces: Traces) -> int:
    """Erase the lines of a log file that are about a person, and return how many those were. It is rewritten in place, because a
    running daemon has it open for appending."""
    with store_errors(file):
        try:
            lines = files.read_text(file, errors="surrogateescape").splitlines(keepends=True)
        except FileNotFoundError:
            return 0
        kept = [line for line in lines if not traces.are_in(line)]
        if len(kept) < len(lines):
            with files.to_change(file) as log:
                log.truncate(0)
                log.write("".join(kept).encode("utf-8", "surrogateescape"))
    return len(lines) - len(kept)
