"""Termux's wake lock, as this process holds it.

Nobody can ask Termux whether it is held (termux-app#3472), it is one for all of Termux, and holding it twice is holding it once
(TermuxService.java). The person can release it, too, by Termux's notification.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from callerid.errors import CommandMissing, PhoneFault

if TYPE_CHECKING:
    from callerid.phone.command_runner import CommandRunner

_TIMEOUT = 15.0  # seconds; am starts a virtual machine
_AT_END = 0.8  # seconds of the time in which a daemon has to end


class WakeLock:
    """What this process last did with the lock. Only one thread at a time may use it."""

    def __init__(self, runner: CommandRunner) -> None:
        self._runner = runner
        self.is_held = False

    def hold(self, wanted: bool) -> None:
        """Take or release the lock, if that is a change. Raise PhoneFault; it is not one that there is no Termux, so no lock."""
        if wanted != self.is_held:
            with suppress(CommandMissing):
                self._runner.run(["termux-wake-lock" if wanted else "termux-wake-unlock"], timeout=_TIMEOUT)
            self.is_held = wanted

    def release_at_end(self) -> None:
        """Release it if it is held, and wait for that for a moment only."""
        if self.is_held:
            with suppress(PhoneFault):
                self._runner.run(["termux-wake-unlock"], timeout=_AT_END)
            self.is_held = False
