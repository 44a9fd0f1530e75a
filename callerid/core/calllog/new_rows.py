"""Decide which rows of the call log are new calls, by the horizon rule.

Rows have no ids. A row's time is the start of the ringing, but the row appears when the call ends, so a long call appears *after* a
later short one, and two rows can be equal in everything. Remembering the newest row, or reading until a known row, loses calls.
So: take every row that is younger than the last good poll minus the longest possible call, and subtract, row by row, the calls that
the ledger already has.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from callerid.models import Call
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from callerid.models import CallRow, CallType

LONGEST_CALL = timedelta(hours=24)
LONGEST_SHIFT = timedelta(hours=26)  # between the zones UTC-12 and UTC+14
_QUARTER = timedelta(minutes=15)  # zones differ by quarters of an hour
_CLOCK_TOLERANCE = timedelta(minutes=2)
_MOST_BY_CHANCE = 0.2  # of the known calls are in the log by chance when the zone was wrong
_FEWEST_IF_SHIFTED = 0.8  # of them must be in the log for a shift to be believed: a person may have deleted some


@dataclass(frozen=True, slots=True)
class _Identity:
    """What two rows of the same call have in common, and so have twins. Not the name, which dialers fill in later."""

    start: datetime
    number: str
    sim: str | None


def call_key(start: datetime, number: str, sim: str | None, ordinal: int) -> str:
    """Return a call's key, from its UTC start, raw number, SIM and ordinal among twins: short, stable, and showing no number."""
    plain = f"{int(start.timestamp())}\n{number}\n{sim or ''}\n{ordinal}"
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def horizon(last_good_poll: datetime, now: datetime) -> datetime:
    """Return the start time before which no unknown row can be a new call.

    The earlier of the last good poll and now counts, so that a clock that was ahead loses no call when it is corrected.
    """
    return min(last_good_poll, now) - LONGEST_CALL


def reaches(rows: Sequence[CallRow], since: datetime) -> bool:
    """Return whether the newest rows of the log contain everything from `since` on: they do when one of them is older."""
    return any(row.starts[-1] < since for row in rows)


def oldest_start(rows: Sequence[CallRow]) -> datetime | None:
    """Return the earliest start that any row can have, None without rows."""
    return min((start for row in rows for start in row.starts), default=None)


def may_be_shifted(rows: Sequence[CallRow], known: Sequence[Call]) -> bool:
    """Return whether the rows may have been printed in another zone than they were read in: they have hardly any of the known
    calls since `oldest_start`, or none is known."""
    oldest = oldest_start(rows)
    return oldest is not None and _matches(timedelta(0), known, _printed(rows), oldest).share <= _MOST_BY_CHANCE


def new_calls(rows: Sequence[CallRow], known: Sequence[Call], *, since: datetime | None, last_poll: datetime) -> tuple[Call, ...]:
    """Return the calls that the ledger lacks, from the log's rows (oldest first) and the calls that the ledger has of that time.

    `since` is the horizon (None: all rows, however old, after a deep read). `last_poll` decides which of two possible starts a new
    row has in the hour that a clock change repeats. `known` must contain every call since `oldest_start`; where the rows
    `may_be_shifted`, every call since `LONGEST_SHIFT` before `since`.
    """
    rows = _unshifted(rows, known)
    unclaimed = _UnclaimedCalls(known)
    starts = [unclaimed.claim_exact(row) for row in rows]
    starts = [start or unclaimed.claim(row) for start, row in zip(starts, rows, strict=True)]
    unknown = [index for index, start in enumerate(starts) if start is None]
    twins = Counter(_Identity(call.start, call.number, call.sim) for call in known)
    calls: list[Call] = []
    for index in unknown:
        start = starts[index] = _start_of(rows[index], index, starts, last_poll)
        if since is not None and start < since:
            continue
        identity = _Identity(start, rows[index].number, rows[index].sim)
        calls.append(_call(rows[index], identity, twins[identity]))
        twins[identity] += 1
    return tuple(calls)


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


class _UnclaimedCalls:
    """The known calls that no row has claimed yet."""

    def __init__(self, known: Sequence[Call]) -> None:
        self._calls: defaultdict[_Identity, list[tuple[CallType, int]]] = defaultdict(list)
        for call in known:
            self._calls[_Identity(call.start, call.number, call.sim)].append((call.type, call.duration))

    def claim_exact(self, row: CallRow) -> datetime | None:
        """Claim the known call that is equal to a row in everything, and return its start; None when there is none."""
        for start in row.starts:
            calls = self._calls.get(_Identity(start, row.number, row.sim), [])
            if (row.type, row.duration) in calls:
                calls.remove((row.type, row.duration))
                return start
        return None

    def claim(self, row: CallRow) -> datetime | None:
        """Claim a known call that differs only in what a dialer may correct later, type and duration; None when there is none."""
        for start in row.starts:
            calls = self._calls.get(_Identity(start, row.number, row.sim), [])
            if calls:
                calls.pop(0)
                return start
        return None


def _start_of(row: CallRow, index: int, starts: Sequence[datetime | None], last_poll: datetime) -> datetime:
    """Return the start of a new row: in a repeated hour by the order of the rows, then by when it can have ended."""
    if len(row.starts) == 1:
        return row.starts[0]
    before = next((s for s in reversed(starts[:index]) if s), None)
    after = next((s for s in starts[index + 1 :] if s), None)
    fitting = [s for s in row.starts if (before is None or before <= s) and (after is None or s <= after)]
    fitting = fitting or list(row.starts)
    ended_since = [s for s in fitting if s + timedelta(seconds=row.duration) > last_poll - _CLOCK_TOLERANCE]
    return (ended_since or fitting)[0]


def _unshifted(rows: Sequence[CallRow], known: Sequence[Call]) -> Sequence[CallRow]:
    """Return rows in which all known calls appear shifted by the same quarters of an hour shifted back; other rows as they are.

    That happens when the zone changed between reading the zone and reading the log, or when the process of Termux:API does not know
    of the change yet. The calls in the ledger have the right start.
    """
    oldest = oldest_start(rows)
    if oldest is None or not known or not may_be_shifted(rows, known):
        return rows
    printed = _printed(rows)
    best = max((_matches(shift, known, printed, oldest) for shift in _possible_shifts(rows, known)), default=None)
    if best is None or best.share < _FEWEST_IF_SHIFTED:
        return rows
    return [replace(row, starts=tuple(start - best.shift for start in row.starts)) for row in rows]


@dataclass(frozen=True, slots=True, order=True)
class _Matches:
    """How many of the known calls the log contains under a shift, and which share of those that it must still contain."""

    count: int
    share: float
    shift: timedelta


def _matches(shift: timedelta, known: Sequence[Call], printed: AbstractSet[object], oldest: datetime) -> _Matches:
    expected = [call for call in known if call.start + shift >= oldest]
    count = sum(_fingerprint(call, call.start + shift) in printed for call in expected)
    return _Matches(count, count / len(expected) if expected else 0.0, shift)


def _printed(rows: Sequence[CallRow]) -> AbstractSet[object]:
    return {_fingerprint(row, start) for row in rows for start in row.starts}


def _fingerprint(row: CallRow | Call, start: datetime) -> tuple[datetime, str, str | None, CallType, int]:
    return (start, row.number, row.sim, row.type, row.duration)


def _possible_shifts(rows: Sequence[CallRow], known: Sequence[Call]) -> Iterator[timedelta]:
    """Yield the shifts under which some row would be the newest known call."""
    newest = max(known, key=lambda call: call.start)
    shifts = {start - newest.start for row in rows for start in row.starts if row.number == newest.number}
    yield from (shift for shift in shifts if shift and abs(shift) <= LONGEST_SHIFT and not shift % _QUARTER)
