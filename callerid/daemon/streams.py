"""What the daemon follows as root or by Shizuku: the system's log, whose lines are a reason to look, and the call log's file."""

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

_STARTING = 3.5  # seconds until a stream is known to live


class Streams:
    """The streams, for as long as they are wanted. `wake` is called when one lives or ends and when the log tells of a call,
    `call_log_written` when a call has ended."""

    def __init__(self, system: System, wake: Callable[[], None], call_log_written: Callable[[], None]) -> None:
        self._system, self._wake, self._call_log_written = system, wake, call_log_written
        self._telecom: LineStream | None = None
        self._log_file: LineStream | None = None
        self._told = threading.Event()
        self.reports_ringing = False  # the log's last word was that a call rings

    @property
    def is_alive(self) -> bool:
        """Is the system's log followed?"""
        return self._telecom is not None and self._telecom.is_alive

    @property
    def follows_call_log(self) -> bool:
        """Is every change of the call log told?"""
        return self._log_file is not None and self._log_file.is_alive

    @property
    def was_started(self) -> bool:
        """Is there a way to follow the log, whether that works or not?"""
        return self._telecom is not None

    @property
    def fault(self) -> CalleridError | None:
        """Why the system's log cannot be followed, if it cannot."""
        return self._telecom.fault if self._telecom and not self._telecom.is_alive else None

    @property
    def was_alive(self) -> bool:
        """Has it been followed before?"""
        return self._telecom is not None and self._telecom.was_alive

    @property
    def seconds_until_stable(self) -> float | None:
        """How many seconds until a stream that starts is known to live; None when none does."""
        starts = self._telecom is not None and not self._telecom.is_alive and self._telecom.fault is None
        return _STARTING if starts else None

    def follow(self, way: AccessMethod | None) -> None:
        """Follow what can be followed this way (None: nothing)."""
        if way is None:
            self.stop()
            return
        if self._telecom is None:
            self._telecom = LineStream(lambda: self._system.follow_telecom(way), self._heard, self._wake)
        if self._log_file is None and way is AccessMethod.ROOT:
            self._log_file = LineStream(self._system.follow_call_log, lambda _: self._call_log_written(), self._wake)

    def stop(self) -> None:
        """End them."""
        for stream in (self._telecom, self._log_file):
            if stream:
                stream.stop()
        self._telecom = self._log_file = None

    def take_call_signal(self) -> bool:
        """Has the log told of a call since this was asked last?"""
        told = self._told.is_set()
        self._told.clear()
        return told

    def _heard(self, line: str) -> None:
        heard = telecom_log.parse_line(line)
        if heard and telecom_log.is_recent(heard, utc_now()):
            self.reports_ringing = heard.trigger is telecom_log.Trigger.RINGING
            self._told.set()
            self._wake()
            if heard.trigger is telecom_log.Trigger.ENDED:
                self._call_log_written()  # a ring may have been too short for any look
