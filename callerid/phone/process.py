"""The one place that starts processes.

Every termux command can hang for ever, and its exit status means nothing (termux-api.c blocks in accept() without a
timeout). So each runs in a session of its own, with a time box, bounded output and no terminal; when the time is up, or when
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
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from callerid.errors import CalleridError, CommandHung, CommandMissing, NonsenseOutput, PhoneFault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_MOST_OUTPUT = 32 * 1024 * 1024
_CHUNK = 65536
_ENDS_WITH_US = '"$@" </dev/null & exec >/dev/null; read -r _; kill -s KILL 0'
_LONGEST_LINE = 8192
_AFTER_EXIT = 0.5  # seconds at the most for what others still write once the command itself has ended
_SILENCE = 0.1  # seconds without a word that mean the end then
_LOOK_UP = 1.0  # seconds between looks at the stop sign; an ordinary end is heard at once


class Stopped(CalleridError):
    """callerid is ending; what was under way is taken up at the next start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a command printed, and its exit status."""

    stdout: str
    stderr: str
    code: int


class Running:
    """A command that was started."""

    def __init__(self, starter: Starter, process: subprocess.Popen[bytes], name: str, stdin: str | None) -> None:
        self._starter, self._process, self._name, self._stdin = starter, process, name, stdin

    def end(self, timeout: float) -> Output:
        """Wait for its end, so many seconds at the most, and return what it printed. Raise as `Starter.run` does."""
        return self._starter.finish(self._process, self._name, self._stdin, timeout)

    def stop(self) -> None:
        """Kill it with its whole group; `end` returns then."""
        _kill(self._process.pid)


class Following:
    """A command that prints a line whenever something happens, and does not end by itself."""

    def __init__(self, starter: Starter, process: subprocess.Popen[bytes]) -> None:
        self._starter, self._process = starter, process

    def lines(self, heard: Callable[[str], None]) -> None:
        """Hand over each line as it comes, and return when there will be no more."""
        try:
            _listen(self._process, heard)
        finally:
            self._starter.done_with(self._process)

    def stop(self) -> None:
        """Kill it with its whole group; `lines` returns then."""
        _kill(self._process.pid)


class Starter:
    """Runs commands; any thread may use it, and any may stop it."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = dict(os.environ if environment is None else environment)
        self._lock = threading.Lock()
        self._running: set[int] = set()
        self._stopped = threading.Event()

    def run(
        self, argv: Sequence[str], *, timeout: float, stdin: str | None = None, environment: Mapping[str, str] | None = None
    ) -> Output:
        """Given a command as a list, a time box in seconds and perhaps text for its stdin, return what it printed.

        Raise CommandMissing, CommandHung when the time is up, NonsenseOutput when it prints without end, and Stopped when
        callerid ends meanwhile.
        """
        return self.begin(argv, stdin=stdin, environment=environment).end(timeout)

    def begin(self, argv: Sequence[str], *, stdin: str | None = None, environment: Mapping[str, str] | None = None) -> Running:
        """Start a command and return it running; whoever starts it must `end` it. Raise CommandMissing, PhoneFault, Stopped."""
        return Running(self, self._start(argv, stdin, environment), argv[0], stdin)

    def follow(self, argv: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Following:
        """Start a command that does not end by itself and return it. It ends with us, however we end: a shell beside it holds the
        other end of a pipe, and kills the group when that breaks. Raise CommandMissing, PhoneFault, Stopped."""
        if not shutil.which(argv[0], path=self.search_path):
            raise CommandMissing(f"{argv[0]} is not installed.", remedy=f"See: command -v {argv[0]}")
        return Following(self, self._start(["sh", "-c", _ENDS_WITH_US, "sh", *argv], "", environment, stderr=subprocess.DEVNULL))

    @property
    def search_path(self) -> str:
        """Where commands are looked for."""
        return self._environment.get("PATH", "")

    def variable(self, name: str) -> str:
        """Return a variable of the environment that commands get; "" when it is not set."""
        return self._environment.get(name, "")

    def without(self, *names: str) -> Mapping[str, str]:
        """Return that environment without some variables."""
        return {name: value for name, value in self._environment.items() if name not in names}

    def finish(self, process: subprocess.Popen[bytes], name: str, stdin: str | None, timeout: float) -> Output:
        """See a started command to its end; what `Running.end` calls."""
        try:
            out, err = _Conversation(process, stdin, time.monotonic() + timeout, self._stopped).hold()
        except _TimeIsUp as up:
            raise CommandHung(f"{name} gave no answer within {timeout:.0f} s.", remedy=_hung_remedy(name)) from up
        except _TooMuch as much:
            raise NonsenseOutput(f"{name} prints without end.", remedy=f"See it with: {name} | head") from much
        finally:
            self.done_with(process)
        if self._stopped.is_set() and process.returncode and process.returncode < 0:
            raise Stopped("callerid is stopping.")
        return Output(stdout=out, stderr=err, code=process.returncode or 0)

    def stop(self) -> None:
        """Kill every group that is running, and start nothing more."""
        self._stopped.set()
        with self._lock:
            for group in self._running:
                _kill(group)

    def _start(
        self, argv: Sequence[str], stdin: str | None, environment: Mapping[str, str] | None, *, stderr: int = subprocess.PIPE
    ) -> subprocess.Popen[bytes]:
        words = [word.replace("\0", "") for word in argv]
        with self._lock:
            if self._stopped.is_set():
                raise Stopped("callerid is stopping.")
            try:
                process = subprocess.Popen(
                    words,
                    stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                    env=self._environment if environment is None else environment,
                    start_new_session=True,
                )
            except FileNotFoundError as missing:
                raise CommandMissing(f"{words[0]} is not installed.", remedy="Type: pkg install termux-api") from missing
            except OSError as fault:
                raise PhoneFault(
                    f"{words[0]} cannot be started: {fault.strerror}.", remedy=f"See: command -v {words[0]}"
                ) from fault
            self._running.add(process.pid)
        return process

    def done_with(self, process: subprocess.Popen[bytes]) -> None:
        """Leave nothing of the command behind: it, its children, its pipes."""
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


def _listen(process: subprocess.Popen[bytes], heard: Callable[[str], None]) -> None:
    """Hand over what a process prints, line by line. A line has no more than so many bytes."""
    assert process.stdout  # noqa: S101 - a pipe, as every process here has
    while line := process.stdout.readline(_LONGEST_LINE):
        heard(line.decode("utf-8", "replace"))


def _hung_remedy(command: str) -> str:
    if command.startswith("termux-"):
        return "Open the Termux:API app once, and exempt Termux and Termux:API from battery optimisation."
    return f"Try it by hand: {command}"


class _TimeIsUp(Exception):
    """The time box is used up."""


class _TooMuch(Exception):
    """More output than any answer can have."""


class _Conversation:
    """Writes stdin and reads both outputs at once, until both end, or the command has ended and said its last."""

    def __init__(self, process: subprocess.Popen[bytes], stdin: str | None, deadline: float, stopped: threading.Event) -> None:
        self._process, self._deadline, self._stopped = process, deadline, stopped
        self._to_write = memoryview((stdin or "").encode("utf-8", "replace"))
        self._ended_at: float | None = None
        self._read: dict[str, bytearray] = {"stdout": bytearray(), "stderr": bytearray()}

    def hold(self) -> tuple[str, str]:
        """Hold the conversation and return stdout and stderr."""
        with selectors.DefaultSelector() as selector:
            for name in ("stdin", "stdout", "stderr"):
                pipe: IO[bytes] | None = getattr(self._process, name)
                if pipe:
                    os.set_blocking(pipe.fileno(), False)
                    selector.register(pipe, selectors.EVENT_WRITE if name == "stdin" else selectors.EVENT_READ, name)
            while self._somebody_talks(selector):
                self._exchange(selector)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, self._deadline - time.monotonic()))
        out, err = (bytes(said).decode("utf-8", "replace") for said in self._read.values())
        return out, err

    def _somebody_talks(self, selector: selectors.BaseSelector) -> bool:
        """Say whether more is to be heard. A grandchild may hold the pipes open after the command's own end: it gets a moment."""
        if self._stopped.is_set():
            raise Stopped("callerid is stopping.")
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
