"""Which rows of the call log are new calls? The horizon rule.

Rows have no id. A row's time is the start of the ringing, but the row appears when the call ends, so a long call shows up
*after* a later short one, and two rows can be alike in everything. A mark at the newest row seen, or "read until a known
row", loses calls. What holds: look at every row younger than the last good poll less the longest possible call, and take
away, row by row, what the ledger already has.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from callerid.models import Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from callerid.models import CallRow, CallType

LONGEST_CALL = timedelta(hours=24)
_LONGEST_SHIFT = timedelta(hours=26)  # between the zones UTC-12 and UTC+14
_QUARTER = timedelta(minutes=15)  # zones differ by quarters of an hour
_CLOCK_SLACK = timedelta(minutes=2)
_COINCIDENCE = 0.2  # of the known calls may be met by chance when the zone was misread
_CERTAINTY = 0.8  # of them must be met for a shift to be believed: a person may have deleted some


@dataclass(frozen=True, slots=True)
class _Identity:
    """What makes two rows the same call, but for twins; never the name, which dialers fill in later."""

    start: datetime
    number: str
    sim: str | None


def call_key(start: datetime, number: str, sim: str | None, ordinal: int) -> str:
    """Given a call's UTC start, raw number, SIM and ordinal among twins, return its key: short, stable, and showing no number."""
    plain = f"{int(start.timestamp())}\n{number}\n{sim or ''}\n{ordinal}"
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def horizon(last_good_poll: datetime, now: datetime) -> datetime:
    """Given the last good poll and now, return the start before which no unknown row can be a new call.

    The earlier of both counts, so that a clock that was wrong in the future loses nothing when it is put right.
    """
    return min(last_good_poll, now) - LONGEST_CALL


def reaches(rows: Sequence[CallRow], since: datetime) -> bool:
    """Given the newest rows of the log, is everything from `since` on among them? Yes when one is older."""
    return any(row.starts[-1] < since for row in rows)


def new_calls(rows: Sequence[CallRow], known: Sequence[Call], *, since: datetime | None, last_poll: datetime) -> tuple[Call, ...]:
    """Given the log's rows (oldest first) and the ledger's calls of that time, return the calls that the ledger lacks.

    `since` is the horizon (None: however old, as after a deep read); `last_poll` settles which of a repeated hour's two
    readings a new row means. `known` must hold every call from a day before `since`.
    """
    rows = _unshifted(rows, known)
    remaining = _Remaining(known)
    settled = [remaining.take_exact(row) for row in rows]
    settled = [start or remaining.take(row) for start, row in zip(settled, rows, strict=True)]
    fresh = [index for index, start in enumerate(settled) if start is None]
    twins = Counter(_Identity(call.start, call.number, call.sim) for call in known)
    found: list[Call] = []
    for index in fresh:
        start = settled[index] = _start_of(rows[index], index, settled, last_poll)
        if since is not None and start < since:
            continue
        identity = _Identity(start, rows[index].number, rows[index].sim)
        found.append(_call(rows[index], identity, twins[identity]))
        twins[identity] += 1
    return tuple(found)


def _call(row: CallRow, identity: _Identity, ordinal: int) -> Call:
    return Call(
        key=call_key(identity.start, identity.number, identity.sim, ordinal),
        start=identity.start,
        number=identity.number,
        type=row.type,
        duration=row.duration,
        sim=identity.sim,
        ordinal=ordinal,
        name=row.name,
    )


class _Remaining:
    """The known calls that no row has claimed yet."""

    def __init__(self, known: Sequence[Call]) -> None:
        self._left: defaultdict[_Identity, list[tuple[CallType, int]]] = defaultdict(list)
        for call in known:
            self._left[_Identity(call.start, call.number, call.sim)].append((call.type, call.duration))

    def take_exact(self, row: CallRow) -> datetime | None:
        """Claim the known call that is this row to the letter, and return its start."""
        for start in row.starts:
            left = self._left.get(_Identity(start, row.number, row.sim), [])
            if (row.type, row.duration) in left:
                left.remove((row.type, row.duration))
                return start
        return None

    def take(self, row: CallRow) -> datetime | None:
        """Claim a known call that differs only in what a dialer may correct later: type and duration."""
        for start in row.starts:
            left = self._left.get(_Identity(start, row.number, row.sim), [])
            if left:
                left.pop(0)
                return start
        return None


def _start_of(row: CallRow, index: int, settled: Sequence[datetime | None], last_poll: datetime) -> datetime:
    """Given a new row among its neighbours, return its start; in a repeated hour by order, then by when it can have ended."""
    if len(row.starts) == 1:
        return row.starts[0]
    before = next((s for s in reversed(settled[:index]) if s), None)
    after = next((s for s in settled[index + 1 :] if s), None)
    fitting = [s for s in row.starts if (before is None or before <= s) and (after is None or s <= after)]
    fitting = fitting or list(row.starts)
    ended_since = [s for s in fitting if s + timedelta(seconds=row.duration) > last_poll - _CLOCK_SLACK]
    return (ended_since or fitting)[0]


def _unshifted(rows: Sequence[CallRow], known: Sequence[Call]) -> Sequence[CallRow]:
    """Given rows in which the known calls seem moved by the same quarters of an hour, return them moved back.

    So it looks when the zone changed between reading the zone and reading the log, or when Termux:API's process has not
    heard of the change yet. The ledger knows better than a zone that was read a moment too early.
    """
    if not rows or not known:
        return rows
    looks = {_look(row, start) for row in rows for start in row.starts}
    oldest = min(start for row in rows for start in row.starts)
    if _met(timedelta(0), known, looks, oldest).share > _COINCIDENCE:
        return rows
    best = max((_met(shift, known, looks, oldest) for shift in _possible_shifts(rows, known)), default=None)
    if best is None or best.share < _CERTAINTY:
        return rows
    return [replace(row, starts=tuple(start - best.shift for start in row.starts)) for row in rows]


@dataclass(frozen=True, slots=True, order=True)
class _Met:
    """How many of the known calls, and which share of those that must still be there, the log shows under a shift."""

    count: int
    share: float
    shift: timedelta


def _met(shift: timedelta, known: Sequence[Call], looks: AbstractSet[object], oldest: datetime) -> _Met:
    due = [call for call in known if call.start + shift >= oldest]
    count = sum(_look(call, call.start + shift) in looks for call in due)
    return _Met(count, count / len(due) if due else 0.0, shift)


def _look(row: CallRow | Call, start: datetime) -> tuple[datetime, str, str | None, CallType, int]:
    return (start, row.number, row.sim, row.type, row.duration)


def _possible_shifts(rows: Sequence[CallRow], known: Sequence[Call]) -> Iterator[timedelta]:
    """Yield the shifts that would make some row the newest known call."""
    newest = max(known, key=lambda call: call.start)
    shifts = {start - newest.start for row in rows for start in row.starts if row.number == newest.number}
    yield from (shift for shift in shifts if shift and abs(shift) <= _LONGEST_SHIFT and not shift % _QUARTER)
