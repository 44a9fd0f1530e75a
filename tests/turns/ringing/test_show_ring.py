"""Which rings get a card: one per ring, for the chosen SIMs, and not for a flood."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.core.inbox_events import Dialled, EarlierCaller, Offhook, Ring
from callerid.core.upkeep.health import Source
from callerid.errors import PhoneFault
from callerid.models import CallType
from callerid.phone.screen import Screen
from callerid.simulator.phone.runner import SimulatedRunner
from callerid.turns.inbox.receive import receive
from callerid.turns.ringing.live_lookup import locate_caller
from callerid.turns.ringing.sense_health import check_senses
from callerid.turns.ringing.show_ring import show_ring
from tests.turns.ringing.reports import report, report_ring
from tests.turns.world import ANA

if TYPE_CHECKING:
    from tests.turns.world import World


STRANGER, OTHER = "+49 89 12345678", "+49 89 111111"


def only_sim_2(world: World, *, outgoing: bool = False) -> None:
    world.app.ledger.key_values.write("sim in slot 0", "1")
    world.app.ledger.key_values.write("sim in slot 1", "2")
    world.settings(f'region = "IE"\n[log]\nsims = ["2"]\n[ring]\nspeak = "always"\noutgoing = {str(outgoing).lower()}\n')


def test_the_last_ring_names_the_sense_that_heard_it_also_without_a_number(world: World) -> None:
    report_ring(world, "", sense="stream")
    heard = world.app.ledger.summary.last_ring(world.now - timedelta(hours=1))
    assert heard
    assert heard[1] == ("stream",)


def test_a_ring_while_only_a_newer_callerid_can_read_the_mirror_has_a_card_with_its_number(world: World) -> None:
    """An upgrade has migrated the mirror, and this daemon was not started anew."""
    with closing(sqlite3.connect(world.where.mirror)) as newer:
        newer.execute("UPDATE facts SET value = '999' WHERE name = 'readable_since'")
        newer.execute("PRAGMA user_version = 999")
        newer.commit()
    world.restart()
    report_ring(world)
    (title,) = world.titles()
    assert "Ana" not in title
    (trouble,) = world.app.ledger.key_values.troubles()
    assert (trouble.source, trouble.remedy) == (Source.MIRROR, "Update callerid: git pull && sh termux/install.sh")


def test_senses_that_report_one_ring_make_one_card(world: World) -> None:
    report_ring(world, "", sense="stream")
    assert world.titles() == ["Private number"]
    world.later(seconds=1)
    report_ring(world, sense="telephony", slot=0)
    assert world.titles() == ["Ana López · Acme Ltd"]
    world.later(seconds=1)
    assert report_ring(world).speak == report_ring(world, "").speak == ""
    assert len(world.phone.happened("shown")) == 2
    (card,) = world.app.ledger.rings.open_cards()
    assert card.sense_reports == ("stream-", "telephony", "inbox")


def test_a_ring_whose_number_comes_late_keeps_its_card_however_many_others_ring_meanwhile(world: World) -> None:
    report_ring(world, "", sense="stream", slot=1)
    for last in range(10, 35):
        report_ring(world, f"+49 89 123456{last}", sense="telephony", slot=0)
    report_ring(world, sense="telephony", slot=1)
    assert "Private number" not in world.titles()
    of_ana = [card for card in world.app.ledger.rings.open_cards() if card.line == ANA]
    assert [card.sense_reports for card in of_ana] == [("stream-", "telephony")]


@pytest.mark.parametrize("later", [{"number": "", "name": "Ana López"}, {"number": ANA, "name": ""}])
def test_the_later_title_of_one_call_replaces_its_card(world: World, later: dict[str, str]) -> None:
    report_ring(world, "", name="Vodafone", sense="notifications")
    assert world.titles() == ["Vodafone"]
    world.later(seconds=30)
    report_ring(world, **later, sense="notifications", earlier=EarlierCaller(number="", name="Vodafone"))
    assert world.titles() == ["Ana López · Acme Ltd"]
    (card,) = world.app.ledger.rings.open_cards()
    assert card.name == later["name"]


def test_a_number_stays_on_the_card_when_the_dialer_finds_the_name(world: World) -> None:
    report_ring(world, STRANGER, sense="notifications")
    world.later(seconds=12)
    report_ring(world, "", name="Zoe", sense="notifications", earlier=EarlierCaller(number=STRANGER, name=""))
    (card,) = world.app.ledger.rings.open_cards()
    assert (card.number, card.name, card.line) == (STRANGER, "Zoe", world.app.line_of(STRANGER))


def test_a_waiting_call_has_a_card_of_its_own_and_the_first_one_stays(world: World) -> None:
    report_ring(world)
    report(world, Offhook(at=world.now))
    world.later(minutes=2)
    report_ring(world, STRANGER)
    assert len(world.titles()) == 2
    assert report(world, Offhook(at=world.now)).watch


def test_the_same_number_twice_in_a_minute_has_one_card_in_the_end(world: World) -> None:
    report_ring(world)
    world.later(seconds=40)
    report_ring(world)
    world.later(seconds=25)
    world.attend()
    assert len(world.titles()) == 1


def test_a_name_and_the_number_that_another_sense_reports_are_one_ring(world: World) -> None:
    report_ring(world, "", name="Ana López", sense="notifications")
    report_ring(world, ANA, sense="telephony")
    assert len(world.titles()) == 1


def test_two_callers_with_only_a_name_get_a_card_each(world: World) -> None:
    report_ring(world, "", name="Zoe Quixote", sense="notifications")
    world.later(seconds=8)
    report_ring(world, "", name="Tom Waits", sense="notifications")
    assert world.titles() == ["Zoe Quixote", "Tom Waits"]


@pytest.mark.parametrize("first", ["stream", "inbox"])
def test_a_name_goes_onto_the_card_of_a_hidden_number(world: World, first: str) -> None:
    """Some builds leave the number out, and Android reports a ring twice."""
    report_ring(world, "", sense=first)
    assert world.titles() == ["Private number"]
    world.later(seconds=1)
    assert report_ring(world, "", name="Ana López", sense="notifications").speak
    assert world.titles() == ["Ana López · Acme Ltd"]


@pytest.mark.parametrize("number_first", [True, False])
def test_name_and_number_of_one_ring_are_shown_in_whichever_order_they_come(world: World, number_first: bool) -> None:
    reports = [("", "Jo Work", "notifications"), (OTHER, "", "telephony")]
    for number, name, sense in reversed(reports) if number_first else reports:
        report_ring(world, number, name=name, sense=sense)
        world.later(seconds=1)
    assert world.titles() == ["Jo Work"]
    assert OTHER in world.shown("Jo Work").content
    assert locate_caller(world.app, OTHER, world.now - timedelta(seconds=2), world.clock)
    assert world.titles() == ["Jo Work"]
    assert "Munich" in world.shown("Jo Work").content


@pytest.mark.parametrize(("answered", "alert_once"), [(False, False), (True, True)])
def test_a_card_that_gets_its_caller_is_shown_again_but_not_during_the_call(world: World, answered: bool, alert_once: bool) -> None:
    report_ring(world, "", sense="stream")
    rang_at = world.now
    if answered:
        world.later(seconds=2)
        world.app.ledger.rings.mark_answered(world.now)
    report(world, Ring(at=rang_at, number=ANA, sense="telephony"))
    assert [shown["alert_once"] for shown in world.phone.happened("shown")] == [False, alert_once]


def test_a_strangers_place_is_added_without_a_sound(world: World) -> None:
    report_ring(world, "", sense="stream")
    report_ring(world, OTHER, sense="telephony")
    assert [shown["alert_once"] for shown in world.phone.happened("shown")] == [False, True]


def test_outgoing_calls_get_a_card_only_by_the_setting(world: World) -> None:
    report(world, Dialled(at=world.now, number=ANA))
    assert world.titles() == []
    world.settings('region = "IE"\n[ring]\noutgoing = true\n')
    world.later(minutes=1)
    report(world, Dialled(at=world.now, number=""))
    assert world.titles() == []
    assert report(world, Dialled(at=world.now, number=ANA)).speak == ""
    assert world.titles() == ["Calling Ana López · Acme Ltd"]
    world.called(kind=CallType.OUTGOING)
    world.attend()
    assert world.titles() == ["Log call with Ana López?"]


def test_only_rings_of_chosen_sims_are_shown_once_their_slots_are_known(world: World) -> None:
    world.settings('region = "IE"\n[log]\nsims = ["2"]\n')
    report_ring(world, slot=0)
    assert len(world.titles()) == 1  # which SIM is in the slot is not known yet
    call = world.called(kind=CallType.MISSED, talked=0, sim="1").call
    check_senses(world.app, [call], {}, world.now - timedelta(hours=1), world.now)
    world.attend()
    world.later(minutes=5)
    report_ring(world, slot=0)
    assert world.titles() == []
    report_ring(world, slot=1, number=STRANGER)
    assert len(world.titles()) == 1


def test_a_report_without_a_slot_does_not_bring_back_a_ring_of_another_sim(world: World) -> None:
    world.settings('region = "IE"\n[log]\nsims = ["2"]\n')
    world.app.ledger.key_values.write("sim in slot 0", "1")
    report_ring(world, sense="telephony", slot=0)
    report_ring(world)
    assert world.titles() == []


def test_a_ring_of_another_sim_does_not_come_back_with_later_reports(world: World) -> None:
    world.settings('region = "IE"\n[log]\nsims = ["2"]\n')
    world.app.ledger.key_values.write("sim in slot 0", "1")
    report_ring(world)
    report_ring(world, sense="telephony", slot=0)
    world.attend()
    assert world.titles() == []
    world.later(seconds=1)
    report_ring(world, sense="notifications")
    report_ring(world)
    assert world.titles() == []
    world.later(minutes=1)
    report_ring(world)
    assert len(world.titles()) == 1


def test_outgoing_cards_are_for_the_chosen_sims_too(world: World) -> None:
    only_sim_2(world, outgoing=True)
    assert show_ring(world.app, Dialled(at=world.now, number=ANA, slot=0), world.now) is None
    world.later(minutes=1)
    assert show_ring(world.app, Dialled(at=world.now, number=ANA, slot=1), world.now)


def test_a_stranger_who_is_called_is_looked_up_too(world: World) -> None:
    world.settings('region = "IE"\n[ring]\noutgoing = true\n')
    wake = report(world, Dialled(at=world.now, number="+33145678900"))
    assert wake.look_up_live
    assert wake.look_up_live.number == "+33145678900"


def test_a_flood_of_strangers_is_limited_and_a_known_caller_still_gets_a_card(world: World) -> None:
    for index in range(300):
        report_ring(world, number=f"+4930{1000000 + index}")
    assert len(world.titles()) == 6
    report_ring(world)
    assert "Ana López · Acme Ltd" in world.titles()
    world.later(minutes=2)
    report_ring(world, STRANGER)
    assert len(world.titles()) == 8


def test_unknown_names_are_a_flood_like_unknown_numbers(world: World) -> None:
    for number in range(30):
        report_ring(world, "", name=f"Nobody {number}", sense="notifications")
    assert len(world.titles()) <= 8


def test_a_ring_that_cannot_be_shown_is_reported_and_remembered(world: World) -> None:
    world.phone.uninstall("termux-notification")
    with pytest.raises(PhoneFault):
        report_ring(world)
    assert len(world.app.ledger.rings.since(world.now)) == 1


def test_a_ring_that_has_ended_when_it_is_read_is_remembered_and_not_shown(world: World) -> None:
    receive(world.app, Ring(at=world.now, number=ANA), world.now, over=True)
    assert world.titles() == []
    assert len(world.app.ledger.rings.since(world.now)) == 1


def test_many_cards_are_shown_by_few_commands_at_a_time(world: World) -> None:
    world.phone.fault("termux-notification", "slow", seconds=0.3)
    faults: list[object] = []
    runner = world.app.termux.runner
    assert isinstance(runner, SimulatedRunner)
    screen = Screen(runner, lambda result: faults.append(result.fault) if result.fault else None)
    for number in range(40):
        screen.show(f"card-{number}", ["termux-notification", "--id", f"card-{number}", "--title", "T", "--content", "c"])
        assert len(runner.running) <= 12
    world.phone.wait(lambda: len(world.phone.notifications()) == 40, 20)
    assert faults == []


def test_a_ring_that_turns_out_to_be_of_another_sim_is_removed_and_was_not_spoken(world: World) -> None:
    only_sim_2(world)
    assert report_ring(world).speak == ""
    assert len(world.titles()) == 1
    world.later(seconds=1)
    assert report_ring(world, sense="telephony", slot=0).attend
    world.attend()
    assert world.titles() == []
    world.later(minutes=2)
    assert report_ring(world, sense="telephony", slot=1).speak


@pytest.mark.parametrize(("hours", "titles"), [("12:00-16:00", []), ("15:00-16:00", ["Ana López · Acme Ltd"])])
def test_in_quiet_hours_a_ring_has_no_card(world: World, hours: str, titles: list[str]) -> None:
    world.settings(f'region = "IE"\n[log]\nquiet_hours = "{hours}"\n')
    report_ring(world, ANA)
    assert world.titles() == titles
