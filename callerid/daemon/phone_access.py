"""What gives the daemon access to the phone's state: root, Shizuku or a granted permission.

It is searched for at the start and again while it is missing: soon at first, because the person may just be setting it up, and
because Shizuku must be started by hand after each start of the phone. A daemon that is started again goes on with the pauses of the
one before; a start of the phone, `callerid doctor` when it finds access, and turning callerid on start over. A `su` may wait for a
confirmation on the screen, and a `rish` for a server that is gone, so each search runs in the background.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.backoff import Backoff, Deadline, Failures
from callerid.daemon.background import BackgroundTask
from callerid.phone.android import AccessMethod, System

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.store.ledger.key_value import KeyValues

_SEARCHES = Backoff.doubling(timedelta(seconds=15), timedelta(hours=1))
_AFTER_LOSS = timedelta(seconds=10)


class Search:
    """A search in the background that is repeated until it succeeds, with growing pauses."""

    def __init__(self, name: str, done: Callable[[], None]) -> None:
        self._name, self._task = name, BackgroundTask(name, done)
        self._failures = Failures()  # searches since what was found was lost, or since the phone started
        self._was_started = False
        self._ended_before = False  # a daemon before this one has searched and found nothing

    @property
    def has_result(self) -> bool:
        """Whether a search has ended yet."""
        return self._task.has_finished_once or self._ended_before

    def start_if_due(self, key_values: KeyValues, now: datetime, search: Callable[[], None]) -> None:
        """Start a search, unless one is running or the pause after the last one is not over."""
        self._failures = key_values.read_failures(self._name)
        if self._failures.holds(now):
            self._ended_before = self._failures.count > 0 and not self._was_started
        elif not self._task.is_running:
            self._failures, self._was_started = self._failures.one_more(_SEARCHES, now), True
            key_values.write_failures(self._name, self._failures)
            self._task.start(search)

    def end(self, key_values: KeyValues) -> None:
        """Record that a search has succeeded. After several that failed, access is new, and all that needs it is tried again."""
        if self._failures.count > 1:
            key_values.forget_failures()
        elif self._failures.count:
            key_values.write_failures(self._name, Failures())
        self._failures = Failures()

    def restart_soon(self, key_values: KeyValues, now: datetime) -> None:
        """Search again soon, because what had been found was lost."""
        self._failures = Failures(pause=Deadline.after(_AFTER_LOSS, now))
        key_values.write_failures(self._name, self._failures)

    def seconds_until_next(self, now: datetime) -> float:
        """Return the seconds until the next search, at least one."""
        return max(1.0, (self._failures.next_try(now) - now).total_seconds())


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

    def search_shell(self, key_values: KeyValues, now: datetime) -> None:
        """Search for root or Shizuku in the background, if that is due."""
        if self.shell is None:
            self._shell_search.start_if_due(key_values, now, self._find_shell)
        else:
            self._shell_search.end(key_values)

    def search_registry(self, key_values: KeyValues, now: datetime) -> None:
        """Search for a method to read the registry in the background, if that is due; the cheapest method first."""
        if self.registry_method is None:
            self._registry_search.start_if_due(key_values, now, self._find_registry_method)
        else:
            self._registry_search.end(key_values)

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

    def forget_registry(self, key_values: KeyValues, now: datetime) -> None:
        """Search for a method to read the registry again: the last one no longer works."""
        self.registry_method = None
        self._registry_search.restart_soon(key_values, now)

    def seconds_until_search(self, now: datetime, *, registry: bool, shell: bool) -> float | None:
        """Return the seconds until the next search for what is needed (`registry`, `shell`); None when nothing of it is missing, or
        this is not a phone."""
        waits = []
        if registry and self.registry_method is None and self._system.is_android:
            waits.append(self._registry_search.seconds_until_next(now))
        if shell and self.shell is None and self._system.shells():
            waits.append(self._shell_search.seconds_until_next(now))
        return min(waits, default=None)
