"""Call log -> ledger (T1). The call log is the truth; a poll that cannot be read is an error, never an empty log."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.backoff import is_due
from callerid.core.calllog.new_rows import horizon, new_calls, reaches
from callerid.core.calllog.parse import ReadLog, read_rows
from callerid.core.upkeep.health import Source
from callerid.errors import MalformedOutput, PhoneFault
from callerid.phone import device
from callerid.store.ledger.key_value import ZONE
from callerid.turns.context import log
from callerid.turns.ringing.callers import is_forgotten, known_names
from callerid.turns.ringing.phone_contacts import learn_names
from callerid.turns.ringing.speak import note_calls_ended

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.models import Call
    from callerid.turns.context import AppContext

_FIRST_READ = 50
_NEWEST = 500  # calls of a first look, whose names are worth keeping
_EVERYTHING = 1_000_000
_DEEP_EVERY = timedelta(days=1)
_A_DAY = timedelta(days=1)
LAST_POLL, LAST_DEEP = "last_good_poll", "last_deep_read"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCalls:
    """What one look at the call log brought."""

    new: tuple[Call, ...]
    baseline: int = 0
    missed: int = 0  # of the new ones, those that an ordinary look would not have found: a clock, or a fault, had hidden them
    names_changed: bool = False  # the call log has names that our list of the phone's contacts has not


def watch(app: AppContext, now: datetime, *, deep: bool = False) -> NewCalls:
    """Look at the call log once and record the calls that are new.

    The first look of all records what it finds as baseline and announces nothing. A deep read, asked for or due daily,
    compares the whole log: it heals what a clock did. Raise PhoneFault when the log cannot be read; nothing is recorded then.
    """
    try:
        watched = _watch(app, now, deep=deep)
    except PhoneFault as fault:
        app.report(Source.CALL_LOG, fault, now)
        raise
    return watched


def _watch(app: AppContext, now: datetime, *, deep: bool) -> NewCalls:
    last = app.ledger.key_values.read_time(LAST_POLL)
    last_deep = app.ledger.key_values.read_time(LAST_DEEP)
    deep = deep or last is None or is_due(last_deep, _DEEP_EVERY, now)
    since = None if deep or last is None else horizon(last, now)
    read = _read_back_to(app, since)
    _report_rows(app, read, now)
    known = app.ledger.calls.known_since(since - _A_DAY if since else None)
    found = new_calls(read.rows, known, since=since, last_poll=last or now)
    new = tuple(_without_forgotten_name(app, call) for call in found if not is_forgotten(app, call.number))
    note_calls_ended(app, found)
    names_changed = learn_names(app, new[-_NEWEST:])
    app.ledger.calls.add(new, app.line_of, now, names_of=lambda number: known_names(app, number), baseline=last is None)
    app.ledger.key_values.write_time(LAST_POLL, now)
    if deep:
        app.ledger.key_values.write_time(LAST_DEEP, now)
    if last is None:
        return NewCalls(new=(), baseline=len(new))
    missed = sum(call.start < horizon(last, now) for call in new)
    return NewCalls(new=new, missed=missed, names_changed=names_changed)


def _without_forgotten_name(app: AppContext, call: Call) -> Call:
    return replace(call, name="") if is_forgotten(app, "", call.name) else call


def _read_back_to(app: AppContext, since: datetime | None) -> ReadLog:
    """Read the log back to a time, or whole. Each try asks again from the newest row: with an offset, a row that is written
    between two pages would show its neighbour twice."""
    zone = device.zone(app.termux)
    app.ledger.key_values.write(ZONE, getattr(zone, "key", ""))
    if since is None:
        return read_rows(app.termux.call_log(_EVERYTHING), zone)
    for limit in (_FIRST_READ * 4**step for step in itertools.count()):
        printed = app.termux.call_log(limit)
        read = read_rows(printed, zone)
        if len(printed) < limit or reaches(read.rows, since):
            return read
    raise AssertionError  # pragma: no cover - the loop has no end of its own


def _report_rows(app: AppContext, read: ReadLog, now: datetime) -> None:
    if not read.faults:
        app.report(Source.CALL_LOG, None, now)
        return
    kinds = " and ".join(sorted({fault.split(": ", 1)[1] for fault in read.faults}))
    sentence = f"{len(read.faults)} of the call log's rows cannot be read ({kinds}); the others are."
    fault = MalformedOutput(sentence, remedy="See them with: termux-call-log -l 1000")
    for place in read.faults:
        log.debug("call log: %s", place)
    app.report(Source.CALL_LOG, fault, now)
