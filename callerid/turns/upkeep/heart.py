"""The daemon's heartbeat: written by its loop `awake`, so that doctor can tell whether it lives and was not frozen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from callerid.core.upkeep.heartbeat import Beat, Freeze

if TYPE_CHECKING:
    from callerid.store.ledger.key_value import KeyValues

BEAT_KEY, FREEZE_KEY = "heartbeat", "last freeze"


def beat_now() -> Beat:
    """Return this moment by the phone's clocks."""
    boot, awake = time.clock_gettime(time.CLOCK_BOOTTIME), time.clock_gettime(time.CLOCK_MONOTONIC)
    return Beat(wall=time.time(), boot=boot, awake=awake)


def beat(key_values: KeyValues, now: Beat, *, is_first: bool) -> None:
    """Record a heartbeat, and that the daemon was frozen if it comes too late. The first one of a daemon comes after none of its
    own."""
    before = Beat.parse(key_values.read(BEAT_KEY) or "")
    late = before.late(now) if before and not is_first else 0.0
    if late:
        key_values.write(FREEZE_KEY, str(Freeze(at=now.wall, seconds=late)))
    key_values.write(BEAT_KEY, str(now))
