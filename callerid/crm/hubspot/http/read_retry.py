"""When a read that failed is tried again. What writes is not: its outcome would be unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.backoff import Backoff
from callerid.errors import CrmFault

if TYPE_CHECKING:
    from callerid.errors import CalleridError

_READ_RETRIES = Backoff.seconds(0.5, 2, 5, 10)
_LONGEST_PAUSE_IN_A_TURN = 60.0  # seconds


def pause_before_retry(fault: CalleridError, attempt: int) -> float | None:
    """Return the seconds until a read that failed for the nth time may be tried again, or None to give up.

    HubSpot's own Retry-After comes first, but no turn waits for more than a minute.
    """
    if not isinstance(fault, CrmFault) or _READ_RETRIES.is_exhausted(attempt):
        return None
    pause = _READ_RETRIES.pause(attempt).total_seconds() if fault.retry_after is None else fault.retry_after
    return pause if pause <= _LONGEST_PAUSE_IN_A_TURN else None
