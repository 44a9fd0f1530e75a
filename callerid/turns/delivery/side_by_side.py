"""Moves that wait for the CRM side by side: each has its requests sent by a thread, and everything else is done by the one thread
that has the ledger.

A move is a generator: it yields a request and is given the answer, or the error. So one move that waits for a slow answer holds up
no other, and no row, database or clock is ever used by two threads.
"""

from __future__ import annotations

import queue
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from callerid.errors import CalleridError
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from callerid.crm.port import Crm

    Steps = Generator[Callable[[], object], Any, "T"]

T = TypeVar("T")
Key = TypeVar("Key")


_BUDGET = 20.0  # seconds, after which a move's read that failed is not tried again at once, but with its row


def answer_to(port: Crm, request: Callable[[], T]) -> Steps[T]:
    """Have a request sent, and return its answer; raise what it raises. For `yield from`."""

    def send() -> T:
        with port.time_budget(_BUDGET):
            return request()

    answer: T = yield send
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Generic[Key]):
    """A move that has ended: how many rows it has brought to the CRM, or why it failed."""

    key: Key
    delivered: int = 0
    fault: CalleridError | None = None


class SideBySide(Generic[Key]):
    """The moves that are under way, by a key of each."""

    def __init__(self) -> None:
        self._moves: dict[Key, Steps[int]] = {}
        self._answers: queue.SimpleQueue[tuple[Key, object, BaseException | None]] = queue.SimpleQueue()

    def begin(self, key: Key, move: Steps[int]) -> Ended[Key] | None:
        """Begin a move, and return how it ended if it had nothing to request."""
        self._moves[key] = move
        return self._go_on(key, partial(_step, move, None, None))

    def wait(self, seconds: float) -> Ended[Key] | None:
        """Wait for answers until a move has ended, and return it; None when none has ended within so many seconds."""
        until, ended = time.monotonic() + seconds, None
        while ended is None:
            try:
                key, answer, fault = self._answers.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                return None
            ended = self._go_on(key, partial(_step, self._moves[key], answer, fault))
        return ended

    def _go_on(self, key: Key, take_step: Callable[[], Callable[[], object]]) -> Ended[Key] | None:
        try:
            request = take_step()
        except StopIteration as end:
            del self._moves[key]
            return Ended(key=key, delivered=end.value)
        except CalleridError as fault:
            del self._moves[key]
            return Ended(key=key, fault=fault)
        threading.Thread(target=self._send, args=(key, request), name="callerid-delivery", daemon=True).start()
        return None

    def _send(self, key: Key, request: Callable[[], object]) -> None:
        try:
            self._answers.put((key, request(), None))
        except BaseException as fault:  # noqa: BLE001 - it is raised in the move
            self._answers.put((key, None, fault))


def _step(move: Steps[int], answer: object, fault: BaseException | None) -> Callable[[], object]:
    return move.send(answer) if fault is None else move.throw(fault)
