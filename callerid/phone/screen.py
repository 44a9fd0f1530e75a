"""Shows cards without waiting for them: a ring must not wait until the notification of the ring before it has been shown.

The first command of a notification is started at once, in the caller's thread. While it runs, only the newest content for the same
notification is kept, and shown after it: of two commands side by side, the older one could win.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from callerid.errors import CalleridError, PhoneFault, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from callerid.phone.command_runner import CommandRunner, RunningCommand

_TIMEOUT = 15.0  # seconds
_MOST_AT_ONCE = 12  # commands: Android kills whoever has too many (phantom processes)


class Screen:
    """Notifications on their way. `told` hears how each ended: None, or the fault."""

    def __init__(self, runner: CommandRunner, told: Callable[[CalleridError | None], None]) -> None:
        self._runner, self._told = runner, told
        self._lock = threading.Condition()
        self._waiting: dict[str, Sequence[str]] = {}  # for another notification's command to end, the oldest first
        self._next: dict[str, Sequence[str] | None] = {}  # of each notification that is under way, what is to be shown after it

    def show(self, notification_id: str, argv: Sequence[str]) -> None:
        """Given a notification's id and the command that shows it, start that, or have it started after the one that runs.

        Raise CommandMissing, PhoneFault, Stopped when it cannot be started.
        """
        with self._lock:
            if notification_id in self._next:
                self._next[notification_id] = argv
                return
            if len(self._next) >= _MOST_AT_ONCE:
                self._waiting[notification_id] = argv
                return
            self._next[notification_id] = None
        self._start(notification_id, argv)

    def _start(self, notification_id: str, argv: Sequence[str]) -> None:
        try:
            running = self._runner.begin(argv)
        except BaseException:
            self._over(notification_id)
            raise
        threading.Thread(target=self._finish, args=(notification_id, running), name="showing", daemon=True).start()

    def drain(self, notification_id: str) -> None:
        """Wait until nothing is under way for a notification, and show nothing more that waited for it: what follows, by another
        command, must not be overtaken by the card."""
        with self._lock:
            self._waiting.pop(notification_id, None)
            if notification_id in self._next:
                self._next[notification_id] = None
                self._lock.wait_for(lambda: notification_id not in self._next, _TIMEOUT + 1)

    def _finish(self, notification_id: str, running: RunningCommand | None) -> None:
        while running is not None:
            try:
                running.end(_TIMEOUT)
                self._told(None)
            except Stopped:
                self._over(notification_id)
                return
            except PhoneFault as fault:
                self._told(fault)
            running = self._begin_next(notification_id)
        self._start_one_that_waits()

    def _start_one_that_waits(self) -> None:
        with self._lock:
            if not self._waiting or len(self._next) >= _MOST_AT_ONCE:
                return
            notification_id = next(iter(self._waiting))
            argv = self._waiting.pop(notification_id)
            self._next[notification_id] = None
        try:
            self._start(notification_id, argv)
        except CalleridError as fault:
            self._told(fault)

    def _begin_next(self, notification_id: str) -> RunningCommand | None:
        with self._lock:
            argv = self._next[notification_id]
            if argv is None:
                del self._next[notification_id]
                self._lock.notify_all()
                return None
            self._next[notification_id] = None
        try:
            return self._runner.begin(argv)
        except CalleridError as fault:
            self._told(fault)
            self._over(notification_id)
            return None

    def _over(self, notification_id: str) -> None:
        with self._lock:
            del self._next[notification_id]
            self._lock.notify_all()
