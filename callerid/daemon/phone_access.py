"""What gives the daemon access to the phone's state: root, Shizuku or a granted permission.

It is searched for at the start and again while it is missing: soon at first, because the person may just be setting it up, and
because Shizuku must be started by hand after each start of the phone. A `su` may wait for a confirmation on the screen, and a
`rish` for a server that is gone, so each search runs in the background.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.backoff import Backoff, Deadline
from callerid.daemon.background import BackgroundTask
from callerid.phone.android import AccessMethod, System

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_SEARCHES = Backoff.doubling(timedelta(seconds=15), timedelta(hours=1))
_AFTER_LOSS = timedelta(seconds=10)


class Search:
    """A search in the background that is repeated until it succeeds, with growing pauses."""

    def __init__(self, name: str, done: Callable[[], None]) -> None:
        self._task = BackgroundTask(name, done)
        self._pause: Deadline | None = None
        self._searches = 0  # since the start, or since what was found was lost

    @property
    def has_result(self) -> bool:
        """Whether a search has ended yet."""
        return self._task.has_finished_once

    def start_if_due(self, now: datetime, search: Callable[[], None]) -> None:
        """Start a search, unless one is running or the pause after the last one is not over."""
        is_paused = self._pause is not None and self._pause.holds(now)
        if not is_paused and not self._task.is_running:
            self._searches += 1
            self._pause = Deadline.after(_SEARCHES.pause(self._searches), now)
            self._task.start(search)

    def restart_soon(self, now: datetime) -> None:
        """Search again soon, because what had been found was lost."""
        self._pause, self._searches = Deadline.after(_AFTER_LOSS, now), 0

    def seconds_until_next(self, now: datetime) -> float:
        """Return the seconds until the next search, at least one."""
        until = self._pause.next_try(now) if self._pause else now
        return max(1.0, (until - now).total_seconds())


class PhoneAccess:
    """The access to the phone's state. `shell` is how a shell can be used to follow the system log, `registry_method` how the
    telephony registry can be read; each is None while nothing was found. `searched` is called at the end of each search."""

    def __init__(self, system: System, searched: Callable[[], None]) -> None:
        self._system = system
        self.shell: AccessMethod | None = None
        self.registry_method: AccessMethod | None = None
        self._shell_search = Search("search for a shell", searched)
        self._registry_search = Search("search for the registry", searched)
        self._shell_lock = threading.Lock()

    @property
    def shell_not_found(self) -> bool:
        """Whether a search has ended and found that neither root nor Shizuku gives access."""
        return self.shell is None and self._shell_search.has_result

    @property
    def registry_not_found(self) -> bool:
        """Whether a search has ended and found no way to read the registry."""
        return self.registry_method is None and self._registry_search.has_result

    def search_shell(self, now: datetime) -> None:
        """Search for root or Shizuku in the background, if that is due."""
        if self.shell is None:
            self._shell_search.start_if_due(now, self._find_shell)

    def search_registry(self, now: datetime) -> None:
        """Search for a method to read the registry in the background, if that is due; the cheapest method first."""
        if self.registry_method is None:
            self._registry_search.start_if_due(now, self._find_registry_method)

    def _find_shell(self) -> None:
        with self._shell_lock:  # the second of two searches uses what the first one found
            self.shell = self.shell or self._system.find_shell()

    def _find_registry_method(self) -> None:
        if self._system.can_read_registry(AccessMethod.GRANT):
            self.registry_method = AccessMethod.GRANT
            return
        self._find_shell()
        shell = self.shell  # may be from long ago: Shizuku may have stopped since
        self.registry_method = shell if shell and self._system.can_read_registry(shell) else None

    def forget_registry(self, now: datetime) -> None:
        """Search for a method to read the registry again: the last one no longer works."""
        self.registry_method = None
        self._registry_search.restart_soon(now)

    def seconds_until_search(self, now: datetime, *, registry: bool, shell: bool) -> float | None:
        """Return the seconds until the next search for what is needed (`registry`, `shell`); None when nothing of it is missing, or
        this is not a phone."""
        waits = []
        if registry and self.registry_method is None and self._system.is_android:
            waits.append(self._registry_search.seconds_until_next(now))
        if shell and self.shell is None and self._system.shells():
            waits.append(self._shell_search.seconds_until_next(now))
        return min(waits, default=None)
