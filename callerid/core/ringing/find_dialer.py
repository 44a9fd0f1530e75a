"""Which package is the dialer's, from what was on the screen before, during and after one test call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callerid.core.ringing.dialer_notifications import ListedNotification

_NEVER = ("com.termux", "com.termux.api", "android", "com.android.systemui")


@dataclass(slots=True, kw_only=True)
class TestCall:
    """One test call: what was on the screen before it, and what came since."""

    __test__ = False  # pytest takes every name that begins like this one for a test

    before: tuple[ListedNotification, ...]
    _came: dict[str, ListedNotification] = field(default_factory=dict)

    def saw(self, notices: Iterable[ListedNotification]) -> None:
        """Take in what is on the screen now."""
        known = {notice.key for notice in self.before}
        self._came |= {notice.key: notice for notice in notices if notice.key not in known and notice.package not in _NEVER}

    def dialer(self, after: Iterable[ListedNotification]) -> str:
        """Given what is on the screen after the call, return the package that showed it: one whose notification came and went; of
        several, the one that looks like a call's. "" when that is not clear."""
        staying = {notice.key for notice in after}
        gone = [notice for key, notice in self._came.items() if key not in staying]
        packages = {notice.package for notice in gone}
        if len(packages) > 1:
            packages = {notice.package for notice in gone if any(map(str.isdigit, notice.title)) or "call" in notice.package}
        return packages.pop() if len(packages) == 1 else ""
