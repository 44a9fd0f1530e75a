"""callerid-event on a full disk: an event arrives whole, or its sender and the person are told that it did not."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid.catalogue import LANGUAGES, load
from callerid.core.inbox_events import Reply, Tap
from callerid.phone.inbox import Inbox
from callerid.store.reserve import Reserve

if TYPE_CHECKING:
    from tests.disk.small_disk import SmallDisk

PROGRAM = Path(__file__).parents[2] / "bin" / "callerid-event"
TOKEN = "abcdefghijklmnop_-12"
SHELLS = [shell for shell in ("dash", "bash", "busybox", "mksh") if shutil.which(shell)]
EVENTS = (
    ("ring", "+353871234567", "1"),
    ("dial", "+353871234567"),
    ("offhook",),
    ("idle",),
    ("tap", TOKEN, "connected"),
    ("sync",),
)
NOTE = "wants an offer\nof 20 $(boxes)\n\n"


def send(
    home: Path, *words: str, shell: str = "dash", note: str = "", longest_file: int | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Send an event by a shell, all of whose files can be only so many bytes long."""

    def limit() -> None:
        if longest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (longest_file, longest_file))

    command = [shell, *(["sh"] if shell == "busybox" else []), str(PROGRAM), *words]
    environment = {"CALLERID_HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C"} | variables
    return subprocess.run(
        command,
        env=environment,
        input=note,
        text=True,
        capture_output=True,
        check=False,
        preexec_fn=limit,  # no threads here
        restore_signals=False,  # Python ignores SIGXFSZ, so that writing too much is an error
        timeout=20,
    )


@pytest.fixture(autouse=True)
def _no_process_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a daemon a tap starts callerid; here that is a command that does nothing."""
    copy = tmp_path / "bin" / "callerid-event"
    copy.parent.mkdir()
    copy.write_bytes(PROGRAM.read_bytes())
    (copy.parent / "callerid").symlink_to("/bin/true")
    monkeypatch.setattr("tests.disk.test_event_program.PROGRAM", copy)


@pytest.mark.parametrize("event", [("idle",), ("tap", TOKEN, "connected")])
def test_nothing_waits_for_pipes_in_place_of_the_pid_file_and_the_reserve(tmp_path: Path, event: tuple[str, ...]) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for name in ("daemon.pid", "reserve"):
        os.mkfifo(home / name)
    assert send(home, *event).returncode == 0
    assert len(Inbox(home / "inbox").read()) == 1


def test_that_callerid_does_not_start_is_said_although_pipes_are_in_place_of_its_notes(tmp_path: Path) -> None:
    for name in ("not-started", "not-started.lock"):
        os.mkfifo(tmp_path / name)
    shown = toaster(tmp_path, "termux-notification")
    program = Path(__file__).parents[2] / "bin" / "not-started.sh"
    environment = {"CALLERID_HOME": str(tmp_path), "PATH": f"{tmp_path}:/usr/bin:/bin", "LANG": "C"}
    subprocess.run(["sh", str(program), "10"], env=environment, check=True, timeout=20)
    assert "its settings have faults" in read_when_there(shown)


def toaster(folder: Path, name: str) -> Path:
    """Make a command of Termux:API that writes down what it is to show, and return that file."""
    shown = folder / f"{name}.shown"
    script = folder / name
    script.write_text(f"#!/bin/sh\nprintf '%s|' \"$@\" >'{shown}.new'$$ && mv '{shown}.new'$$ '{shown}'\n")
    script.chmod(0o700)
    return shown


def read_when_there(file: Path) -> str:
    deadline = time.monotonic() + 30
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    return file.read_text("utf-8")


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("words", EVENTS, ids=lambda words: words[0])
def test_an_event_is_never_published_empty_or_cut(tmp_path: Path, words: tuple[str, ...], shell: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert send(home, *words, shell=shell).returncode == 0
    (whole,) = (home / "inbox").iterdir()
    length = whole.stat().st_size
    whole.unlink()
    for room in {0, 1, 16, 17, length - 1}:
        done = send(home, *words, shell=shell, longest_file=room)
        assert (done.returncode, "could not be stored" in done.stderr, "df -h" in done.stderr) == (50, True, True), room
        assert not [path for path in home.rglob("*") if path.is_file()], room
    assert send(home, *words, shell=shell, longest_file=length).returncode == 0


@pytest.mark.parametrize("shell", SHELLS)
def test_a_note_is_never_published_cut(tmp_path: Path, shell: str) -> None:
    for room in (0, 5, 40, 60):
        assert send(tmp_path, "reply", TOKEN, shell=shell, note=NOTE, longest_file=room).returncode == 50
        assert not list((tmp_path / "inbox").glob("*"))
        assert not list(tmp_path.glob(".*.new"))
    assert send(tmp_path, "reply", TOKEN, shell=shell, note=NOTE).returncode == 0
    (received,) = Inbox(tmp_path / "inbox").read()
    assert isinstance(received.event, Reply)
    assert received.event.text == NOTE.rstrip("\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_person_is_told_that_a_tap_is_not_stored(tmp_path: Path, language: str) -> None:
    shown = toaster(tmp_path, "termux-toast")
    locale = f"{language}_XX.UTF-8"
    send(tmp_path / "home", "tap", TOKEN, "connected", PATH=f"{tmp_path}:/usr/bin:/bin", LANG=locale, longest_file=0)
    assert not shown.exists()  # for it cannot write either; the next one can
    (tmp_path / "home" / "inbox").rmdir()
    (tmp_path / "home" / "inbox").write_text("a file")
    done = send(tmp_path / "home", "tap", TOKEN, "connected", PATH=f"{tmp_path}:/usr/bin:/bin", LANG=locale)
    assert done.returncode == 50
    assert read_when_there(shown) == f"{load(language).say('disk.not_stored')}|"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_person_is_told_that_nothing_can_be_written(tmp_path: Path, disk: SmallDisk, language: str) -> None:
    shown = toaster(tmp_path, "termux-toast")
    (disk.root / "home").mkdir()
    subprocess.run(["mount", "-o", "remount,ro", str(disk.root)], check=True)
    done = send(disk.root / "home", "tap", TOKEN, "connected", PATH=f"{tmp_path}:/usr/bin:/bin", LANG=f"{language}_XX.UTF-8")
    assert done.returncode == 50
    assert read_when_there(shown) == f"{load(language).say('disk.not_written')}|"


def test_a_note_that_is_not_stored_is_shown_again(tmp_path: Path) -> None:
    """Android has removed its card by then."""
    shown = toaster(tmp_path, "termux-notification")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "inbox").write_text("a file")
    assert send(tmp_path / "home", "reply", TOKEN, note=NOTE, PATH=f"{tmp_path}:/usr/bin:/bin").returncode == 50
    assert f"|--content|{NOTE}" in read_when_there(shown)


@pytest.mark.parametrize("shell", SHELLS)
def test_on_a_full_disk_a_tap_and_a_note_use_the_reserved_space(disk: SmallDisk, shell: str) -> None:
    home = disk.root / "home"
    (home / "inbox").mkdir(parents=True)
    reserve = Reserve(home / "reserve")
    assert reserve.keep()
    disk.fill()
    assert send(home, "tap", TOKEN, "connected", shell=shell).returncode == 0
    assert send(home, "reply", TOKEN, shell=shell, note=NOTE).returncode == 0
    events = [received.event for received in Inbox(home / "inbox").read()]
    assert sorted(type(event).__name__ for event in events) == [Reply.__name__, Tap.__name__]
    assert reserve.is_wanting
    disk.fill()
    assert send(home, "tap", TOKEN, "connected", shell=shell).returncode == 50
    assert len(list((home / "inbox").iterdir())) == 2


@pytest.mark.parametrize("words", [event for event in EVENTS if event[0] != "tap"], ids=lambda words: words[0])
def test_only_what_the_person_says_gets_the_reserved_space(disk: SmallDisk, words: tuple[str, ...]) -> None:
    """Another program may take at once what a ring gave back."""
    home = disk.root / "home"
    (home / "inbox").mkdir(parents=True)
    assert Reserve(home / "reserve").keep()
    disk.fill()
    assert send(home, *words).returncode == 50
    disk.fill()
    assert not Reserve(home / "reserve").is_wanting
    assert send(home, "tap", TOKEN, "connected").returncode == 0
