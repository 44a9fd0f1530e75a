"""A simulated command that runs in this process, in a thread of its own or in its caller's.

To whoever started it, it is a `RunningCommand` or a `FollowedCommand`; to its own code, the process that it would be.
"""

from __future__ import annotations

import copy
import os
import queue
import shlex
import threading
import time
from pathlib import PurePath
from typing import TYPE_CHECKING, NoReturn, Protocol, TypeVar

from callerid.errors import Stopped
from callerid.models import commands
from callerid.models.commands import CommandOutput
from callerid.simulator.phone import android
from callerid.simulator.phone.commands import perform
from callerid.simulator.phone.invocation import BY_SHELL, Failure, Invocation
from callerid.simulator.phone.state import LOOK_EVERY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from callerid.simulator.phone.handset import SimulatedPhone

Result = TypeVar("Result")

_MOST_OUTPUT = 32 * 1024 * 1024
_LONGEST_LINE = 8192
_AHEAD = 64  # writes that a followed command may be ahead of its reader
_KILLED = -9


class _Ended(BaseException):
    """The command's process is gone."""


class _Hung(_Ended):
    """It would wait forever, or longer than it may."""


class _Endless(_Ended):
    """It printed more than any answer has."""


class _Killed(_Ended):
    """It was killed."""


class Runner(Protocol):
    """What a command needs of the runner that started it."""

    phone: SimulatedPhone
    waits_for_hangs: bool
    is_stopped: bool
    running: set[SimulatedCommand]

    def wake(self) -> None:
        """Have the commands that wait notice that they are killed."""


class SimulatedCommand(Invocation):
    """A command as it runs, for itself and for whoever started it."""

    def __init__(
        self,
        runner: Runner,
        name: str,
        arguments: list[str],
        stdin: str | None,
        environment: Mapping[str, str],
        *,
        is_followed: bool,
    ) -> None:
        super().__init__(runner.phone.state, name, arguments, environment, os.getpid())
        self._runner = runner
        self._has_input = stdin is None
        self._stdin = (stdin or "").encode("utf-8", "replace").decode("utf-8", "surrogateescape")
        self._is_followed = is_followed
        self._written: queue.Queue[str | None] = queue.Queue(_AHEAD if is_followed else 0)
        self._size = 0
        self._deadline: float | None = None
        self._killed = threading.Event()
        self._over = threading.Event()
        self._output = CommandOutput(stdout="", stderr="", code=_KILLED)
        self._ended: _Ended | None = None

    # ---------------------------------------------------------------------------------------- for whoever started it

    def run_here(self, timeout: float) -> CommandOutput:
        """Run it in this thread and return what it printed."""
        self._deadline, self._has_input = time.monotonic() + timeout, True
        self._perform()
        return self._result(timeout)

    def start(self) -> None:
        """Run it in a thread of its own."""
        threading.Thread(target=self._perform, name=self.name, daemon=True).start()

    def end(self, timeout: float, check: Callable[[], None] = lambda: None) -> CommandOutput:
        """Hand it its input, wait at most so many seconds for its end, and return what it printed, unless `check` raises."""
        self._has_input = True
        self._runner.wake()
        try:
            self._wait_for_end(timeout, check)
        except BaseException:
            self.stop()
            self._over.wait()
            raise
        if self._runner.is_stopped:
            raise Stopped("callerid is stopping.")
        return self._result(timeout)

    def _wait_for_end(self, timeout: float, check: Callable[[], None]) -> None:
        deadline = time.monotonic() + timeout
        while not self._over.wait(min(max(0.0, deadline - time.monotonic()), LOOK_EVERY)):
            check()
            if time.monotonic() >= deadline:
                raise commands.hung(self.name, timeout)

    def lines(self, receive: Callable[[str], None]) -> None:
        """Call `receive` with each line as it comes, and return when no more can come."""
        rest = b""
        try:
            while (text := self._written.get()) is not None:
                *lines, rest = _cut(rest + text.encode("utf-8", "surrogateescape"))
                for line in lines:
                    receive(line.decode("utf-8", "replace"))
            if rest:
                receive(rest.decode("utf-8", "replace"))
        finally:
            self.stop()

    def stop(self) -> None:
        """Kill it."""
        self._killed.set()
        self._runner.wake()

    def _perform(self) -> None:
        self._runner.running.add(self)
        try:
            out, err, code = perform(self)
            self.write(out)
            self._output = CommandOutput(stdout="", stderr=_decoded(err), code=code)
        except _Ended as ended:
            self._ended = ended
        finally:
            self._end_of_output()
            self._runner.running.discard(self)
            self._over.set()

    def _end_of_output(self) -> None:
        while self._written.full():
            self._written.get()  # what a killed command had printed is not read
        self._written.put(None)

    def _result(self, timeout: float) -> CommandOutput:
        if self._runner.is_stopped and self._ended:
            raise Stopped("callerid is stopping.")
        if isinstance(self._ended, _Hung):
            raise commands.hung(self.name, timeout)
        if isinstance(self._ended, _Endless):
            raise commands.endless(self.name)
        written = iter(self._written.get, None)
        return CommandOutput(stdout=_decoded("".join(written)), stderr=self._output.stderr, code=self._output.code)

    # ---------------------------------------------------------------------------------------- for the command itself

    def stdin(self, seconds: float | None = None) -> str:
        """Return the input, which comes when the end is waited for."""
        del seconds
        self.wait(lambda: self._has_input)
        return self._stdin

    def write(self, *lines: str) -> None:
        """Print lines. A followed command waits while its reader is too far behind."""
        for line in lines:
            self._size += len(line)
            if self._size > _MOST_OUTPUT and not self._is_followed:
                raise _Endless
            while self._written.full():
                self._check()
                time.sleep(LOOK_EVERY)
            self._written.put(line)

    def wait(self, look: Callable[[], Result | None]) -> Result:
        """Wait until `look` returns something true, or the command is killed, or its time is up."""

        def look_up() -> Result | None:
            self._check()
            return look()

        return self.state.wait(look_up)

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        until = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() >= until)

    def hang(self, *, stubborn: bool = False, grandchild: bool = False) -> NoReturn:
        """Wait for nothing, or know that already."""
        del stubborn, grandchild
        if not self._runner.waits_for_hangs:
            raise _Hung
        self.wait(lambda: False)
        raise _Killed

    def run_line(self, line: str, shell: str) -> tuple[str, int]:
        """Run a line that consists of one of the system's programs and its words, as another user."""
        words = shlex.split(line.removeprefix("exec "))
        program = PurePath(words[0])
        if program.parent != PurePath("/system/bin") or program.name not in android.SYSTEM:
            raise ValueError(f"a phone in the process has no shell for: {line}")
        replaced = copy.copy(self)  # the same process, another program
        replaced.name, replaced.arguments = program.name, words[1:]
        replaced.environment = {**self.environment, BY_SHELL: shell}
        out, err, code = perform(replaced)
        if err:
            raise Failure(out, err, code)
        return out, code

    def _check(self) -> None:
        if self._killed.is_set() or self._runner.is_stopped:
            raise _Killed
        if self._deadline is not None and time.monotonic() >= self._deadline:
            raise _Hung


def _decoded(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _cut(content: bytes) -> list[bytes]:
    """Cut what was printed into lines, none longer than a reader takes at once; the last one has no end yet."""
    pieces = []
    while end := content.find(b"\n", 0, _LONGEST_LINE) + 1 or (_LONGEST_LINE if len(content) >= _LONGEST_LINE else 0):
        pieces.append(content[:end])
        content = content[end:]
    return [*pieces, content]
