"""The daemon's heartbeat, by three clocks: whether it lives, and whether Android has frozen it.

A frozen process does not run though the processor does, and a pause is counted while the processor is awake. So a beat that is
late by the clock that stops in suspend (CLOCK_MONOTONIC) was frozen, or starved; one that is late only by the clock that goes on
(CLOCK_BOOTTIME) was asleep with the whole phone. The clock on the wall may have been set meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from typing import Self

EVERY = 900.0  # seconds
LATE = 120.0  # seconds; what a busy phone may be late
_ROUNDED = 1.0  # seconds; a beat is stored in whole ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One moment, in seconds: since 1970, since the phone's start, and of that while the processor was awake."""

    wall: float
    boot: float
    awake: float

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the beat that `str` has written; None for anything else."""
        try:
            wall, boot, awake = map(float, text.split())
        except ValueError:
            return None
        return cls(wall=wall, boot=boot, awake=awake)

    def __str__(self) -> str:
        return f"{self.wall:.0f} {self.boot:.0f} {self.awake:.0f}"

    def is_of_same_start(self, later: Beat) -> bool:
        """Return whether the phone has not been started between the two."""
        return self.boot <= later.boot + _ROUNDED and self.awake <= later.awake + _ROUNDED

    def late(self, later: Beat) -> float:
        """Return by how many seconds the next beat came too late while the processor was awake; 0.0 when it did not."""
        if not self.is_of_same_start(later):
            return 0.0
        over = later.awake - self.awake - EVERY
        return over if over > LATE else 0.0

    def asleep(self, later: Beat) -> float:
        """Return how many seconds the processor slept between the two."""
        return max(0.0, later.boot - self.boot - (later.awake - self.awake)) if self.is_of_same_start(later) else 0.0

    def clock_set_by(self, later: Beat) -> float:
        """Return by how many seconds the clock on the wall was set between the two: forward if positive."""
        return later.wall - self.wall - (later.boot - self.boot) if self.is_of_same_start(later) else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """When a beat came too late while the processor was awake (epoch seconds), and by how much (seconds)."""

    at: float
    seconds: float

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return what `str` has written; None for anything else."""
        try:
            at, seconds = map(float, text.split())
        except ValueError:
            return None
        return cls(at=at, seconds=seconds)

    def __str__(self) -> str:
        return f"{self.at:.0f} {self.seconds:.0f}"
