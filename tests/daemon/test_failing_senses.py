"""One sense fails, hangs, lags or is gone: the others go on hearing, and what is lost is reported."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.daemon.hearing import CARD, FAST, miss_unheard_calls, ring_and_wait_for_card, trouble, wait_for_senses, wait_until_proven
from tests.desks import ANA, ready, report, runs, titles

if TYPE_CHECKING:
    from tests.desks import QuickDesk

IDLE = "last known state:\n  Phone Id=0\n    mCallState=0\n    mCallIncomingNumber=\n"
BOTH = '\n[ring]\nsenses = ["telephony", "notifications"]\npoll = "1s"\n'


@pytest.mark.parametrize(
    ("sense", "says"), [("telephony", "adb shell pm grant com.termux android.permission.DUMP"), ("stream", "Start Shizuku again")]
)
def test_a_sense_that_is_gone_after_a_restart_is_reported_with_a_remedy(desk: QuickDesk, sense: str, says: str) -> None:
    desk.settings(FAST)
    if sense == "stream":
        desk.phone.start_shizuku()
    else:
        desk.phone.change(dump_granted=True)
    with desk.daemon_here():
        desk.phone.wait(lambda: sense in desk.json("status")["senses"], 60)
        ready(desk)
        ring_and_wait_for_card(desk)
        desk.phone.miss()
        wait_until_proven(desk, sense)
    desk.phone.change(dump_granted=False, shizuku=False)
    with desk.daemon_here():
        wait_for_senses(desk, "inbox")
        miss_unheard_calls(desk, 3)
        reported = trouble(desk, "rings")
        desk.phone.wait(lambda: "callerid did not hear the phone ring" in titles(desk))
    assert f"{sense} did not report them" in reported["sentence"]
    assert says in reported["remedy"]
    assert titles(desk).count("callerid did not hear the phone ring") == 1


def polls_on_after(desk: QuickDesk, lists: int) -> None:
    """Wait until the list of notifications has been read so often, and then for looks at the registry."""
    desk.phone.wait(lambda: runs(desk, "termux-notification-list") == lists, 30)
    polled = runs(desk, "dumpsys")
    desk.phone.wait(lambda: runs(desk, "dumpsys") >= polled + 3, 6)


def test_a_notification_list_that_fails_or_hangs_does_not_slow_the_registry(desk: QuickDesk) -> None:
    desk.phone.change(dump_granted=True)
    desk.settings(BOTH)
    desk.phone.fault("termux-notification-list", "nonsense", times=2)
    desk.phone.fault("termux-notification-list", "hang")
    with desk.daemon_here(waits_for_hangs=True):
        polls_on_after(desk, 1)  # it has failed
        polls_on_after(desk, 3)  # it hangs
        ring_and_wait_for_card(desk)
        desk.phone.miss()


@pytest.mark.parametrize("command", ["termux-battery-status", "su"])
def test_neither_a_battery_status_nor_a_su_that_hangs_delays_the_registry(desk: QuickDesk, command: str) -> None:
    desk.phone.change(dump_granted=True)
    desk.settings(FAST)
    desk.phone.fault(command, "hang")
    with desk.daemon_here(waits_for_hangs=True):
        desk.phone.wait(lambda: runs(desk, command), 8)
        ring_and_wait_for_card(desk)
        desk.phone.miss()


def test_a_registry_that_lags_behind_the_stream_is_polled_until_it_shows_the_ring(desk: QuickDesk) -> None:
    desk.phone.start_shizuku()
    with desk.daemon_here():
        wait_for_senses(desk, "stream", "inbox")
        desk.phone.fault("dumpsys", "prints", text=IDLE, times=6)
        ring_and_wait_for_card(desk)
        desk.phone.miss()


def test_one_hang_of_a_notification_list_that_worked_does_not_end_the_sense(desk: QuickDesk) -> None:
    desk.settings(FAST)
    desk.start("doctor", "--notifications")
    with desk.daemon_here():
        wait_for_senses(desk, "inbox", "notifications")
        desk.phone.fault("termux-notification-list", "hang", times=1)
        trouble(desk, "notification list")
        assert desk.json("status")["senses"] == ["inbox", "notifications"]
    with desk.daemon_here():  # the next try, without waiting for it
        desk.phone.wait(lambda: not desk.json("status")["troubles"], 60)
        desk.phone.ring(ANA, shown_as="Ana López")
        desk.phone.wait(lambda: titles(desk) == [CARD])
        desk.phone.miss()


def test_an_inbox_that_is_created_again_after_its_removal_is_heard(desk: QuickDesk) -> None:
    with desk.daemon_here():
        ready(desk)
        shutil.rmtree(desk.home / "inbox")
        report(desk, "ring", ANA)
        desk.phone.wait(lambda: titles(desk) == [CARD], 5)


def test_a_stream_that_reports_no_call_is_replaced_by_polling(desk: QuickDesk) -> None:
    """A build whose telecom service writes no line: after two calls the registry is polled instead."""
    desk.phone.start_shizuku()
    desk.phone.change(dump_granted=True)
    desk.settings(FAST)
    desk.phone.fault("logcat", "slow", seconds=600)
    with desk.daemon_here():
        wait_for_senses(desk, "stream", "inbox")
        miss_unheard_calls(desk, 2)
        desk.phone.wait(lambda: "telephony" in desk.json("status")["senses"], 60)
        ring_and_wait_for_card(desk)


def test_missed_rings_are_not_reported_while_caller_id_is_off(desk: QuickDesk) -> None:
    with desk.daemon_here():
        ready(desk)
        desk.start("off")
        miss_unheard_calls(desk, 3)
        assert desk.json("status")["troubles"] == []
