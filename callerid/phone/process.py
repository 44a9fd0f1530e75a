"""Starts processes: nothing else in callerid does.

Every termux command can hang forever, and its exit status means nothing (termux-api.c blocks in accept() without a
timeout). So each runs in a session of its own, with a time limit, bounded output and no terminal; when the time is up, or when
callerid ends, the whole group is killed.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import threading
import time
from typing import IO, TYPE_CHECKING

from callerid.errors import CommandMissing, Stopped
from callerid.messages import message
from callerid.models import commands
from callerid.models.commands import CommandOutput

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_MOST_OUTPUT = 32 * 1024 * 1024
_CHUNK = 65536
_ENDS_WITH_US = '"$@" </dev/null & exec >/dev/null; read -r _; kill -s KILL 0'
_LONGEST_LINE = 8192
_AFTER_EXIT = 0.5  # seconds at most for what grandchildren still write once the command itself has ended
_SILENCE = 0.1  # seconds without output that mean the end then
_LOOK_UP = 1.0  # seconds between looks at the stop sign; an ordinary end is noticed at once


class RunningProcess:
    """A command that was started: see `command_runner.RunningCommand`."""

    def __init__(self, runner: ProcessRunner, process: subprocess.Popen[bytes], name: str, stdin: str | None) -> None:
        self._runner, self._process, self._name, self._stdin = runner, process, name, stdin

    def end(self, timeout: float, check: Callable[[], None] = lambda: None) -> CommandOutput:
        """Wait at most so many seconds for its end and return what it printed, unless `check` raises meanwhile. Raise as
        `ProcessRunner.run` does."""
        return self._runner.finish(self._process, self._name, self._stdin, timeout, check)

    def stop(self) -> None:
        """Kill it with its whole group; `end` returns then."""
        _kill(self._process.pid)


class FollowedProcess:
    """A command that does not end by itself: see `command_runner.FollowedCommand`."""

    def __init__(self, runner: ProcessRunner, process: subprocess.Popen[bytes]) -> None:
        self._runner, self._process = runner, process

    def lines(self, receive: Callable[[str], None]) -> None:
        """Call `receive` with each line as it comes, and return when no more can come."""
        try:
            _read_lines(self._process, receive)
        finally:
            self._runner.clean_up(self._process)

    def stop(self) -> None:
        """Kill it with its whole group; `lines` returns then."""
        _kill(self._process.pid)


class ProcessRunner:
    """Runs commands as processes: see `command_runner.CommandRunner`."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = dict(os.environ if environment is None else environment)
        self._lock = threading.Lock()
        self._running: set[int] = set()
        self._stopped = threading.Event()

    def run(
        self, argv: Sequence[str], *, timeout: float, stdin: str | None = None, environment: Mapping[str, str] | None = None
    ) -> CommandOutput:
        """Run a command and return what it printed. Raise CommandMissing, PhoneFault, CommandHung, MalformedOutput, Stopped."""
        return self.begin(argv, stdin=stdin, environment=environment).end(timeout)

    def begin(
        self, argv: Sequence[str], *, stdin: str | None = None, environment: Mapping[str, str] | None = None
    ) -> RunningProcess:
        """Start a command and return it; whoever starts it must `end` it. Raise CommandMissing, PhoneFault, Stopped."""
        return RunningProcess(self, self._start(argv, stdin, environment), argv[0], stdin)

    def follow(self, argv: Sequence[str], *, environment: Mapping[str, str] | None = None) -> FollowedProcess:
        """Start a command that does not end by itself and return it. It ends with us, however we end: a shell beside it holds the
        other end of a pipe, and kills the group when that breaks. Raise CommandMissing, PhoneFault, Stopped."""
        if not self.has(argv[0]):
            raise CommandMissing(
                message("{argv} is not installed.", argv=argv[0]), remedy=message("See: command -v {argv}", argv=argv[0])
            )
        return FollowedProcess(
            self, self._start(["sh", "-c", _ENDS_WITH_US, "sh", *argv], "", environment, stderr=subprocess.DEVNULL, bufsize=-1)
        )

    def has(self, name: str) -> bool:
        """Return whether a command of that name is on the search path."""
        return shutil.which(name, path=self.variable("PATH")) is not None

    def variable(self, name: str) -> str:
        """Return a variable of the environment that commands get; "" when it is not set."""
        return self._environment.get(name, "")

    def without(self, *names: str) -> Mapping[str, str]:
        """Return that environment without some variables."""
        return {name: value for name, value in self._environment.items() if name not in names}

    def finish(
        self, process: subprocess.Popen[bytes], name: str, stdin: str | None, timeout: float, check: Callable[[], None]
    ) -> CommandOutput:
        """Wait for the end of a started command; what `RunningProcess.end` calls."""
        try:
            out, err = _Conversation(process, stdin, time.monotonic() + timeout, self._stopped, check).hold()
        except _TimeIsUp as fault:
            raise commands.hung(name, timeout) from fault
        except _TooMuch as fault:
            raise commands.endless(name) from fault
        finally:
            self.clean_up(process)
        if self._stopped.is_set() and process.returncode and process.returncode < 0:
            raise Stopped(message("callerid is stopping."))
        return CommandOutput(stdout=out, stderr=err, code=process.returncode or 0)

    def stop(self) -> None:
        """Kill every group that is running, and start nothing more."""
        self._stopped.set()
        with self._lock:
            for group in self._running:
                _kill(group)

    def _start(
        self,
        argv: Sequence[str],
        stdin: str | None,
        environment: Mapping[str, str] | None,
        *,
        stderr: int = subprocess.PIPE,
        bufsize: int = 0,
    ) -> subprocess.Popen[bytes]:
        """Start a process. Its pipes have no buffers by default: `_Conversation` reads and writes them by itself, and a ring waits
        for what makes them."""
        words = [word.replace("\0", "") for word in argv]
        with self._lock:
            if self._stopped.is_set():
                raise Stopped(message("callerid is stopping."))
            try:
                process = subprocess.Popen(
                    words,
                    bufsize=bufsize,
                    stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                    env=self._environment if environment is None else environment,
                    start_new_session=True,
                )
            except FileNotFoundError as fault:
                raise commands.missing(words[0]) from fault
            except OSError as fault:
                raise commands.not_started(words[0], fault.strerror or "") from fault
            self._running.add(process.pid)
        return process

    def clean_up(self, process: subprocess.Popen[bytes]) -> None:
        """Leave nothing of a command behind: it, its children, its pipes."""
        _kill(process.pid)
        process.wait()
        with self._lock:
            self._running.discard(process.pid)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _read_lines(process: subprocess.Popen[bytes], receive: Callable[[str], None]) -> None:
    """Call `receive` with what a process prints, line by line, a line longer than 8 KiB in pieces."""
    assert process.stdout  # noqa: S101 - a pipe, as every process here has
    while line := process.stdout.readline(_LONGEST_LINE):
        receive(line.decode("utf-8", "replace"))


class _TimeIsUp(Exception):
    """The command did not end in its time."""


class _TooMuch(Exception):
    """More output than any answer can have."""


class _Conversation:
    """Writes stdin and reads both outputs at once, until both end, or until the command has ended and printed its last."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        stdin: str | None,
        deadline: float,
        stopped: threading.Event,
        check: Callable[[], None],
    ) -> None:
        self._process, self._deadline, self._stopped, self._check = process, deadline, stopped, check
        self._to_write = memoryview((stdin or "").encode("utf-8", "replace"))
        self._ended_at: float | None = None
        self._read: dict[str, bytearray] = {"stdout": bytearray(), "stderr": bytearray()}

    def hold(self) -> tuple[str, str]:
        """Exchange everything and return stdout and stderr."""
        with selectors.DefaultSelector() as selector:
            for name in ("stdin", "stdout", "stderr"):
                pipe: IO[bytes] | None = getattr(self._process, name)
                if pipe:
                    os.set_blocking(pipe.fileno(), False)
                    selector.register(pipe, selectors.EVENT_WRITE if name == "stdin" else selectors.EVENT_READ, name)
            while self._may_print_more(selector):
                self._exchange(selector)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, self._deadline - time.monotonic()))
        out, err = (bytes(read).decode("utf-8", "replace") for read in self._read.values())
        return out, err

    def _may_print_more(self, selector: selectors.BaseSelector) -> bool:
        """Return whether more output can come. After its end, a grandchild that holds the pipes gets a moment."""
        if self._stopped.is_set():
            raise Stopped(message("callerid is stopping."))
        self._check()
        now = time.monotonic()
        if self._process.poll() is None:
            if now >= self._deadline:
                raise _TimeIsUp
            return bool(selector.get_map())
        self._ended_at = self._ended_at or now
        return bool(selector.get_map()) and now - self._ended_at < _AFTER_EXIT and bool(selector.select(_SILENCE))

    def _exchange(self, selector: selectors.BaseSelector) -> None:
        wait = min(self._deadline - time.monotonic(), _LOOK_UP)
        for key, _ in selector.select(max(0.0, wait)):
            done = self._write(key.fd) if key.data == "stdin" else self._take(key.fd, key.data)
            if done:
                selector.unregister(key.fileobj)
                if key.data == "stdin" and self._process.stdin:
                    with contextlib.suppress(BrokenPipeError):
                        self._process.stdin.close()

    def _write(self, descriptor: int) -> bool:
        try:
            written = os.write(descriptor, self._to_write[:_CHUNK])
        except BrokenPipeError:
            return True
        self._to_write = self._to_write[written:]
        return not self._to_write

    def _take(self, descriptor: int, name: str) -> bool:
        chunk = os.read(descriptor, _CHUNK)
        self._read[name] += chunk
        if len(self._read[name]) > _MOST_OUTPUT:
            raise _TooMuch
        return not chunk
