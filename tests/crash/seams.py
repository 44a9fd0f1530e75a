"""Where a process can die: before and after each effect, and before and after each commit."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callerid.models import commands
from callerid.simulator.phone.runner import SimulatedRunner
from callerid.store import connection as connection_module
from callerid.store.connection import StoreConnection

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from callerid.crm.hubspot.client import HubSpot
    from callerid.models.commands import CommandOutput
    from callerid.simulator.phone.handset import ShownDialog, SimulatedPhone

_READS = ("termux-call-log", "getprop")  # a command that changes nothing is not a seam


class Crash(BaseException):
    """The process dies here: no `except Exception` of the product's may stop that."""


class Seams:
    """Counts the seams that a process reaches once it has begun, and lets it crash at one of them, once. The seams of one number in two
    runs are the same."""

    def __init__(self, crashes_at: int | None = None) -> None:
        self._dies_at = crashes_at
        self.has_begun = self.has_crashed = False
        self.passed: list[str] = []

    def reach(self, name: str) -> None:
        """Record that a seam is reached. Raise Crash at the one to crash at, and at every later one: a process that has ended has no
        effect any more, whatever `finally` says."""
        if not self.has_begun:
            return
        if not self.has_crashed:
            self.passed.append(name)
            self.has_crashed = len(self.passed) - 1 == self._dies_at
        if self.has_crashed:
            raise Crash(name)

    @contextlib.contextmanager
    def around(self, effect: str) -> Iterator[None]:
        """Have a seam before and one after an effect."""
        self.reach(f"before {effect}")
        yield
        self.reach(f"after {effect}")


def distinct_moments(passed: Sequence[str]) -> list[int]:
    """Return the numbers of the reached seams between which something happened: after one effect and before the next is the same moment,
    if nobody touches the phone just then."""
    before = ["", *passed]
    return [number for number, seam in enumerate(passed) if not (seam.startswith("before") and before[number].startswith("after"))]


# ------------------------------------------------------------------------------------------------ commits


@contextlib.contextmanager
def seamed_databases(seams: Seams) -> Iterator[None]:
    """Have each database that is opened within die with its process. Nothing waits for the disk: no power is cut here."""

    class Seamed(StoreConnection):
        """A connection."""

        _before, _last = 0, ""

        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            """Execute a statement; a commit that changes something is a seam."""
            if sql == "BEGIN IMMEDIATE":
                self._before = self.total_changes
            elif sql == "COMMIT" and self.total_changes > self._before:
                with seams.around(f"commit ({self._last})"):
                    return super().execute(sql)
            elif not sql.startswith(("SELECT", "PRAGMA")):
                self._last = " ".join(sql.split()[:3])
            return super().execute(sql.replace("synchronous = FULL", "synchronous = OFF"), *values)

    setattr(connection_module, "StoreConnection", Seamed)  # noqa: B010 - a type
    try:
        yield
    finally:
        setattr(connection_module, "StoreConnection", StoreConnection)  # noqa: B010


# ------------------------------------------------------------------------------------------------ requests


def seamed_requests(hub: HubSpot, seams: Seams) -> None:
    """Have a portal's connection die with its process."""
    sender = hub._sender
    send = sender._send

    def seamed(method: str, path: str, *rest: Any, **more: Any) -> dict[str, Any]:
        with seams.around(f"{method} {path}"):
            return send(method, path, *rest, **more)

    setattr(sender, "_send", seamed)  # noqa: B010 - a method


# ------------------------------------------------------------------------------------------------ commands


@dataclass(frozen=True, slots=True)
class SeamedDialog:
    """A dialog that is shown when its end is waited for."""

    show: Callable[[float], CommandOutput]

    def end(self, timeout: float, check: Callable[[], None] = lambda: None) -> CommandOutput:
        """Show it, have it answered, and return what it printed."""
        check()
        return self.show(timeout)


class SeamedRunner(SimulatedRunner):
    """Has a seam before and after each command that changes something, and one while a dialog is on the screen. `person` answers
    dialogs."""

    def __init__(
        self, phone: SimulatedPhone, seams: Seams, *, person: Callable[[ShownDialog], None], time_passes: Callable[[float], None]
    ) -> None:
        super().__init__(phone)
        self._seams, self._person, self._time_passes = seams, person, time_passes

    def run(
        self, argv: Sequence[str], *, timeout: float, stdin: str | None = None, environment: Mapping[str, str] | None = None
    ) -> CommandOutput:
        """Run a command; see CommandRunner."""
        if argv[0] in _READS:
            return super().run(argv, timeout=timeout, stdin=stdin, environment=environment)
        with self._seams.around(argv[0]):
            if argv[0] == "termux-dialog":
                return self._dialog(argv, timeout)
            return super().run(argv, timeout=timeout, stdin=stdin, environment=environment)

    def begin(self, argv: Sequence[str], *, stdin: str | None = None, environment: Mapping[str, str] | None = None) -> Any:
        """Start a command; a dialog is shown, and answered, when its end is waited for."""
        if argv[0] == "termux-dialog":
            return SeamedDialog(lambda timeout: self.run(argv, timeout=timeout, stdin=stdin, environment=environment))
        return super().begin(argv, stdin=stdin, environment=environment)

    def _dialog(self, argv: Sequence[str], timeout: float) -> CommandOutput:
        """Show a dialog and have it answered. While one is on the screen that a dead process has left there, another is not drawn,
        and its command waits until its timeout (termux-api#200)."""
        if self.phone.open_dialog():
            self.phone.answer_dialog()
            self._time_passes(timeout)
            raise commands.hung(argv[0], timeout)
        command = super().begin(argv)
        dialog = self.phone.wait(self.phone.open_dialog)
        self._seams.reach(f"while {dialog.title!r} is on the screen")
        self._person(dialog)
        return command.end(timeout)
