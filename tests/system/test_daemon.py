"""The real daemon, started as its users start it, on a simulated phone and portal."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.models import CallType
from callerid.simulator.portal import SimulatedPortal
from tests.desks import ANA, QuickDesk, ready, titles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desks import SyncedHome


@pytest.fixture
def desk(tmp_path: Path, synced_home: SyncedHome) -> Iterator[QuickDesk]:
    with synced_home.desk(tmp_path) as made:
        yield made


def finish(desk: QuickDesk, outcome: str, note: str) -> None:
    desk.phone.wait(lambda: (d := desk.phone.open_dialog()) and "outcome" in d.title, 20)
    desk.phone.answer_dialog(label=outcome)
    desk.phone.wait(lambda: (d := desk.phone.open_dialog()) and "Note" in d.title, 20)
    desk.phone.answer_dialog(text=note)
    desk.phone.wait(lambda: (d := desk.phone.open_dialog()) and "Follow up" in d.title, 20)
    desk.phone.answer_dialog(label="No follow-up")


def test_from_the_ring_to_the_logged_call(desk: QuickDesk) -> None:
    with desk.daemon():
        ready(desk)
        desk.phone.ring(ANA)
        (card,) = desk.phone.wait(desk.phone.notifications)
        assert card.title == "Ana López · Acme Ltd"
        assert "Renewal 2027 · €12,000" in card.content
        desk.phone.answer()
        desk.phone.hang_up(talked=75)
        finish(desk, "Connected", "<b>bold</b>")
        (call,) = desk.phone.wait(desk.portal.held_calls, 20)
        assert (call.note, call.duration_ms, call.contacts) == ("<b>bold</b>", 75_000, ("Ana López",))
        desk.phone.wait(lambda: titles(desk) == ["Logged: Ana López · Acme Ltd"])
        assert desk.json("status")["calls"]["logged"] == 1


def test_it_ends_within_two_seconds_even_while_every_command_hangs(desk: QuickDesk) -> None:
    with desk.daemon() as process:
        ready(desk)
        for command in ("termux-call-log", "termux-notification", "termux-dialog"):
            desk.phone.fault(command, "hang", stubborn=True, grandchild=True)
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: sum(e.get("command") == "termux-notification" for e in desk.phone.journal()) >= 1)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert time.monotonic() - began < 2
    assert not (desk.home / "daemon.pid").exists()


def test_a_phone_that_does_not_say_its_region_holds_nothing_up(desk: QuickDesk) -> None:
    desk.start("config", "set", "region", "auto")
    desk.phone.fault("termux-telephony-deviceinfo", "hang", stubborn=True)
    with desk.daemon() as process:
        desk.phone.ring(ANA)
        (card,) = desk.phone.wait(desk.phone.notifications)
        assert card.title == "Ana López · Acme Ltd"
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    assert not (desk.home / "daemon.pid").exists()


def test_the_region_is_the_sims_and_is_asked_for_once(desk: QuickDesk) -> None:
    desk.start("config", "set", "region", "auto")
    desk.phone.change(sim_country="de")
    with desk.daemon():
        desk.phone.wait(lambda: "region is DE" in (desk.folder / "daemon.out").read_text(), 20)
        assert desk.json("status")["region"] == "DE"
    assert sum(entry.get("command") == "termux-telephony-deviceinfo" for entry in desk.phone.journal()) == 1


def test_a_first_sync_that_ends_before_the_region_is_known_still_knows_local_numbers(tmp_path: Path) -> None:
    with SimulatedPortal() as portal:
        portal.populate(people=20, companies=2, deals=2)
        desk = QuickDesk(tmp_path, portal)
        desk.start("config", "set", "region", "auto")
        desk.phone.fault("termux-telephony-deviceinfo", "slow", seconds=4, times=1)
        with desk.daemon():
            desk.phone.wait(lambda: "20 contacts" in (desk.folder / "daemon.out").read_text(), 20)
            desk.phone.wait(lambda: "region is IE" in (desk.folder / "daemon.out").read_text(), 20)
            desk.phone.wait(lambda: _mirrors_region(desk) == "IE")


def test_a_region_that_learns_late_reads_a_mirror_that_was_built_without_it(tmp_path: Path) -> None:
    """The other way round: the sync is slow, and the region is known in the middle of it."""
    with SimulatedPortal() as portal:
        portal.populate(people=20, companies=2, deals=2)
        desk = QuickDesk(tmp_path, portal)
        desk.start("config", "set", "region", "auto")
        desk.phone.fault("termux-telephony-deviceinfo", "slow", seconds=1, times=1)
        portal.fault("slow", "GET /crm/objects/2026-09/deals", seconds=4)
        with desk.daemon():
            desk.phone.wait(lambda: "20 contacts" in (desk.folder / "daemon.out").read_text(), 30)
            desk.phone.wait(lambda: _mirrors_region(desk) == "IE")


def test_another_region_in_the_settings_reads_the_numbers_anew(desk: QuickDesk) -> None:
    with desk.daemon():
        ready(desk)
        desk.start("config", "set", "region", "DE")
        desk.phone.wait(lambda: "new settings applied" in (desk.folder / "daemon.out").read_text())
        desk.phone.wait(lambda: _mirrors_region(desk) == "DE")


def test_a_second_daemon_says_that_one_is_running(desk: QuickDesk) -> None:
    with desk.daemon():
        second = desk.start("run")
    assert second.returncode == 40
    assert "already running" in second.stderr


def test_killed_in_the_middle_of_a_dialog_it_goes_on_at_the_next_start(desk: QuickDesk) -> None:
    with desk.daemon() as process:
        ready(desk)
        desk.phone.ring(ANA)
        desk.phone.answer()
        desk.phone.hang_up(talked=30)
        desk.phone.wait(desk.phone.open_dialog, 20)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert "Log call with Ana López?" in titles(desk)
    desk.phone.answer_dialog()  # the person closes the dialog that nobody waits for any more
    with desk.daemon():
        ready(desk)
        desk.phone.tap(next(s.id for s in desk.phone.notifications()), "Connected")
        (call,) = desk.phone.wait(desk.portal.held_calls, 20)
        assert call.disposition == "Connected"


def test_a_tap_without_a_daemon_starts_callerid_itself(desk: QuickDesk) -> None:
    with desk.daemon():
        ready(desk)
        desk.phone.change(dialogs_blocked=True)
        desk.phone.ring(ANA)
        desk.phone.answer()
        desk.phone.hang_up(talked=30)
        desk.phone.wait(lambda: "Log call with Ana López?" in titles(desk), 20)
    token_file = desk.home / "token"
    token_file.write_text(desk.portal.token)
    token_file.chmod(0o600)
    desk.start("config", "set", "crm.token_file", str(token_file))
    desk.phone.tap(desk.phone.notifications()[0].id, "Connected")
    assert len(desk.phone.wait(desk.portal.held_calls, 30)) == 1


def test_a_pid_file_that_a_crash_left_behind_drops_no_tap(desk: QuickDesk) -> None:
    """Its number may belong to any other process by now."""
    with desk.daemon():
        ready(desk)
        desk.phone.change(dialogs_blocked=True)
        desk.phone.ring(ANA)
        desk.phone.miss()
        desk.phone.wait(lambda: any(title.startswith("Missed") for title in titles(desk)), 20)
    (desk.home / "daemon.pid").write_text("1\n")
    desk.phone.tap(desk.phone.notifications()[0].id, "Call back")
    desk.phone.wait(lambda: desk.phone.happened("dialled"), 30)


def test_settings_take_effect_at_once_and_bad_ones_are_told_and_not_taken(desk: QuickDesk) -> None:
    with desk.daemon():
        ready(desk)
        assert desk.start("off").returncode == 0
        desk.phone.wait(lambda: "new settings applied" in (desk.folder / "daemon.out").read_text())
        desk.phone.ring(ANA)
        desk.phone.miss()
        desk.phone.wait(lambda: desk.json("status")["calls"]["ignored"] == 1, 20)
        assert desk.phone.notifications() == ()
        with (desk.home / "config.toml").open("a") as file:
            file.write("\n[nonsense]\nx = 1\n")
        (trouble,) = desk.phone.wait(lambda: _troubles(desk), 20)
        assert "nonsense" in trouble["sentence"]


def test_a_broken_call_log_is_told_once_and_loses_no_call(desk: QuickDesk) -> None:
    with desk.daemon():
        ready(desk)
        desk.phone.fault("termux-call-log", "denied")
        desk.phone.ring(ANA)
        desk.phone.miss()
        (trouble,) = desk.phone.wait(lambda: desk.json("status")["troubles"], 20)
        assert "READ_CALL_LOG" in trouble["sentence"]
        desk.phone.clear_faults()
        desk.start("run", "--once", "watch", "attend")
        assert any(title.startswith("Missed: Ana López") for title in titles(desk))
    log = (desk.folder / "daemon.out").read_text()
    assert log.count("READ_CALL_LOG") >= 1


def test_a_sync_can_be_asked_for_from_outside(desk: QuickDesk) -> None:
    with desk.daemon():
        ready(desk)
        before = len(desk.portal.requests_seen)
        desk.phone.run_action(f"CALLERID_HOME='{desk.home}' sh '{_door()}' sync")
        desk.phone.wait(lambda: len(desk.portal.requests_seen) >= before + 3, 20)  # what changed, of each kind


def _door() -> Path:
    from callerid.simulator.desk import event_program

    return event_program()


def _mirrors_region(desk: QuickDesk) -> str:
    from callerid.store.mirror.database import Mirror

    mirror = Mirror(desk.home / "mirror.db")
    try:
        return mirror.facts().region
    finally:
        mirror.close()


def _troubles(desk: QuickDesk) -> list[dict[str, str]]:
    """The ledger's own word: with faulty settings no command but `config check` runs."""
    from callerid.store.ledger.database import open_ledger

    ledger = open_ledger(desk.home / "ledger.db")
    try:
        return [{"sentence": trouble.sentence} for trouble in ledger.key_values.troubles()]
    finally:
        ledger.close()


@pytest.mark.parametrize("what", ["log", "add"])
def test_what_a_command_leaves_undone_the_running_daemon_does(desk: QuickDesk, what: str) -> None:
    number = ANA if what == "log" else "+33145678900"
    with desk.daemon():
        ready(desk)
        desk.phone.add_call(number, CallType.INCOMING, datetime.now(UTC) - timedelta(hours=2), 60)
        desk.phone.wait(lambda: desk.json("calls"), 20)
        desk.portal.go_offline()
        if what == "log":
            assert "queued" in desk.start("log", desk.json("calls")[0]["key"], "--note", "x").stdout
        else:
            assert "adding" in desk.start("add", number, "--last-name", "Martin").stdout
        desk.portal.go_online()
        desk.phone.wait(desk.portal.held_calls, 30)
        assert not list((desk.home / "inbox").iterdir())
    desk.start("calls")
    desk.start("log", desk.json("calls")[0]["key"], "--note", "y")
    assert not list((desk.home / "inbox").iterdir())  # nobody is there to be told
