"""The real daemon, started as a person starts it, on a simulated phone and portal."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid.core.backoff import Backoff
from callerid.core.delivery import retry_policy
from callerid.models import CallType
from callerid.simulator.desk import event_program
from callerid.simulator.portal import SimulatedPortal
from tests.desks import ANA, QuickDesk, ready, report, titles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.desks import SyncedHome


@pytest.fixture
def desk(tmp_path: Path, synced_home: SyncedHome) -> Iterator[QuickDesk]:
    with synced_home.desk(tmp_path) as made:
        yield made


def answer_dialogs(desk: QuickDesk, outcome: str, note: str) -> None:
    desk.phone.wait(lambda: (d := desk.phone.open_dialog()) and "outcome" in d.title, 60)
    desk.phone.answer_dialog(label=outcome)
    desk.phone.wait(lambda: (d := desk.phone.open_dialog()) and "Note" in d.title, 60)
    desk.phone.answer_dialog(text=note)
    desk.phone.wait(lambda: (d := desk.phone.open_dialog()) and "Follow up" in d.title, 60)
    desk.phone.answer_dialog(label="No follow-up")


def test_a_call_is_announced_asked_about_and_logged(desk: QuickDesk) -> None:
    with desk.daemon():
        ready(desk)
        desk.phone.ring(ANA)
        (card,) = desk.phone.wait(desk.phone.notifications)
        assert card.title == "Ana López · Acme Ltd"
        assert "Renewal 2027 · €12,000" in card.content
        desk.phone.answer()
        desk.phone.hang_up(talked=75)
        answer_dialogs(desk, "Connected", "<b>bold</b>")
        (call,) = desk.phone.wait(desk.portal.held_calls, 60)
        assert (call.note, call.duration_ms, call.contacts) == ("<b>bold</b>", 75_000, ("Ana López",))
        desk.phone.wait(lambda: titles(desk) == ["Logged: Ana López · Acme Ltd"])
        assert desk.json("status")["calls"]["logged"] == 1


def test_the_daemon_stops_within_two_seconds_while_every_command_hangs(desk: QuickDesk) -> None:
    with desk.daemon() as process:
        ready(desk)
        for command in ("termux-call-log", "termux-notification", "termux-dialog", "termux-wake-unlock"):
            desk.phone.fault(command, "hang", stubborn=True, grandchild=True)
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: sum(e.get("command") == "termux-notification" for e in desk.phone.journal()) >= 1)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert time.monotonic() - began < 2
    assert not (desk.home / "daemon.pid").exists()


def test_a_phone_that_does_not_answer_about_its_region_delays_nothing(desk: QuickDesk) -> None:
    desk.start("config", "set", "region", "auto")
    desk.phone.fault("termux-telephony-deviceinfo", "hang", stubborn=True)
    with desk.daemon() as process:
        desk.phone.ring(ANA)
        (card,) = desk.phone.wait(desk.phone.notifications)
        assert card.title == "Ana López · Acme Ltd"
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    assert not (desk.home / "daemon.pid").exists()


def test_the_region_is_that_of_the_sim_and_is_read_once(desk: QuickDesk) -> None:
    desk.start("config", "set", "region", "auto")
    desk.phone.change(sim_country="de")
    with desk.daemon():
        desk.phone.wait(lambda: "region is DE" in (desk.folder / "daemon.out").read_text(), 60)
        assert desk.json("status")["region"] == "DE"
    assert sum(entry.get("command") == "termux-telephony-deviceinfo" for entry in desk.phone.journal()) == 1


def test_a_mirror_that_was_synced_before_the_region_was_known_is_indexed_for_it(tmp_path: Path) -> None:
    with SimulatedPortal() as portal:
        portal.populate(people=20, companies=2, deals=2)
        desk = QuickDesk(tmp_path, portal)
        desk.start("config", "set", "region", "auto")
        desk.phone.fault("termux-telephony-deviceinfo", "slow", seconds=2.5, times=1)
        with desk.daemon():
            desk.phone.wait(lambda: "20 contacts" in (desk.folder / "daemon.out").read_text(), 60)
            desk.phone.wait(lambda: "region is IE" in (desk.folder / "daemon.out").read_text(), 60)
            desk.phone.wait(lambda: _region_of_mirror(desk) == "IE")


def test_a_mirror_whose_sync_began_before_the_region_was_known_is_indexed_for_it(tmp_path: Path) -> None:
    """Here the sync is slow, and the region becomes known in the middle of it."""
    with SimulatedPortal() as portal:
        portal.populate(people=20, companies=2, deals=2)
        desk = QuickDesk(tmp_path, portal)
        desk.start("config", "set", "region", "auto")
        desk.phone.fault("termux-telephony-deviceinfo", "slow", seconds=1, times=1)
        portal.fault("slow", "GET /crm/objects/2026-09/deals", seconds=2.5)
        with desk.daemon():
            desk.phone.wait(lambda: "20 contacts" in (desk.folder / "daemon.out").read_text(), 30)
            desk.phone.wait(lambda: _region_of_mirror(desk) == "IE")


def test_another_region_in_the_settings_indexes_the_numbers_again(desk: QuickDesk) -> None:
    with desk.daemon():
        ready(desk)
        desk.start("config", "set", "region", "DE")
        desk.phone.wait(lambda: "new settings applied" in (desk.folder / "daemon.out").read_text())
        desk.phone.wait(lambda: _region_of_mirror(desk) == "DE")


def test_a_second_daemon_is_refused(desk: QuickDesk) -> None:
    with desk.daemon():
        second = desk.start("run")
    assert second.returncode == 40
    assert "already running" in second.stderr


def running(desk: QuickDesk, command: str) -> set[str]:
    """Return the processes of a command of this phone."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = os.fsdecode((process / "cmdline").read_bytes()).split("\0")  # another test's may be no UTF-8
            if command in words and str(desk.phone.folder) in words:
                found.add(process.name)
    return found


def test_a_daemon_killed_during_a_dialog_goes_on_at_the_next_start(desk: QuickDesk) -> None:
    with desk.daemon() as process:
        ready(desk)
        desk.phone.ring(ANA)
        desk.phone.answer()
        desk.phone.hang_up(talked=30)
        desk.phone.wait(desk.phone.open_dialog, 60)
        desk.phone.fault("termux-call-log", "hang", times=1)
        report(desk, "idle")
        left = desk.phone.wait(
            lambda: running(desk, "termux-call-log") if not any(desk.phone.state.read()["faults"].values()) else None, 20
        )
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert running(desk, "termux-call-log") == left  # it hangs, and nobody waits for it
    assert "Log call with Ana López?" in titles(desk)
    desk.phone.answer_dialog()  # the person closes the dialog, whose command is gone
    with desk.daemon():
        ready(desk)
        desk.phone.wait(lambda: not left & running(desk, "termux-call-log"), 20)
        desk.phone.tap(next(s.id for s in desk.phone.notifications()), "Connected")
        (call,) = desk.phone.wait(desk.portal.held_calls, 60)
        assert call.disposition == "Connected"


def test_a_tap_without_a_daemon_starts_callerid(desk: QuickDesk) -> None:
    with desk.daemon():
        ready(desk)
        desk.phone.change(dialogs_blocked=True)
        desk.phone.ring(ANA)
        desk.phone.answer()
        desk.phone.hang_up(talked=30)
        desk.phone.wait(lambda: "Log call with Ana López?" in titles(desk), 60)
    token_file = desk.home / "token"
    token_file.write_text(desk.portal.token)
    token_file.chmod(0o600)
    desk.start("config", "set", "crm.token_file", str(token_file))
    desk.phone.tap(desk.phone.notifications()[0].id, "Connected")
    assert len(desk.phone.wait(desk.portal.held_calls, 30)) == 1


def test_a_pid_file_left_by_a_crash_loses_no_tap(desk: QuickDesk) -> None:
    """Another process may have the id of the file by now."""
    with desk.daemon():
        ready(desk)
        desk.phone.change(dialogs_blocked=True)
        desk.phone.ring(ANA)
        desk.phone.miss()
        desk.phone.wait(lambda: any(title.startswith("Missed") for title in titles(desk)), 60)
    (desk.home / "daemon.pid").write_text("1\n")
    desk.phone.tap(desk.phone.notifications()[0].id, "Call back")
    desk.phone.wait(lambda: desk.phone.happened("dialled"), 30)


def test_new_settings_apply_at_once_and_faulty_ones_are_reported_and_not_applied(desk: QuickDesk) -> None:
    with desk.daemon():
        ready(desk)
        assert desk.start("off").returncode == 0
        desk.phone.wait(lambda: "new settings applied" in (desk.folder / "daemon.out").read_text())
        desk.phone.ring(ANA)
        desk.phone.miss()
        desk.phone.wait(lambda: desk.json("status")["calls"]["ignored"] == 1, 60)
        assert desk.phone.notifications() == ()
        with (desk.home / "config.toml").open("a") as file:
            file.write("\n[nonsense]\nx = 1\n")
        (trouble,) = desk.phone.wait(lambda: _troubles(desk), 60)
        assert "nonsense" in trouble["sentence"]


def test_a_call_log_that_cannot_be_read_is_reported_and_loses_no_call(desk: QuickDesk) -> None:
    with desk.daemon():
        ready(desk)
        desk.phone.fault("termux-call-log", "denied")
        desk.phone.ring(ANA)
        desk.phone.miss()
        (trouble,) = desk.phone.wait(lambda: desk.json("status")["troubles"], 60)
        assert "READ_CALL_LOG" in trouble["sentence"]
        desk.phone.clear_faults()
        desk.start("run", "--once", "watch", "attend")
        assert any(title.startswith("Missed: Ana López") for title in titles(desk))
    log = (desk.folder / "daemon.out").read_text()
    assert log.count("READ_CALL_LOG") >= 1


def test_a_sync_can_be_requested_from_outside(desk: QuickDesk) -> None:
    with desk.daemon():
        ready(desk)
        before = len(desk.portal.requests_seen)
        desk.phone.run_action(f"CALLERID_HOME='{desk.home}' sh '{event_program()}' sync")
        desk.phone.wait(lambda: len(desk.portal.requests_seen) >= before + 3, 20)  # the changes of each kind of record


def _region_of_mirror(desk: QuickDesk) -> str:
    from callerid.store.mirror.database import Mirror

    mirror = Mirror(desk.home / "mirror.db")
    try:
        return mirror.facts().region
    finally:
        mirror.close()


def _troubles(desk: QuickDesk) -> list[dict[str, str]]:
    """Read the ledger itself: with faulty settings, `callerid status` does not run."""
    from callerid.store.ledger.database import open_ledger

    ledger = open_ledger(desk.home / "ledger.db")
    try:
        return [{"sentence": trouble.sentence} for trouble in ledger.key_values.troubles()]
    finally:
        ledger.close()


@pytest.mark.parametrize("what", ["log", "add"])
def test_a_running_daemon_goes_on_with_what_a_command_could_not_finish(
    desk: QuickDesk, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry_policy, "_OFFLINE", Backoff.seconds(1))  # of the command, which runs in this process
    number = ANA if what == "log" else "+33145678900"
    with desk.daemon():
        ready(desk)
        desk.phone.add_call(number, CallType.INCOMING, datetime.now(UTC) - timedelta(hours=2), 60)
        desk.phone.wait(lambda: desk.json("calls"), 60)
        desk.portal.go_offline()
        if what == "log":
            assert "on its way" in desk.start("log", desk.json("calls")[0]["key"], "--note", "x").stdout
        else:
            assert "adding" in desk.start("add", number, "--last-name", "Martin").stdout
        desk.portal.go_online()
        desk.phone.wait(desk.portal.held_calls, 30)
        assert not list((desk.home / "inbox").iterdir())
    desk.start("calls")
    desk.start("log", desk.json("calls")[0]["key"], "--note", "y")
    assert not list((desk.home / "inbox").iterdir())  # no daemon runs that would have to be woken
