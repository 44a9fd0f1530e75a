"""Lists of calls and tasks, for commands: by time, type, SIM and state, or of one person. No ring waits for these."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from callerid.core.followup.states import State
from callerid.core.report.report_call import LoggedCall, ReportCall
from callerid.store import times
from callerid.store.ledger import rows
from callerid.store.ledger.outbox_payload import delivery

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from callerid.core.delivery.outbox_row import Delivery
    from callerid.core.followup.state import FollowUp

_AMONG = "({0} = '[]' OR {1} IN (SELECT value FROM json_each({0})))"
_BETWEEN = (
    "SELECT * FROM calls JOIN followups ON call_key = key WHERE start >= :since AND start < :until"  # noqa: S608 - words of ours
    f" AND {_AMONG.format(':types', 'type')} AND {_AMONG.format(':sims', 'sim')} AND {_AMONG.format(':states', 'state')}"
    " ORDER BY start DESC, ordinal DESC"
)
_OF_CONTACT = (
    "SELECT * FROM calls JOIN followups ON call_key = key WHERE key IN ("
    "SELECT call_key FROM outbox INDEXED BY outbox_by_contact WHERE kind = 'call' AND json_extract(content, '$.contact_id') = ?"
    " AND wish = 'keep' UNION SELECT key FROM calls INDEXED BY calls_by_line"
    " WHERE line <> '' AND line IN (SELECT value FROM json_each(?))"
    ") ORDER BY start DESC, ordinal DESC LIMIT ?"
)
_TASKS = (
    "SELECT * FROM outbox WHERE kind = 'task' AND json_extract(content, '$.contact_id') = ? AND wish = 'keep'"
    " AND state <> 'dropped' ORDER BY json_extract(content, '$.due')"
)
_LOGGED = "calls AS c JOIN outbox ON call_key = c.key AND kind = 'call'"
_AMONG_CONTACTS = "json_extract(content, '$.contact_id') {0} (SELECT value FROM json_each(:contacts))"
_ONLY_WITH = (
    f"SELECT DISTINCT number FROM {_LOGGED} WHERE line <> '' AND {_AMONG_CONTACTS.format('IN')}"  # noqa: S608 - words of ours
    f" AND line NOT IN (SELECT line FROM {_LOGGED} WHERE {_AMONG_CONTACTS.format('NOT IN')})"
)
_OF_REPORT = (
    "SELECT calls.*, followups.state AS state, outbox.id AS row, json_extract(content, '$.contact_id') AS contact_id,"
    " json_extract(content, '$.deal_id') AS deal_id, outbox.created_at AS answered_at, outbox.settled_at AS delivered_at"
    " FROM calls JOIN followups ON followups.call_key = key"
    " LEFT JOIN outbox ON outbox.call_key = key AND kind = 'call' AND wish = 'keep'"
    " WHERE start >= ? AND start < ? AND followups.state <> 'ignored' ORDER BY start, ordinal"
)
_EVER = 2**62


class CallLists:
    """Calls and tasks of the ledger as lists."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def between(
        self,
        since: datetime | None,
        until: datetime | None,
        *,
        types: Collection[str] = (),
        sims: Collection[str] = (),
        states: Collection[str] = (),
    ) -> Iterator[FollowUp]:
        """Return the follow-ups of the calls that began since a time and before another (None: no limit), newest first; only those
        of some types, SIMs and states, if any are given."""
        values = {
            "since": -_EVER if since is None else times.stamp(since),
            "until": _EVER if until is None else times.stamp(until),
            "types": json.dumps(sorted(types)),
            "sims": json.dumps(sorted(sims)),
            "states": json.dumps(sorted(states)),
        }
        return (rows.followup(row) for row in self._db.execute(_BETWEEN, values))

    def of_contact(self, contact_id: str, lines: Collection[str], limit: int) -> tuple[FollowUp, ...]:
        """Return the follow-ups of the newest calls that were logged with a contact ("" for nobody) or are on some lines, newest
        first."""
        cursor = self._db.execute(_OF_CONTACT, (contact_id, json.dumps(sorted(lines)), limit))
        return tuple(rows.followup(row) for row in cursor)

    def of_report(self, since: datetime, until: datetime) -> Iterator[ReportCall]:
        """Yield the calls between two times, oldest first, with what was logged of each, without those of ignored numbers."""
        for row in self._db.execute(_OF_REPORT, (times.stamp(since), times.stamp(until))):
            yield ReportCall(call=rows.call(row), line=row["line"], state=State(row["state"]), logged=_logged(row))

    def numbers_only_with(self, contacts: Collection[str]) -> tuple[str, ...]:
        """Return the raw numbers of calls that were logged with some contacts (ids), and with nobody else."""
        return tuple(row["number"] for row in self._db.execute(_ONLY_WITH, {"contacts": json.dumps(sorted(contacts))}))

    def tasks_of_contact(self, contact_id: str) -> tuple[Delivery, ...]:
        """Return the tasks about a contact, by their due times."""
        return tuple(delivery(row) for row in self._db.execute(_TASKS, (contact_id,)))


def _logged(row: sqlite3.Row) -> LoggedCall | None:
    if row["row"] is None:
        return None
    took = row["delivered_at"] - row["answered_at"] if row["delivered_at"] is not None else None
    return LoggedCall(contact_id=row["contact_id"] or "", deal_id=row["deal_id"] or "", delivery_seconds=took)
