"""What tests over a whole desk share: one whose commands run in this process, a synced one, and short words for its phone."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, BinaryIO

from click.testing import CliRunner

from callerid.cli.main import callerid
from callerid.cli.session import Edges
from callerid.phone.process import ProcessRunner
from callerid.simulator.desk import Desk
from callerid.simulator.phone.runner import SimulatedRunner
from callerid.simulator.portal import SimulatedPortal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from callerid.phone.command_runner import CommandRunner

ANA = "+353 87 123 4567"
_NEED_A_PROCESS = ("demo", "simulate")


class QuickDesk(Desk):
    """A desk on which callerid's commands run in this process, a hundred times as fast; its daemon is a process all the same."""

    def __init__(self, folder: Path, portal: SimulatedPortal) -> None:
        super().__init__(folder, portal)
        self.variables: dict[str, str] = {}

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
        return Edges(environment=self.environment(), new_runner=self._new_runner)

    def _new_runner(self, environment: Mapping[str, str]) -> CommandRunner:
        return SimulatedRunner(self.phone, environment, elsewhere=ProcessRunner(environment))


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


def ready(desk: Desk) -> None:
    """Wait until the daemon has looked at the call log."""
    desk.phone.wait(lambda: desk.json("status")["last_poll"], 20)


def titles(desk: Desk) -> list[str]:
    """What the notifications on the screen are titled."""
    return [shown.title for shown in desk.phone.notifications()]
