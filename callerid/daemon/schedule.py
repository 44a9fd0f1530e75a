"""When each loop has its next turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.backoff import Backoff, next_due

if TYPE_CHECKING:
    from datetime import datetime, timedelta

_AFTER_A_CALL = Backoff.seconds(1, 2, 3, 5, 10)  # between looks at the call log: Android writes the row a moment after the call
_SYNC_RETRY = Backoff.seconds(60, 300, 900, 3600)


def seconds_until(moment: datetime | None, now: datetime) -> float | None:
    """Return the seconds until a time, at least 0.2; None for no time."""
    return None if moment is None else max(0.2, (moment - now).total_seconds())


def pause_after_call(looks: int) -> float | None:
    """Return the seconds until the next look at the call log, after so many looks since a call ended; None when the usual interval
    applies again."""
    return None if _AFTER_A_CALL.is_exhausted(looks + 1) else _AFTER_A_CALL.pause(looks + 1).total_seconds()


def sync_due(
    last: datetime | None, last_try: datetime | None, failures: int, every: timedelta | None, now: datetime
) -> datetime | None:
    """Return when the next sync is due, now at the earliest; None when syncs are switched off.

    `last` is the end of the last one that succeeded, `last_try` the beginning of the last one, `failures` how many in a row have
    failed since.
    """
    if every is None:
        return None
    if failures and last_try and (last is None or last < last_try):  # a command may have synced since
        return next_due(last_try, min(_SYNC_RETRY.pause(failures), every), now)
    return next_due(last, every, now)
