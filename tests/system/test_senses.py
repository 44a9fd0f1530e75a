"""The real daemon hears a ring by each sense, on simulated phones of different kinds."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid.simulator.desk import event_program
from tests.desks import ANA, ready, titles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.desks import QuickDesk, SyncedHome

FAST = '\n[ring]\npoll = "1s"\n'


@pytest.fixture
def desk(tmp_path: Path, synced_home: SyncedHome) -> Iterator[QuickDesk]:
    with synced_home.desk(tmp_path) as made:
        made.phone.no_automation()
        yield made


def wait_for_senses(desk: QuickDesk, *names: str) -> None:
    desk.phone.wait(lambda: desk.json("status")["senses"] == list(names), 20)


def wait_for_next_second(desk: QuickDesk) -> None:
    """The call log has whole seconds, and a call counts for a sense only if it began after the sense."""
    second = int(time.time())
    desk.phone.wait(lambda: int(time.time()) > second)


def daemon_log(desk: QuickDesk) -> str:
    return (desk.folder / "daemon.out").read_text()


def runs(desk: QuickDesk, command: str) -> int:
    return sum(entry.get("command") == command for entry in desk.phone.journal())


def test_with_the_dump_permission_the_registry_is_polled(desk: QuickDesk) -> None:
    desk.phone.change(dump_granted=True)
    desk.settings(FAST)
    with desk.daemon():
        wait_for_senses(desk, "inbox", "telephony")
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: titles(desk) == ["Ana López · Acme Ltd"])
        desk.phone.ring("+353 87 999 8888", slot=1)  # a call on the second SIM meanwhile
        desk.phone.wait(lambda: "+353 87 999 8888" in titles(desk))
        desk.phone.miss()
        desk.phone.miss()
        desk.phone.wait(lambda: titles(desk) == ["Missed: Ana López · Acme Ltd"], 20)


def test_as_root_the_system_log_is_followed_and_nothing_is_polled(desk: QuickDesk) -> None:
    desk.phone.root()
    with desk.daemon() as process:
        wait_for_senses(desk, "stream", "inbox")
        desk.phone.wait(lambda: "inotifyd" in _running(process.pid))
        reads, polls = runs(desk, "termux-call-log"), runs(desk, "dumpsys")
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: titles(desk) == ["Ana López · Acme Ltd"])
        desk.phone.miss()
        desk.phone.wait(lambda: titles(desk) == ["Missed: Ana López · Acme Ltd"], 20)
        assert runs(desk, "dumpsys") - polls <= 4
        assert 1 <= runs(desk, "termux-call-log") - reads <= 8
        children = _running(process.pid)
        assert "logcat" in children
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        desk.phone.wait(lambda: not _alive(children))


def test_by_shizuku_the_system_log_is_followed_and_a_stream_that_ends_is_started_again(desk: QuickDesk) -> None:
    desk.phone.start_shizuku()
    with desk.daemon() as process:
        wait_for_senses(desk, "stream", "inbox")
        (logcat,) = (pid for name, pid in _running(process.pid).items() if name == "logcat")
        os.kill(logcat, signal.SIGKILL)
        desk.phone.wait(lambda: _running(process.pid).get("logcat", logcat) != logcat)
        wait_for_senses(desk, "stream", "inbox")
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: titles(desk) == ["Ana López · Acme Ltd"])


def test_the_dialers_notification_is_polled_when_the_settings_name_that_sense(desk: QuickDesk) -> None:
    desk.settings('\n[ring]\nsenses = ["notifications"]\npoll = "1s"\n')
    with desk.daemon():
        wait_for_senses(desk, "inbox", "notifications")
        desk.phone.wait(lambda: runs(desk, "termux-notification-list") >= 2, 20)  # what rings at the first poll is not new
        desk.phone.ring(ANA, shown_as="Ana López")
        desk.phone.wait(lambda: titles(desk) == ["Ana López · Acme Ltd"])
        desk.phone.answer()
        desk.phone.hang_up(talked=9)
        desk.phone.wait(lambda: "Log call with Ana López?" in titles(desk), 20)


def test_missing_notification_access_is_noticed_with_one_poll(desk: QuickDesk) -> None:
    desk.phone.change(notification_access=False)
    desk.settings('\n[ring]\nsenses = ["notifications", "telephony"]\npoll = "1s"\n')
    desk.phone.change(dump_granted=True)
    with desk.daemon():
        desk.phone.wait(lambda: any(t["source"] == "notification list" for t in desk.json("status")["troubles"]), 40)
        polls = runs(desk, "dumpsys")
        desk.phone.wait(lambda: runs(desk, "dumpsys") > polls + 2, 20)
        assert runs(desk, "termux-notification-list") == 1


def test_polling_ends_when_an_automation_app_reports_calls(desk: QuickDesk) -> None:
    desk.phone.change(dump_granted=True)
    desk.settings(FAST)
    desk.phone.on_event(["/bin/sh", str(event_program())], {"CALLERID_HOME": str(desk.home)})
    with desk.daemon():
        wait_for_senses(desk, "inbox", "telephony")
        ready(desk)
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: titles(desk) == ["Ana López · Acme Ltd"])
        desk.phone.miss()
        wait_for_senses(desk, "inbox")


def test_a_deaf_sense_is_reported_once_with_a_remedy(desk: QuickDesk) -> None:
    desk.phone.change(maker="Xiaomi")
    desk.settings('\n[ring]\nsenses = ["inbox"]\n')
    with desk.daemon():
        ready(desk)
        for _ in range(3):
            desk.phone.ring(ANA)
            desk.phone.miss()
            desk.phone.wait(lambda: desk.json("status")["calls"]["in_log"] >= 1, 20)
            desk.phone.run_action(f"CALLERID_HOME='{desk.home}' sh '{event_program()}' idle")
        desk.phone.wait(lambda: desk.json("status")["calls"]["in_log"] == 3, 20)
        (trouble,) = desk.phone.wait(lambda: desk.json("status")["troubles"], 20)
        assert trouble["source"] == "rings"
        assert "Autostart" in trouble["remedy"]
        desk.phone.wait(lambda: titles(desk).count("callerid did not hear the phone ring") == 1, 20)
        assert daemon_log(desk).count("heard nothing") == 1


def test_outgoing_calls_get_a_card_if_the_settings_say_so(desk: QuickDesk) -> None:
    desk.settings("\n[ring]\noutgoing = true\n")
    with desk.daemon():
        ready(desk)
        desk.phone.run_action(f"CALLERID_HOME='{desk.home}' sh '{event_program()}' dial '{ANA}'")
        desk.phone.wait(lambda: titles(desk) == ["Calling Ana López · Acme Ltd"])


def test_a_ring_is_announced_while_the_card_of_the_previous_ring_hangs(desk: QuickDesk) -> None:
    desk.phone.fault("termux-notification", "hang", times=1)
    with desk.daemon():
        ready(desk)
        desk.phone.run_action(f"CALLERID_HOME='{desk.home}' sh '{event_program()}' ring '{ANA}'")
        desk.phone.wait(lambda: runs(desk, "termux-notification") == 1)
        desk.phone.run_action(f"CALLERID_HOME='{desk.home}' sh '{event_program()}' ring '+353 87 999 8888'")
        desk.phone.wait(lambda: titles(desk) == ["+353 87 999 8888"], 8)


def test_a_slow_ring_card_does_not_replace_the_missed_call(desk: QuickDesk) -> None:
    desk.phone.fault("termux-notification", "slow", times=1, seconds=3)
    desk.phone.on_event(["/bin/sh", str(event_program())], {"CALLERID_HOME": str(desk.home)})
    with desk.daemon():
        ready(desk)
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: runs(desk, "termux-notification") == 1)
        desk.phone.miss()
        desk.phone.wait(lambda: len(desk.phone.happened("shown")) == 2, 20)
        assert titles(desk) == ["Missed: Ana López · Acme Ltd"]


def test_the_card_of_a_ring_without_a_call_is_removed(desk: QuickDesk) -> None:
    with desk.daemon():
        ready(desk)
        for words in (f"ring '{ANA}'", "idle"):
            desk.phone.run_action(f"CALLERID_HOME='{desk.home}' sh '{event_program()}' {words}")
        desk.phone.wait(lambda: titles(desk))
        desk.phone.wait(lambda: not titles(desk), 40)


def test_one_poll_without_output_does_not_end_the_sense(desk: QuickDesk) -> None:
    desk.phone.change(dump_granted=True)
    desk.settings(FAST)
    with desk.daemon():
        wait_for_senses(desk, "inbox", "telephony")
        desk.phone.fault("dumpsys", "empty", times=1)
        polls = runs(desk, "dumpsys")
        desk.phone.wait(lambda: runs(desk, "dumpsys") > polls + 2, 20)
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: titles(desk) == ["Ana López · Acme Ltd"])


def test_shizuku_is_used_again_after_its_restart(desk: QuickDesk) -> None:
    desk.phone.start_shizuku()
    with desk.daemon() as process:
        wait_for_senses(desk, "stream", "inbox")
        desk.phone.change(shizuku=False)
        (logcat,) = (pid for name, pid in _running(process.pid).items() if name == "logcat")
        os.kill(logcat, signal.SIGKILL)
        wait_for_senses(desk, "inbox")
        desk.phone.change(shizuku=True)
        wait_for_senses(desk, "stream", "inbox")
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: titles(desk) == ["Ana López · Acme Ltd"])


def test_a_poll_that_fails_while_it_rings_is_repeated(desk: QuickDesk) -> None:
    desk.phone.start_shizuku()
    with desk.daemon():
        wait_for_senses(desk, "stream", "inbox")
        desk.phone.fault("dumpsys", "denied", times=1)
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: titles(desk) == ["Ana López · Acme Ltd"], 20)


def test_the_streams_of_a_killed_daemon_end(desk: QuickDesk) -> None:
    desk.phone.root()
    with desk.daemon() as process:
        wait_for_senses(desk, "stream", "inbox")
        desk.phone.wait(lambda: "inotifyd" in _running(process.pid))
        children = _running(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        desk.phone.wait(lambda: not _alive(children))


def test_a_permission_granted_while_the_daemon_runs_is_found(desk: QuickDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    del monkeypatch
    with desk.daemon():
        ready(desk)
        desk.phone.change(dump_granted=True)
        desk.phone.wait(lambda: desk.json("status")["senses"] == ["inbox", "telephony"], 75)


def test_a_new_lock_screen_setting_changes_the_cards_on_the_screen(desk: QuickDesk) -> None:
    desk.phone.on_event(["/bin/sh", str(event_program())], {"CALLERID_HOME": str(desk.home)})
    with desk.daemon():
        ready(desk)
        desk.phone.ring(ANA)
        desk.phone.miss()
        desk.phone.wait(lambda: titles(desk) == ["Missed: Ana López · Acme Ltd"], 20)
        desk.start("config", "set", "privacy.lock_screen", "nothing")
        desk.phone.wait(lambda: titles(desk) == ["Missed: A known caller"], 20)


def test_a_ring_card_is_removed_when_caller_id_is_turned_off(desk: QuickDesk) -> None:
    desk.phone.on_event(["/bin/sh", str(event_program())], {"CALLERID_HOME": str(desk.home)})
    with desk.daemon():
        ready(desk)
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: titles(desk) == ["Ana López · Acme Ltd"], 20)
        desk.start("off")
        desk.phone.wait(lambda: titles(desk) == [], 20)


def test_a_missing_mirror_is_synced_at_once(desk: QuickDesk) -> None:
    for file in desk.home.glob("mirror.db*"):
        file.unlink()
    with desk.daemon():
        desk.phone.wait(lambda: "40 contacts" in daemon_log(desk), 20)


def test_the_location_of_a_strangers_number_is_shown_without_a_network(desk: QuickDesk) -> None:
    with desk.daemon():
        ready(desk)
        desk.phone.run_action(f"CALLERID_HOME='{desk.home}' sh '{event_program()}' ring '+49 89 12345678'")
        desk.phone.wait(lambda: [s.content for s in desk.phone.notifications() if "Munich, Germany · landline" in s.content], 20)


def _running(parent: int) -> dict[str, int]:
    """Return the simulated commands that a daemon runs: their process ids by name."""
    parents: dict[int, int] = {}
    commands: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            place = next((n for n, word in enumerate(words) if word.endswith(b"phone/process.py")), None)
            if place is not None:
                commands[int(entry.name)] = words[place + 1].decode()
    return {name: pid for pid, name in commands.items() if parent in (parents.get(pid), parents.get(parents.get(pid, 0)))}


def _alive(children: dict[str, int]) -> bool:
    return any(Path(f"/proc/{pid}").exists() for pid in children.values())
