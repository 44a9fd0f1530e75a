"""callerid as a service, under the runsv and the runsvdir of this machine, or under their stand-ins (runit.py)."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.desks import ANA
from tests.termux.prefix import emulated, wait_for

if TYPE_CHECKING:
    from tests.desks import SyncedHome
    from tests.termux.prefix import Termux

SETTINGS = 'region = "IE"\n\n[ring]\nsenses = ["inbox"]\n'


@pytest.fixture
def service(installed: Termux) -> Termux:
    """A phone on which callerid is installed as a service that is on, whose runsvdir does not run yet."""
    (installed.services / "callerid" / "down").unlink()
    return installed


def settings(termux: Termux, text: str) -> Path:
    file = termux.home / ".config" / "callerid" / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def start_services(termux: Termux) -> None:
    """Start the services as Termux:Boot does."""
    termux.start(str(termux.home / ".termux" / "boot" / "callerid"))


def sleeps(termux: Termux) -> list[str]:
    return [words for _, words in termux.processes() if words.startswith("sleep ")]


@pytest.mark.parametrize(
    ("broken", "title", "pause"),
    [
        ("settings", "callerid does not start: its settings have faults", "sleep 60"),
        ("second daemon", "callerid is already running, so its service waits", "sleep 600"),
        ("no python", "callerid does not start: its Python packages are missing", "sleep 60"),
    ],
)
def test_a_service_that_cannot_start_waits_and_says_so_once(service: Termux, broken: str, title: str, pause: str) -> None:
    if broken == "settings":
        settings(service, "nonsense = 1\n")
    elif broken == "second daemon":
        service.start(str(service.bin / "sh"), str(service.root / "bin" / "callerid"), "run")
        wait_for(service.daemon)
    else:
        for link in service.bin.glob("python*"):
            link.unlink()
    start_services(service)
    wait_for(lambda: pause in sleeps(service) and title in service.told())
    waiting = next(number for number, words in service.processes() if words == pause)
    os.kill(waiting, signal.SIGTERM)  # the pause is over
    wait_for(lambda: pause in sleeps(service) and waiting not in [number for number, _ in service.processes()])
    wait_for(lambda: not service.is_telling())
    assert service.commands("termux-notification") == 1


def test_a_daemon_that_starts_takes_back_what_was_said(service: Termux) -> None:
    faulty = settings(service, "nonsense = 1\n")
    start_services(service)
    wait_for(lambda: "callerid does not start: its settings have faults" in service.told() and sleeps(service))
    faulty.write_text(SETTINGS)
    os.kill(next(number for number, words in service.processes() if words == "sleep 60"), signal.SIGTERM)
    wait_for(service.daemon)
    wait_for(lambda: not service.told())
    assert not (service.state / "not-started").exists()


def test_the_log_of_the_service_is_bounded(service: Termux) -> None:
    settings(service, SETTINGS)
    start_services(service)
    log = service.logs / "sv" / "callerid"
    wait_for(lambda: "running, pid" in (log / "current").read_text() if (log / "current").exists() else False)
    assert (log / "config").read_text() == "s100000\nn3\n"


def finish(folder: Path, *words: str) -> float | str:
    """Run `finish` as runsv does, and return after how long it ended, or for how long it would have slept."""
    began = time.monotonic()
    done = subprocess.run(
        ["sh", "finish", *words], cwd=folder, env={"PATH": f"{folder}:/usr/bin:/bin"}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip() or time.monotonic() - began


def test_a_daemon_that_android_kills_is_back_at_once_but_not_if_that_goes_on(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "termux/service/callerid/finish").read_text()
    (tmp_path / "supervise").mkdir()
    (tmp_path / "finish").write_text(text.replace("@PREFIX@", "/usr"))
    (tmp_path / "sleep").write_text('#!/bin/sh\necho "sleeps $1"\n')
    (tmp_path / "sleep").chmod(0o700)
    answers = [finish(tmp_path, "-1", "9") for _ in range(3)]
    assert [isinstance(answer, float) for answer in answers[:2]] == [True, True]
    assert answers[2] == "sleeps 60"
    assert isinstance(finish(tmp_path, "0", "0"), float)  # it was told to end
    ago = int(time.time()) - 61
    (tmp_path / "supervise" / "kills").write_text(f"{ago} {ago}\n")
    assert isinstance(finish(tmp_path, "-1", "9"), float)


def announced(termux: Termux, title: str) -> int:
    """Return how often a card with that title was put on the screen while it was not there."""
    shown = [entry["argv"] for entry in termux.phone.journal() if entry.get("command") == "termux-notification"]
    return len({words[words.index("--id") + 1] for words in shown if words[words.index("--title") + 1].startswith(title)})


def test_after_kill_9_the_service_is_back_within_two_seconds_and_announces_each_ring_once(
    tmp_path: Path, synced_home: SyncedHome
) -> None:
    with synced_home.desk(tmp_path / "desk") as desk, emulated(tmp_path / "termux", desk.phone) as termux:
        assert termux.install(CALLERID_HOME=str(desk.home)).returncode == 0
        (termux.services / "callerid" / "down").unlink()
        pid_file = desk.home / "daemon.pid"
        began = time.monotonic()
        start_services(termux)
        wait_for(lambda: pid_file.exists() and desk.json("status")["last_poll"])
        first_start = time.monotonic() - began
        desk.phone.ring(ANA)
        wait_for(lambda: announced(termux, "Ana López") == 1)
        (before,) = termux.daemons()
        began = time.monotonic()
        os.kill(before, signal.SIGKILL)
        desk.phone.miss()
        desk.phone.ring("+353 87 000 0000")
        wait_for(lambda: pid_file.read_text() not in ("", f"{before}\n"))
        back = time.monotonic() - began
        wait_for(lambda: any("+353 87 000 0000" in title for title in termux.told()))
        wait_for(lambda: any(title.startswith("Missed") for title in termux.told()))
        assert back <= 2 + first_start  # the machine of the tests may be busy, and then starts everything late
        assert announced(termux, "Ana López") == 1
        assert announced(termux, "+353 87 000 0000") == 1
        print(f"back after {back:.2f} s, where the first start took {first_start:.2f} s")
