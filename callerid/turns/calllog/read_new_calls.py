"""Read the call log and record the calls that are new in the ledger. A log that cannot be read is an error, never an empty log."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from callerid.core.backoff import is_due
from callerid.core.calllog.new_rows import LONGEST_SHIFT, horizon, may_be_shifted, new_calls, oldest_start, reaches
from callerid.core.calllog.parse import ParsedLog, parse_rows
from callerid.core.upkeep.health import Source
from callerid.errors import MalformedOutput, PhoneFault
from callerid.logs import log
from callerid.messages import joined, message
from callerid.phone import device
from callerid.records import dataclass
from callerid.store.ledger.history import SUMMARISED_BEFORE
from callerid.store.ledger.key_value import LAST_POLL
from callerid.store.ledger.reading.fact_names import ZONE
from callerid.turns.ringing.blocked_callers import is_forgotten
from callerid.turns.ringing.phone_contacts import learn_names
from callerid.turns.ringing.resolve_caller import known_names
from callerid.turns.ringing.speak import note_calls_ended

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from callerid.models import Call, CallRow
    from callerid.phone.termux import Termux
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext

_FIRST_READ = 50  # rows
_MOST_NAMES = 500  # newest calls of a first read, whose names are worth keeping
_ALL_ROWS = 1_000_000
_DEEP_EVERY = timedelta(days=1)
_LAST_DEEP = "last_deep_read"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCalls:
    """What one read of the call log brought."""

    new: tuple[Call, ...]
    baseline: int = 0  # calls of the first read, which are recorded and not announced
    overlooked: int = 0  # of the new ones: those before the horizon, hidden from an ordinary read by a wrong clock or a fault
    oldest_in_log: datetime | None = None  # after a deep read: the start of the oldest row, None when the log has none
    names_changed: bool = False  # the call log has names that our copy of the phone's contacts lacks


def read_new_calls(app: AppContext, now: datetime, *, deep: bool = False) -> NewCalls:
    """Read the call log once and record the calls that are new.

    The very first read records the calls as baseline, and nothing is asked about them. A deep read, requested or once a day,
    compares the whole log, and so finds what a wrong clock had hidden. Raise PhoneFault when the log cannot be read; nothing is
    recorded then.
    """
    try:
        return _read_new_calls(app, now, deep=deep)
    except PhoneFault as fault:
        app.report(Source.CALL_LOG, fault, now)
        raise


def _read_new_calls(app: AppContext, now: datetime, *, deep: bool) -> NewCalls:
    last = app.ledger.key_values.read_time(LAST_POLL)
    last_deep = app.ledger.key_values.read_time(_LAST_DEEP)
    deep = deep or last is None or is_due(last_deep, _DEEP_EVERY, now)
    since = None if deep or last is None else horizon(last, now)
    parsed = _read_back_to(app.ledger, app.termux, since)
    _report_rows(app, parsed, now)
    oldest = None if since else min((row.starts[0] for row in parsed.rows), default=None)
    known = _known_calls(app.ledger, parsed.rows, (since or oldest or now) - LONGEST_SHIFT)
    new_in_log = new_calls(parsed.rows, known, since=since or _summarised_before(app.ledger), last_poll=last or now)
    note_calls_ended(app.ledger, new_in_log)
    names_changed = learn_names(app, [call for call in map(partial(_storable, app), new_in_log[-_MOST_NAMES:]) if call])
    new = app.ledger.calls.add(
        new_in_log,
        app.line_of,
        now,
        names_of=lambda number: known_names(app, number),
        storable=partial(_storable, app),  # somebody may be forgotten at any moment
        baseline=last is None,
    )
    app.ledger.key_values.write_time(LAST_POLL, now)
    if deep:
        app.ledger.key_values.write_time(_LAST_DEEP, now)
    if last is None:
        return NewCalls(new=(), baseline=len(new))
    overlooked = sum(call.start < horizon(last, now) for call in new)
    return NewCalls(new=new, overlooked=overlooked, oldest_in_log=oldest, names_changed=names_changed)


def _known_calls(ledger: Ledger, rows: Sequence[CallRow], earliest: datetime) -> Sequence[Call]:
    """Return the calls of the ledger that rows of the log can be, none before `earliest`. Calls before the oldest row are read only
    where the zone may have been misread: what a look holds in memory must not grow with them."""
    oldest = oldest_start(rows)
    if oldest is None:
        return ()
    known = ledger.calls.since(max(oldest, earliest))
    return ledger.calls.since(earliest) if may_be_shifted(rows, known) else known


def _summarised_before(ledger: Ledger) -> datetime | None:
    """Return the time before which the ledger has only totals of some calls, so that no row can be told to be new."""
    return ledger.key_values.read_time(SUMMARISED_BEFORE)


def _storable(app: AppContext, call: Call) -> Call | None:
    """Return what of a call may be stored: nothing of a forgotten number, and no forgotten name."""
    if is_forgotten(app, call.number):
        return None
    return replace(call, name="") if is_forgotten(app, "", call.name) else call


def _read_back_to(ledger: Ledger, termux: Termux, since: datetime | None) -> ParsedLog:
    """Read the log back to a time, or all of it (None).

    Each longer read begins at the newest row again: with an offset, a row that is written between two pages would show its
    neighbour twice.
    """
    zone = device.zone(termux)
    ledger.key_values.write(ZONE, getattr(zone, "key", ""))
    if since is None:
        return parse_rows(termux.call_log(_ALL_ROWS), zone)
    for limit in (_FIRST_READ * 4**step for step in itertools.count()):
        printed = termux.call_log(limit)
        parsed = parse_rows(printed, zone)
        if len(printed) < limit or reaches(parsed.rows, since):
            return parsed
    raise AssertionError  # pragma: no cover - the loop has no end of its own


def _report_rows(app: AppContext, parsed: ParsedLog, now: datetime) -> None:
    if not parsed.faults:
        app.report(Source.CALL_LOG, None, now)
        return
    kinds = joined(message(" and "), sorted({fault.split(": ", 1)[1] for fault in parsed.faults}))
    sentence = message(
        "{count} of the call log's rows cannot be read ({kinds}); the others can.", count=len(parsed.faults), kinds=kinds
    )
    fault = MalformedOutput(sentence, remedy=message("See them with: termux-call-log -l 1000"))
    for row_fault in parsed.faults:
        log.debug("call log: %s", row_fault)
    app.report(Source.CALL_LOG, fault, now)
