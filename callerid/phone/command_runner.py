"""What starts commands: the real one starts processes (`process.py`), a simulated phone answers in this process.

tests/phone/test_command_contract.py holds both to the same behaviour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from callerid.models.commands import CommandOutput


class RunningCommand(Protocol):
    """A command that was started. Whoever started it must `end` it."""

    def end(self, timeout: float, check: Callable[[], None] = ...) -> CommandOutput:
        """Hand it its input, wait at most so many seconds for its end, and return what it printed. `check` is called about once a
        second meanwhile: what it raises ends the command, and is raised here. Raise as `CommandRunner.run` does."""

    def stop(self) -> None:
        """Kill it and everything it started; `end` returns then."""


class FollowedCommand(Protocol):
    """A command that prints a line whenever something happens and does not end by itself."""

    def lines(self, receive: Callable[[str], None]) -> None:
        """Call `receive` with each line, its line break included, and return when no more can come. A line longer than 8 KiB comes
        in pieces."""

    def stop(self) -> None:
        """Kill it and everything it started; `lines` returns then."""


class CommandRunner(Protocol):
    """Runs commands of the phone. Any thread may use it, and any may stop it.

    A command is a list of words; no shell reads them, and NUL characters are left out. Output is UTF-8, at most 32 MiB.
    """

    def run(
        self, argv: Sequence[str], *, timeout: float, stdin: str | None = None, environment: Mapping[str, str] | None = None
    ) -> CommandOutput:
        """Run a command, with `stdin` as its input, and return what it printed. `environment` replaces the runner's own.

        Raise CommandMissing, PhoneFault when the system refuses to start it, CommandHung after `timeout` seconds, MalformedOutput
        when it prints without end, and Stopped when callerid ends meanwhile. A non-zero exit status is not an error.
        """

    def begin(
        self, argv: Sequence[str], *, stdin: str | None = None, environment: Mapping[str, str] | None = None
    ) -> RunningCommand:
        """Start a command and return it at once. Raise CommandMissing, PhoneFault, Stopped."""

    def follow(self, argv: Sequence[str], *, environment: Mapping[str, str] | None = None) -> FollowedCommand:
        """Start a command that does not end by itself and return it; it ends with callerid, however that ends. Raise
        CommandMissing, PhoneFault, Stopped."""

    def has(self, name: str) -> bool:
        """Return whether a command of that name is installed."""

    def variable(self, name: str) -> str:
        """Return a variable of the environment that commands get; "" when it is not set."""

    def without(self, *names: str) -> Mapping[str, str]:
        """Return that environment without some variables."""

    def stop(self) -> None:
        """Kill every command that runs, and start no more."""
