"""What the daemon follows as root or by Shizuku: the system log, whose lines are a reason to poll, and the call log's file."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from callerid.core.backoff import Deadline, Failures
from callerid.core.ringing import telecom_log
from callerid.phone import line_stream
from callerid.phone.android import AccessMethod, System
from callerid.phone.line_stream import LineStream
from callerid.turns.context import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from callerid.errors import CalleridError
    from callerid.phone.command_runner import FollowedCommand
    from callerid.store.ledger.key_value import KeyValues

_TELECOM, _LOG_FILE = "the system log", "the call log's file"
_STARTING = 3.5  # seconds until a stream counts as running, see LineStream.is_alive


class Streams:
    """The streams of the sense `stream`. `wake` is called when a stream runs or ends and when the system log shows a call,
    `call_log_written` when the call log has changed or will in a moment."""

    def __init__(self, system: System, wake: Callable[[], None], call_log_written: Callable[[], None]) -> None:
        self._system, self._wake, self._call_log_written = system, wake, call_log_written
        self._telecom: LineStream | None = None
        self._log_file: LineStream | None = None
        self._kept: dict[str, Failures] = {}  # as stored, by the names of streams
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

    def follow(self, method: AccessMethod | None, key_values: KeyValues, now: datetime) -> None:
        """Follow what can be followed by this method; None stops everything. A stream that kept failing waits on, also across a
        restart."""
        if method is None:
            self.stop()
            return

        def stream(name: str, start: Callable[[], FollowedCommand], receive: Callable[[str], None]) -> LineStream:
            kept = self._kept[name] = key_values.read_failures(name)
            pause = (kept.next_try(now) - now).total_seconds()
            return LineStream(start, receive, self._wake, failures=kept.count, pause=pause)

        if self._telecom is None:
            self._telecom = stream(_TELECOM, lambda: self._system.follow_telecom(method), self._read_line)
        if self._log_file is None and method is AccessMethod.ROOT:
            self._log_file = stream(_LOG_FILE, self._system.follow_call_log, lambda _: self._call_log_written())

    def keep_failures(self, key_values: KeyValues, now: datetime) -> None:
        """Store how often each stream has failed in a row, where that has changed, with the pause that it waits now."""
        for name, stream in self._streams():
            count = stream.failures
            if count != self._kept[name].count:
                pause = Deadline.after(line_stream.RESTART.pause(count + 1), now)
                self._kept[name] = Failures(count=count, pause=pause) if count else Failures()
                key_values.write_failures(name, self._kept[name])

    def _streams(self) -> Iterator[tuple[str, LineStream]]:
        if self._telecom:
            yield _TELECOM, self._telecom
        if self._log_file:
            yield _LOG_FILE, self._log_file

    def stop(self) -> None:
        """Stop both streams."""
        for _, stream in self._streams():
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
