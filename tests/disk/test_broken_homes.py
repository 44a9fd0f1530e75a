"""In a broken home, each command either works or ends with a sentence, a remedy and an exit code; never with a traceback."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.errors import CalleridError
from callerid.models import CallType
from tests.desks import report, titles
from tests.disk.broken_homes import COMMANDS, BrokenHome, _folder, all_commands, homes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.desks import QuickDesk, SyncedHome
    from tests.disk.small_disk import SmallDisk

pytestmark = pytest.mark.usefixtures("quick_searches")

NOTHING_OF_THE_HOME = ("config sample", "demo")
OUTSIDE = {"automation", "config check", "config path", "config show", "match", "schedule"}  # they write nothing into the home
TAKES_A_SECOND = ("report-bug",)  # which asks doctor and status: tests/cli/test_report_bug.py breaks homes for it


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, synced_home: SyncedHome) -> Iterator[QuickDesk]:
    """A desk with a logged call, another one, and a token in a file."""
    with synced_home.desk(tmp_path_factory.mktemp("whole")) as desk:
        desk.portal.limits.burst = 10_000
        desk.start("run", "--once", "watch")
        for number in ("+353871234567", "+33145678900"):
            desk.phone.add_call(number, CallType.INCOMING, datetime.now(UTC) - timedelta(minutes=20), 75)
        assert desk.start("run", "--once").returncode == 0
        assert desk.start("log", key_of_call(desk), "--note", "x").returncode == 0
        assert desk.start("ignore", "+4989111111").returncode == 0
        (desk.home / "token").write_text(desk.token)
        (desk.home / "token").chmod(0o600)
        desk.variables["CALLERID_TOKEN"] = ""
        config = (desk.home / "config.toml").read_text()
        (desk.home / "config.toml").write_text(config.replace("[crm]\n", f'[crm]\ntoken_file = "{desk.home / "token"}"\n'))
        yield desk


def key_of_call(desk: QuickDesk) -> str:
    """Return the key of Ana's call."""
    return next(str(call["key"]) for call in desk.json("calls") if "Ana" in str(call))


@pytest.fixture
def desk(whole: QuickDesk, tmp_path: Path) -> Iterator[QuickDesk]:
    """The same desk; what is done to its home is undone."""
    shutil.copytree(whole.home, tmp_path / "saved")
    yield whole
    if whole.home.is_symlink() or whole.home.is_file():
        whole.home.unlink()
    else:
        shutil.rmtree(whole.home)
    shutil.copytree(tmp_path / "saved", whole.home)


def codes_of(kind: type[CalleridError]) -> set[int]:
    return {kind.exit_code}.union(*(codes_of(narrower) for narrower in kind.__subclasses__()))


def end_in_words(desk: QuickDesk, break_home: Callable[[], object]) -> dict[str, int]:
    """Break the home before each command, and return the exit code of each; each that fails must say why, and what to type."""
    call, row = key_of_call(desk), str(desk.json("outbox", "--all")[0]["id"])
    codes, wrong = {}, []
    meant = {"KEY": call, "ROW": row, "FILE": str(desk.folder / "new-file")}
    for name, words in COMMANDS.items():
        if name in (*NOTHING_OF_THE_HOME, *TAKES_A_SECOND):
            continue
        break_home()
        try:
            done = desk.start(*name.split(), *(meant.get(word, word) for word in words))
        except Exception as fault:  # noqa: BLE001 - that is what must not happen
            wrong.append(f"{name}: {fault!r}")
            continue
        codes[name] = done.returncode
        said = [line for line in done.stderr.splitlines() if line.strip()]
        if done.returncode not in {0} | codes_of(CalleridError):
            wrong.append(f"{name}: exit code {done.returncode}")
        if done.returncode and not (any(line.startswith("callerid: ") for line in said) and len(said) > 1):
            wrong.append(f"{name}: {done.stderr}")
        if "Traceback" in done.stderr:
            wrong.append(f"{name}: {done.stderr[:2000]}")
    assert not wrong
    return codes


def test_no_command_is_forgotten_here() -> None:
    simulators = {name for name in all_commands() if name.split()[0] == "simulate"}
    assert all_commands() - simulators == COMMANDS.keys()


@pytest.mark.parametrize("broken", homes(), ids=lambda broken: broken.name)
def test_each_command_says_what_is_broken(desk: QuickDesk, broken: BrokenHome) -> None:
    end_in_words(desk, lambda: broken.break_home(desk.home))


def moved(desk: QuickDesk, disk: SmallDisk) -> None:
    """Move the home to a disk of its own."""
    shutil.copytree(desk.home, disk.root / "home")
    shutil.rmtree(desk.home)
    desk.home.symlink_to(disk.root / "home")


@pytest.mark.parametrize("left", [0, 8, 40])
def test_each_command_says_that_the_disk_is_full(desk: QuickDesk, disk: SmallDisk, left: int) -> None:
    moved(desk, disk)

    def fill() -> None:
        (desk.home / "reserve").unlink(missing_ok=True)
        disk.fill(left * 1024)

    codes = end_in_words(desk, fill)
    assert left or codes["sync"] == 51
    assert left or codes["config set"] == 51


def test_each_command_says_that_nothing_can_be_written(desk: QuickDesk, disk: SmallDisk) -> None:
    moved(desk, disk)

    def remount() -> None:
        subprocess.run(["mount", "-o", "remount,ro", str(disk.root)], check=True)

    codes = end_in_words(desk, remount)
    assert {name for name, code in codes.items() if not code} <= OUTSIDE


def test_the_doctor_blames_the_disk_and_no_database_for_what_cannot_be_written(desk: QuickDesk, disk: SmallDisk) -> None:
    moved(desk, disk)
    subprocess.run(["mount", "-o", "remount,ro", str(disk.root)], check=True)
    done = desk.start("doctor", "--json")
    found = {finding["name"]: finding for finding in json.loads(done.stdout)}
    assert [(name, finding["works"]) for name, finding in found.items()] == [("disk", False), ("ledger", None), ("mirror", None)]
    assert "Nothing can be written into" in found["disk"]["says"]
    assert "MB free" in found["disk"]["says"]
    assert "Restart the phone" in found["disk"]["remedy"]
    assert done.returncode == 50
    assert "ledger" not in done.stderr


def test_the_doctor_of_a_full_phone_blames_the_disk_and_goes_on_with_the_reserved_space(desk: QuickDesk, disk: SmallDisk) -> None:
    moved(desk, disk)
    (desk.home / "reserve").write_bytes(b"x" * 500_000)
    disk.fill()
    done = desk.start("doctor", "--json")
    found = {finding["name"]: finding for finding in json.loads(done.stdout)}
    assert "only 0 MB free" in found["disk"]["says"]
    assert [found[name]["works"] for name in ("disk", "ledger", "mirror")] == [False, None, None]
    assert found["clock"]["works"]


def test_a_daemon_that_finds_no_room_to_start_says_so(desk: QuickDesk, disk: SmallDisk) -> None:
    moved(desk, disk)
    (desk.home / "reserve").unlink(missing_ok=True)
    disk.fill()
    done = desk.start_process("run")
    assert (done.returncode, "ledger.db cannot be used" in done.stderr, "Traceback" in done.stderr) == (51, True, False)


def test_a_log_without_room_does_not_hide_what_is_wrong(desk: QuickDesk) -> None:
    _folder("daemon.pid")(desk.home)  # this is logged; a ledger of a newer callerid ends the daemon
    with closing(sqlite3.connect(desk.home / "ledger.db")) as ledger:
        ledger.execute("PRAGMA user_version = 99")
    (desk.home / "callerid.log").unlink(missing_ok=True)
    (desk.home / "callerid.log").symlink_to("/dev/full")
    done = desk.start_process("run")
    assert (done.returncode, "by a newer callerid" in done.stderr, "Traceback" in done.stderr) == (50, True, False)


LOST_KEYS = {
    "empty": (b"", "has 0 bytes"),
    "cut": (b"x" * 31, "has 31 bytes"),
    "noise": (b"x" * 32, "is not"),
    "gone": (None, "is gone"),
}


def lose_key(desk: QuickDesk, content: bytes | None, *names: str) -> None:
    for name in names:
        (desk.home / name).unlink()
        if content is not None:
            (desk.home / name).write_bytes(content)


@pytest.mark.parametrize(("content", "says"), LOST_KEYS.values(), ids=LOST_KEYS)
def test_a_lost_key_of_the_block_list_stops_a_sync_and_not_a_ring(desk: QuickDesk, content: bytes | None, says: str) -> None:
    """A sync could bring back who is to be forgotten."""
    assert desk.start("forget", "+33145678900", "--yes").returncode == 0
    lose_key(desk, content, "marks.key", "marks.key.copy")
    done = desk.start("sync", "--full")
    assert (done.returncode, f"marks.key {says}" in done.stderr, "ignore --reset" in done.stderr) == (50, True, True)
    report(desk, "ring", "+353871234567")
    assert desk.start("run", "--once", "inbox").returncode == 0
    assert any(title.startswith("Ana") for title in titles(desk))
    assert f"marks.key {says}" in desk.start("status").stdout
    assert f"marks.key {says}" in desk.start("doctor").stdout
    reconciled = desk.start("reconcile")
    assert (reconciled.returncode, f"marks.key {says}" in reconciled.stderr, bool(reconciled.stdout)) == (50, True, True)
    assert desk.start("ignore", "+4989222222").returncode == 50
    assert desk.start("ignore", "--reset").returncode == 0
    assert desk.start("sync", "--full").returncode == 0
    assert "block list" not in desk.start("status").stdout


@pytest.mark.parametrize(("content", "says"), LOST_KEYS.values(), ids=LOST_KEYS)
def test_a_lost_key_of_the_block_list_is_brought_back_from_its_copy(desk: QuickDesk, content: bytes | None, says: str) -> None:
    key = (desk.home / "marks.key").read_bytes()
    for name in ("marks.key", "marks.key.copy"):
        lose_key(desk, content, name)
        assert f"marks.key {says}" not in desk.start("status").stdout
        files = [desk.home / "marks.key", desk.home / "marks.key.copy"]
        assert [(file.read_bytes(), file.stat().st_mode & 0o777) for file in files] == [(key, 0o600)] * 2
    assert desk.start("ignore", "--remove", "+4989111111").returncode == 0
    assert desk.start("ignore", "--reset").returncode == 2


def test_where_nobody_is_ignored_a_lost_key_is_no_fault(desk: QuickDesk) -> None:
    assert desk.start("ignore", "--remove", "+4989111111").returncode == 0
    lose_key(desk, None, "marks.key", "marks.key.copy")
    assert desk.start("sync", "--full").returncode == 0
    assert desk.start("ignore", "+4989222222").returncode == 0
    assert desk.start("ignore", "--remove", "+4989222222").returncode == 0


def test_a_fault_of_a_file_that_nobody_foresaw_is_said_in_words(desk: QuickDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/a b")

    monkeypatch.setattr("callerid.cli.views.calls.print_json", fail)
    done = desk.start("calls", "--json")
    assert (done.returncode, done.stderr.splitlines()[0]) == (51, "callerid: /a b cannot be used: No space left on device.")
    assert "df -h" in done.stderr


def test_each_command_says_that_it_may_write_nothing(desk: QuickDesk) -> None:
    def change(folders: int, files: int) -> None:
        for path in [desk.home, *desk.home.rglob("*")]:
            path.chmod(folders if path.is_dir() else files)

    try:
        change(0o500, 0o400)
        if os.access(desk.home, os.W_OK):
            pytest.skip("this user may write everywhere")
        change(0o700, 0o600)
        codes = end_in_words(desk, lambda: change(0o500, 0o400))
    finally:
        change(0o700, 0o600)
    assert {name for name, code in codes.items() if not code} <= OUTSIDE
