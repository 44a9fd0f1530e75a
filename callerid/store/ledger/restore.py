"""Restore a ledger that is damaged, cut or gone: from its newest backup that is whole, and from the journal of answers.

What the backup lacks comes from four places. The journal has what was decided about calls since; the file of marks, what is ignored
or forgotten; the phone's log, the calls, because the backup also says when that was last read; the inbox, the taps that nobody has
handled. What may have reached the CRM meanwhile is looked for there before it is posted.
"""

from __future__ import annotations

import contextlib
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid import files
from callerid.errors import StoreFault
from callerid.messages import Message, counted, joined, message, stored
from callerid.records import dataclass
from callerid.store import journal
from callerid.store.connection import open_database, open_read_only, user_version, writing
from callerid.store.damage import find_damage, put_aside, replacing
from callerid.store.faults import store_errors
from callerid.store.ledger.backups import MARK, TABLES, TAKEN_AT, copies, restored
from callerid.store.ledger.block_list import load_marks
from callerid.store.ledger.outbox import RESTORED_AT
from callerid.store.ledger.replay import position
from callerid.store.ledger.replay.entries import apply, call_of, show_batches, suspect_waiting
from callerid.store.ledger.replay.take_over import TOLD, lost, put_journal_aside

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_RECONCILED = "last_reconciled"  # the fact without which the next look at the phone's log reads all of it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Origin:
    """What a ledger was restored from."""

    damage: str
    backup_of: datetime | None  # UTC; None: there was no backup
    mark: str  # of the backup in the journal; "" for a migration's copy, to which all of the journal is applied


def restore(path: Path, key_file: Path, newest: int, migrate: Callable[[sqlite3.Connection, Path], None], now: datetime) -> str:
    """Restore a ledger if it is damaged, and return a sentence that says what was restored and lost; "" if it was whole. The
    damaged one is put aside. `newest` is the version of its tables, to which `migrate` brings a copy. Raise StoreFault."""
    with replacing(path), store_errors(path):
        damage = find_damage(path, TABLES)
        if not damage:
            return ""
        damage = _damage_at_first(path, damage)
        fresh = restored(path)
        _remove(fresh)
        origin = _copy_of_best(path, fresh, newest, damage)
        with closing(open_database(fresh, synchronous="FULL")) as connection:
            if user_version(connection) != newest:
                migrate(connection, fresh)
            sentence, read = _complete(connection, path, key_file, origin, now)
            put_aside(path)
            _add_late_entries(connection, path, origin.mark, read)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        fresh.replace(path)
        _note(path).unlink(missing_ok=True)
        return sentence


def _note(path: Path) -> Path:
    """Return where it is noted what a ledger is being restored for."""
    return path.with_name(f"{path.name}.restoring")


def _damage_at_first(path: Path, damage: str) -> str:
    """Return what was damaged before a restoration that did not end, for lack of room or because it was killed: it may have put the
    file aside, which is then missing. Note what is damaged for the next one. Raise OSError."""
    note, noted = _note(path), ""
    with contextlib.suppress(OSError):
        noted = "" if path.exists() else files.read_text(note, errors="replace")
    if noted:
        return stored(noted)
    with files.to_write(note) as file:
        file.write(damage.encode("utf-8", "replace"))
    return damage


def _remove(fresh: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        fresh.with_name(f"{fresh.name}{suffix}").unlink(missing_ok=True)


def _copy_of_best(path: Path, target: Path, newest: int, damage: str) -> _Origin:
    """Copy the newest backup that is whole, if there is one; else leave the target to be created empty. Raise StoreFault if a newer
    callerid wrote that backup: with an older one, all that is in it would be given up."""
    for copy in copies(path):
        if find_damage(copy, TABLES[:3]):
            continue
        with contextlib.suppress(sqlite3.Error, OSError), closing(open_read_only(copy)) as reader:
            if user_version(reader) > newest:
                raise StoreFault(
                    message("The ledger is damaged ({damage}), and its backup was written by a newer callerid.", damage=damage),
                    remedy=message("Update callerid: git pull && sh termux/install.sh"),
                )
            files.to_write(target).close()
            with closing(sqlite3.connect(target)) as fresh:
                reader.backup(fresh)
            facts = dict(reader.execute("SELECT name, value FROM facts WHERE name IN (?, ?)", (MARK, TAKEN_AT)).fetchall())
            taken = int(facts[TAKEN_AT]) if TAKEN_AT in facts else int(copy.stat().st_mtime)
            return _Origin(damage=damage, backup_of=datetime.fromtimestamp(taken, UTC), mark=facts.get(MARK, ""))
    return _Origin(damage=damage, backup_of=None, mark="")


def _complete(connection: sqlite3.Connection, path: Path, key_file: Path, origin: _Origin, now: datetime) -> tuple[str, int]:
    """Add to a copy what is newer than it. Return the sentence for the person, and how many entries the journal had."""
    with writing(connection):
        load_marks(connection, key_file)
        stands = journal.last_position(path)
        if stands and position.is_of_another(position.read(connection), stands):
            put_journal_aside(connection, path, now)
        entries = journal.entries_since(path, origin.mark)
        found = entries or []
        applied = sum(apply(connection, entry) for entry in found)
        connection.executemany("DELETE FROM facts WHERE name = ?", [(MARK,), (TAKEN_AT,), (_RECONCILED,)])
        calls = None if entries is None else len(set(map(call_of, found)) - {""})
        sentence = _sentence(origin, calls, len(found) - applied + lost(journal.read_since(path, origin.mark)), now)
        facts = [(RESTORED_AT, str(int(now.timestamp()))), (TOLD, sentence)]
        connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts)
        connection.entries.clear()  # type: ignore[attr-defined]  # the journal has them already
    return sentence, len(found)


def _add_late_entries(connection: sqlite3.Connection, path: Path, mark: str, read: int) -> None:
    """Add what others have stored in the damaged ledger since its journal was read, when it is put aside: who stores anything in it
    from then on learns that it was replaced, and does so again. With them all there is, what waits becomes unsure."""
    stands = journal.last_position(path)  # before the entries: what comes meanwhile is taken over when the ledger is opened
    late = (journal.entries_since(path, mark) or [])[read:]
    with writing(connection):
        for entry in late:
            apply(connection, entry)
        show_batches(connection)
        suspect_waiting(connection)
        if stands:
            position.write(connection, stands)
        connection.entries.clear()  # type: ignore[attr-defined]


def _sentence(origin: _Origin, calls: int | None, failed: int, now: datetime) -> Message:
    """Return what was restored from what, and what is lost. `calls` is of how many the journal has kept what was decided, None
    where there is no journal; `failed` of its entries are missing or cannot be read."""
    until = f"{now:%Y-%m-%d %H:%M} UTC"
    kept = [
        counted(
            calls or 0,
            "What was decided since then about {count} call was in the journal of answers.",
            "What was decided since then about {count} calls was in the journal of answers.",
        )
    ]
    if failed:
        kept.append(
            counted(
                failed,
                "{count} entry of it is missing or cannot be read.",
                "{count} entries of it are missing or cannot be read.",
            )
        )
    crm = message("What may have reached the CRM is looked for there before it is sent.")
    damage = stored(origin.damage)
    if origin.backup_of is None:
        begins = message("The ledger was damaged ({damage}) on {until}, and no backup of it was whole.", damage=damage, until=until)
        lost = message(
            "All other calls before that are lost here, and not asked about again; what is ignored and forgotten is not lost."
        )
        return joined(" ", (begins, *kept, lost, crm))
    since = f"{origin.backup_of:%Y-%m-%d %H:%M}"
    begins = message(
        "The ledger was damaged ({damage}) and was restored from its backup of {since} UTC.", damage=damage, since=since
    )
    if calls is None:
        lost = message(
            "What was decided between {since} and {until} is lost: the calls that the phone's log has are asked about again.",
            since=since,
            until=until,
        )
        return joined(" ", (begins, lost, crm))
    again = message("The calls are read from the phone's log again.")
    lost = message(
        "Lost is only which rings were heard and which cards put off between {since} and {until}: a card may come again.",
        since=since,
        until=until,
    )
    return joined(" ", (begins, *kept, again, lost, crm))
