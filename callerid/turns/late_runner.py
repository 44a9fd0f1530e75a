"""A command runner that is made when something is to be run: most commands of ours start none of the phone's, and what starts
processes takes long to load."""

from __future__ import annotations

from _thread import allocate_lock
from typing import TYPE_CHECKING

from callerid.errors import Stopped
from callerid.messages import message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callerid.models.commands import CommandOutput
    from callerid.phone.command_runner import CommandRunner, FollowedCommand, RunningCommand


class LateRunner:
    """See `command_runner.CommandRunner`: what starts processes in an environment."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment, self._lock = environment, allocate_lock()
        self._made: CommandRunner | None = None
        self._is_stopped, self._mark = False, ""

    @property
    def _runner(self) -> CommandRunner:
        with self._lock:
            if self._made is None:
                if self._is_stopped:
                    raise Stopped(message("callerid is stopping."))
                from callerid.phone.process import ProcessRunner

                self._made = ProcessRunner(environment=self._marked())
            return self._made

    def run(
        self, argv: Sequence[str], *, timeout: float, stdin: str | None = None, environment: Mapping[str, str] | None = None
    ) -> CommandOutput:
        """Run a command and return what it printed. Raise CommandMissing, PhoneFault, CommandHung, MalformedOutput, Stopped."""
        return self._runner.run(argv, timeout=timeout, stdin=stdin, environment=environment)

    def begin(
        self, argv: Sequence[str], *, stdin: str | None = None, environment: Mapping[str, str] | None = None
    ) -> RunningCommand:
        """Start a command and return it at once. Raise CommandMissing, PhoneFault, Stopped."""
        return self._runner.begin(argv, stdin=stdin, environment=environment)

    def follow(self, argv: Sequence[str], *, environment: Mapping[str, str] | None = None) -> FollowedCommand:
        """Start a command that does not end by itself and return it. Raise CommandMissing, PhoneFault, Stopped."""
        return self._runner.follow(argv, environment=environment)

    def has(self, name: str) -> bool:
        """Return whether a command of that name is installed."""
        return self._runner.has(name)

    def variable(self, name: str) -> str:
        """Return a variable of the environment that commands get; "" when it is not set."""
        return self._environment.get(name, "")

    def without(self, *names: str) -> Mapping[str, str]:
        """Return that environment without some variables."""
        return {name: value for name, value in self._marked().items() if name not in names}

    def _marked(self) -> Mapping[str, str]:
        """Return the environment with what tells the next callerid that a command was ours, should this one be killed."""
        from callerid.paths import installation_paths
        from callerid.turns.orphans import STARTED_BY, started_by_us

        if not self._mark:
            self._mark = started_by_us(installation_paths(self._environment).lock)
        return {**self._environment, STARTED_BY: self._mark}

    def stop(self) -> None:
        """Kill every command that runs, and start no more."""
        with self._lock:
            self._is_stopped = True
            if self._made is not None:
                self._made.stop()
