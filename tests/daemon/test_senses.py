"""The daemon hears a ring by each sense, on simulated phones of different kinds. With real processes: tests/system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.simulator.desk import event_program
from tests.daemon.hearing import CARD, FAST, STRANGER, miss_unheard_calls, ring_and_wait_for_card, trouble, wait_for_senses
from tests.desks import ANA, daemon_log, ready, report, runs, titles

if TYPE_CHECKING:
    from tests.desks import QuickDesk


def report_calls_to_inbox(desk: QuickDesk) -> None:
    """Let an automation app report of calls."""
    desk.phone.on_event(["/bin/sh", str(event_program())], {"CALLERID_HOME": str(desk.home)})


def test_with_the_dump_permission_the_registry_is_polled(desk: QuickDesk) -> None:
    desk.phone.change(dump_granted=True)
    desk.settings(FAST)
    with desk.daemon_here():
        wait_for_senses(desk, "inbox", "telephony")
        ring_and_wait_for_card(desk)
        desk.phone.ring(STRANGER, slot=1)  # a second SIM rings meanwhile
        desk.phone.wait(lambda: STRANGER in titles(desk))
        desk.phone.miss()
        desk.phone.miss()
        desk.phone.wait(lambda: titles(desk) == [f"Missed: {CARD}"], 60)


def test_with_shizuku_the_system_log_is_followed_and_a_stream_that_ends_is_started_again(desk: QuickDesk) -> None:
    desk.phone.start_shizuku()
    with desk.daemon_here() as runner:
        wait_for_senses(desk, "stream", "inbox")
        (first,) = (command for command in runner.running if command.name == "rish")
        first.stop()
        desk.phone.wait(lambda: [command for command in runner.running if command.name == "rish" and command is not first])
        wait_for_senses(desk, "stream", "inbox")
        ring_and_wait_for_card(desk)


def test_shizuku_is_used_again_after_its_restart(desk: QuickDesk) -> None:
    desk.phone.start_shizuku()
    with desk.daemon_here() as runner:
        wait_for_senses(desk, "stream", "inbox")
        desk.phone.change(shizuku=False)
        (stream,) = (command for command in runner.running if command.name == "rish")
        stream.stop()
        wait_for_senses(desk, "inbox")
        desk.phone.change(shizuku=True)
        wait_for_senses(desk, "stream", "inbox")
        ring_and_wait_for_card(desk)


def test_the_dialers_notification_is_polled_when_the_settings_name_that_sense(desk: QuickDesk) -> None:
    desk.settings('\n[ring]\nsenses = ["notifications"]\npoll = "1s"\n')
    with desk.daemon_here() as runner:
        wait_for_senses(desk, "inbox", "notifications")
        desk.phone.wait(lambda: runs(desk, "termux-notification-list"))
        desk.phone.wait(lambda: not any(command.name == "termux-notification-list" for command in runner.running))
        desk.phone.ring(ANA, shown_as="Ana López")
        desk.phone.wait(lambda: titles(desk) == [CARD])
        desk.phone.answer()
        desk.phone.hang_up(talked=9)
        desk.phone.wait(lambda: "Log call with Ana López?" in titles(desk), 60)


def test_missing_notification_access_is_noticed_with_one_poll(desk: QuickDesk) -> None:
    desk.phone.change(notification_access=False)
    desk.settings('\n[ring]\nsenses = ["notifications", "telephony"]\npoll = "1s"\n')
    desk.phone.change(dump_granted=True)
    with desk.daemon_here():
        trouble(desk, "notification list")
        looked = runs(desk, "dumpsys")
        desk.phone.wait(lambda: runs(desk, "dumpsys") > looked + 2, 60)
        assert runs(desk, "termux-notification-list") == 1


def test_polling_ends_when_an_automation_app_reports_calls(desk: QuickDesk) -> None:
    desk.phone.change(dump_granted=True)
    desk.settings(FAST)
    report_calls_to_inbox(desk)
    with desk.daemon_here():
        wait_for_senses(desk, "inbox", "telephony")
        ready(desk)
        ring_and_wait_for_card(desk)
        desk.phone.miss()
        wait_for_senses(desk, "inbox")


def test_a_deaf_sense_is_reported_once_with_a_remedy(desk: QuickDesk) -> None:
    desk.phone.change(maker="Xiaomi")
    desk.settings('\n[ring]\nsenses = ["inbox"]\n')
    with desk.daemon_here():
        miss_unheard_calls(desk, 3)
        desk.phone.wait(lambda: "did not report them" in daemon_log(desk))
        desk.phone.wait(lambda: "callerid did not hear the phone ring" in titles(desk))
        assert titles(desk).count("callerid did not hear the phone ring") == 1
        assert "Autostart" in trouble(desk, "rings")["remedy"]
    assert daemon_log(desk).count("did not report them") == 1


def test_outgoing_calls_get_a_card_if_the_settings_say_so(desk: QuickDesk) -> None:
    desk.settings("\n[ring]\noutgoing = true\n")
    with desk.daemon_here():
        ready(desk)
        report(desk, "dial", ANA)
        desk.phone.wait(lambda: titles(desk) == [f"Calling {CARD}"])


def test_a_slow_ring_card_does_not_replace_the_missed_call(desk: QuickDesk) -> None:
    desk.phone.fault("termux-notification", "slow", times=1, seconds=1.5)
    report_calls_to_inbox(desk)
    with desk.daemon_here():
        ready(desk)
        desk.phone.ring(ANA)
        desk.phone.wait(lambda: runs(desk, "termux-notification") == 1)
        desk.phone.miss()
        desk.phone.wait(lambda: len(desk.phone.happened("shown")) >= 2 and titles(desk) == [f"Missed: {CARD}"], 60)


def test_the_card_of_a_ring_without_a_call_is_removed(desk: QuickDesk) -> None:
    with desk.daemon_here():
        ready(desk)
        report(desk, "ring", ANA)
        desk.phone.wait(lambda: titles(desk))
        report(desk, "idle")
        desk.phone.wait(lambda: not titles(desk), 40)


def test_one_poll_without_output_does_not_end_the_sense(desk: QuickDesk) -> None:
    desk.phone.change(dump_granted=True)
    desk.settings(FAST)
    with desk.daemon_here():
        wait_for_senses(desk, "inbox", "telephony")
        desk.phone.fault("dumpsys", "empty", times=1)
        looked = runs(desk, "dumpsys")
        desk.phone.wait(lambda: runs(desk, "dumpsys") > looked + 1, 60)
        ring_and_wait_for_card(desk)


def test_a_poll_that_fails_while_it_rings_is_repeated(desk: QuickDesk) -> None:
    desk.phone.start_shizuku()
    with desk.daemon_here():
        wait_for_senses(desk, "stream", "inbox")
        desk.phone.fault("dumpsys", "denied", times=1)
        ring_and_wait_for_card(desk)


def test_a_permission_granted_while_the_daemon_runs_is_found(desk: QuickDesk) -> None:
    with desk.daemon_here():
        wait_for_senses(desk, "inbox")
        ready(desk)
        desk.phone.change(dump_granted=True)
        wait_for_senses(desk, "inbox", "telephony")


def test_a_new_lock_screen_setting_changes_the_cards_on_the_screen(desk: QuickDesk) -> None:
    report_calls_to_inbox(desk)
    with desk.daemon_here():
        ready(desk)
        desk.phone.ring(ANA)
        desk.phone.miss()
        desk.phone.wait(lambda: titles(desk) == [f"Missed: {CARD}"], 60)
        desk.start("config", "set", "privacy.lock_screen", "nothing")
        desk.phone.wait(lambda: titles(desk) == ["Missed: Known caller"], 60)


def test_a_ring_card_is_removed_when_caller_id_is_turned_off(desk: QuickDesk) -> None:
    report_calls_to_inbox(desk)
    with desk.daemon_here():
        ready(desk)
        ring_and_wait_for_card(desk)
        desk.start("off")
        desk.phone.wait(lambda: titles(desk) == [], 60)


def test_a_missing_mirror_is_synced_at_once(desk: QuickDesk) -> None:
    for file in desk.home.glob("mirror.db*"):
        file.unlink()
    with desk.daemon_here():
        desk.phone.wait(lambda: "40 contacts" in daemon_log(desk), 60)


def test_the_location_of_a_strangers_number_is_shown_without_a_network(desk: QuickDesk) -> None:
    with desk.daemon_here():
        ready(desk)
        report(desk, "ring", "+49 89 12345678")
        desk.phone.wait(lambda: [s.content for s in desk.phone.notifications() if "Munich, Germany · landline" in s.content], 60)
