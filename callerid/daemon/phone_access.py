"""What lets the daemon look at the phone: found at the start, and looked for again while it is not there. Soon at first, for
somebody may just be setting it up; Shizuku, for one, is started by hand after each start of the phone.

A `su` may wait for a finger on the screen, and a `rish` for a server that is gone, so each search runs beside the loop that wants
its result.
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
    """When one thing is searched for: soon at first, then ever more rarely."""

    def __init__(self, name: str, found: Callable[[], None]) -> None:
        self._aside = BackgroundTask(name, found)
        self._pause: Deadline | None = None
        self._searches = 0  # since the start, or since what was found was lost

    @property
    def has_result(self) -> bool:
        """Has a search ended yet?"""
        return self._aside.has_finished_once

    def start_if_due(self, now: datetime, look: Callable[[], None]) -> None:
        """Search in the background, unless the last search is under way or was too short ago."""
        is_paused = self._pause is not None and self._pause.holds(now)
        if not is_paused and not self._aside.is_running:
            self._searches += 1
            self._pause = Deadline.after(_SEARCHES.pause(self._searches), now)
            self._aside.start(look)

    def restart_soon(self, now: datetime) -> None:
        """Search soon, because what was found was lost."""
        self._pause, self._searches = Deadline.after(_AFTER_LOSS, now), 0

    def seconds_until_next(self, now: datetime) -> float:
        """Return the seconds until the next search, at least one."""
        until = self._pause.next_try(now) if self._pause else now
        return max(1.0, (until - now).total_seconds())


class PhoneAccess:
    """`shell` is where the system's log can be followed, `to_registry` how the telephony registry can be read; None while there is
    nothing. `searched` is called at the end of each search."""

    def __init__(self, system: System, searched: Callable[[], None]) -> None:
        self._system = system
        self.shell: AccessMethod | None = None
        self.registry_method: AccessMethod | None = None
        self._shell_search = Search("search for a shell", searched)
        self._registry_search = Search("search for the registry", searched)
        self._one_asks = threading.Lock()

    @property
    def shell_not_found(self) -> bool:
        """Has it been found out that neither root nor Shizuku lets us in?"""
        return self.shell is None and self._shell_search.has_result

    @property
    def registry_not_found(self) -> bool:
        """Has it been found out that the registry cannot be read?"""
        return self.registry_method is None and self._registry_search.has_result

    def search_shell(self, now: datetime) -> None:
        """Begin to find out, if that is due, whether root or Shizuku lets us in."""
        if self.shell is None:
            self._shell_search.start_if_due(now, self._ask_shells)

    def search_registry(self, now: datetime) -> None:
        """Begin to find out, if that is due, what lets us read the registry; the cheapest way first."""
        if self.registry_method is None:
            self._registry_search.start_if_due(now, self._ask_all)

    def _ask_shells(self) -> None:
        with self._one_asks:  # who comes second finds what the first found
            self.shell = self.shell or self._system.find_shell()

    def _ask_all(self) -> None:
        if self._system.can_read_registry(AccessMethod.GRANT):
            self.registry_method = AccessMethod.GRANT
            return
        self._ask_shells()
        way = self.shell  # found long ago, perhaps: Shizuku may have ended since
        self.registry_method = way if way and self._system.can_read_registry(way) else None

    def forget_registry(self, now: datetime) -> None:
        """The registry may not be read any more the way it was."""
        self.registry_method = None
        self._registry_search.restart_soon(now)

    def seconds_until_search(self, now: datetime, *, registry: bool, shell: bool) -> float | None:
        """Given what is wanted, return the seconds until it is looked for again; None when nothing that is wanted is missing, or
        this is no phone."""
        waits = []
        if registry and self.registry_method is None and self._system.is_android:
            waits.append(self._registry_search.seconds_until_next(now))
        if shell and self.shell is None and self._system.shells():
            waits.append(self._shell_search.seconds_until_next(now))
        return min(waits, default=None)
