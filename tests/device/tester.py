"""Who checks: a phone's commands, a portal if one may be written to, and a person who answers plain questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid import __version__
from callerid.errors import CalleridError
from callerid.phone.android import System
from callerid.phone.termux import Termux
from tests.device.tick_file import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from callerid.crm.hubspot.client import HubSpot
    from callerid.phone.command_runner import CommandRunner

_TIMEOUT = 10.0  # seconds
_ANSWERS = {"y": True, "yes": True, "n": False, "no": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tester:
    """What a check may use."""

    runner: CommandRunner
    home: Path
    say: Callable[[str], None]
    read: Callable[[str], str]  # a prompt to what is typed
    client: HubSpot | None = None

    @property
    def termux(self) -> Termux:
        """The commands of Termux:API."""
        return Termux(self.runner)

    @property
    def system(self) -> System:
        """Android's own commands."""
        return System(self.runner)

    def ask(self, question: str, says: str = "") -> Verdict:
        """Ask a question whose yes means that it is so."""
        return Verdict(is_so=_ANSWERS.get(self.read(f"{question} [y/n, Enter: later] ").strip().lower()), says=says)

    def prints(self, *argv: str, timeout: float = _TIMEOUT) -> str:
        """Return what a command prints, "" if it cannot be run."""
        try:
            return self.runner.run(argv, timeout=timeout).stdout.strip()
        except CalleridError:
            return ""

    def describe(self) -> str:
        """Return phone and versions, as each tick has them."""
        model = " ".join(filter(None, (self.prints("getprop", f"ro.product.{name}") for name in ("manufacturer", "model"))))
        android = self.prints("getprop", "ro.build.version.release") or "?"
        return f"{model or '?'}, Android {android}, Termux {self.runner.variable('TERMUX_VERSION') or '?'}, callerid {__version__}"
