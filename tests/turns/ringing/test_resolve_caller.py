"""Who a caller is, if the dialer shows a name, with a number or without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.models import CallType
from callerid.turns.ringing.phone_contacts import learn_names
from callerid.turns.ringing.resolve_caller import resolve_caller
from tests.turns.ringing.reports import card_text, report_ring, set_contacts
from tests.turns.world import ANA

if TYPE_CHECKING:
    from tests.turns.world import World

OTHER = "+49 89 111111"


def test_a_contact_with_a_second_number_that_is_not_listed_has_one_card_to_the_end(world: World) -> None:
    """Termux:API lists one number of each contact (termux-api#73), and it need not be the one that calls."""
    set_contacts(world, {"name": "Ana Squash", "number": OTHER})
    report_ring(world, "", name="Ana Squash", sense="notifications")
    assert world.titles() == ["Ana Squash"]
    assert OTHER not in world.shown("Ana").content
    world.later(seconds=1)
    report_ring(world, sense="telephony", slot=0)
    assert world.titles() == ["Ana Squash · Acme Ltd"] or world.titles() == ["Ana López · Acme Ltd"]
    world.called(ANA, CallType.MISSED, 0, name="Ana Squash")
    world.attend()
    assert world.titles() == ["Missed: Ana Squash · Acme Ltd"]


def test_a_caller_who_was_found_by_name_is_shown_without_a_number(world: World) -> None:
    set_contacts(world, {"name": "Front desk", "number": "087 123 4567"})
    report_ring(world, "", name="Front desk")
    assert "matched by the name that the phone shows" in world.shown("Front desk").content


def test_a_name_alone_finds_the_contact_in_the_phone_or_in_the_crm(world: World) -> None:
    report_ring(world, "", name="López Ana")
    assert world.titles() == ["López Ana · Acme Ltd"]
    assert "matched by the name that the phone shows" in card_text(world)
    world.later(minutes=5)
    world.attend()
    set_contacts(world, {"name": "The Boss", "number": "087 123 4567"})
    report_ring(world, "", name="the boss")
    assert world.titles() == ["The Boss · Acme Ltd"]
    world.later(minutes=5)
    world.attend()
    report_ring(world, "", name="Nobody Known")
    assert world.titles() == ["Nobody Known"]


def test_a_name_with_several_numbers_gives_the_contacts_of_all_of_them(world: World) -> None:
    world.phone.root()
    set_contacts(world, {"name": "Desk", "numbers": ["087 123 4567", "+49 89 999999"]})
    resolution = resolve_caller(world.app, "", "Desk")
    assert [candidate.last_name for candidate in resolution.candidates] == ["López"]
    assert resolution.saved_name == "Desk"


def test_the_name_that_the_dialer_shows_with_an_unknown_number_is_shown(world: World) -> None:
    report_ring(world, OTHER, name="Jo Notsaved")
    assert world.titles() == ["Jo Notsaved"]
    assert "+49 89 111111" in world.shown("Jo").content
    world.settings('region = "IE"\n[ring]\nphone_contacts = "off"\n')
    world.later(minutes=5)
    world.attend()
    report_ring(world, "+49 89 222222", name="Jo Notsaved")
    assert world.titles() == ["+49 89 222222"]


def test_a_number_that_is_saved_twice_has_one_name_or_both_if_they_differ(world: World) -> None:
    set_contacts(world, {"name": "Ana López", "number": OTHER}, {"name": "ana lopez", "number": OTHER})
    report_ring(world, OTHER)
    assert [title.casefold() for title in world.titles()] in (["ana lópez"], ["ana lopez"])
    followup = world.called(OTHER, CallType.MISSED, 0, name="Ana López")
    assert not learn_names(world.app, [followup.call])
    world.attend()
    set_contacts(world, {"name": "Ana", "number": OTHER}, {"name": "Mum", "number": OTHER})
    report_ring(world, OTHER)
    assert "Ana / Mum" in world.titles()
