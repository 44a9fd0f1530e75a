"""A daemon that is started as its users start it and killed as Android kills: without warning, at any moment."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

    from callerid.simulator.desk import Desk
    from tests.crash.kills.journal import Journal

_STARTS_WITHIN = 20.0  # seconds
_LIVES = 0.8  # seconds at the most, once it runs
_EARLY = 0.12  # the share of kills that come while it starts
_EARLIEST, _LATEST = 0.02, 0.5  # seconds after the start, of those
_WHOLE_PHONE = 0.5  # the share of kills that take everything with them that callerid has started


class Daemons:
    """One daemon after the other."""

    def __init__(self, desk: Desk, chance: random.Random, journal: Journal) -> None:
        self._desk, self._chance, self._journal = desk, chance, journal
        self.kills = self.early = self.whole = self.ended = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def output(self) -> Path:
        """The file of what they output."""
        return self._desk.folder / "daemon.out"

    def start(self) -> None:
        """Start one."""
        with self.output.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "callerid", "run"],
                env=self._desk.environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self._journal.write("start", process=self.process.pid)

    def run_and_kill(self) -> None:
        """Start one, let it live for a while, and kill it."""
        self.start()
        assert self.process
        if self._chance.random() < _EARLY:
            self.early += 1
            time.sleep(self._chance.uniform(_EARLIEST, _LATEST))
        else:
            self.wait_until_it_runs()
            time.sleep(self._chance.uniform(0.0, _LIVES))
        self.kill(whole=self._chance.random() < _WHOLE_PHONE)

    def wait_until_it_runs(self) -> None:
        """Wait until the daemon is the running one, by its pid file."""
        deadline = time.monotonic() + _STARTS_WITHIN
        while self.process and self.process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                if (self._desk.home / "daemon.pid").read_text() == f"{self.process.pid}\n":
                    return
            time.sleep(0.01)

    def kill(self, *, whole: bool) -> None:
        """Kill the daemon with its group; the whole of Termux with the commands under way, and with what taps have started."""
        assert self.process
        self.kills += 1
        ended = self.process.poll()
        self.ended += ended is not None
        self._journal.write("kill", number=self.kills, process=self.process.pid, whole_phone=whole, had_ended=ended)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if whole:
            self.whole += 1
            self.kill_the_rest()

    def kill_the_rest(self) -> None:
        """Kill whatever else callerid has started here. What a tap hands in is not lost: Android gives it to Termux's next start."""
        for process in processes_of(self._desk.home):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def stop(self) -> None:
        """End the last one as a service manager would."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def processes_of(home: Path) -> list[int]:
    """Return the processes that serve a home, except those that deliver a tap."""
    process_ids = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            environment = (folder / "environ").read_bytes().split(b"\0")
            if f"CALLERID_HOME={home}".encode() in environment and not _hands_in(folder):
                process_ids.append(int(folder.name))
    return process_ids


def _hands_in(folder: Path) -> bool:
    """Is a process callerid-event, or one of its commands? (What callerid-event starts callerid with is none of these.)"""
    command, parent = (folder / "cmdline").read_bytes(), (folder / "stat").read_text().rpartition(")")[2].split()[1]
    if not command or b"callerid-event" in command:
        return True
    with contextlib.suppress(OSError):
        return b"callerid-event" in (Path("/proc") / parent / "cmdline").read_bytes() and b"run" not in command.split(b"\0")
    return False
