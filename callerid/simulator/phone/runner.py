"""Runs the simulated phone's commands in this process, a thousand times as fast as processes would be.

It satisfies `callerid.phone.command_runner.CommandRunner`: tests/phone/test_command_contract.py holds it and the one with processes
to the same behaviour.
"""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol

from callerid.errors import CommandMissing, Stopped
from callerid.models import commands
from callerid.simulator.phone import android
from callerid.simulator.phone.in_process_command import SimulatedCommand
from callerid.simulator.phone.state import MemoryState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callerid.models.commands import CommandOutput
    from callerid.simulator.phone.handset import SimulatedPhone

_LONGEST_WORD = 131_072  # bytes with the NUL at its end; Linux starts nothing with a longer one (MAX_ARG_STRLEN)
_TOO_LONG = "Argument list too long"


class Elsewhere(Protocol):
    """Runs what is not a command of the phone's; a `CommandRunner`, of which this is the part that is used."""

    def run(
        self, argv: Sequence[str], *, timeout: float, stdin: str | None = None, environment: Mapping[str, str] | None = None
    ) -> CommandOutput:
        """Run a command."""

    def has(self, name: str) -> bool:
        """Return whether there is a command of that name."""

    def stop(self) -> None:
        """Kill every command that runs."""


class SimulatedRunner:
    """Runs commands on a simulated phone. `elsewhere` runs what is not a command of the phone's: `sh`, `python`, ….

    A command that hangs is known to hang: without `waits_for_hangs` no time passes before CommandHung says so.
    """

    def __init__(
        self,
        phone: SimulatedPhone,
        environment: Mapping[str, str] | None = None,
        *,
        elsewhere: Elsewhere | None = None,
        waits_for_hangs: bool = False,
    ) -> None:
        self.phone, self.waits_for_hangs = phone, waits_for_hangs
        self.environment = dict(phone.environment() if environment is None else environment)
        self._elsewhere = elsewhere
        self.is_stopped = False
        self.running: set[SimulatedCommand] = set()

    def run(
        self, argv: Sequence[str], *, timeout: float, stdin: str | None = None, environment: Mapping[str, str] | None = None
    ) -> CommandOutput:
        """Run a command in the caller's thread; see `CommandRunner.run`."""
        if self._elsewhere and not self._program(argv[0]) and self._elsewhere.has(argv[0]):
            return self._elsewhere.run(argv, timeout=timeout, stdin=stdin, environment=environment)
        return self._command(argv, stdin, environment).run_here(timeout)

    def begin(
        self, argv: Sequence[str], *, stdin: str | None = None, environment: Mapping[str, str] | None = None
    ) -> SimulatedCommand:
        """Start a command in a thread of its own; see `CommandRunner.begin`."""
        command = self._command(argv, stdin, environment)
        command.start()
        return command

    def follow(self, argv: Sequence[str], *, environment: Mapping[str, str] | None = None) -> SimulatedCommand:
        """Start a command that does not end by itself; see `CommandRunner.follow`."""
        if not self.is_stopped and not self._program(argv[0]):
            raise CommandMissing(f"{argv[0]} is not installed.", remedy=f"See: command -v {argv[0]}")
        command = self._command(argv, None, environment, is_followed=True)
        command.start()
        return command

    def has(self, name: str) -> bool:
        """Return whether a command of that name is installed."""
        return bool(self._program(name) or (self._elsewhere and self._elsewhere.has(name)))

    def variable(self, name: str) -> str:
        """Return a variable of the environment that commands get; "" when it is not set."""
        return self.environment.get(name, "")

    def without(self, *names: str) -> Mapping[str, str]:
        """Return that environment without some variables."""
        return {name: value for name, value in self.environment.items() if name not in names}

    def stop(self) -> None:
        """Kill every command that runs, and start no more."""
        self.is_stopped = True
        if self._elsewhere:
            self._elsewhere.stop()
        self.wake()

    def wake(self) -> None:
        """Have the commands that wait notice that they are killed."""
        if isinstance(self.phone.state, MemoryState):
            self.phone.state.wake()

    def _program(self, name: str) -> str:
        """Return the name of the phone's command that argv[0] means, "" for none."""
        path = PurePath(name)
        if path.name in android.SYSTEM:
            return path.name if path.parent == self.phone.system else ""
        return path.name if len(path.parts) == 1 and self.phone.has(name) else ""

    def _command(
        self, argv: Sequence[str], stdin: str | None, environment: Mapping[str, str] | None, *, is_followed: bool = False
    ) -> SimulatedCommand:
        words = [word.replace("\0", "") for word in argv]
        if self.is_stopped:
            raise Stopped("callerid is stopping.")
        program = self._program(words[0])
        if not program:
            raise commands.missing(words[0])
        if any(len(os.fsencode(word)) >= _LONGEST_WORD for word in words):
            raise commands.not_started(words[0], _TOO_LONG)
        own = self.environment if environment is None else environment
        return SimulatedCommand(self, program, words[1:], stdin, own, is_followed=is_followed)
