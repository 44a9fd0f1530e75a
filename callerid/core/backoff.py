"""Waiting and trying again: how long a pause lasts, and when it is over. Used wherever something is tried or done again.

A pause is kept as what survives a restart: when it ends (`until`), and when it was set (`set_at`), as epoch seconds in the ledger
or as the time of the last try in the key values. A phone's clock may be wrong, by years, and be corrected later. So a pause that
was set later than now, or that lasts longer than the longest of its kind, is over: `Deadline.holds` is the one place that says so.
Spans that look back (how far to read a call log, how long a lost post may still appear) are no pauses; a time of theirs that lies
in the future is taken for now.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import inf
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

Item = TypeVar("Item")

LONGEST_PAUSE = timedelta(days=3)  # no failure, answer of the CRM or "not now" puts anything off for longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A pause: when it ends, and when it was set (None: that is not kept). Aware times."""

    until: datetime
    set_at: datetime | None = None

    @classmethod
    def after(cls, pause: timedelta, now: datetime) -> Self:
        """Return the pause of that length that begins now."""
        return cls(until=now + pause, set_at=now)

    def holds(self, now: datetime, longest: timedelta = LONGEST_PAUSE) -> bool:
        """Return whether it lasts still. A pause that a wrong clock has set does not."""
        was_set = self.set_at is None or self.set_at <= now
        return was_set and now < self.until and self.until - now <= longest

    def next_try(self, now: datetime, longest: timedelta = LONGEST_PAUSE) -> datetime:
        """Return when it is over: now at the earliest, and never later than `longest` from now."""
        return self.until if self.holds(now, longest) else now

    def at_least(self, other: Self | None, now: datetime) -> Self:
        """Return the pause that both this one and the other end with, as set now."""
        until = self.until if other is None else max(self.until, other.next_try(now))
        return type(self)(until=until, set_at=now)


@dataclass(frozen=True, slots=True)
class Backoff:
    """The pauses after failures in a row, the first of them first. The last one is repeated."""

    pauses: tuple[timedelta, ...]

    @classmethod
    def seconds(cls, *pauses: float) -> Self:
        """Return the back-off with these pauses, in seconds."""
        return cls(tuple(timedelta(seconds=pause) for pause in pauses))

    @classmethod
    def doubling(cls, first: timedelta, longest: timedelta) -> Self:
        """Return the back-off whose pauses double, up to the longest."""
        pauses = [min(first, longest)]
        while timedelta(0) < pauses[-1] < longest:
            pauses.append(min(pauses[-1] * 2, longest))
        return cls(tuple(pauses))

    def pause(self, failures: int) -> timedelta:
        """Return the pause after so many failures in a row, one at least."""
        return self.pauses[min(max(failures, 1), len(self.pauses)) - 1]

    def is_exhausted(self, failures: int) -> bool:
        """Return whether there were more failures in a row than it has pauses, for what is not tried forever."""
        return failures > len(self.pauses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """How often something has failed in a row, and the pause after the last time. It is kept, so that a process that is started
    again and again does not try at each start."""

    count: int = 0
    pause: Deadline | None = None

    def one_more(self, backoff: Backoff, now: datetime) -> Self:
        """Return these failures and one more, with the pause that begins now."""
        count = self.count + 1
        return type(self)(count=count, pause=Deadline.after(backoff.pause(count), now))

    def holds(self, now: datetime) -> bool:
        """Return whether the pause lasts still."""
        return self.pause is not None and self.pause.holds(now)

    def next_try(self, now: datetime) -> datetime:
        """Return when the pause is over; now at the earliest."""
        return self.pause.next_try(now) if self.pause else now


def next_due(last: datetime | None, every: timedelta, now: datetime) -> datetime:
    """Return when something is due that was done last at that time (None: never) and is done so often; now at the earliest."""
    return now if last is None else Deadline.after(every, last).next_try(now, every)


def is_due(last: datetime | None, every: timedelta, now: datetime) -> bool:
    """Return whether something is due that was done last at that time (None: never) and is done so often."""
    return next_due(last, every, now) <= now


@dataclass(slots=True)
class _Waiting(Generic[Item]):
    item: Item
    tries: int = 1
    failed_rounds: int = 1  # since it waits, whether it was tried in them or not


class RetryQueue(Generic[Item]):
    """What has failed and is tried again: one queue with one timer, however much waits. At most `most` items wait.

    What makes one item fail nearly always makes all of them fail. So a round ends with its first failure, which counts for all of
    them; and what was tried least often is tried first, so that one item that always fails holds up no other. Times are seconds of
    a monotonic clock.
    """

    def __init__(self, backoff: Backoff, most: int) -> None:
        self._backoff, self._most = backoff, most
        self._waiting: list[_Waiting[Item]] = []
        self._due = 0.0
        self._made_due = -inf  # when everything was last said to work again

    def __len__(self) -> int:
        """Return how many items wait."""
        return len(self._waiting)

    def add(self, item: Item, now: float, tried: float | None = None) -> bool:
        """Let an item wait that has failed once, in a try that began at `tried` (None: now); return False when too many wait
        already."""
        if len(self._waiting) >= self._most:
            return False
        due = self._after_failure(now if tried is None else tried, now, 1)
        self._due = min(self._due, due) if self._waiting else due
        self._waiting.append(_Waiting(item))
        return True

    def make_due(self, now: float) -> None:
        """Let everything be tried now, also what is being tried and fails: what they need seems to work again. From any thread."""
        self._made_due = now
        self._due = min(self._due, now)

    def seconds_until_due(self, now: float) -> float | None:
        """Return the seconds until the next round, None when nothing waits."""
        return max(0.0, self._due - now) if self._waiting else None

    def retry(self, succeeds: Callable[[Item], bool], clock: Callable[[], float]) -> None:
        """Try everything, if that is due, until one item fails."""
        if not self._waiting or clock() < self._due:
            return
        for waiting in sorted(self._waiting, key=lambda waiting: waiting.tries):
            tried = clock()
            if not succeeds(waiting.item):
                waiting.tries += 1
                self._postpone(tried, clock())
                return
            self._waiting.remove(waiting)

    def _postpone(self, tried: float, now: float) -> None:
        for waiting in self._waiting:
            waiting.failed_rounds += 1
        self._due = self._after_failure(tried, now, min(waiting.failed_rounds for waiting in self._waiting))

    def _after_failure(self, tried: float, now: float, failures: int) -> float:
        """Return when a try is due after one that began at `tried`: at once if what it needs came back while it failed."""
        return now if tried <= self._made_due else now + self._backoff.pause(failures).total_seconds()
