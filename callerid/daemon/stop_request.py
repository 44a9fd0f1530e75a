"""The request to stop the daemon, which may come at any moment: from a signal, or from a thread."""

from __future__ import annotations

import contextlib
import os
import signal
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class StopRequest:
    """A request that one thread waits for.

    A pipe, and not a threading.Event: the handler of a signal runs in the main thread between two instructions, also while that
    thread holds the lock inside `Event.wait`, for which `Event.set` would then wait for ever. And a signal that comes between the
    last instruction and the system call that sleeps is only noticed by a file descriptor (signal.set_wakeup_fd).
    """

    def __init__(self) -> None:
        self._read_end, self._write_end = os.pipe()
        os.set_blocking(self._write_end, False)
        weakref.finalize(self, _close, self._read_end, self._write_end)  # not sooner: a thread may still make the request

    def make(self) -> None:
        """Have `wait` return, from any thread and any handler of a signal; once is enough."""
        with contextlib.suppress(BlockingIOError):  # it is full of requests
            os.write(self._write_end, b"\0")

    def make_on_signals(self, handlers: dict[signal.Signals, Callable[[], None]]) -> None:
        """Call a handler, which has to call `make`, at each of these signals. Only the main thread may call this."""
        signal.set_wakeup_fd(self._write_end, warn_on_full_buffer=False)
        for name, handler in handlers.items():
            signal.signal(name, lambda *_, handler=handler: handler())

    def wait(self) -> None:
        """Sleep until the request is made."""
        os.read(self._read_end, 1)


def _close(*ends: int) -> None:
    for end in ends:
        os.close(end)
