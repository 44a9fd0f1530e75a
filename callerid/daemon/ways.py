"""What lets the daemon look at the phone: found at the start, and looked for again while it is not there. Soon at first, for
somebody may just be setting it up; Shizuku, for one, is started by hand after each start of the phone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.phone.system import System, Way

if TYPE_CHECKING:
    from datetime import datetime

_FIRST, _LONGEST = timedelta(minutes=1), timedelta(hours=1)
_LOST = timedelta(seconds=10)


class _Search:
    """When one thing is looked for."""

    def __init__(self) -> None:
        self._next: datetime | None = None
        self._pause = _FIRST

    def is_due(self, now: datetime) -> bool:
        return self._next is None or now >= self._next or self._next - now > _LONGEST  # a clock that was set back

    def tried(self, now: datetime) -> None:
        self._next = now + self._pause
        self._pause = min(self._pause * 2, _LONGEST)

    def begin_anew(self, now: datetime) -> None:
        self._next, self._pause = now + _LOST, _FIRST

    def wait(self, now: datetime) -> float:
        return 1.0 if self._next is None else max(1.0, (self._next - now).total_seconds())


class Ways:
    """`shell` is where the system's log can be followed, `to_registry` how the telephony registry can be read; None while there is
    nothing."""

    def __init__(self, system: System) -> None:
        self._system = system
        self.shell: Way | None = None
        self.to_registry: Way | None = None
        self._shell_search, self._registry_search = _Search(), _Search()

    def find_shell(self, now: datetime) -> None:
        """Find out, if that is due, whether root or Shizuku lets us in."""
        if self.shell is None and self._shell_search.is_due(now):
            self.shell = self._system.find_shell()
            self._shell_search.tried(now)

    def shell_is_due(self, now: datetime) -> bool:
        """Is it time to look for root or Shizuku?"""
        return self.shell is None and self._shell_search.is_due(now)

    def find_registry(self, now: datetime) -> None:
        """Find out, if that is due, what lets us read the registry; the cheapest way first."""
        if self.to_registry is None and self._registry_search.is_due(now):
            by_grant = self._system.works(Way.GRANT)
            self.to_registry = Way.GRANT if by_grant else self.shell or self._system.find_shell()
            self._registry_search.tried(now)

    def lost_registry(self, now: datetime) -> None:
        """The registry may not be read any more the way it was."""
        self.to_registry = None
        self._registry_search.begin_anew(now)

    def until_next_search(self, now: datetime, *, registry: bool, shell: bool) -> float | None:
        """Given what is wanted, return the seconds until it is looked for again; None when nothing that is wanted is missing, or
        this is no phone."""
        waits = []
        if registry and self.to_registry is None and self._system.is_android:
            waits.append(self._registry_search.wait(now))
        if shell and self.shell is None and self._system.shells():
            waits.append(self._shell_search.wait(now))
        return min(waits, default=None)
