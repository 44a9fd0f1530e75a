"""The last call and the last note of a contact, as columns of a statement that a ring waits for: each is found by an index."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.core.callers.contact_history import NO_HISTORY, ContactHistory, latest_call, latest_talk
from callerid.store import times

if TYPE_CHECKING:
    import sqlite3

    from callerid.core.callers.past import PastCall, PastNote

_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # faster than `loads`, for a whole text that SQLite wrote
# SQLite uses an index over terms, and a partial one, only where the query has them word for word as `schema` does.
_OF_CONTACT = "kind = 'call' AND json_extract(content, '$.contact_id') = ?"
_BEFORE = "wish = 'keep' AND outbox.state <> 'dropped' AND json_extract(content, '$.start') < ?"
_NEWEST = "ORDER BY json_extract(content, '$.start') DESC LIMIT 1"
COLUMNS = f"""
    (SELECT json_array(calls.start, type, duration, outbox.id, json_extract(content, '$.contact_id'),
        json_extract(content, '$.outcome'))
        FROM calls INDEXED BY calls_by_line LEFT JOIN outbox ON call_key = key AND kind = 'call' AND wish = 'keep'
        WHERE line = ? AND line <> '' AND calls.start < ? ORDER BY calls.start DESC LIMIT 1) AS call_on_line,
    (SELECT json_array(calls.start, type, duration, outbox.id, json_extract(content, '$.contact_id'),
        json_extract(content, '$.outcome'))
        FROM outbox INDEXED BY outbox_by_contact JOIN calls ON key = call_key WHERE {_OF_CONTACT} AND {_BEFORE} {_NEWEST})
        AS call_with_contact,
    (SELECT json_array(json_extract(content, '$.start'), json_extract(content, '$.note'))
        FROM outbox INDEXED BY outbox_notes WHERE {_OF_CONTACT} AND json_extract(content, '$.note') <> '' AND {_BEFORE} {_NEWEST})
        AS last_note
"""  # noqa: S608 - words of ours


def values(line: str, contact_id: str, before: datetime) -> tuple[object, ...]:
    """Return the values for `COLUMNS`: of the calls on a line ("" for none) and with a contact that began before a time."""
    moment = times.stamp(before)
    return line, moment, contact_id, moment, contact_id, moment


def history(row: sqlite3.Row, contact_id: str) -> ContactHistory:
    """Return what the columns of a row say of a contact. A call on the line that was logged with somebody else is not theirs."""
    of_line, of_contact, of_note = row["call_on_line"], row["call_with_contact"], row["last_note"]
    if not (of_line or of_contact or of_note):
        return NO_HISTORY
    with_contact = _call(of_contact, contact_id)
    on_line = with_contact if of_line == of_contact else _call(of_line, contact_id)  # mostly it is one call
    note = _note(*_scan(of_note, 0)[0]) if of_note else None
    return ContactHistory(
        last_call=latest_call(on_line, with_contact), last_talk=latest_talk(on_line, with_contact), last_note=note
    )


def _note(at: int, text: str) -> PastNote:
    from callerid.core.callers.past import PastNote

    return PastNote(at=datetime.fromtimestamp(at, UTC), text=text)


def _call(column: str | None, contact_id: str) -> PastCall | None:
    if column is None:
        return None
    start, kind, duration, delivery, logged_with, outcome = _scan(column, 0)[0]
    if delivery is not None and logged_with != contact_id:
        return None
    from callerid.core.callers.past import PastCall
    from callerid.models import CallType

    return PastCall(start=datetime.fromtimestamp(start, UTC), type=CallType(kind), duration=duration, outcome=outcome or "")
