"""Where a process can die: before and after each effect, and before and after each commit."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from callerid.errors import CommandHung
from callerid.models.commands import CommandOutput
from callerid.phone.process import ProcessRunner
from callerid.simulator.phone import dialog, handset
from callerid.simulator.phone.commands import COMMANDS
from callerid.simulator.phone.state import State
from callerid.simulator.portal.server import Handler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from callerid.crm.hubspot.client import HubSpot
    from callerid.simulator.phone.handset import Asked, SimulatedPhone

_READS = ("termux-call-log", "getprop")  # what changes nothing is no seam of its own
_LOOK_EVERY = 0.001  # seconds; a person of flesh and blood needs more


class Crash(BaseException):
    """The process dies here: no `except Exception` of the product's may hold it up."""


class Seams:
    """Counts the seams that a process passes once it has begun, and lets it die at one of them, once. The seams of one number in two
    runs are the same."""

    def __init__(self, dies_at: int | None = None) -> None:
        self._dies_at = dies_at
        self.has_begun = self.is_dead = False
        self.passed: list[str] = []

    def pass_by(self, name: str) -> None:
        """Be at a seam. Raise Crash if it is the one to die at; who is dead has no effect any more, whatever `finally` says."""
        if not self.has_begun:
            return
        if not self.is_dead:
            self.passed.append(name)
            self.is_dead = len(self.passed) - 1 == self._dies_at
        if self.is_dead:
            raise Crash(name)

    @contextlib.contextmanager
    def around(self, effect: str) -> Iterator[None]:
        """Have a seam before and one after an effect."""
        self.pass_by(f"before {effect}")
        yield
        self.pass_by(f"after {effect}")


def apart(passed: Sequence[str]) -> list[int]:
    """Given the seams that a life passed, return the numbers of those between which something happened: after one effect and before the
    next is the same moment, if nobody touches the phone just then."""
    before = ["", *passed]
    return [number for number, seam in enumerate(passed) if not (seam.startswith("before") and before[number].startswith("after"))]


# ------------------------------------------------------------------------------------------------ commits


@contextlib.contextmanager
def seamed_databases(seams: Seams) -> Iterator[None]:
    """Have each database that is opened within die with its process. Nothing waits for the disk: no power is cut here."""

    class Seamed(sqlite3.Connection):
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

    connect = sqlite3.connect
    setattr(sqlite3, "connect", partial(connect, factory=Seamed))  # noqa: B010 - its declared type has too many forms
    try:
        yield
    finally:
        setattr(sqlite3, "connect", connect)  # noqa: B010


# ------------------------------------------------------------------------------------------------ requests


def seamed_requests(hub: HubSpot, seams: Seams) -> None:
    """Have a portal's connection die with its process."""
    sender = hub._sender
    once = sender._once

    def seamed(method: str, path: str, *rest: Any, **more: Any) -> dict[str, Any]:
        with seams.around(f"{method} {path}"):
            return once(method, path, *rest, **more)

    setattr(sender, "_once", seamed)  # noqa: B010 - a method


# ------------------------------------------------------------------------------------------------ commands


class WithinRunner(ProcessRunner):
    """Runs the simulated phone's commands in this process; it is processes of their own that take time. `person` answers dialogs,
    `dialogs` are the commands that wait for it."""

    def __init__(
        self,
        phone: SimulatedPhone,
        seams: Seams,
        *,
        person: Callable[[Asked], None],
        time_passes: Callable[[float], None],
        dialogs: list[threading.Thread],
    ) -> None:
        super().__init__(phone.environment())
        self._phone, self._seams, self._dialogs = phone, seams, dialogs
        self._person, self._time_passes = person, time_passes

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        stdin: str | None = None,  # noqa: ARG002 - as the runner's
        environment: Mapping[str, str] | None = None,  # noqa: ARG002
    ) -> CommandOutput:
        """Run a command; see CommandRunner."""
        if argv[0] in _READS:
            return self._command(argv)
        with self._seams.around(argv[0]):
            return self._dialog(argv, timeout) if argv[0] == "termux-dialog" else self._command(argv)

    def _command(self, argv: Sequence[str]) -> CommandOutput:
        printed, code = COMMANDS[argv[0]](State(str(self._phone.folder)), list(argv[1:]))
        return CommandOutput(stdout=printed, stderr="", code=code)

    def _dialog(self, argv: Sequence[str], timeout: float) -> CommandOutput:
        """Show a dialog and have it answered. While one is on the screen that a dead process has left there, another is not drawn,
        and its command waits in vain (termux-api#200)."""
        if self._phone.open_dialog():
            self._phone.answer_dialog()
            self._time_passes(timeout)
            raise CommandHung(f"termux-dialog gave no answer within {timeout:.0f} s.")
        printed: list[CommandOutput] = []
        command = threading.Thread(target=lambda: printed.append(self._command(argv)), daemon=True)
        self._dialogs.append(command)
        command.start()
        asked = self._phone.wait(self._phone.open_dialog)
        self._seams.pass_by(f"while {asked.title!r} is on the screen")
        self._person(asked)
        command.join()
        return printed[0]


@contextlib.contextmanager
def in_a_hurry() -> Iterator[None]:
    """Let a simulated phone that is there already be taken up again as it is, and look more often at what a person does; and let the
    portal send its answers at once, not in two parts of which the second waits until the first has been acknowledged."""
    changes: tuple[tuple[Any, str, Any], ...] = (
        (handset.SimulatedPhone, "install", lambda *_: None),
        (handset, "_LOOK_EVERY", _LOOK_EVERY),
        (dialog, "_LOOK_EVERY", _LOOK_EVERY),
        (Handler, "disable_nagle_algorithm", True),
    )
    before = [getattr(place, name) for place, name, _ in changes]
    for place, name, value in changes:
        setattr(place, name, value)
    try:
        yield
    finally:
        for (place, name, _), value in zip(changes, before, strict=True):
            setattr(place, name, value)
