"""Senses that fail: the others go on hearing, and what is lost is told."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.desks import ANA, ready, titles
from tests.system.test_senses import FAST, hears_with, runs

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


def unheard(desk: QuickDesk, calls: int) -> None:
    """Let calls ring out of which no sense can tell; each of another number, for a ring of the last two minutes may be of the same."""
    before = desk.json("status")["calls"]["in_log"]
    for number in range(1, calls + 1):
        desk.phone.ring(f"+3314567890{number}")
        desk.phone.miss()
        desk.phone.wait(partial(_has_logged, desk, before + number), 20)


def _has_logged(desk: QuickDesk, calls: int) -> bool:
    return bool(desk.json("status")["calls"]["in_log"] == calls)


def test_a_list_that_fails_does_not_slow_the_registry(desk: QuickDesk) -> None:
    desk.phone.change(dump_granted=True)
    desk.settings('\n[ring]\nsenses = ["telephony", "notifications"]\npoll = "1s"\n')
    desk.phone.fault("termux-notification-list", "empty")
    with desk.daemon():
        ready(desk)
        desk.phone.wait(lambda: runs(desk, "termux-notification-list") >= 3, 30)
        looks = runs(desk, "dumpsys")
        desk.phone.wait(lambda: runs(desk, "dumpsys") >= looks + 3, 8)
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: CARD in titles(desk), 6)


def test_a_battery_that_does_not_answer_holds_up_no_look(desk: QuickDesk) -> None:
    desk.phone.change(dump_granted=True)
    desk.settings(FAST)
    desk.phone.fault("termux-battery-status", "hang", times=1)
    with desk.daemon():
        desk.phone.wait(lambda: runs(desk, "termux-battery-status") == 1, 20)
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: CARD in titles(desk), 6)


def test_a_stream_that_says_nothing_is_no_reason_not_to_look(desk: QuickDesk) -> None:
    """A build whose telecom service writes no line: after two calls the registry is looked at."""
    desk.phone.start_shizuku()
    desk.phone.change(dump_granted=True)
    desk.settings(FAST)
    (desk.phone.system / "logcat").write_text("#!/bin/sh\nexec sleep 600\n")
    with desk.daemon():
        hears_with(desk, "stream", "inbox")
        ready(desk)
        unheard(desk, 3)  # the first may have begun in the same second as the stream
        desk.phone.wait(lambda: "telephony" in desk.json("status")["senses"], 20)
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: CARD in titles(desk), 8)


def test_a_grant_that_an_update_took_is_missed_after_two_calls(desk: QuickDesk) -> None:
    desk.settings(FAST)
    desk.phone.change(dump_granted=True)
    with desk.daemon():
        hears_with(desk, "inbox", "telephony")
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
        unheard(desk, 3)
        rings = desk.phone.wait(lambda: [t for t in desk.json("status")["troubles"] if t["source"] == "rings"], 20)
        (trouble,) = rings
        assert "telephony heard nothing" in trouble["sentence"]
        assert "grant" in trouble["remedy"]


def test_nothing_is_missed_while_caller_id_is_off(desk: QuickDesk) -> None:
    with desk.daemon():
        ready(desk)
        desk.start("off")
        unheard(desk, 3)
        assert desk.json("status")["troubles"] == []
