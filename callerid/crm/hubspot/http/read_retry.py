"""When a read that failed is tried again. What writes is not: its outcome would be unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.backoff import Backoff
from callerid.errors import CrmFault, RateLimited

if TYPE_CHECKING:
    from callerid.errors import CalleridError

_READ_RETRIES = Backoff.seconds(0.5, 2, 5, 10)
_LONGEST_PAUSE_IN_A_TURN = 60.0  # seconds


def pause_before_retry(fault: CalleridError, attempt: int) -> float | None:
    """Return the seconds until a read that failed for the nth time may be tried again, or None to give up.

    HubSpot's own Retry-After comes first, but no turn waits for more than a minute. A read that is refused again has to do with
    requests that are not counted here, those of other clients: it waits until all of them have left the window.
    """
    if not isinstance(fault, CrmFault) or _READ_RETRIES.is_exhausted(attempt):
        return None
    pause = _READ_RETRIES.pause(attempt).total_seconds() if fault.retry_after is None else fault.retry_after
    if isinstance(fault, RateLimited) and fault.window and attempt > 1:
        pause = max(pause, fault.window)
    return pause if pause <= _LONGEST_PAUSE_IN_A_TURN else None
