"""Senses that fail or miss calls: the others go on, and the loss is reported."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.desks import ANA, ready, titles
from tests.system.test_senses import FAST, runs, wait_for_next_second, wait_for_senses

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desks import QuickDesk, SyncedHome

CARD = "Ana López · Acme Ltd"


@pytest.fixture
def desk(tmp_path: Path, synced_home: SyncedHome) -> Iterator[QuickDesk]:
    with synced_home.desk(tmp_path) as made:
        made.phone.no_automation()
        yield made


def miss_unheard_calls(desk: QuickDesk, calls: int) -> None:
    """Miss calls that no sense can hear, each from another number: a ring of the last two minutes could belong to the same number."""
    before = desk.json("status")["calls"]["in_log"]
    wait_for_next_second(desk)
    for number in range(1, calls + 1):
        desk.phone.ring(f"+3314567890{number}")
        desk.phone.miss()
        desk.phone.wait(partial(_has_logged, desk, before + number), 20)


def _has_logged(desk: QuickDesk, calls: int) -> bool:
    return bool(desk.json("status")["calls"]["in_log"] == calls)


def test_a_notification_list_that_fails_does_not_slow_the_registry(desk: QuickDesk) -> None:
    desk.phone.change(dump_granted=True)
    desk.settings('\n[ring]\nsenses = ["telephony", "notifications"]\npoll = "1s"\n')
    desk.phone.fault("termux-notification-list", "empty")
    with desk.daemon():
        ready(desk)
        desk.phone.wait(lambda: runs(desk, "termux-notification-list") >= 3, 30)
        polls = runs(desk, "dumpsys")
        desk.phone.wait(lambda: runs(desk, "dumpsys") >= polls + 3, 8)
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: CARD in titles(desk), 6)


def test_a_battery_status_that_hangs_does_not_delay_a_poll(desk: QuickDesk) -> None:
    desk.phone.change(dump_granted=True)
    desk.settings(FAST)
    desk.phone.fault("termux-battery-status", "hang", times=1)
    with desk.daemon():
        desk.phone.wait(lambda: runs(desk, "termux-battery-status") == 1, 20)
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: CARD in titles(desk), 6)


def test_a_stream_that_reports_no_call_is_replaced_by_polling(desk: QuickDesk) -> None:
    """On a build whose telecom service logs nothing, the registry is polled after two calls."""
    desk.phone.start_shizuku()
    desk.phone.change(dump_granted=True)
    desk.settings(FAST)
    (desk.phone.system / "logcat").write_text("#!/bin/sh\nexec sleep 600\n")
    with desk.daemon():
        wait_for_senses(desk, "stream", "inbox")
        ready(desk)
        miss_unheard_calls(desk, 2)
        desk.phone.wait(lambda: "telephony" in desk.json("status")["senses"], 20)
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: CARD in titles(desk), 8)


def test_a_permission_that_an_update_removed_is_reported_after_two_calls(desk: QuickDesk) -> None:
    desk.settings(FAST)
    desk.phone.change(dump_granted=True)
    with desk.daemon():
        wait_for_senses(desk, "inbox", "telephony")
        ready(desk)
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: CARD in titles(desk))
        desk.phone.miss()
        desk.phone.wait(lambda: desk.json("status")["calls"]["in_log"] == 1, 20)
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: CARD in titles(desk))
        desk.phone.miss()
        desk.phone.wait(lambda: desk.json("status")["calls"]["in_log"] == 2, 20)
    desk.phone.change(dump_granted=False)
    with desk.daemon():
        desk.phone.wait(lambda: desk.json("status")["senses"] == ["inbox"], 20)
        miss_unheard_calls(desk, 2)
        rings = desk.phone.wait(lambda: [t for t in desk.json("status")["troubles"] if t["source"] == "rings"], 20)
        (trouble,) = rings
        assert "telephony heard nothing" in trouble["sentence"]
        assert "grant" in trouble["remedy"]


def test_missed_rings_are_not_reported_while_caller_id_is_off(desk: QuickDesk) -> None:
    with desk.daemon():
        ready(desk)
        desk.start("off")
        miss_unheard_calls(desk, 2)
        assert desk.json("status")["troubles"] == []
