"""The calls of a report, with what was logged of each: one statement for all of them. No ring waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.followup.state import State
from callerid.core.report.report_call import LoggedCall, ReportCall
from callerid.store.ledger import rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime

_CALLS = (
    "SELECT calls.*, followups.state AS state, outbox.id AS row, json_extract(content, '$.contact_id') AS contact_id,"
    " json_extract(content, '$.deal_id') AS deal_id, outbox.created_at AS answered_at, outbox.settled_at AS delivered_at"
    " FROM calls JOIN followups ON followups.call_key = key"
    " LEFT JOIN outbox ON outbox.call_key = key AND kind = 'call' AND wish = 'keep'"
    " WHERE start >= ? AND start < ? AND followups.state <> 'ignored' ORDER BY start, ordinal"
)


def report_calls(connection: sqlite3.Connection, since: datetime, until: datetime) -> Iterator[ReportCall]:
    """Yield the calls that began since a time and before another, oldest first, without those of ignored numbers."""
    for row in connection.execute(_CALLS, (rows.stamp(since), rows.stamp(until))):
        yield ReportCall(call=rows.call(row), line=row["line"], state=State(row["state"]), logged=_logged(row))


def _logged(row: sqlite3.Row) -> LoggedCall | None:
    if row["row"] is None:
        return None
    took = row["delivered_at"] - row["answered_at"] if row["delivered_at"] is not None else None
    return LoggedCall(contact_id=row["contact_id"] or "", deal_id=row["deal_id"] or "", delivery_seconds=took)
