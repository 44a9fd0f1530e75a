"""A caller of whom the dialer shows a name, and perhaps no number: one card, no guess at the number, and the phone's own names as
they are now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.core.inbox_events import Dialled, Idle, Ring
from callerid.core.ringing.senses import Sense
from callerid.models import CallType
from callerid.turns.inbox.receive import receive
from callerid.turns.ringing.live_lookup import locate_caller
from callerid.turns.ringing.phone_contacts import learn_names
from callerid.turns.ringing.sense_health import check_senses, is_proven, read_sense_health
from tests.turns.ringing.hearing import contacts, rings
from tests.turns.world import ANA

if TYPE_CHECKING:
    from tests.turns.world import World

OTHER = "+49 89 111111"


# ------------------------------------------------------------------------------------------------ a name and no number


def test_a_contact_with_a_second_number_that_is_not_listed_has_one_card_to_the_end(world: World) -> None:
    """Termux:API lists one number of each contact (termux-api#73), and it need not be the one that calls."""
    contacts(world, {"name": "Ana Squash", "number": OTHER})
    rings(world, "", name="Ana Squash", sense="notifications")
    assert world.titles() == ["Ana Squash"]
    assert OTHER not in world.shown("Ana").content
    world.later(seconds=1)
    rings(world, sense="telephony", slot=0)
    assert world.titles() == ["Ana Squash · Acme Ltd"] or world.titles() == ["Ana López · Acme Ltd"]
    world.called(ANA, CallType.MISSED, 0, name="Ana Squash")
    world.attend()
    assert world.titles() == ["Missed: Ana Squash · Acme Ltd"]


def test_who_was_found_by_a_name_is_not_said_to_have_called_from_a_number(world: World) -> None:
    contacts(world, {"name": "Front desk", "number": "087 123 4567"})
    rings(world, "", name="Front desk")
    assert "matched by the name that the phone shows" in world.shown("Front desk").content


def test_a_sense_that_tells_names_hears_and_hides_nothing(world: World) -> None:
    contacts(world, {"name": "Ana Squash", "number": OTHER})
    for _ in range(2):
        rings(world, "", name="Ana Squash", sense="notifications")
        followup = world.called(ANA, CallType.MISSED, 0, name="Ana Squash")
        listening = {Sense.NOTIFICATIONS: world.now - timedelta(hours=2)}
        assert not check_senses(world.app, [followup.call], listening, world.now - timedelta(hours=3), world.now)
        world.later(minutes=30)
    assert read_sense_health(world.app, Sense.NOTIFICATIONS).missed == 0
    assert is_proven(world.app, Sense.NOTIFICATIONS)
    assert not world.app.hides_numbers(Sense.NOTIFICATIONS)


def test_a_card_of_a_call_that_this_phone_makes_is_replaced_by_its_own_call_only(world: World) -> None:
    contacts(world, settings="[ring]\noutgoing = true\n")
    receive(world.app, Dialled(at=world.now, number="", name="Ana López", sense="notifications"), world.now)
    assert world.titles() == ["Calling Ana López · Acme Ltd"]
    world.called(OTHER, CallType.MISSED, 0)
    world.attend()
    assert "Calling Ana López · Acme Ltd" in world.titles()
    world.phone.add_call(ANA, CallType.OUTGOING, world.now - timedelta(seconds=5), 60)
    world.later(minutes=2)
    world.watch()
    world.attend()
    assert world.titles() == ["Log call with Ana López?"]


@pytest.mark.parametrize("first", ["stream", "inbox"])
def test_a_name_goes_onto_a_card_that_has_none(world: World, first: str) -> None:
    """Of a build that hides the number, and where Android tells of a ring twice."""
    rings(world, "", sense=first)
    assert world.titles() == ["Private number"]
    world.later(seconds=1)
    assert rings(world, "", name="Ana López", sense="notifications").speak
    assert world.titles() == ["Ana López · Acme Ltd"]


@pytest.mark.parametrize("number_first", [True, False])
def test_name_and_number_of_one_ring_are_both_shown_whoever_tells_them_first(world: World, number_first: bool) -> None:
    told = [("", "Jo Work", "notifications"), (OTHER, "", "telephony")]
    for number, name, sense in reversed(told) if number_first else told:
        rings(world, number, name=name, sense=sense)
        world.later(seconds=1)
    assert world.titles() == ["Jo Work"]
    assert OTHER in world.shown("Jo Work").content
    assert locate_caller(world.app, OTHER, world.now - timedelta(seconds=2), world.clock)
    assert world.titles() == ["Jo Work"]
    assert "Munich" in world.shown("Jo Work").content


@pytest.mark.parametrize("kind", [CallType.MISSED, CallType.INCOMING])
def test_a_card_of_a_name_is_replaced_by_the_row_of_that_persons_number(world: World, kind: CallType) -> None:
    """The row names nobody, and nothing told that the ring was over."""
    rings(world, "", name="López Ana", sense="notifications")
    world.called(ANA, kind, 0 if kind is CallType.MISSED else 30)
    world.attend()
    assert len(world.titles()) == 1


def test_a_row_of_another_takes_no_card_of_who_still_rings(world: World) -> None:
    rings(world, "", name="Bob Stone", sense="notifications")
    world.called("", CallType.MISSED, 0)
    world.called(ANA, CallType.MISSED, 0, name="Ana Squash")
    world.attend()
    assert set(world.titles()) == {"Bob Stone", "Missed: Ana Squash · Acme Ltd"}
    rings(world, "", name="Annie", sense="notifications")
    receive(world.app, Idle(at=world.now), world.now)
    world.called(OTHER, CallType.MISSED, 0, name="Annie (mobile)")
    world.attend()
    assert "Annie" not in world.titles()


# ------------------------------------------------------------------------------------------------ a name with a number


def test_a_name_that_the_dialer_shows_with_an_unknown_number_is_not_thrown_away(world: World) -> None:
    rings(world, OTHER, name="Jo Notsaved")
    assert world.titles() == ["Jo Notsaved"]
    assert "+49 89 111111" in world.shown("Jo").content
    world.settings('region = "IE"\n[ring]\nphone_contacts = "off"\n')
    world.later(minutes=5)
    world.attend()
    rings(world, "+49 89 222222", name="Jo Notsaved")
    assert world.titles() == ["+49 89 222222"]


def test_a_number_that_is_saved_twice_has_its_name_and_both_where_they_differ(world: World) -> None:
    contacts(world, {"name": "Ana López", "number": OTHER}, {"name": "ana lopez", "number": OTHER})
    rings(world, OTHER)
    assert [title.casefold() for title in world.titles()] in (["ana lópez"], ["ana lopez"])
    followup = world.called(OTHER, CallType.MISSED, 0, name="Ana López")
    assert not learn_names(world.app, [followup.call])
    world.attend()
    contacts(world, {"name": "Ana", "number": OTHER}, {"name": "Mum", "number": OTHER})
    rings(world, OTHER)
    assert "Ana / Mum" in world.titles()


def test_a_name_that_the_call_log_no_longer_has_is_gone(world: World) -> None:
    followup = world.called(OTHER, CallType.MISSED, 0, name="Ex Tom")
    assert world.app.mirror.phone_contacts.name_of(OTHER, "IE") == "Ex Tom"
    learn_names(world.app, [replace(followup.call, name="")])
    assert world.app.mirror.phone_contacts.name_of(OTHER, "IE") == ""


# ------------------------------------------------------------------------------------------------ the card


def test_two_companies_that_share_a_number_are_both_named(world: World) -> None:
    companies = list(world.portal.records.by_kind["companies"].values())[:2]
    for company in companies:
        world.portal.records.edit("companies", company.id, {"phone": "+49 89 5551234"})
    world.later(hours=1)
    world.sync()
    rings(world, "+49 89 5551234")
    (title,) = world.titles()
    assert all(company.properties["name"] in title for company in companies)
    assert "not in the CRM" not in world.phone.notifications()[0].content


@pytest.mark.parametrize(("talks", "again"), [(False, False), (True, True)])
def test_a_card_that_tells_who_it_is_is_seen_again_but_not_during_the_talk(world: World, talks: bool, again: bool) -> None:
    rings(world, "", sense="stream")
    rang_at = world.now
    if talks:
        world.later(seconds=2)
        world.app.ledger.rings.answered(world.now)
    receive(world.app, Ring(at=rang_at, number=ANA, sense="telephony"), world.now)
    assert [shown["alert_once"] for shown in world.phone.happened("shown")] == [False, again]


def test_a_strangers_place_is_added_without_a_sound(world: World) -> None:
    rings(world, "", sense="stream")
    rings(world, OTHER, sense="telephony")
    assert [shown["alert_once"] for shown in world.phone.happened("shown")] == [False, True]


@pytest.mark.parametrize(("name", "shown"), [("Dr +353 (1) 😀", "D."), ("👨‍👩‍👧 Fair", "F."), ("112", "A known caller")])
def test_initials_are_letters(world: World, name: str, shown: str) -> None:
    contacts(world, {"name": name, "number": OTHER}, settings='[privacy]\nlock_screen = "initials"\n')
    rings(world, OTHER)
    assert world.titles() == [shown]
