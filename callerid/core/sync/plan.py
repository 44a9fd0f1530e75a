"""Which sync is due: all of it, what changed, or a comparison of every record. Pure; it is told what the mirror knows of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.backoff import is_due

if TYPE_CHECKING:
    from datetime import datetime

OVERLAP = timedelta(hours=1)  # that a delta sync looks back: the index of a search is behind, and not always by a moment
SETTLED = timedelta(minutes=5)  # that it looks back to before a full sync, which has seen by itself what there was
STALE = timedelta(days=14)  # after so long most records have changed (HubSpot: 96 % in a month), and reading all is faster
OLDEST_LEFT = timedelta(days=7)  # a reading that was interrupted longer ago begins anew
ARCHIVE_EVERY = timedelta(hours=8)  # the lists of deleted records take turns, one a sync: each comes once a day


class SyncKind(StrEnum):
    """The three syncs."""

    FULL = "full"
    DELTA = "delta"
    SWEEP = "sweep"  # a delta sync, and then every id is compared


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorAge:
    """When the mirror was built whole, took in all changes, and was compared (None: never); whether it is what is asked for now."""

    built_at: datetime | None
    fresh_at: datetime | None
    swept_at: datetime | None
    as_asked: bool
    building: bool  # a full sync was interrupted


def due(age: MirrorAge, sweep_every: timedelta | None, now: datetime, wanted: SyncKind | None = None) -> tuple[SyncKind, str]:
    """Given the mirror's age, how often it is compared, now, and what a person asked for, return which sync to make, and why."""
    if wanted is SyncKind.FULL:
        return SyncKind.FULL, "it was asked for"
    if age.built_at is None or age.fresh_at is None:
        return SyncKind.FULL, "there is no mirror yet"
    if not age.as_asked:
        return SyncKind.FULL, "the settings ask for other contacts or fields than the mirror has"
    if wanted is not None:
        return wanted, "it was asked for"
    if age.building:
        return SyncKind.FULL, "an interrupted one goes on"
    if not timedelta(0) <= now - age.fresh_at + timedelta(days=1) <= STALE + timedelta(days=1):
        return SyncKind.FULL, f"the mirror is more than {STALE.days} days old"
    if sweep_every is not None and is_due(age.swept_at, sweep_every, now):
        return SyncKind.SWEEP, "it is time to compare every record"
    return SyncKind.DELTA, "it is time to ask what changed"


def is_too_much(changed: int, mirrored: int) -> bool:
    """Given how many records changed and how many the mirror has, is reading all of them the shorter way?"""
    return changed > max(10_000, mirrored // 2)


def may_move_on(collected: int, total: int, since: datetime, at: datetime) -> bool:
    """Given how many changes came and how many the search counted, may the next sync begin where this one ended?

    A search that counts more than it shows lags; what it did not show is asked for again, but not for ever: the sweep finds it too.
    """
    return collected >= total or at - since > timedelta(days=2)
