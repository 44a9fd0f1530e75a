"""A stand-in for the programs of runit, for machines that have none: what the manual pages of runsvdir(8), runsv(8), sv(8) and
svlogd(8) promise of what callerid uses. Started as `python runit.py PROGRAM ARGUMENTS`.

runsv starts `run`, and after its end `finish` with the exit code (-1: a signal ended it) and the signal's number, then `run` again, at
most once a second. A file `down` keeps it from starting until it is told to. `log/run` gets what `run` prints. On SIGTERM it brings
both down and ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SCAN = 0.5  # seconds between looks for new folders; the genuine runsvdir takes 5
_CONTROL = {"u": "up", "d": "down", "x": "exit"}


class Supervisor:
    """runsv in a service's folder."""

    def __init__(self) -> None:
        Path("supervise").mkdir(mode=0o700, exist_ok=True)
        self.lock = os.open("supervise/lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with contextlib.suppress(FileExistsError):
            os.mkfifo("supervise/control", 0o600)
        self.control = os.open("supervise/control", os.O_RDWR | os.O_NONBLOCK)
        self.wanted, self.ends, self.started = not Path("down").exists(), False, 0.0
        self.child: subprocess.Popen[bytes] | None = None
        self.log: subprocess.Popen[bytes] | None = None
        self.pipe = os.pipe()
        for name in (signal.SIGTERM,):
            signal.signal(name, lambda *_: self.obey("x"))

    def serve(self) -> None:
        """Supervise until told to end."""
        while not (self.ends and self.child is None):
            if Path("log").is_dir() and (self.log is None or self.log.poll() is not None) and not self.ends:
                self.log = subprocess.Popen(["./run"], cwd="log", stdin=self.pipe[0])
                _write("log/supervise", self.log.pid)
            if self.child is None and self.wanted and time.monotonic() - self.started >= 1:
                self.start("./run")
            self.listen()
            if self.child is not None and self.child.poll() is not None:
                self.ended(self.child)
        for end in self.pipe:
            os.close(end)
        if self.log:
            self.log.wait()

    def start(self, *words: str) -> None:
        """Start `run` or `finish`."""
        if words[0] == "./run":
            self.started = time.monotonic()
        out = self.pipe[1] if self.log else None
        self.child = subprocess.Popen(words, stdout=out)
        _write("supervise", self.child.pid)

    def ended(self, child: subprocess.Popen[bytes]) -> None:
        """Start `finish` after `run`, and nothing after `finish`."""
        code, self.child = child.returncode, None
        _write("supervise", 0)
        if child.args[0] == "./run" and os.access("finish", os.X_OK):  # type: ignore[index]
            self.start("./finish", str(code if code >= 0 else -1), str(max(0, -code)))

    def obey(self, letter: str) -> None:
        """Do what a letter in the control fifo, or a signal, says. What is under way is told so; a `finish` is left to end."""
        self.wanted, self.ends = letter == "u", self.ends or letter == "x"
        child = self.child
        if letter in "dxk" and child and child.args[0] == "./run":  # type: ignore[index]
            child.send_signal(signal.SIGKILL if letter == "k" else signal.SIGTERM)

    def listen(self) -> None:
        """Wait a moment for something to do."""
        select.select([self.control], [], [], 0.02)
        with contextlib.suppress(BlockingIOError):
            for letter in os.read(self.control, 64).decode():
                self.obey(letter)


def _write(folder: str, number: int) -> None:
    Path(folder).mkdir(mode=0o700, exist_ok=True)
    fresh = Path(folder, "pid.new")
    fresh.write_text(f"{number}\n" if number else "")
    fresh.replace(Path(folder, "pid"))


def runsv(folder: str) -> None:
    """Supervise one service."""
    os.chdir(folder)
    Supervisor().serve()


def runsvdir(folder: str) -> None:
    """Run a runsv for each folder whose name does not begin with a dot; end it, by SIGTERM, when its folder is gone."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    while True:
        names = {path.name for path in Path(folder).iterdir() if path.is_dir() and not path.name.startswith(".")}
        for name in names:
            if name not in running or running[name].poll() is not None:
                running[name] = subprocess.Popen(["runsv", f"{folder}/{name}"])
        for name in running.keys() - names:
            running.pop(name).terminate()
        time.sleep(_SCAN)


def sv(*words: str) -> int:
    """Control a service: [-w SECONDS] up|down|exit|force-shutdown|status SERVICE."""
    arguments = list(words)
    seconds = 7.0
    if arguments[0] == "-w":
        seconds = float(arguments[1])
        del arguments[:2]
    command, service = arguments
    folder = Path(service if "/" in service else f"{os.environ['SVDIR']}/{service}")
    try:
        control = os.open(folder / "supervise" / "control", os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        print(f"fail: {service}: runsv not running")
        return 1
    letter = {"up": "u", "down": "d"}.get(command, "x")
    os.write(control, letter.encode())
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        pid = (folder / "supervise" / "pid").read_text().strip()
        if bool(pid) == (letter == "u"):
            return 0
        time.sleep(0.02)
    if command == "force-shutdown" and pid:
        os.kill(int(pid), signal.SIGKILL)
    return 1


def svlogd(*words: str) -> None:
    """Write standard input to `current` in a folder; a new file when it has the size that `config` names (s), so many of them (n)."""
    folder = Path(words[-1])
    config = {line[0]: int(line[1:]) for line in (folder / "config").read_text().split() if line[1:].isdigit()}
    current, count = folder / "current", 0
    for line in sys.stdin.buffer:
        if current.exists() and current.stat().st_size + len(line) > config.get("s", 1_000_000):
            current.rename(folder / f"@{count:08}.s")
            count += 1
            for old in sorted(folder.glob("@*"))[: -config.get("n", 10)]:
                old.unlink()
        with current.open("ab") as file:
            file.write(line)


if __name__ == "__main__":
    programs: dict[str, Callable[..., int | None]] = {"runsv": runsv, "runsvdir": runsvdir, "sv": sv, "svlogd": svlogd}
    sys.exit(programs[sys.argv[1]](*sys.argv[2:]))
