"""Who is ignored, forgotten or on another SIM is not shown, by whatever and however late that is told; and who only has the same
name is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.core.inbox_events import Dialled, Idle, Offhook
from callerid.models import CallType
from callerid.store.ledger.block_list import Kind
from callerid.turns.inbox.receive import receive
from callerid.turns.ringing.phone_contacts import read_phone_contacts
from callerid.turns.ringing.speak import speak
from callerid.turns.upkeep.forget import find, forget
from tests.turns.ringing.hearing import contacts, rings
from tests.turns.world import ANA

if TYPE_CHECKING:
    from tests.turns.world import World

PEST = "+49 89 333333"


def ignore(world: World, *numbers: str) -> None:
    world.app.ledger.block_list.add(Kind.IGNORED_LINE, [world.app.line_of(number) for number in numbers])


def forgotten(world: World, whom: str) -> bool:
    found = find(world.app, whom)
    forget(world.app, found)
    return found.namesakes


# ------------------------------------------------------------------------------------------------ ignored


def test_who_is_ignored_is_not_shown_by_name_either(world: World) -> None:
    contacts(world, {"name": "Pest", "numbers": [PEST, "+49 89 444444"]})
    people = world.app.mirror.people_named("Ana López")
    raws = [phone.raw for contact in world.app.mirror.contacts_of([people[0].id]) for phone in contact.phones]
    ignore(world, *raws, PEST, "+49 89 444444")
    rings(world, "", name="Ana López")
    rings(world, "", name="Pest")
    assert world.titles() == []


def test_one_who_may_be_another_of_the_name_is_shown(world: World) -> None:
    contacts(world, {"name": "Desk", "number": PEST}, {"name": "Desk", "number": "+49 89 444444"})
    ignore(world, PEST)
    rings(world, "", name="Desk")
    rings(world, "", name="Zoe Stranger")
    assert len(world.titles()) == 2


@pytest.mark.parametrize("how", ["ignored", "forgotten"])
def test_a_card_without_a_number_goes_when_the_number_turns_out_to_be_unwelcome(world: World, how: str) -> None:
    """Android tells automation apps of a ring twice, first without its number."""
    if how == "ignored":
        ignore(world, ANA)
    else:
        forgotten(world, ANA)
    rings(world, "")
    assert world.titles() == ["Private number"]
    assert rings(world).attend
    world.attend()
    assert world.titles() == []
    world.later(seconds=1)
    rings(world, "")
    assert world.titles() == []  # nor does what is told of it later bring one back


def test_a_ring_of_another_sim_does_not_come_back_with_a_later_hint(world: World) -> None:
    world.settings('region = "IE"\n[log]\nsims = ["2"]\n')
    world.app.ledger.key_values.write("sim in slot 0", "1")
    rings(world)
    rings(world, sense="telephony", slot=0)
    world.attend()
    assert world.titles() == []
    world.later(seconds=1)
    rings(world, sense="notifications")
    rings(world)
    assert world.titles() == []
    world.later(minutes=1)
    rings(world)
    assert len(world.titles()) == 1


def test_whoever_calls_after_an_unwelcome_ring_is_shown_at_once(world: World) -> None:
    ignore(world, PEST)
    rings(world, "")
    rings(world, PEST)
    world.attend()
    receive(world.app, Idle(at=world.now), world.now)
    world.later(seconds=4)
    rings(world, "")
    assert world.titles() == ["Private number"]


@pytest.mark.parametrize("how", ["ignored", "forgotten"])
@pytest.mark.parametrize("by", ["number", "name"])
def test_who_waits_while_an_unwelcome_caller_talks_is_shown(world: World, how: str, by: str) -> None:
    if how == "ignored":
        ignore(world, PEST)
    else:
        contacts(world, {"name": "Pest", "number": PEST})
        forgotten(world, PEST)
    rings(world, PEST, sense="telephony", slot=0)
    world.later(seconds=2)
    receive(world.app, Offhook(at=world.now), world.now)
    world.later(seconds=6)
    if by == "number":
        rings(world, sense="telephony", slot=0)
    else:
        rings(world, "", name="Ana López", sense="notifications")
    assert world.titles() == ["Ana López · Acme Ltd"]


def test_who_is_answered_keeps_the_card_though_an_unwelcome_caller_waited(world: World) -> None:
    ignore(world, PEST)
    rings(world)
    world.later(seconds=4)
    rings(world, PEST)
    world.later(seconds=3)
    receive(world.app, Offhook(at=world.now), world.now)
    world.later(minutes=4)
    world.attend()
    assert world.titles() == ["Ana López · Acme Ltd"]


def test_the_row_of_an_ignored_caller_takes_no_card_of_who_rings_now(world: World) -> None:
    ignore(world, PEST)
    rings(world, PEST)
    receive(world.app, Idle(at=world.now), world.now)
    world.phone.add_call(PEST, CallType.MISSED, world.now, 0)
    world.later(seconds=6)
    rings(world, "", name="Ana López")
    world.watch()
    world.attend()
    assert world.titles() == ["Ana López · Acme Ltd"]


def test_a_name_of_one_who_is_ignored_takes_no_card_of_another_number(world: World) -> None:
    contacts(world, {"name": "Jo Work", "number": PEST})
    ignore(world, PEST)
    rings(world, "+49 89 444444", sense="telephony")
    rings(world, "", name="Jo Work", sense="notifications")
    world.attend()
    assert world.titles() == ["Jo Work"]


# ------------------------------------------------------------------------------------------------ forgotten


def test_who_is_forgotten_comes_back_neither_as_a_private_number_nor_by_another_name(world: World) -> None:
    forgotten(world, ANA)
    rings(world)
    world.later(seconds=1)
    rings(world, "")
    rings(world, "", name="Annie (mobile)", sense="notifications")
    assert world.titles() == []
    receive(world.app, Idle(at=world.now), world.now)
    rows = world.app.ledger.connection.execute("SELECT line, number, name FROM rings").fetchall()
    assert [tuple(row) for row in rows] == [("", "", "")]


def test_every_name_under_which_the_phone_has_somebody_is_forgotten_with_them(world: World) -> None:
    contacts(world, {"name": "Mum", "number": PEST}, {"name": "Zora", "number": PEST}, {"name": "Sis", "number": "087 123 4567"})
    forgotten(world, PEST)
    forgotten(world, "Ana López")
    for name in ("Mum", "Zora", "Sis"):
        rings(world, "", name=name)
    assert world.titles() == []


def test_forgetting_the_phones_own_name_forgets_whom_the_crm_has_under_its_number(world: World) -> None:
    contacts(world, {"name": "Ana Squash", "number": "087 123 4567"})
    forgotten(world, "Ana Squash")
    assert world.app.mirror.people_named("Ana López") == ()
    rings(world, "", name="Ana López")
    rings(world, "", name="Ana Squash")
    assert world.titles() == []


def test_a_namesake_stays(world: World) -> None:
    contacts(world, {"name": "Pat Kelly", "number": PEST}, {"name": "Pat Kelly", "number": "+49 89 444444"})
    assert forgotten(world, PEST)
    world.later(days=2)
    read_phone_contacts(world.app, world.now)
    rings(world, "+49 89 444444", name="Pat Kelly")
    assert world.titles() == ["Pat Kelly"]
    rings(world, PEST, name="Pat Kelly")
    assert world.titles() == ["Pat Kelly"]


def test_who_is_known_by_the_number_is_not_taken_for_a_forgotten_namesake(world: World) -> None:
    contacts(world, {"name": "Ana López", "number": PEST})
    world.app.ledger.block_list.add(Kind.FORGOTTEN_NAME, ["Ana López"])
    rings(world, "+49 89 555555", name="Ana López")
    assert world.titles() == []
    receive(world.app, Idle(at=world.now), world.now)
    world.later(seconds=5)
    rings(world, ANA, name="Ana López")
    assert len(world.titles()) == 1


# ------------------------------------------------------------------------------------------------ spoken


@pytest.mark.parametrize("first", ["dialled", "ignored", "other sim"])
def test_a_name_is_not_spoken_into_a_call_that_has_no_card(world: World, first: str) -> None:
    world.settings('region = "IE"\n[ring]\nspeak = "always"\n' + ('[log]\nsims = ["2"]\n' if first == "other sim" else ""))
    world.app.ledger.key_values.write("sim in slot 0", "1")
    world.app.ledger.key_values.write("sim in slot 1", "2")
    if first == "dialled":
        receive(world.app, Dialled(at=world.now, number=PEST), world.now)
    else:
        ignore(world, PEST)
        rings(world, PEST, slot=0)
    receive(world.app, Offhook(at=world.now), world.now)
    world.later(minutes=1)
    words = rings(world, slot=1).speak
    assert words
    assert not speak(world.app, words, world.now)
    world.later(minutes=3)
    receive(world.app, Idle(at=world.now), world.now)
    world.later(minutes=3)
    assert speak(world.app, rings(world, slot=1).speak, world.now)


def test_a_call_that_waited_in_vain_ends_no_talk(world: World) -> None:
    world.settings('region = "IE"\n[ring]\nspeak = "always"\n')
    receive(world.app, Offhook(at=world.now), world.now)
    world.called(PEST, CallType.MISSED, talked=0)
    receive(world.app, Offhook(at=world.now), world.now)
    world.later(seconds=30)
    assert not speak(world.app, rings(world).speak, world.now)


def test_a_talk_whose_end_nobody_told_is_over_when_its_call_is_in_the_log(world: World) -> None:
    world.settings('region = "IE"\n[ring]\nspeak = "always"\n')
    receive(world.app, Offhook(at=world.now), world.now)
    assert not speak(world.app, rings(world).speak, world.now)
    world.called(PEST, CallType.OUTGOING, talked=600)
    world.later(minutes=10)
    assert speak(world.app, rings(world).speak, world.now)
