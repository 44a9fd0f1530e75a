"""A long-lived command whose every line is news: started again with a growing pause when it ends, killed with its group at our
end."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.backoff import Backoff
from callerid.errors import CalleridError, PhoneFault, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.phone.command_runner import FollowedCommand

log = logging.getLogger("callerid")

_SETTLED = 3.0  # seconds; what may not run has ended by then
_LIVED = 60.0  # seconds; what ran so long ended for another reason than before
_RESTART = Backoff.doubling(timedelta(seconds=1), timedelta(hours=1))


class LineStream:
    """One command in a thread of its own. `start` starts it, `heard` gets its lines, `changed` is called when it lives or ends."""

    def __init__(self, start: Callable[[], FollowedCommand], heard: Callable[[str], None], changed: Callable[[], None]) -> None:
        self._start, self._heard, self._changed = start, heard, changed
        self._following: FollowedCommand | None = None
        self._since: float | None = None
        self._stop = threading.Event()
        self.fault: CalleridError | None = None
        self.was_alive = False
        self._thread = threading.Thread(target=self._run, name="stream", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Does it run, and has it done so long enough to be believed?"""
        since = self._since
        return since is not None and time.monotonic() - since >= _SETTLED

    def stop(self) -> None:
        """End it, for good."""
        self._stop.set()
        if self._following:
            self._following.stop()

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                self._follow()
            except Stopped:
                return
            except PhoneFault as fault:
                self.fault = fault
            except Exception:
                log.exception("an error that nobody foresaw; the stream is started again")
                self.fault = PhoneFault("it could not be listened to.")
            finally:
                self._since = None
            lived = time.monotonic() - began
            self.was_alive = self.was_alive or lived >= _SETTLED
            failures = 0 if lived >= _LIVED else failures + 1
            self._changed()
            self._stop.wait(_RESTART.pause(failures + 1).total_seconds())

    def _follow(self) -> None:
        self._following = self._start()
        self._since = time.monotonic()
        if self._stop.is_set():
            self._following.stop()
        settled = threading.Timer(_SETTLED + 0.1, self._settled)
        settled.daemon = True
        settled.start()
        try:
            self._following.lines(self._heard)
        finally:
            settled.cancel()
        self.fault = PhoneFault("it ended.")

    def _settled(self) -> None:
        self.fault = None
        self._changed()


def stream_fault(start: Callable[[], FollowedCommand]) -> CalleridError | None:
    """Given what would start a stream, start it, end it after some seconds, and return why it cannot be followed; None when it
    can."""
    settled_or_ended = threading.Event()
    stream = LineStream(start, lambda _: None, settled_or_ended.set)
    try:
        settled_or_ended.wait(_SETTLED + 1.0)
        return None if stream.is_alive else stream.fault or PhoneFault("it did not begin.")
    finally:
        stream.stop()
