"""An event's file goes when what it says is stored, and not before, whatever goes wrong."""

from __future__ import annotations

import errno
import sqlite3
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from callerid.daemon import event_turns
from callerid.daemon.event_turns import EventTurns
from callerid.daemon.shared import SharedState
from callerid.errors import CommandHung, ConfigFault, DiskFull, StoreFault
from callerid.simulator.portal import SimulatedPortal
from callerid.store.reserve import Reserve
from callerid.turns.full_disk import with_reserve
from callerid.turns.inbox import receive as receive_module
from tests.turns.world import BEGINNING, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from callerid.core.inbox_events import Event
    from callerid.daemon.loop import Loop
    from callerid.turns.wake import Wake
    from tests.desks import QuickDesk, SyncedHome

TAP = "callerid-event 1\ntap\nabcdefghijklmnop_-12\nconnected\n"
NOTE = "callerid-event 1\nreply\nabcdefghijklmnop_-12\nan offer\n"
RING = "callerid-event 1\nring\n+353871234567\n\n"
OF_THE_STORE = (
    StoreFault("ledger.db cannot be used."),
    DiskFull("ledger.db cannot be used: full."),
    OSError(errno.ENOSPC, "No space left on device"),
    OSError(errno.EROFS, "Read-only file system"),
)
UNFORESEEN = (KeyError("x"), MemoryError(), sqlite3.ProgrammingError("closed"), sqlite3.OperationalError("disk I/O error"))
KNOWN = (CommandHung("termux-notification hangs."), ConfigFault("no."))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with SimulatedPortal() as portal:
        made = World(tmp_path, portal, BEGINNING)
        yield made
        made.close()


def handled(world: World, content: str, fault: Exception, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Let an event meet a fault in the daemon, and return whether its file is gone."""

    def fail(*_: object, **__: object) -> Wake:
        raise fault

    monkeypatch.setattr(event_turns, "receive", fail)
    shared = SharedState(world.where, world.config, {}, world.runner())
    shared.loops = {name: cast("Loop", SimpleNamespace(wake=lambda: None)) for name in ("rings", "taps", "disk")}
    file = world.where.inbox / "an-1.event"
    file.write_text(content)
    turns = EventTurns(shared)
    turns.rings(world.app)
    turns.taps(world.app)
    return not file.exists()


@pytest.mark.parametrize("fault", [*OF_THE_STORE, *UNFORESEEN], ids=repr)
@pytest.mark.parametrize("content", [TAP, NOTE])
def test_what_a_person_said_stays_until_it_is_stored(
    world: World, content: str, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not handled(world, content, fault, monkeypatch)


@pytest.mark.parametrize("fault", OF_THE_STORE, ids=repr)
def test_a_ring_stays_while_the_store_fails(world: World, fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not handled(world, RING, fault, monkeypatch)


def test_a_ring_with_an_unforeseen_fault_and_a_tap_with_a_known_one_do_not_stay(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert all(handled(world, RING, fault, monkeypatch) for fault in UNFORESEEN[:2])
    assert all(handled(world, TAP, fault, monkeypatch) for fault in KNOWN)


@pytest.mark.parametrize("fault", [*OF_THE_STORE, *UNFORESEEN], ids=repr)
def test_without_a_daemon_too_what_a_person_said_stays(
    tmp_path: Path, small_home: SyncedHome, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive = receive_module.receive
    failed: list[Event] = []

    def fail_once(app: object, event: Event, *more: object, **words: object) -> Wake:
        if not failed:
            failed.append(event)
            raise fault
        return receive(app, event, *more, **words)  # type: ignore[arg-type]

    monkeypatch.setattr(receive_module, "receive", fail_once)
    with small_home.desk(tmp_path) as desk:
        files = [desk.home / "inbox" / f"tap-{number}.event" for number in range(2)]
        for file in files:
            file.write_text(TAP)
        done = desk.start("run", "--once", "inbox")
        assert done.returncode == (51 if isinstance(fault, DiskFull) else 50)
        assert files[0].exists()
        assert desk.start("run", "--once", "inbox").returncode == 0
        assert not any(file.exists() for file in files)


def test_a_daemon_on_a_home_that_cannot_be_used_says_why_and_ends(tmp_path: Path, small_home: SyncedHome) -> None:
    with small_home.desk(tmp_path) as desk:
        for name, code in (("daemon.lock", 50), ("config.toml", 10)):
            ends_in_words(desk, name, code)


def ends_in_words(desk: QuickDesk, name: str, code: int) -> None:
    file = desk.home / name
    before = file.read_bytes() if file.exists() else b""
    file.unlink(missing_ok=True)
    file.mkdir()
    done = desk.start_process("run")
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert name in done.stderr
    assert len(done.stderr.splitlines()) == 2
    file.rmdir()
    file.write_bytes(before)


def test_a_daemon_whose_pid_and_log_cannot_be_written_serves_all_the_same(tmp_path: Path, small_home: SyncedHome) -> None:
    with small_home.desk(tmp_path) as desk:
        for name in ("daemon.pid", "callerid.log"):
            (desk.home / name).unlink(missing_ok=True)
            (desk.home / name).mkdir()
        with desk.daemon():
            desk.phone.wait(lambda: "running, pid" in (desk.folder / "daemon.out").read_text(), 20)
        out = (desk.folder / "daemon.out").read_text()
    assert "Traceback" not in out
    assert "each tap also starts callerid" in out


def test_what_a_person_said_is_stored_with_the_reserved_space_at_once(world: World) -> None:
    reserve = Reserve(world.where.reserve)

    def store() -> str:
        if not reserve.is_wanting:
            raise DiskFull("ledger.db cannot be used: database or disk is full.")
        return "stored"

    assert reserve.keep()
    assert with_reserve(world.app, store) == "stored"
    assert world.where.reserve.stat().st_size == 0


def test_a_phone_that_is_full_beyond_the_reserve_is_a_fault(world: World) -> None:
    tries = []

    def store() -> None:
        tries.append(1)
        raise DiskFull("ledger.db cannot be used: database or disk is full.")

    for has_reserve, times in ((True, 2), (False, 1)):
        tries.clear()
        if has_reserve:
            assert Reserve(world.where.reserve).keep()
        with pytest.raises(DiskFull):
            with_reserve(world.app, store)
        assert len(tries) == times
