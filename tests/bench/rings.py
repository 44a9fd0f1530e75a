"""From the rename of a ring's event file to the start of termux-notification, against an inotify wake and the start of /bin/true.

Both are seen the same way: the kernel tells when the program's file is opened to be run.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.inotify import MOVED_IN, OPENED, InotifyWatch
from tests.bench.lookups import build

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
_ROUNDS, _PAUSE = 300, 0.2
_SCRIPTS = {
    "termux-call-log": "echo '[]'",
    "termux-notification-remove": ":",
    "getprop": "echo Europe/Dublin",
    "termux-contact-list": "echo '[]'",
    "termux-battery-status": 'echo \'{"percentage": 80, "plugged": "UNPLUGGED"}\'',
}


@dataclass(frozen=True)
class Took:
    """Milliseconds."""

    median: float
    p99: float


def _summary(taken: list[float]) -> Took:
    ordered = sorted(taken)
    return Took(ordered[len(ordered) // 2] * 1000, ordered[len(ordered) * 99 // 100] * 1000)


def phone(folder: Path) -> Path:
    """A folder of commands that cost next to nothing, so that what is measured is callerid."""
    commands = folder / "bin"
    commands.mkdir()
    for name, does in _SCRIPTS.items():
        (commands / name).write_text(f"#!/bin/sh\n{does}\n")
        (commands / name).chmod(0o700)
    shutil.copy("/bin/true", commands / "termux-notification")
    return commands


def home(folder: Path, people: int, settings: str = "") -> Path:
    """A home with a mirror of so many people, and no network."""
    where = folder / "home"
    (where / "inbox").mkdir(parents=True, mode=0o700)
    build(folder, people).close()
    (folder / f"mirror-{people}.db").rename(where / "mirror.db")
    (where / "config.toml").write_text(
        f'region = "IE"\n[crm]\nurl = "http://127.0.0.1:9"\n[sync]\nevery = "off"\nfull_every = "off"\n{settings}'
    )
    return where


@contextlib.contextmanager
def daemon(where: Path, commands: Path, root: Path = ROOT) -> Iterator[subprocess.Popen[bytes]]:
    """The daemon of a checkout as a service manager would run it, when it has settled down."""
    environment = {"PATH": f"{commands}:/usr/bin:/bin", "CALLERID_HOME": str(where), "CALLERID_TOKEN": "x" * 40, "HOME": str(where)}
    with (where.parent / "daemon.out").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "callerid", "run"],
            env=environment,
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        while not (where / "daemon.pid").exists():
            time.sleep(0.05)
        time.sleep(3)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _timed(folder: Path, program: Path, rounds: int, text: str) -> list[float]:
    """Rename a file into a folder, again and again, and return after how many seconds the program was started."""
    watch = InotifyWatch(program, OPENED)
    took = [seconds_to_start(watch, folder, text.format(1_000_000 + 10 * number)) for number in range(rounds)]
    watch.close()
    return [each for each in took if each is not None]


def seconds_to_start(watch: InotifyWatch, inbox: Path, text: str) -> float | None:
    """Rename a file with this text into a folder, and return after how many seconds the watched program was started; None if it was
    not within ten."""
    fresh = inbox.parent / ".new"
    fresh.write_text(text)
    began, took = time.perf_counter(), None
    fresh.rename(inbox / f"ring-{os.getpid()}-{time.time_ns()}.event")
    if select.select([watch], [], [], 10)[0]:
        took = time.perf_counter() - began
        watch.wait()
    time.sleep(_PAUSE)
    while select.select([watch], [], [], 0)[0]:
        watch.wait()
    return took


def floor(folder: Path) -> list[float]:
    """An inotify wake plus starting /bin/true, in a process of its own."""
    inbox, program = folder / "floor", folder / "true"
    inbox.mkdir()
    shutil.copy("/bin/true", program)
    command = [sys.executable, "-m", "tests.bench.rings", str(inbox), str(program)]
    process = subprocess.Popen(command, cwd=ROOT)
    time.sleep(1)
    try:
        return _timed(inbox, program, _ROUNDS, "{}")
    finally:
        process.kill()
        process.wait()


def _wake_and_start(inbox: Path, program: Path) -> None:
    watch = InotifyWatch(inbox, MOVED_IN)
    while True:
        watch.wait()
        os.waitpid(os.posix_spawn(program, [str(program)], os.environ), 0)


def rings(people: int = 1_000_000) -> None:
    """Print how long a ring takes to begin to be a card."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commands = phone(folder)
        where = home(folder, people)
        least = _summary(floor(folder))
        with daemon(where, commands):
            taken = _timed(where / "inbox", commands / "termux-notification", _ROUNDS, "callerid-event 1\nring\n+353 87 {}\n")
        least_after = _summary(_timed_floor_again(folder))
    took = _summary(taken)
    best = Took((least.median + least_after.median) / 2, (least.p99 + least_after.p99) / 2)
    print(
        f"ring to card, {people:,} contacts: from the rename to the start of termux-notification {took.median:.2f} ms, p99 {took.p99:.2f}"
        f" ({len(taken)} of {_ROUNDS} announced); inotify wake and start of /bin/true {best.median:.2f} ms, p99 {best.p99:.2f}:"
        f" {took.median / best.median:.2f} x, p99 {took.p99 / best.p99:.2f} x",
        flush=True,
    )


def _timed_floor_again(folder: Path) -> list[float]:
    shutil.rmtree(folder / "floor")
    (folder / "true").unlink()
    return floor(folder)


def door(rounds: int = 300) -> None:
    """Print what bin/callerid-event takes, against a shell that does nothing."""
    with tempfile.TemporaryDirectory() as name:
        where = Path(name)
        (where / "inbox").mkdir()
        environment = {"PATH": "/usr/bin:/bin", "CALLERID_HOME": name}
        ours = ["sh", str(ROOT / "bin" / "callerid-event"), "ring", "+353871234567"]
        nothing: list[float] = []
        taken: list[float] = []
        for _ in range(rounds):
            nothing.append(_ran(["sh", "-c", ":"], environment))
            taken.append(_ran(ours, environment))
        assert len(list((where / "inbox").iterdir())) == rounds
    least, took = _summary(nothing), _summary(taken)
    print(
        f"callerid-event ring: {took.median:.2f} ms, p99 {took.p99:.2f}; sh -c : {least.median:.2f} ms, p99 {least.p99:.2f}:"
        f" {took.median / least.median:.2f} x, p99 {took.p99 / least.p99:.2f} x",
        flush=True,
    )


def _ran(command: list[str], environment: dict[str, str]) -> float:
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)
    process.wait()
    return time.perf_counter() - began


@dataclass(frozen=True)
class Usage:
    """What a process has used so far: seconds of processor, its own and its children's; wake-ups; resident megabytes."""

    own: float
    children: float
    wakes: int
    resident: float

    @classmethod
    def of(cls, pid: int) -> Usage:
        """Read it from the kernel."""
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        tick = os.sysconf("SC_CLK_TCK")
        tasks = [Path(task) / "status" for task in Path(f"/proc/{pid}/task").iterdir()]
        wakes = sum(int(task.read_text().split("\nvoluntary_ctxt_switches:")[1].split()[0]) for task in tasks)
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return cls(
            own=(int(stat[11]) + int(stat[12])) / tick,
            children=(int(stat[13]) + int(stat[14])) / tick,
            wakes=wakes,
            resident=pages * os.sysconf("SC_PAGE_SIZE") / 1e6,
        )


def rest(people: int = 1_000_000, seconds: int = 120) -> None:
    """Print what a daemon at rest uses an hour, measured over a shorter time, with the inbox sense and the settings' own rhythms;
    and its memory, at rest and after rings."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commands = phone(folder)
        started = folder / "started"
        for command in commands.iterdir():
            if command.name != "termux-notification":
                command.write_text(command.read_text().replace("#!/bin/sh\n", f"#!/bin/sh\necho {command.name} >> {started}\n"))
        where = home(folder, people, '[ring]\nsenses = ["inbox"]\n')
        with daemon(where, commands) as process:
            time.sleep(15)  # the work of the start is done
            before, had = Usage.of(process.pid), _lines(started)
            time.sleep(seconds)
            after, has = Usage.of(process.pid), _lines(started)
            _timed(where / "inbox", commands / "termux-notification", 100, "callerid-event 1\nring\n+353 87 {}\n")
            rung = Usage.of(process.pid)
            _timed(where / "inbox", commands / "termux-notification", 100, "callerid-event 1\nring\n+353 87 {}\n")
            again = Usage.of(process.pid)
    hour = 3600 / seconds
    print(
        f"daemon at rest, {people:,} contacts, an hour (from {seconds} s; the call log's interval still grows in it):"
        f" {(after.own - before.own) * hour:.1f} s of processor, {(after.children - before.children) * hour:.1f} s of commands,"
        f" {(after.wakes - before.wakes) * hour:.0f} wake-ups, {(has - had) * hour:.0f} processes started;"
        f" {after.resident:.1f} MB resident, {rung.resident:.1f} after 100 rings, {again.resident:.1f} after 200",
        flush=True,
    )


def _lines(file: Path) -> int:
    return len(file.read_text().splitlines()) if file.exists() else 0


def flood(count: int = 10_000) -> None:
    """Print what becomes of hostile event files with real rings among them."""
    hostile = (
        "callerid-event 1\nring\n+4930{}\n",
        "callerid-event 1\nring\n{}$(touch /tmp/x)`id`\n",
        "callerid-event 1\ntap\n{}abcdefghijklmnopqrst\nview\n",
        "callerid-event 1\nreply\n{}abcdefghijklmnopqrst\nx\n",
        "no event {}",
        "callerid-event 1\nring\n" + "9" * 100_000 + "{}",
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commands = phone(folder)
        (commands / "termux-notification").unlink()
        (commands / "termux-notification").write_text(f'#!/bin/sh\nprintf "%s\\n" "$4" >> {folder}/shown\n')
        (commands / "termux-notification").chmod(0o700)
        where = home(folder, 1000)
        with daemon(where, commands) as process:
            before = Usage.of(process.pid)
            began = time.monotonic()
            for number in range(count):
                text = hostile[number % len(hostile)].format(1_000_000 + number)
                if number in (count // 10, count // 2, count - 1):
                    text = f"callerid-event 1\nring\n+353 87 {1_000_000 + number * 10 // count * 10:07}\n"
                fresh = where / f".{number}.new"
                fresh.write_text(text)
                fresh.rename(where / "inbox" / f"ring-{os.getpid()}-{number}.event")
            wrote = time.monotonic() - began
            while any((where / "inbox").iterdir()) and time.monotonic() - began < 300:
                time.sleep(0.05)
            took = time.monotonic() - began
            time.sleep(1)
            after = Usage.of(process.pid)
            alive = process.poll() is None
        shown = (folder / "shown").read_text().splitlines()
        disk = sum(path.stat().st_size for path in where.rglob("*") if path.is_file() and path.name != "mirror.db") / 1e6
    known = sum(title.startswith("First") for title in shown)
    given_back = sum(title.startswith("Note not saved") for title in shown)
    print(
        f"flood of {count:,} hostile event files in {wrote:.1f} s: dealt with after {took:.1f} s, {after.own - before.own:.1f} s of"
        f" processor, {after.resident - before.resident:+.1f} MB of memory, {disk:.1f} MB on disk; {known} of 3 true rings announced,"
        f" {len(shown) - known - given_back} cards for strangers, {given_back} typed lines of nobody's card shown again; the daemon is"
        f" {'alive' if alive else 'DEAD'}",
        flush=True,
    )


if __name__ == "__main__":
    _wake_and_start(Path(sys.argv[1]), Path(sys.argv[2]))
