"""When Termux holds its wake lock: with it the processor never sleeps, so a ring is announced at once and the battery pays."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.backoff import Deadline

AROUND_CALL = timedelta(minutes=2)  # longer than a phone rings, and than the call log and the question after a call take


class WakeLockPolicy(StrEnum):
    """The values of the setting `wake_lock`."""

    HELD = "held"
    WHILE_RINGING = "while-ringing"
    OFF = "off"


def is_wanted(policy: WakeLockPolicy, *, enabled: bool, around_call: Deadline | None, now: datetime) -> bool:
    """Return whether the lock is to be held now. `enabled` is whether caller ID is on; `around_call` lasts for `AROUND_CALL` after
    the last sign of a call (None: there was none yet)."""
    if policy is WakeLockPolicy.WHILE_RINGING:
        return enabled and around_call is not None and around_call.holds(now, AROUND_CALL)
    return enabled and policy is WakeLockPolicy.HELD
