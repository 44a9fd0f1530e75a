"""An upgrade of Python by `pkg upgrade` takes the environment's packages away; every door makes it anew, or says that it cannot."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.termux.prefix import other_python, wait_for

if TYPE_CHECKING:
    from tests.termux.prefix import Termux

MISSING = "callerid does not start: its Python packages are missing"


def upgrade(termux: Termux) -> str:
    """Upgrade Python, to another version where this machine has one, and return the folder of its packages."""
    other = other_python()
    if other is None:  # the same Python, in another file, as after an upgrade from 3.13.1 to 3.13.2
        other = termux.folder / f"python3.{sys.version_info[1]}"
        other.symlink_to(shutil.copy(os.path.realpath(sys.executable), termux.folder / "python-new"))
    termux.upgrade_python(other)
    return f".venv/lib/{other.name}/site-packages"


@pytest.fixture
def upgraded(installed: Termux) -> Termux:
    """A phone with callerid, whose Python was upgraded since."""
    installed.packages = installed.root / upgrade(installed)
    return installed


@pytest.mark.parametrize("door", ["launcher", "event", "boot"])
def test_a_door_makes_the_environment_anew_from_the_wheels_that_are_kept(upgraded: Termux, door: str) -> None:
    (upgraded.home / "offline").touch()
    if door == "launcher":
        assert upgraded.callerid("--version").stdout.startswith("callerid, version")
    elif door == "event":
        event = ("sh", str(upgraded.bin / "callerid-event"), "tap", "abcdefghijklmnop_-12", "connected")
        assert upgraded.run(*event).returncode == 0
        wait_for(lambda: not list((upgraded.state / "inbox").glob("*.event")))
    else:
        upgraded.start(str(upgraded.home / ".termux" / "boot" / "callerid"))
        wait_for(upgraded.daemon)
    assert (upgraded.packages / "callerid.pth").exists()
    assert len((upgraded.home / "pip.log").read_text().splitlines()) == 3  # fetched and installed once, installed once more
    assert upgraded.told() == []


def test_without_wheels_and_network_one_notification_says_the_one_command(upgraded: Termux) -> None:
    shutil.rmtree(upgraded.root / "wheels")
    (upgraded.home / "offline").touch()
    for _ in range(3):
        door = upgraded.run(str(upgraded.home / ".shortcuts/tasks/callerid-on"))
        assert door.returncode == 21
        wait_for(lambda: upgraded.told() == [MISSING] and not upgraded.is_telling())
    assert upgraded.commands("termux-notification") == 1
    assert len((upgraded.home / "pip.log").read_text().splitlines()) == 3  # each button does not ask the network again
    (shown,) = upgraded.phone.notifications()
    piped = upgraded.callerid("--version")  # where nobody is told by a terminal, stderr says it too
    assert piped.returncode == 21
    for told in (
        shown.content,
        piped.stderr,
        upgraded.install().stderr,
    ):  # each can be typed, though the folder's name has a space and a quote
        assert shlex.split(told.rpartition(": ")[2]) == ["sh", f"{upgraded.root}/termux/install.sh"]
    (upgraded.home / "offline").unlink()
    assert upgraded.install().returncode == 0
    assert upgraded.callerid("--version").returncode == 0


def test_what_is_said_is_tried_again_when_termux_api_was_upgraded_by_half(upgraded: Termux) -> None:
    """Its command then ends with 127: nobody has seen a notification."""
    shutil.rmtree(upgraded.root / "wheels")
    (upgraded.home / "offline").touch()
    working = (upgraded.bin / "termux-notification").readlink()
    upgraded.program("termux-notification", f'echo >>"{upgraded.folder}/tried"\nexit 127')
    upgraded.run(str(upgraded.home / ".shortcuts/tasks/callerid-on"))
    wait_for((upgraded.folder / "tried").exists)
    (upgraded.bin / "termux-notification").unlink()
    (upgraded.bin / "termux-notification").symlink_to(working)
    upgraded.run(str(upgraded.home / ".shortcuts/tasks/callerid-on"))
    wait_for(lambda: upgraded.told() == [MISSING])


def test_two_doors_at_once_make_it_once(upgraded: Termux) -> None:
    doors = [upgraded.start("sh", str(upgraded.bin / "callerid"), "--version") for _ in range(3)]
    assert [door.wait(30) for door in doors] == [0, 0, 0]
    assert len((upgraded.home / "pip.log").read_text().splitlines()) == 3


def test_a_new_requirement_after_an_update_is_installed_by_the_next_start(installed: Termux) -> None:
    setup = installed.root / "setup.cfg"
    setup.write_text(setup.read_text().replace("    tomlkit>=0.13\n", "    tomlkit>=0.13\n    newcomer>=1\n"))
    assert installed.callerid("--version").returncode == 0
    assert "newcomer>=1" in (installed.root / ".venv" / "requirements").read_text()
    assert len((installed.home / "pip.log").read_text().splitlines()) == 3


def test_an_update_starts_a_running_daemon_anew_as_the_same_process(installed: Termux) -> None:
    installed.start("sh", str(installed.bin / "callerid"), "run")
    wait_for(installed.daemon)
    number = installed.daemon()
    assert number
    assert "daemon:      started anew" in installed.install().stdout
    log = installed.state / "callerid.log"
    wait_for(lambda: log.read_text().rstrip().splitlines()[-1].endswith(f"running, pid {number}") and "stopped" in log.read_text())
    wait_for(lambda: installed.daemon() == number)
    os.kill(number, signal.SIGTERM)
    wait_for(lambda: not installed.daemons())


def test_a_running_daemon_notices_that_python_was_upgraded_and_starts_anew_with_the_new_one(installed: Termux) -> None:
    installed.start("sh", str(installed.bin / "callerid"), "run")
    wait_for(installed.daemon)
    number = installed.daemon()
    assert number
    packages = installed.root / upgrade(installed)
    config = installed.home / ".config" / "callerid" / "config.toml"
    wait_for(lambda: "running" in (installed.state / "callerid.log").read_text())
    config.write_text('language = "en"\n')  # wakes every loop; else it looks every quarter of an hour
    wait_for(lambda: "Python was upgraded" in (installed.state / "callerid.log").read_text())
    wait_for((packages / "callerid.pth").exists)
    new = (installed.bin / "python3").resolve()
    wait_for(lambda: installed.daemon() == number and Path(f"/proc/{number}/exe").resolve() == new)
