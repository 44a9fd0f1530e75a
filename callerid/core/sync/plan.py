"""Decide which sync is due: full, delta or sweep."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.backoff import Deadline, is_due
from callerid.messages import message, template
from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime

OVERLAP = timedelta(hours=1)  # by which a delta sync looks back, because the index of a search may lag
LOOK_BACK_AFTER_FULL = timedelta(minutes=5)  # by which it looks back to before a full sync, which has read every record itself
STALE_AFTER = timedelta(days=14)  # most records have changed by then (HubSpot: 96 % in a month), so that a full sync is faster
RESUMABLE_FOR = timedelta(days=7)  # an older interrupted sync starts over
_RECENT = timedelta(minutes=10)  # a full sync of some hundred thousand records takes as long without an interruption
_CLOCK_TOLERANCE = timedelta(days=1)


class SyncKind(StrEnum):
    """The three kinds of sync."""

    FULL = template("full")
    DELTA = template("delta")
    SWEEP = template("sweep")  # a delta sync, and then every id is compared


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorAge:
    """How old the mirror is. Times are UTC, None for never."""

    built_at: datetime | None  # the last full sync
    fresh_at: datetime | None  # the last sync that read all changes
    swept_at: datetime | None  # the last comparison of every record
    matches_settings: bool
    interrupted: bool  # a full sync was


def due_sync(
    age: MirrorAge, sweep_every: timedelta | None, now: datetime, requested: SyncKind | None = None
) -> tuple[SyncKind, str]:
    """Return which sync is due, and why. A person may have `requested` one. With `sweep_every` None, no sweep is ever due."""
    if requested is SyncKind.FULL:
        return SyncKind.FULL, message("it was requested")
    if age.built_at is None or age.fresh_at is None:
        return SyncKind.FULL, message("there is no mirror yet")
    if not age.matches_settings:
        return SyncKind.FULL, message("the settings, or this version, ask for other contacts or fields than the mirror has")
    if requested is not None:
        return requested, message("it was requested")
    if age.interrupted:
        return SyncKind.FULL, message("an interrupted one is continued")
    if not _is_fresh(age.fresh_at, now):
        return SyncKind.FULL, message("the mirror is more than {days} days old", days=STALE_AFTER.days)
    if sweep_every is not None and is_due(age.swept_at, sweep_every, now):
        return SyncKind.SWEEP, message("it is time to compare every record")
    return SyncKind.DELTA, message("it is time to read what changed")


def _is_fresh(fresh_at: datetime, now: datetime) -> bool:
    """Return whether a delta sync can bring a mirror up to date. A clock that is a little behind does not make it stale."""
    fresh = Deadline(until=fresh_at + STALE_AFTER, set_at=fresh_at - _CLOCK_TOLERANCE)
    return fresh.holds(now, STALE_AFTER + _CLOCK_TOLERANCE)


def is_recent(began: datetime | None, now: datetime) -> bool:
    """Return whether a full sync that was interrupted began so short a time ago that the next delta sync is soon enough for what no
    date tells: links, and who is gone."""
    return began is not None and abs(now - began) < _RECENT


def is_full_sync_faster(changed: int, mirrored: int) -> bool:
    """Return whether so many of the mirrored records changed that a full sync is faster."""
    return changed > max(10_000, mirrored // 2)


def is_complete(collected: int, total: int, since: datetime, at: datetime) -> bool:
    """Return whether all changes came, so that the next sync begins where this one ended.

    A search that counts more records than it sends lags. What it did not send is requested again, but not forever: a sweep finds
    it too.
    """
    return collected >= total or at - since > timedelta(days=2)
