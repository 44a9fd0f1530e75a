"""A command runner for an examination: however many commands hang, all of it ends in time.

A command gets ten seconds, because Termux:API shows an error when the client is gone before the app answers
(termux-api#912). Only a few commands of Termux:API run side by side: each is about four processes, and Android ends children when
all apps have more than 32.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from callerid.errors import CommandHung
from callerid.messages import message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from callerid.models.commands import CommandOutput
    from callerid.phone.command_runner import CommandRunner, FollowedCommand, RunningCommand

_LONGEST = 10.0  # seconds for one command
_AT_ONCE = 5  # commands of Termux:API


class BoundedRunner:
    """Runs commands by another runner, for `seconds` in all; see `CommandRunner`. Later ones are not tried any more."""

    def __init__(self, runner: CommandRunner, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._runner, self._clock = runner, clock
        self._end = clock() + seconds
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    @property
    def seconds_left(self) -> float:
        """The seconds until no command is tried any more."""
        return self.seconds_until(0)

    def seconds_until(self, after: float) -> float:
        """Return the seconds until so many seconds after that: 0.0 from then on."""
        return max(0.0, self._end + after - self._clock())

    def run(
        self, argv: Sequence[str], *, timeout: float, stdin: str | None = None, environment: Mapping[str, str] | None = None
    ) -> CommandOutput:
        """Run a command, in the time that is left. Raise as `CommandRunner.run`, CommandHung also without time for it."""
        if not argv[0].startswith("termux-"):
            return self._run(argv, timeout, stdin, environment)
        if not self._places.acquire(timeout=self.seconds_left):
            raise _not_tried(argv[0])
        try:
            return self._run(argv, timeout, stdin, environment)
        finally:
            self._places.release()

    def _run(self, argv: Sequence[str], timeout: float, stdin: str | None, environment: Mapping[str, str] | None) -> CommandOutput:
        left = self.seconds_left
        if not left:
            raise _not_tried(argv[0])
        return self._runner.run(argv, timeout=min(timeout, _LONGEST, left), stdin=stdin, environment=environment)

    def begin(
        self, argv: Sequence[str], *, stdin: str | None = None, environment: Mapping[str, str] | None = None
    ) -> RunningCommand:
        """Start a command; see `CommandRunner.begin`."""
        return self._runner.begin(argv, stdin=stdin, environment=environment)

    def follow(self, argv: Sequence[str], *, environment: Mapping[str, str] | None = None) -> FollowedCommand:
        """Start a command that does not end by itself; see `CommandRunner.follow`."""
        return self._runner.follow(argv, environment=environment)

    def has(self, name: str) -> bool:
        """Return whether a command of that name is installed."""
        return self._runner.has(name)

    def variable(self, name: str) -> str:
        """Return a variable of the environment that commands get; "" when it is not set."""
        return self._runner.variable(name)

    def without(self, *names: str) -> Mapping[str, str]:
        """Return that environment without some variables."""
        return self._runner.without(*names)

    def stop(self) -> None:
        """Kill every command that runs, and start no more."""
        self._runner.stop()


def _not_tried(command: str) -> CommandHung:
    remedy = message("Open the Termux:API app once, and exempt Termux and Termux:API from battery optimisation.")
    return CommandHung(message("{command} was not tried: other commands gave no answer in time.", command=command), remedy=remedy)
