"""Answers that are tapped on a phone whose disk is really full."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.core.backoff import Backoff
from callerid.daemon import disk_turns, event_turns, loop
from callerid.models import CallType
from callerid.store.reserve import RESERVED
from tests.desks import _stand_in, daemon_log, ready, report, titles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desks import QuickDesk, SyncedHome
    from tests.disk.small_disk import SmallDisk

ON_CARDS = 'via = "notification"\nreply = true\n'
FULL = "The phone is full"
KB = 1024


@pytest.fixture
def desk(tmp_path: Path, disk: SmallDisk, synced_home: SyncedHome, monkeypatch: pytest.MonkeyPatch) -> Iterator[QuickDesk]:
    """A desk whose home is on a small disk, and whose daemon does not wait for long after a fault."""
    monkeypatch.setattr(disk_turns, "_WHILE_FULL", 0.3)
    monkeypatch.setattr(loop, "_AFTER_FAULT", Backoff.seconds(0.3))
    monkeypatch.setattr(event_turns, "_RETRY_STORE", Backoff.seconds(0.2))
    with synced_home.desk(tmp_path / "desk") as made:
        shutil.move(made.home, disk.root / "home")
        made.home.symlink_to(disk.root / "home")
        made.settings(ON_CARDS)
        yield made


def calls_once(desk: QuickDesk) -> str:
    """Let Ana call, wait for the question about it, and return its card."""
    desk.phone.add_call("+353871234567", CallType.INCOMING, datetime.now(UTC) - timedelta(seconds=90), 75)

    def card() -> str:
        return next((shown.id for shown in desk.phone.notifications() if shown.title.startswith("Log call with")), "")

    return desk.phone.wait(card, 20)


@pytest.mark.parametrize("left", [0, 4, 12, 20])
def test_a_tap_on_a_full_phone_is_said_to_be_kept_and_reaches_the_crm_once(desk: QuickDesk, disk: SmallDisk, left: int) -> None:
    with desk.daemon_here():
        ready(desk)
        desk.phone.wait((desk.home / "reserve").exists)
        card = calls_once(desk)
        disk.fill(left * KB)
        desk.phone.tap(card, "Connected")
        desk.phone.wait(lambda: FULL in titles(desk), 20)
        assert titles(desk).count(FULL) == 1
        assert "disk: The phone is full" in desk.start("status").stdout
        desk.phone.wait(lambda: not list((desk.home / "inbox").iterdir()), 10)  # the answer itself is stored already
        disk.empty()
        desk.phone.wait(desk.portal.held_calls, 20)
        desk.phone.wait(lambda: FULL not in titles(desk), 20)
        desk.phone.wait(lambda: (desk.home / "reserve").stat().st_size == RESERVED)
        assert "The phone is full" not in desk.start("status").stdout
    assert len(desk.portal.held_calls()) == 1
    assert "Traceback" not in daemon_log(desk)


def test_a_note_typed_on_a_full_phone_without_reserved_space_reaches_the_crm_once(
    desk: QuickDesk, disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only its event's file fits. It does not wait for its own pause when there is room again."""
    desk.settings(ON_CARDS + '[sync]\nlive_lookup = "off"\n')  # or what it stores takes the last room
    monkeypatch.setattr(event_turns, "_RETRY_STORE", Backoff.seconds(3600))
    with desk.daemon_here():
        ready(desk)
        desk.phone.wait((desk.home / "reserve").exists)
        card = calls_once(desk)
        disk.fill()
        (desk.home / "reserve").write_bytes(b"")
        disk.fill(4 * KB)
        desk.phone.reply(card, "wants an offer")
        desk.phone.wait(lambda: FULL in titles(desk), 20)
        disk.empty()
        desk.phone.wait(desk.portal.held_calls, 20)
    (call,) = desk.portal.held_calls()
    assert call.note == "wants an offer"


@pytest.mark.parametrize("left", [0, 4, 12, 20, 40, 80])
def test_without_a_daemon_a_tap_on_a_full_phone_reaches_the_crm_once(desk: QuickDesk, disk: SmallDisk, left: int) -> None:
    """Each process opens both databases anew, which takes space too."""
    assert desk.start("run", "--once", "watch").returncode == 0
    desk.phone.add_call("+353871234567", CallType.INCOMING, datetime.now(UTC) - timedelta(minutes=2), 75)
    assert desk.start("run", "--once", "watch", "attend").returncode == 0
    (shown,) = desk.phone.notifications()
    with _stand_in() as pid:
        (desk.home / "daemon.pid").write_text(f"{pid}\n")
        disk.fill(left * KB)
        desk.phone.tap(shown.id, "Connected")
    done = desk.start_process("run", "--once", "inbox", "attend", "deliver")
    assert done.returncode in (0, 51)
    assert "Traceback" not in done.stderr
    assert (FULL in titles(desk)) == (done.returncode == 51)
    disk.empty()
    for _ in range(2):
        assert desk.start("run", "--once", "inbox", "attend", "deliver").returncode == 0
    assert len(desk.portal.held_calls()) == 1
    assert FULL not in titles(desk)


def test_a_sync_that_finds_the_phone_full_is_no_trouble_of_the_sync_and_goes_on_by_itself_when_there_is_room(
    desk: QuickDesk, disk: SmallDisk
) -> None:
    with desk.daemon_here():
        ready(desk)
        desk.phone.wait((desk.home / "reserve").exists)
        desk.portal.populate(people=1500, companies=0, deals=0)
        disk.fill(100 * KB)
        report(desk, "sync")
        desk.phone.wait(lambda: FULL in titles(desk), 20)
        assert titles(desk).count(FULL) == 1
        troubles = [line.split()[1] for line in desk.start("status").stdout.splitlines() if "TROUBLE" in line]
        assert "disk:" in troubles
        assert "sync:" not in troubles
        disk.empty()
        desk.phone.wait(lambda: FULL not in titles(desk), 20)
        desk.phone.wait(lambda: desk.json("status")["mirror"]["contacts"] == 1540, 20)
    assert "sync: " not in daemon_log(desk).partition("The phone is full")[2].partition("there is room")[0]
