"""An emulated Termux on this machine: its prefix and its home, a checkout of callerid in it, a simulated phone, and the emptied
environments in which Android's apps start what is in it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callerid.simulator.phone.handset import SimulatedPhone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
# of coreutils, findutils, util-linux, sed, procps: what every Termux has, and nothing else is on the search path
_PROGRAMS = (
    *(
        "basename",
        "cat",
        "chmod",
        "cmp",
        "cp",
        "cut",
        "date",
        "dirname",
        "env",
        "find",
        "flock",
        "grep",
        "head",
        "kill",
        "ln",
        "ls",
    ),
    *("mkdir", "mv", "readlink", "rm", "rmdir", "sed", "sleep", "sort", "tail", "timeout", "touch", "tr", "true", "bash"),
)
_SERVICES = """\
export SVDIR=$PREFIX/var/service
export LOGDIR=$PREFIX/var/log
(service-daemon start >/dev/null 2>&1 & )
"""
# Stands in for pip where the promise is not about pip: what it "installs" are the packages of the Python that runs the tests.
_PIP = """\
import pathlib, sys
words = sys.argv[1:]
if words == ["--version"]:
    print("pip of the tests")
    sys.exit()
home = pathlib.Path.home()
with (home / "pip.log").open("a") as log:
    print(sys.version_info[1], *words, file=log)
if "download" in words:
    if (home / "offline").exists():
        sys.exit("ERROR: No matching distribution found for click>=8.1")
    wheels = pathlib.Path(words[words.index("--dest") + 1])
    wheels.mkdir()
    (wheels / "all-1-py3-none-any.whl").touch()
elif not any(pathlib.Path(words[words.index("--find-links") + 1]).glob("*.whl")):
    sys.exit("ERROR: Could not find a version that satisfies the requirement click>=8.1")
else:
    target = pathlib.Path(words[words.index("--target") + 1])
    (target / "packages.pth").write_text({packages!r} + chr(10))
"""


def other_python() -> Path | None:
    """Return an interpreter of another version than the one that runs the tests, where this machine has one."""
    own = Path(sys.executable).resolve()
    places = [*Path.home().glob(".pyenv/versions/3.1[1-9].*/bin/python3.1[1-9]"), *Path("/usr/bin").glob("python3.1[1-9]")]
    others = sorted((place for place in places if place.name != f"python3.{sys.version_info[1]}"), key=lambda place: place.name)
    return next((place for place in others if place.resolve() != own), None)


class Termux:
    """The prefix, the home and the checkout, with `callerid` not yet installed."""

    def __init__(self, folder: Path, phone: SimulatedPhone | None = None) -> None:
        self.folder = folder
        self.prefix, self.home, self.root = folder / "usr", folder / "it's home", folder / "it's home" / "callerid"
        self.bin, self.services, self.logs = self.prefix / "bin", self.prefix / "var" / "service", self.prefix / "var" / "log"
        for place in (self.bin, self.home, self.prefix / "tmp", self.prefix / "etc" / "profile.d", self.prefix / "libexec"):
            place.mkdir(parents=True)
        for name in _PROGRAMS:
            (self.bin / name).symlink_to(shutil.which(name) or f"/bin/{name}")
        (self.bin / "sh").symlink_to(shutil.which("dash") or "/bin/sh")
        self.phone = phone or SimulatedPhone(folder / "phone")
        for command in self.phone.bin.iterdir():
            (self.bin / command.name).symlink_to(command)
        self.program("../libexec/termux-api", "echo 0.59.1")
        self.upgrade_python(Path(sys.executable).resolve())
        self._check_out()
        self._install_runit()
        self._started: list[subprocess.Popen[bytes]] = []
        self.summary, self.packages = "", folder  # what install.sh has printed; where the packages of the environment are

    def program(self, name: str, script: str) -> None:
        """Put a shell script into the prefix."""
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!{self.bin}/sh\n{script}\n")
        path.chmod(0o700)

    def upgrade_python(self, python: Path) -> None:
        """Install another Python in the place of the one that is there, as `pkg upgrade` does."""
        for link in self.bin.glob("python*"):
            link.unlink()
        (self.bin / python.name).symlink_to(python)
        for alias in ("python3", "python"):
            (self.bin / alias).symlink_to(python.name)
        pip = self.home / ".local" / "lib" / python.name / "site-packages" / "pip"
        pip.mkdir(parents=True, exist_ok=True)
        (pip / "__init__.py").touch()
        (pip / "__main__.py").write_text(_PIP.format(packages=str(Path(click.__file__).parents[1])))

    def _check_out(self) -> None:
        """Put a checkout into the home, without what only tests need."""
        for name in ("bin", "termux"):
            shutil.copytree(ROOT / name, self.root / name)
        shutil.copy(ROOT / "setup.cfg", self.root)
        shutil.copytree(ROOT / "callerid", self.root / "callerid", ignore=shutil.ignore_patterns("simulator"))
        for path in (self.root / "bin").iterdir():
            path.chmod(0o600)  # Android may have no /bin/sh, so that no script of ours may be started by its first line

    def _install_runit(self) -> None:
        """Install termux-services: runit's programs, or their stand-ins (`runit.py`), and its own scripts."""
        self.services.mkdir(parents=True)
        for name in ("runsv", "runsvdir", "sv", "svlogd"):
            genuine = None if os.environ.get("CALLERID_TESTS_WITHOUT_RUNIT") else shutil.which(name)
            stand_in = f'exec {sys.executable} -I -S {Path(__file__).with_name("runit.py")} {name} "$@"'
            if genuine:
                (self.bin / name).symlink_to(genuine)
            else:
                self.program(name, stand_in)
        self.program("sv-enable", 'rm -f "$SVDIR/$1/down"\nsv up $1')
        self.program("service-daemon", 'exec runsvdir "$SVDIR"')
        (self.prefix / "etc" / "profile.d" / "start-services.sh").write_text(_SERVICES)

    # ---------------------------------------------------------------------------------------- environments

    def environment(self, **more: str) -> dict[str, str]:
        """Return what Termux gives to what Boot, a notification's action, a job or Tasker starts (TermuxService.java)."""
        return {
            "HOME": str(self.home),
            "PREFIX": str(self.prefix),
            "TMPDIR": str(self.prefix / "tmp"),
            "PATH": str(self.bin),
            "LANG": "en_US.UTF-8",
        } | more

    def run(self, *words: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """Run a program to its end in that environment; what it leaves in the background goes on."""
        with (self.folder / "out").open("w+") as out, (self.folder / "err").open("w+") as err:
            done = subprocess.run(
                words, env=self.environment(**more), input=stdin, stdout=out, stderr=err, text=True, timeout=60, check=False
            )
        return subprocess.CompletedProcess(
            words, done.returncode, (self.folder / "out").read_text(), (self.folder / "err").read_text()
        )

    def install(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run termux/install.sh as a person does."""
        return self.run(str(self.bin / "sh"), str(self.root / "termux" / "install.sh"), *words, **more)

    def callerid(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run callerid as a person does."""
        return self.run(str(self.bin / "sh"), str(self.bin / "callerid"), *words)

    def start(self, *words: str, **more: str) -> subprocess.Popen[bytes]:
        """Start a program that stays, in that environment; it is ended with the test."""
        started = subprocess.Popen(
            words,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._started.append(started)
        threading.Thread(target=started.wait, daemon=True).start()  # as init does: what has ended is gone, and nobody waits for it
        return started

    # ---------------------------------------------------------------------------------------- what is there

    @property
    def state(self) -> Path:
        """The state folder of callerid."""
        return self.home / ".local" / "state" / "callerid"

    def files(self) -> dict[str, tuple[bytes, int]]:
        """Return the content and the mode of every file and link outside the checkout and the phone."""
        places = [path for top in (self.home, self.prefix) for path in top.rglob("*") if self.root not in (path, *path.parents)]
        return {
            str(path.relative_to(self.folder)): (
                str(path.readlink()).encode() if path.is_symlink() else path.read_bytes(),
                path.lstat().st_mode,
            )
            for path in places
            if (path.is_file() or path.is_symlink()) and "__pycache__" not in path.parts
        }

    def daemon(self) -> int | None:
        """Return the process of the daemon that runs; None when none does."""
        with contextlib.suppress(OSError, ValueError):
            number = int((self.state / "daemon.pid").read_text())
            return number if b"callerid" in Path(f"/proc/{number}/cmdline").read_bytes() else None
        return None

    def daemons(self) -> list[int]:
        """Return every process of this Termux that is callerid."""
        return [number for number, words in self.processes() if "-m callerid" in words]

    def processes(self) -> list[tuple[int, str]]:
        """Return every process of this Termux, by its environment, with its words."""
        ours = f"PREFIX={self.prefix}\0".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if ours in (process / "environ").read_bytes() + b"\0":
                    words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                    if words:  # a process that has ended has none
                        found.append((int(process.name), words))
        return found

    def is_telling(self) -> bool:
        """Return whether bin/not-started.sh runs, or still waits for its notification."""
        return any("not-started.sh" in words for _, words in self.processes())

    def told(self) -> list[str]:
        """Return the titles of the notifications on the screen."""
        return [shown.title for shown in self.phone.notifications()]

    def commands(self, name: str) -> int:
        """Return how often a command of the phone was run."""
        return sum(entry.get("command") == name for entry in self.phone.journal())

    def end(self) -> None:
        """End whatever still runs in it."""
        for started in self._started:
            if started.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(started.pid, signal.SIGKILL)
                started.wait()
        self._started.clear()
        for _ in range(3):  # a supervisor may have started one meanwhile
            for number, _words in self.processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)


def wait_for(look: Callable[[], object], seconds: float = 15) -> None:
    """Wait until `look` returns something true."""
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


@contextlib.contextmanager
def emulated(folder: Path, phone: SimulatedPhone | None = None) -> Iterator[Termux]:
    """Give an emulated Termux, and leave nothing of it running."""
    termux = Termux(folder, phone)
    try:
        yield termux
    finally:
        termux.end()
