"""When each loop has its next turn. Pure but for what the turns themselves told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_EAGER = (1.0, 2.0, 3.0, 5.0, 10.0)  # seconds between looks after a call ended: the row is written a moment later
_SYNC_RETRY = (60, 300, 900, 3600)


def seconds_until(moment: datetime | None, now: datetime) -> float | None:
    """Given a time or none, return the seconds until then, at least a fifth of one; None for none."""
    return None if moment is None else max(0.2, (moment - now).total_seconds())


def eager_pause(looks: int) -> float | None:
    """Given how many looks were taken since a call ended, return the seconds until the next, or None to be patient again."""
    return _EAGER[looks] if looks < len(_EAGER) else None


def sync_due(
    last: datetime | None, last_try: datetime | None, failures: int, every: timedelta | None, now: datetime
) -> datetime | None:
    """Given when a sync last succeeded and was last tried, return when the next is due; None when it is switched off."""
    if every is None:
        return None
    if failures and last_try and last_try <= now:
        return last_try + timedelta(seconds=min(_SYNC_RETRY[min(failures, len(_SYNC_RETRY)) - 1], every.total_seconds()))
    return last + every if last and last <= now else now
