"""One sense fails, hangs, lags or is gone: the others go on, and the loss is reported."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from callerid.simulator.desk import event_program
from tests.desks import ANA, ready, titles
from tests.system.test_senses import FAST, runs, wait_for_next_second, wait_for_senses

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desks import QuickDesk, SyncedHome

CARD = "Ana López · Acme Ltd"
STRANGER = "+353 87 999 8888"
IDLE = "last known state:\\n  Phone Id=0\\n    mCallState=0\\n    mCallIncomingNumber=\\n"


@pytest.fixture
def desk(tmp_path: Path, synced_home: SyncedHome) -> Iterator[QuickDesk]:
    with synced_home.desk(tmp_path) as made:
        made.phone.no_automation()
        yield made


def in_log(desk: QuickDesk) -> int:
    return int(desk.json("status")["calls"]["in_log"])


def miss_call(desk: QuickDesk, number: str = STRANGER) -> None:
    before = in_log(desk)
    desk.phone.ring(number)
    desk.phone.miss()
    desk.phone.wait(lambda: in_log(desk) > before, 20)


def hear_one_call(desk: QuickDesk) -> None:
    ready(desk)
    desk.phone.ring(ANA)
    desk.phone.wait(lambda: titles(desk) == [CARD])
    desk.phone.miss()
    desk.phone.wait(lambda: in_log(desk) == 1, 20)


def trouble_with_rings(desk: QuickDesk) -> dict[str, str]:
    troubles = desk.phone.wait(lambda: [t for t in desk.json("status")["troubles"] if t["source"] == "rings"], 20)
    return dict(troubles[0])


@pytest.mark.parametrize(
    ("sense", "says"), [("telephony", "adb shell pm grant com.termux android.permission.DUMP"), ("stream", "Start Shizuku again")]
)
def test_a_sense_that_is_gone_after_a_restart_is_reported_with_a_remedy(desk: QuickDesk, sense: str, says: str) -> None:
    desk.settings(FAST)
    if sense == "stream":
        desk.phone.start_shizuku()
    else:
        desk.phone.change(dump_granted=True)
    with desk.daemon():
        desk.phone.wait(lambda: sense in desk.json("status")["senses"], 20)
        hear_one_call(desk)
    desk.phone.change(dump_granted=False, shizuku=False)
    with desk.daemon():
        wait_for_senses(desk, "inbox")
        ready(desk)
        wait_for_next_second(desk)
        for _ in range(2):
            miss_call(desk)
        trouble = trouble_with_rings(desk)
        desk.phone.wait(lambda: titles(desk).count("callerid did not hear the phone ring") == 1, 20)
    assert f"{sense} heard nothing" in trouble["sentence"]
    assert says in trouble["remedy"]


def test_a_notification_list_that_fails_or_hangs_does_not_slow_the_registry(desk: QuickDesk) -> None:
    desk.phone.change(dump_granted=True)
    desk.settings('\n[ring]\nsenses = ["telephony", "notifications"]\npoll = "1s"\n')
    desk.phone.fault("termux-notification-list", "nonsense", times=3)
    with desk.daemon():
        desk.phone.wait(lambda: runs(desk, "termux-notification-list") == 3, 30)
        desk.phone.fault("termux-notification-list", "hang")
        desk.phone.wait(lambda: runs(desk, "termux-notification-list") == 4, 30)
        polls = runs(desk, "dumpsys")
        desk.phone.wait(lambda: runs(desk, "dumpsys") >= polls + 4, 9)
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: titles(desk) == [CARD], 5)
        desk.phone.miss()


def test_neither_a_battery_status_nor_a_su_that_hangs_delays_the_registry(desk: QuickDesk) -> None:
    desk.phone.change(dump_granted=True)
    desk.settings(FAST)
    su = desk.phone.bin / "su"
    su.write_text("#!/bin/sh\nexec sleep 100\n")
    su.chmod(0o755)
    desk.phone.fault("termux-battery-status", "hang", times=1)
    with desk.daemon():
        desk.phone.wait(lambda: runs(desk, "termux-battery-status") == 1, 8)
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: titles(desk) == [CARD], 5)
        desk.phone.miss()


def test_a_registry_that_lags_behind_the_stream_is_polled_until_it_shows_the_ring(desk: QuickDesk) -> None:
    desk.phone.start_shizuku()
    dumpsys, lags = desk.phone.system / "dumpsys", desk.phone.folder / "lags"
    late = f'[ -s "{lags}" ] && {{ sed -i 1d "{lags}"; printf "{IDLE}"; exit 0; }}'
    dumpsys.write_text(dumpsys.read_text().replace("#!/bin/sh\n", f"#!/bin/sh\n{late}\n"))
    with desk.daemon():
        wait_for_senses(desk, "stream", "inbox")
        lags.write_text("look\n" * 6)
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: titles(desk) == [CARD], 15)
        desk.phone.miss()


def test_one_hang_of_a_notification_list_that_worked_does_not_end_the_sense(desk: QuickDesk) -> None:
    desk.settings(FAST)
    desk.start("doctor", "--notifications")
    with desk.daemon():
        wait_for_senses(desk, "inbox", "notifications")
        desk.phone.fault("termux-notification-list", "hang", times=1)
        desk.phone.wait(lambda: any(t["source"] == "notification list" for t in desk.json("status")["troubles"]), 40)
        assert desk.json("status")["senses"] == ["inbox", "notifications"]
    with desk.daemon():  # a restart tries again at once
        desk.phone.wait(lambda: not desk.json("status")["troubles"], 20)
        desk.phone.ring(ANA, shown_as="Ana López")
        desk.phone.wait(lambda: titles(desk) == [CARD])
        desk.phone.miss()


def test_an_inbox_that_is_created_again_after_its_removal_is_heard(desk: QuickDesk) -> None:
    with desk.daemon():
        ready(desk)
        shutil.rmtree(desk.home / "inbox")
        desk.phone.run_action(f"CALLERID_HOME='{desk.home}' sh '{event_program()}' ring '{ANA}'")
        desk.phone.wait(lambda: titles(desk) == [CARD], 5)
