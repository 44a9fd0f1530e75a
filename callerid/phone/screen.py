"""Shows cards without waiting for the commands: a ring must not wait until the card of the previous ring is shown.

The first command for a notification is started at once, in the caller's thread. While it runs, only the newest content for the
same notification is kept and shown after it: if two commands ran side by side, the older content could win.
"""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING

from callerid.errors import CalleridError, PhoneFault, Stopped
from callerid.phone.screen_commands import check_notification_shown
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from callerid.phone.command_runner import CommandRunner, RunningCommand

_TIMEOUT = 15.0  # seconds
_MOST_AT_ONCE = 12  # commands: Android kills apps with too many processes (phantom process killer)


@dataclass(frozen=True, slots=True)
class CardResult:
    """What came of showing a card: None, or a fault. The commands are numbered in the order in which they were started."""

    number: int
    fault: CalleridError | None


class Screen:
    """The notifications that are being shown. `on_result` is called with the result of each command."""

    def __init__(self, runner: CommandRunner, on_result: Callable[[CardResult], None]) -> None:
        self._runner, self._on_result = runner, on_result
        self._lock = threading.Condition()
        self._numbers = itertools.count(1)
        self._newest_failed = 0  # the number of the newest card that could not be shown
        self._waiting: dict[str, Sequence[str]] = {}  # commands that wait because too many run, oldest first
        self._next: dict[
            str, Sequence[str] | None
        ] = {}  # for each notification with a running command, the command to run after it

    def show(self, notification_id: str, argv: Sequence[str]) -> None:
        """Start the command that shows a notification, or let it start after the one that runs. Raise CommandMissing, PhoneFault,
        Stopped when it cannot be started."""
        with self._lock:
            if notification_id in self._next:
                self._next[notification_id] = argv
                return
            if len(self._next) >= _MOST_AT_ONCE:
                self._waiting[notification_id] = argv
                return
            self._next[notification_id] = None
        self._start(notification_id, argv)

    def note_failure(self) -> None:
        """Take note that a card could not be shown whose command the caller had started now."""
        self._note_failed(next(self._numbers))

    def is_outdated(self, result: CardResult) -> bool:
        """Return whether a result tells nothing about now: a card was shown, and a newer one could not be."""
        with self._lock:
            return result.fault is None and result.number < self._newest_failed

    def _note_failed(self, number: int) -> None:
        with self._lock:
            self._newest_failed = max(self._newest_failed, number)

    def _tell(self, number: int, fault: CalleridError | None) -> None:
        if fault:
            self._note_failed(number)
        self._on_result(CardResult(number, fault))

    def _start(self, notification_id: str, argv: Sequence[str]) -> None:
        number = next(self._numbers)
        try:
            running = self._runner.begin(argv)
        except BaseException:
            self._end(notification_id)
            raise
        threading.Thread(target=self._finish, args=(notification_id, number, running), name="showing", daemon=True).start()

    def drain(self, notification_id: str) -> None:
        """Drop what waits for a notification, and wait until no command runs for it. A card must not overtake the command that the
        caller runs next."""
        with self._lock:
            self._waiting.pop(notification_id, None)
            if notification_id in self._next:
                self._next[notification_id] = None
                self._lock.wait_for(lambda: notification_id not in self._next, _TIMEOUT + 1)

    def _finish(self, notification_id: str, number: int, running: RunningCommand | None) -> None:
        while running is not None:
            try:
                check_notification_shown(running.end(_TIMEOUT))
                self._tell(number, None)
            except Stopped:
                self._end(notification_id)
                return
            except PhoneFault as fault:
                self._tell(number, fault)
            number = next(self._numbers)
            running = self._begin_next(notification_id, number)
        self._start_waiting()

    def _start_waiting(self) -> None:
        with self._lock:
            if not self._waiting or len(self._next) >= _MOST_AT_ONCE:
                return
            notification_id = next(iter(self._waiting))
            argv = self._waiting.pop(notification_id)
            self._next[notification_id] = None
        try:
            self._start(notification_id, argv)
        except CalleridError as fault:
            self._tell(next(self._numbers), fault)

    def _begin_next(self, notification_id: str, number: int) -> RunningCommand | None:
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
            self._tell(number, fault)
            self._end(notification_id)
            return None

    def _end(self, notification_id: str) -> None:
        with self._lock:
            del self._next[notification_id]
            self._lock.notify_all()
