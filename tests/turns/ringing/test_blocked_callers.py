"""Callers who are ignored or to be forgotten are not shown, however late that is known; their namesakes are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.core.followup.states import State
from callerid.core.inbox_events import Idle, Offhook, Ring
from callerid.models import CallType, SavedNumber
from callerid.store.ledger.block_list import Kind
from callerid.turns.ringing.blocked_callers import is_ignored_number
from callerid.turns.ringing.phone_contacts import read_phone_contacts
from callerid.turns.ringing.show_ring import show_ring
from callerid.turns.upkeep.forget import find, forget
from tests.turns.ringing.reports import report, report_ring, set_contacts
from tests.turns.world import ANA

if TYPE_CHECKING:
    from tests.turns.world import World

BLOCKED = "+49 89 333333"


def ignore(world: World, *numbers: str) -> None:
    world.app.ledger.block_list.add(Kind.IGNORED_LINE, [world.app.line_of(number) for number in numbers])


def forget_now(world: World, text: str) -> bool:
    """Forget a number or a name; return whether other callers have the same name."""
    known = find(world.app, text)
    forget(world.app, known, world.now)
    return known.namesakes


def test_an_ignored_caller_is_not_shown_and_not_stored_readably(world: World) -> None:
    block_list = world.app.ledger.block_list
    block_list.add(Kind.IGNORED_LINE, [world.app.line_of("087 123 4567")])
    assert is_ignored_number(world.app, ANA)
    stored = b"".join(file.read_bytes() for file in world.where.ledger.parent.glob("ledger.db*"))
    assert b"ignored" in stored
    assert b"871234567" not in stored
    assert show_ring(world.app, Ring(at=world.now, number=ANA), world.now) is None
    assert world.titles() == []
    assert len(world.app.ledger.rings.since(world.now)) == 1  # or its sense would count as deaf
    world.later(minutes=5)
    assert world.where.block_list_key.stat().st_mode & 0o777 == 0o600
    assert block_list.remove(Kind.IGNORED_LINE, world.app.line_of(ANA))
    assert not block_list.remove(Kind.IGNORED_LINE, world.app.line_of(ANA))
    report_ring(world)
    assert len(world.titles()) == 1


def test_a_number_of_the_setting_is_ignored_in_every_spelling_that_is_surely_its_line(world: World) -> None:
    world.settings('region = "IE"\n[log]\nignore = ["+52 55 1234 5678"]\n')
    assert is_ignored_number(world.app, "+52 1 55 1234 5678")  # as Mexican mobiles were written before 2019
    assert not is_ignored_number(world.app, "+52 55 1234 5679")


@pytest.mark.parametrize(
    ("number", "ignored"),
    [("+35312345678", True), ("01 234 5678", True), ("35312345678", False), ("2345678", False), ("+353 1 234 5678 ext. 12", False)],
)
def test_a_number_that_is_only_probably_an_ignored_one_is_shown(world: World, number: str, *, ignored: bool) -> None:
    world.settings('region = "IE"\n[log]\nignore = ["+353 1 234 5678"]\n')
    report_ring(world, number)
    assert (world.titles() == []) == ignored


def test_the_block_list_outlives_a_restart(world: World) -> None:
    world.app.ledger.block_list.add(Kind.IGNORED_LINE, ["+353871234567"])
    world.restart()
    assert world.app.ledger.block_list.contains(Kind.IGNORED_LINE, "+353871234567")
    assert not world.app.ledger.block_list.contains(Kind.FORGOTTEN_LINE, "+353871234567")


def test_an_ignored_caller_is_not_shown_by_name_either(world: World) -> None:
    set_contacts(world, {"name": "Blocked", "numbers": [BLOCKED, "+49 89 444444"]})
    (ana,) = world.app.mirror.candidates_named("Ana López")
    raws = [phone.raw for contact in world.app.mirror.contacts_by_id([ana.id]) for phone in contact.phones]
    ignore(world, *raws, BLOCKED, "+49 89 444444")
    report_ring(world, "", name="Ana López")
    report_ring(world, "", name="Blocked")
    assert world.titles() == []


def test_a_name_with_a_number_that_is_not_ignored_is_shown(world: World) -> None:
    set_contacts(world, {"name": "Desk", "number": BLOCKED}, {"name": "Desk", "number": "+49 89 444444"})
    ignore(world, BLOCKED)
    report_ring(world, "", name="Desk")
    report_ring(world, "", name="Zoe Stranger")
    assert len(world.titles()) == 2


@pytest.mark.parametrize("how", ["ignored", "forgotten"])
def test_a_card_without_a_number_goes_when_the_number_turns_out_to_be_blocked(world: World, how: str) -> None:
    """Android reports a ring twice to automation apps, first without its number."""
    if how == "ignored":
        ignore(world, ANA)
    else:
        forget_now(world, ANA)
    report_ring(world, "")
    assert world.titles() == ["Private number"]
    assert report_ring(world).attend
    world.attend()
    assert world.titles() == []
    world.later(seconds=1)
    report_ring(world, "")
    assert world.titles() == []  # a later report does not bring it back


def test_the_next_caller_after_a_blocked_one_is_shown_at_once(world: World) -> None:
    ignore(world, BLOCKED)
    report_ring(world, "")
    report_ring(world, BLOCKED)
    world.attend()
    report(world, Idle(at=world.now))
    world.later(seconds=4)
    report_ring(world, "")
    assert world.titles() == ["Private number"]


@pytest.mark.parametrize("how", ["ignored", "forgotten"])
@pytest.mark.parametrize("by", ["number", "name"])
def test_a_caller_who_waits_during_the_call_of_a_blocked_one_is_shown(world: World, how: str, by: str) -> None:
    if how == "ignored":
        ignore(world, BLOCKED)
    else:
        set_contacts(world, {"name": "Blocked", "number": BLOCKED})
        forget_now(world, BLOCKED)
    report_ring(world, BLOCKED, sense="telephony", slot=0)
    world.later(seconds=2)
    report(world, Offhook(at=world.now))
    world.later(seconds=6)
    if by == "number":
        report_ring(world, sense="telephony", slot=0)
    else:
        report_ring(world, "", name="Ana López", sense="notifications")
    assert world.titles() == ["Ana López · Acme Ltd"]


def test_an_answered_caller_keeps_the_card_when_a_blocked_one_waits(world: World) -> None:
    ignore(world, BLOCKED)
    report_ring(world)
    world.later(seconds=4)
    report_ring(world, BLOCKED)
    world.later(seconds=3)
    report(world, Offhook(at=world.now))
    world.later(minutes=4)
    world.attend()
    assert world.titles() == ["Ana López · Acme Ltd"]


def test_the_call_of_an_ignored_caller_does_not_take_over_the_next_callers_card(world: World) -> None:
    ignore(world, BLOCKED)
    report_ring(world, BLOCKED)
    report(world, Idle(at=world.now))
    world.phone.add_call(BLOCKED, CallType.MISSED, world.now, 0)
    world.later(seconds=6)
    report_ring(world, "", name="Ana López")
    world.watch()
    world.attend()
    assert world.titles() == ["Ana López · Acme Ltd"]


def test_an_ignored_name_does_not_remove_the_card_of_another_number(world: World) -> None:
    set_contacts(world, {"name": "Jo Work", "number": BLOCKED})
    ignore(world, BLOCKED)
    report_ring(world, "+49 89 444444", sense="telephony")
    report_ring(world, "", name="Jo Work", sense="notifications")
    world.attend()
    assert world.titles() == ["Jo Work"]


def test_a_caller_who_is_ignored_meanwhile_is_not_asked_about(world: World) -> None:
    followup = world.called()
    world.attend()
    world.app.ledger.block_list.add(Kind.IGNORED_LINE, [world.app.line_of(ANA)])
    world.attend()
    assert (world.titles(), world.again(followup).state) == ([], State.IGNORED)


def test_a_forgotten_caller_comes_back_neither_as_a_private_number_nor_by_another_name(world: World) -> None:
    forget_now(world, ANA)
    report_ring(world)
    world.later(seconds=1)
    report_ring(world, "")
    report_ring(world, "", name="Annie (mobile)", sense="notifications")
    assert world.titles() == []
    report(world, Idle(at=world.now))
    rows = world.app.ledger.connection.execute("SELECT line, number, name FROM rings").fetchall()
    assert [tuple(row) for row in rows] == [("", "", "")]


def test_forgetting_a_contact_forgets_all_names_that_the_phone_has_for_it(world: World) -> None:
    set_contacts(
        world, {"name": "Mum", "number": BLOCKED}, {"name": "Zora", "number": BLOCKED}, {"name": "Sis", "number": "087 123 4567"}
    )
    forget_now(world, BLOCKED)
    forget_now(world, "Ana López")
    for name in ("Mum", "Zora", "Sis"):
        report_ring(world, "", name=name)
    assert world.titles() == []


def test_forgetting_a_name_of_the_phone_forgets_the_contact_of_its_number(world: World) -> None:
    set_contacts(world, {"name": "Ana Squash", "number": "087 123 4567"})
    forget_now(world, "Ana Squash")
    assert world.app.mirror.candidates_named("Ana López") == ()
    report_ring(world, "", name="Ana López")
    report_ring(world, "", name="Ana Squash")
    assert world.titles() == []


def test_a_namesake_stays(world: World) -> None:
    set_contacts(world, {"name": "Pat Kelly", "number": BLOCKED}, {"name": "Pat Kelly", "number": "+49 89 444444"})
    assert forget_now(world, BLOCKED)
    world.later(days=2)
    read_phone_contacts(world.app, world.now)
    report_ring(world, "+49 89 444444", name="Pat Kelly")
    assert world.titles() == ["Pat Kelly"]
    report_ring(world, BLOCKED, name="Pat Kelly")
    assert world.titles() == ["Pat Kelly"]


def test_a_caller_who_is_known_by_number_is_not_taken_for_a_forgotten_namesake(world: World) -> None:
    set_contacts(world, {"name": "Ana López", "number": BLOCKED})
    world.app.ledger.block_list.add(Kind.FORGOTTEN_NAME, ["Ana López"])
    report_ring(world, "+49 89 555555", name="Ana López")
    assert world.titles() == []
    report(world, Idle(at=world.now))
    world.later(seconds=5)
    report_ring(world, ANA, name="Ana López")
    assert len(world.titles()) == 1


def test_the_card_of_a_name_goes_when_the_name_is_forgotten(world: World) -> None:
    for number in ("+33145678900", "+33145678901"):
        world.app.mirror.phone_contacts.add(SavedNumber(name="Zoe Quixote", number=number), "IE", "contacts")
    report_ring(world, "", name="Zoe Quixote", sense="notifications")
    assert world.titles() == ["Zoe Quixote"]
    forget(world.app, find(world.app, "Zoe Quixote"), world.now)
    assert world.titles() == []
