"""What the daemon follows as root or by Shizuku: the system log, whose lines are a reason to poll, and the call log's file."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from callerid.core.ringing import telecom_log
from callerid.phone.android import AccessMethod, System
from callerid.phone.line_stream import LineStream
from callerid.turns.context import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.errors import CalleridError

_STARTING = 3.5  # seconds until a stream counts as running, see LineStream.is_alive


class Streams:
    """The streams of the sense `stream`. `wake` is called when a stream runs or ends and when the system log shows a call,
    `call_log_written` when the call log has changed or will in a moment."""

    def __init__(self, system: System, wake: Callable[[], None], call_log_written: Callable[[], None]) -> None:
        self._system, self._wake, self._call_log_written = system, wake, call_log_written
        self._telecom: LineStream | None = None
        self._log_file: LineStream | None = None
        self._call_seen = threading.Event()
        self.reports_ringing = False  # the last event in the system log was a call that rings

    @property
    def is_alive(self) -> bool:
        """Whether the system log is followed."""
        return self._telecom is not None and self._telecom.is_alive

    @property
    def follows_call_log(self) -> bool:
        """Whether every change of the call log's file is seen."""
        return self._log_file is not None and self._log_file.is_alive

    @property
    def was_started(self) -> bool:
        """Whether a stream of the system log was started, also if it does not work."""
        return self._telecom is not None

    @property
    def fault(self) -> CalleridError | None:
        """Why the system log cannot be followed; None when it can, or was not tried."""
        return self._telecom.fault if self._telecom and not self._telecom.is_alive else None

    @property
    def was_alive(self) -> bool:
        """Whether the system log has been followed before."""
        return self._telecom is not None and self._telecom.was_alive

    @property
    def seconds_until_stable(self) -> float | None:
        """The seconds until a stream that is starting counts as running; None when none is starting."""
        is_starting = self._telecom is not None and not self._telecom.is_alive and self._telecom.fault is None
        return _STARTING if is_starting else None

    def follow(self, method: AccessMethod | None) -> None:
        """Follow what can be followed by this method; None stops everything."""
        if method is None:
            self.stop()
            return
        if self._telecom is None:
            self._telecom = LineStream(lambda: self._system.follow_telecom(method), self._read_line, self._wake)
        if self._log_file is None and method is AccessMethod.ROOT:
            self._log_file = LineStream(self._system.follow_call_log, lambda _: self._call_log_written(), self._wake)

    def stop(self) -> None:
        """Stop both streams."""
        for stream in (self._telecom, self._log_file):
            if stream:
                stream.stop()
        self._telecom = self._log_file = None

    def take_call_signal(self) -> bool:
        """Return whether the system log has shown a call since the last time this was called."""
        call_seen = self._call_seen.is_set()
        self._call_seen.clear()
        return call_seen

    def _read_line(self, line: str) -> None:
        change = telecom_log.parse_line(line)
        if change and telecom_log.is_recent(change, utc_now()):
            self.reports_ringing = change.trigger is telecom_log.Trigger.RINGING
            self._call_seen.set()
            self._wake()
            if change.trigger is telecom_log.Trigger.ENDED:
                self._call_log_written()  # a ring may have been too short for a poll to see it
