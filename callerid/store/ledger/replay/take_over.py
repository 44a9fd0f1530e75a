"""Give a ledger what it lacks of the journal of answers.

A journal that belongs to another ledger, as when one of the two files was copied from another phone, is put aside: its answers are
not this ledger's.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from callerid.core.upkeep.health import Source
from callerid.messages import as_typed, counted, message
from callerid.store import journal, times
from callerid.store.connection import writing
from callerid.store.faults import store_errors
from callerid.store.ledger.block_list import KEY_OF_LIST, load_marks
from callerid.store.ledger.outbox import RESTORED_AT
from callerid.store.ledger.replay import position
from callerid.store.ledger.replay.entries import apply, call_of, show_batches, suspect_waiting

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

TOLD = "restoration"  # the fact that says what was restored, until the person has been told
PUT_ASIDE = "journal_put_aside"  # the fact that says which journal was put aside, until the person has been told
_RECONCILED = "last_reconciled"  # the fact without which the next look at the phone's log reads all of it


def take_over(connection: sqlite3.Connection, path: Path, key_file: Path, now: datetime) -> str:
    """Do what `catch_up` does for a ledger that was not in step a moment ago."""
    with store_errors(path), writing(connection):  # whoever was committing has done so
        if position.is_in_step(connection, path):
            return ""
        here, transactions = position.read(connection), journal.transactions(path)
        lacking = missing(transactions, here)
        if lacking is None:
            sentence = put_journal_aside(connection, path, now)
            load_marks(connection, key_file, of_another=True)
        else:
            missing_entries = lost(after(journal.read_since(path, ""), here), here)
            sentence = _replay(connection, lacking, missing_entries, key_file, now)
            if missing_entries or not any(each.position.value == here.value for each in transactions):
                suspect_waiting(connection)  # the journal has not all of it
        connection.entries.clear()  # type: ignore[attr-defined]  # the journal has them already
        return sentence


def missing(transactions: Sequence[journal.Transaction], ledger: journal.Position) -> Sequence[journal.Transaction] | None:
    """Return the transactions that a ledger lacks, oldest first; None if the journal is not this ledger's: it belongs to another
    installation, or to a copy that went its own way."""
    if transactions and position.is_of_another(ledger, transactions[-1].position):
        return None
    places = [place for place, each in enumerate(transactions) if each.position.value == ledger.value]
    if places:
        return transactions[places[-1] + 1 :]
    if any(position.count(each.position) == position.count(ledger) for each in transactions):
        return None
    return [each for each in transactions if position.count(each.position) > position.count(ledger)]


def after(entries: Sequence[journal.Entry | None], ledger: journal.Position) -> Sequence[journal.Entry | None]:
    """Return what a journal has after the position of a ledger, given all of it: None stands for a line that cannot be read."""
    known = [
        place
        for place, each in enumerate(entries, start=1)
        if (stands := journal.position_of(each)) and position.count(stands) <= position.count(ledger)
    ]
    return entries[max(known, default=0) :]


def lost(entries: Sequence[journal.Entry | None], ledger: journal.Position | None = None) -> int:
    """Return of how many entries a part of a journal tells that it lacks them: lines that cannot be read (None), or transactions
    that a full disk or the journal's bound kept out of it. With `ledger`, the part follows the position of that ledger."""
    counts = [position.count(stands) for each in entries if (stands := journal.position_of(each))]
    counts = [position.count(ledger), *counts] if ledger else counts
    missing = sum(max(0, later - earlier - 1) for earlier, later in itertools.pairwise(counts))
    return max(entries.count(None), missing)


def _replay(
    connection: sqlite3.Connection, lacking: Sequence[journal.Transaction], missing_entries: int, key_file: Path, now: datetime
) -> str:
    entries = [entry for each in lacking for entry in each.entries]
    failed = missing_entries + sum(not apply(connection, entry) for entry in entries)
    before = _marks(connection)
    load_marks(connection, key_file)
    position.write(connection, lacking[-1].position)
    show_batches(connection)
    calls, marks = len({call_of(entry) for entry in entries} - {""}), len(before ^ _marks(connection))
    sentence = message(
        "The ledger lacked what was stored last: its journal, ledger.db-wal, was damaged, cut or "
        "deleted, or callerid was killed while it was storing that. What was decided about {calls}, and "
        "{marks} of what is ignored or forgotten, was restored on {now:%Y-%m-%d %H:%M} UTC{what}. "
        "The calls are read from the phone's log again; lost is which rings were heard, so a card may come again.",
        calls=counted(calls, "{count} call", "{count} calls"),
        marks=counted(marks, "{count} change", "{count} changes"),
        now=now,
        what=message(", except for {entries}", entries=_entries(failed)) if failed else "",
    )
    connection.execute("DELETE FROM facts WHERE name = ?", (_RECONCILED,))
    _tell(connection, TOLD, sentence, now)
    return sentence


def _entries(failed: int) -> str:
    return counted(failed, "{count} entry that is missing or cannot be read", "{count} entries that are missing or cannot be read")


def put_journal_aside(connection: sqlite3.Connection, path: Path, now: datetime) -> str:
    """Within the caller's transaction, put a journal aside that is not this ledger's, and return a sentence that says so. Raise
    OSError."""
    calls = {call_of(entry) for each in journal.transactions(path) for entry in each.entries} - {""}
    aside = journal.put_aside(path)
    sentence = message(
        "The journal of answers beside {name} belongs to another ledger. It was put aside as {name2} on "
        "{now:%Y-%m-%d %H:%M} UTC, with what was decided about {counted}; nothing of it was taken over.",
        name=path.name,
        name2=aside.name,
        now=now,
        counted=counted(len(calls), "{count} call", "{count} calls"),
    )
    remedy = message(
        "If {name} is the wrong one, bring the right one back; else type: rm {aside}", name=path.name, aside=as_typed(aside)
    )
    _tell(connection, PUT_ASIDE, sentence, now, remedy=remedy)
    return sentence


def _tell(connection: sqlite3.Connection, fact: str, sentence: str, now: datetime, remedy: str = "") -> None:
    """Within the caller's transaction, have the person told, and the status say so from now on."""
    stamp = times.stamp(now)
    facts = [(RESTORED_AT, str(stamp)), (fact, sentence)]
    connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts)
    connection.execute("INSERT OR REPLACE INTO troubles VALUES (?, ?, ?, ?)", (Source.LEDGER, stamp, sentence, remedy))


def _marks(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    return {(kind, mark) for kind, mark in connection.execute("SELECT kind, mark FROM marks WHERE kind <> ?", (KEY_OF_LIST,))}
