"""Apply entries of the journal of answers to a ledger that lacks them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from callerid.core.delivery.states import Kind
from callerid.errors import DiskFull, DiskReadOnly, StoreFault
from callerid.store.ledger.block_list import MARKS_CHANGED
from callerid.store.ledger.outbox import change_followup_of_delivery, put
from callerid.store.ledger.outbox_payload import content

if TYPE_CHECKING:
    import sqlite3

    from callerid.store import journal

# of an entry that is no valid one
_FALLIBLE = (StoreFault, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, OSError)


def call_of(entry: journal.Entry) -> str:
    """Return the key of the call that an entry is about, "" for none."""
    followup = entry[1].get("followup")
    return str(entry[1].get("call_key") or (followup.get("call_key") if isinstance(followup, dict) else ""))


def apply(connection: sqlite3.Connection, entry: journal.Entry) -> bool:
    """Apply an entry of the journal, and return whether that worked: one that an earlier version wrote may not fit any more."""
    kind, values = entry
    connection.execute("SAVEPOINT entry")
    try:
        _APPLY[kind](connection, values)
    except (DiskFull, DiskReadOnly):
        raise
    except _FALLIBLE:
        connection.execute("ROLLBACK TO entry")
        return False
    finally:
        connection.execute("RELEASE entry")
    return True


def _apply_followup(connection: sqlite3.Connection, values: dict[str, Any]) -> None:
    _insert(connection, "calls", values["call"], "DO NOTHING")
    # replacing the row would drop how it was counted (`history`)
    _insert(connection, "followups", values["followup"], "(call_key) DO UPDATE SET {changes}")


def _insert(connection: sqlite3.Connection, table: str, values: dict[str, Any], on_conflict: str) -> None:
    known = {row["name"] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))}
    columns = {name: value for name, value in values.items() if name in known}
    places = ", ".join("?" * len(columns))
    conflict = on_conflict.format(changes=", ".join(f"{name} = excluded.{name}" for name in columns))
    connection.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places}) ON CONFLICT {conflict}",  # noqa: S608 - names of ours
        tuple(columns.values()),
    )


def _apply_put(connection: sqlite3.Connection, values: dict[str, Any]) -> None:
    payload = content(Kind(values["kind"]), values["content"])
    put(connection, values["call_key"], values["external_id"], payload, datetime.fromtimestamp(values["at"], UTC))


def _apply_delivery(connection: sqlite3.Connection, values: dict[str, Any]) -> None:
    known = {row["name"] for row in connection.execute("SELECT name FROM pragma_table_info('outbox')")}
    columns = {name: value for name, value in values["columns"].items() if name in known}
    connection.execute(
        f"UPDATE outbox SET {', '.join(f'{name} = ?' for name in columns)} WHERE call_key = ? AND kind = ?",  # noqa: S608
        (*columns.values(), values["call_key"], values["kind"]),
    )
    if values["followup"]:
        change_followup_of_delivery(connection, values["call_key"], values["followup"])


def _apply_marks(_connection: sqlite3.Connection, _values: dict[str, Any]) -> None:
    """Do nothing: what is ignored or forgotten is in the file of marks, and is taken over from there."""


_APPLY = {"followup": _apply_followup, "put": _apply_put, "delivery": _apply_delivery, MARKS_CHANGED: _apply_marks}


def show_batches(connection: sqlite3.Connection) -> None:
    """Have each batch's card shown again. The journal has the calls that were gathered since the backup, and not the batch."""
    connection.execute(
        "INSERT INTO batches (name, notification_id) SELECT DISTINCT batch, 'callerid-batch-' || lower(hex(randomblob(6)))"
        " FROM followups WHERE state = 'gathered' AND batch <> '' ON CONFLICT DO NOTHING"
    )
    connection.execute("UPDATE batches SET shown = 0, not_before = NULL, revision = revision + 1")


def suspect_waiting(connection: sqlite3.Connection) -> None:
    """Have what waits looked for in the CRM before it is posted: it may be there already."""
    connection.execute("UPDATE outbox SET state = 'unsure', not_before = NULL WHERE state = 'waiting' AND remote_id = ''")
