"""What tests over a whole desk share: one whose commands run in this process, a synced one, and short words for its phone."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import shlex
import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, BinaryIO

from click.testing import CliRunner

from callerid.cli.main import callerid
from callerid.cli.session import Edges
from callerid.config.load import load_config
from callerid.daemon.main import Daemon
from callerid.paths import installation_paths
from callerid.simulator.desk import Desk, event_program
from callerid.simulator.phone.runner import SimulatedRunner
from callerid.simulator.portal import SimulatedPortal
from tests.quick_places import QuickPlaces

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


ANA = "+353 87 123 4567"
_NEED_A_PROCESS = ("demo", "simulate")


class QuickDesk(Desk):
    """A desk on which callerid's commands run in this process, a hundred times as fast; its daemon is still a process."""

    def __init__(self, folder: Path, portal: SimulatedPortal) -> None:
        super().__init__(folder, portal)
        self.variables: dict[str, str] = {}
        portal.limits.searches = 1000

    def environment(self) -> dict[str, str]:
        """Return the environment in which callerid runs here, with `variables`."""
        return super().environment() | self.variables

    def start(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a callerid command to its end."""
        if words[0] in _NEED_A_PROCESS or (words[0] == "run" and "--once" not in words):
            return self.start_process(*words)
        mask = os.umask(0o077)
        try:
            result = CliRunner().invoke(callerid, words, obj=self.edges(), prog_name="callerid", catch_exceptions=False)
        finally:
            os.umask(mask)
        return subprocess.CompletedProcess(words, result.exit_code, result.stdout, result.stderr)

    def start_at(self, terminal: BinaryIO, *words: str) -> int:
        """Run a callerid command at a terminal and return its exit status."""
        screen = io.TextIOWrapper(terminal, encoding="utf-8", write_through=True)
        before = sys.stdin, sys.stdout, sys.stderr
        sys.stdin = sys.stdout = sys.stderr = screen
        try:
            callerid.main(words, obj=self.edges(), prog_name="callerid")
        except SystemExit as ended:
            return int(ended.code or 0)
        finally:
            sys.stdin, sys.stdout, sys.stderr = before
            screen.detach()
        raise AssertionError("a command ends by SystemExit")

    def start_process(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a callerid command as its users do."""
        return super().start(*words)

    def edges(self) -> Edges:
        """Return what a command has around it here."""
        return Edges(environment=self.environment(), new_runner=self.runner)

    def runner(self, environment: Mapping[str, str], *, waits_for_hangs: bool = False) -> SimulatedRunner:
        """Return what starts the phone's commands in this process."""
        return SimulatedRunner(self.phone, environment, elsewhere=QuickPlaces(environment), waits_for_hangs=waits_for_hangs)

    @contextlib.contextmanager
    def daemon_here(self, *, waits_for_hangs: bool = False) -> Iterator[SimulatedRunner]:
        """Run the daemon in threads of this process, and give what starts its commands; what it logs is where a daemon's output
        is."""
        environment = self.environment()
        paths = installation_paths(environment)
        runner = self.runner(environment, waits_for_hangs=waits_for_hangs)
        daemon = Daemon(paths, load_config(paths.config_file), environment, runner)
        thread = threading.Thread(target=daemon.serve, name="daemon")
        with _logged_to(self.folder / "daemon.out"), _stand_in() as pid:
            thread.start()
            try:
                self.phone.wait(lambda: paths.pid_file.exists() or not thread.is_alive())
                paths.pid_file.write_text(f"{pid}\n")
                yield runner
            finally:
                daemon.stop()
                thread.join(30)
        assert not thread.is_alive()


@contextlib.contextmanager
def _logged_to(file: Path) -> Iterator[None]:
    logger, interval = logging.getLogger("callerid"), sys.getswitchinterval()
    handler = logging.FileHandler(file, encoding="utf-8")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()
        logger.setLevel(level)
        sys.setswitchinterval(interval)


@contextlib.contextmanager
def _stand_in() -> Iterator[int]:
    """Give the number of a process that callerid-event takes for the daemon, by its arguments."""
    with subprocess.Popen(["callerid-of-the-tests", "3600"], executable="/bin/sleep") as process:
        try:
            yield process.pid
        finally:
            process.kill()


class SyncedHome:
    """A home whose mirror holds what a portal has, made once, and copied for each test that wants it."""

    def __init__(self, folder: Path, people: int, companies: int, deals: int, *, is_watched: bool = False) -> None:
        with SimulatedPortal() as portal:
            self._token = portal.token
            portal.populate(people=people, companies=companies, deals=deals)
            desk = QuickDesk(folder, portal)
            assert desk.start("sync").returncode == 0
            if is_watched:  # calls from now on are new; else they are of the time before callerid
                assert desk.start("run", "--once", "watch").returncode == 0
            self._home, self._records = desk.home, portal.records.dump()
        (self._home / "config.toml").unlink()  # it names the portal

    @contextlib.contextmanager
    def desk(self, folder: Path) -> Iterator[QuickDesk]:
        """Give a desk in an empty folder."""
        with SimulatedPortal(token=self._token) as portal:
            portal.records.load(self._records)
            shutil.copytree(self._home, folder / "callerid")
            yield QuickDesk(folder, portal)


def report(desk: Desk, *words: str) -> None:
    """Tell callerid of something as an automation app does, such as `ring NUMBER`."""
    action = shlex.join(["sh", str(event_program()), *words])
    desk.phone.run_action(f"CALLERID_HOME={shlex.quote(str(desk.home))} {action}")


def daemon_log(desk: Desk) -> str:
    """Return what the daemon has logged."""
    return (desk.folder / "daemon.out").read_text()


def runs(desk: Desk, command: str) -> int:
    """Return how often a command of the phone has been run."""
    return sum(entry.get("command") == command for entry in desk.phone.journal())


def ready(desk: Desk) -> None:
    """Wait until the daemon has looked at the call log."""
    desk.phone.wait(lambda: desk.json("status")["last_poll"], 60)


def titles(desk: Desk) -> list[str]:
    """What the notifications on the screen are titled."""
    return [shown.title for shown in desk.phone.notifications()]
