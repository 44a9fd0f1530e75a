"""A command that runs all the time and prints a line for each event. When it ends, it is started again after a growing pause."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.backoff import Backoff
from callerid.errors import CalleridError, PhoneFault, Stopped
from callerid.logs import log
from callerid.messages import message

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.phone.command_runner import FollowedCommand


_STABLE = 3.0  # seconds; a command that is not permitted has ended by then
_RAN = 60.0  # seconds; after a run of this length, failures are counted from zero
RESTART = Backoff.doubling(timedelta(seconds=1), timedelta(hours=1))


class LineStream:
    """One command, followed in a thread of its own. `start` starts it, `receive` gets its lines, and `changed` is called when it
    counts as running and when it ends. It has failed `failures` times in a row before, and is started after `pause` (seconds)."""

    def __init__(
        self,
        start: Callable[[], FollowedCommand],
        receive: Callable[[str], None],
        changed: Callable[[], None],
        *,
        failures: int = 0,
        pause: float = 0.0,
    ) -> None:
        self._start, self._receive, self._changed = start, receive, changed
        self._following: FollowedCommand | None = None
        self._since: float | None = None
        self._failures, self._pause = failures, pause
        self._stop = threading.Event()
        self.fault: CalleridError | None = PhoneFault(message("it ended; it is started again later.")) if pause else None
        self.was_alive = False
        self._thread = threading.Thread(target=self._run, name="stream", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether the command runs, and has run for three seconds."""
        since = self._since
        return since is not None and time.monotonic() - since >= _STABLE

    @property
    def failures(self) -> int:
        """How often it has failed in a row; 0 once it has run for a minute."""
        since = self._since
        return 0 if since is not None and time.monotonic() - since >= _RAN else self._failures

    def stop(self) -> None:
        """Kill the command and do not start it again."""
        self._stop.set()
        if self._following:
            self._following.stop()

    def _run(self) -> None:
        self._stop.wait(self._pause)
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                self._follow()
            except Stopped:
                return
            except PhoneFault as fault:
                self.fault = fault
            except Exception:
                log.exception("unexpected error; the stream is started again")
                self.fault = PhoneFault(message("its output could not be read."))
            finally:
                self._since = None
            ran = time.monotonic() - began
            self.was_alive = self.was_alive or ran >= _STABLE
            self._failures = 0 if ran >= _RAN else self._failures + 1
            self._changed()
            self._stop.wait(RESTART.pause(self._failures + 1).total_seconds())

    def _follow(self) -> None:
        self._following = self._start()
        self._since = time.monotonic()
        if self._stop.is_set():
            self._following.stop()
        stable = threading.Timer(_STABLE + 0.1, self._became_stable)
        stable.daemon = True
        stable.start()
        try:
            self._following.lines(self._receive)
        finally:
            stable.cancel()
        self.fault = PhoneFault(message("it ended."))

    def _became_stable(self) -> None:
        self.fault = None
        self._changed()


def stream_fault(start: Callable[[], FollowedCommand]) -> CalleridError | None:
    """Try to follow a command for some seconds, and return why that fails; None when it works."""
    changed = threading.Event()
    stream = LineStream(start, lambda _: None, changed.set)
    try:
        changed.wait(_STABLE + 1.0)
        return None if stream.is_alive else stream.fault or PhoneFault(message("it did not start."))
    finally:
        stream.stop()
