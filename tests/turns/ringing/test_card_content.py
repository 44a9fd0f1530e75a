"""What the card of a ring shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.models import CallType, SavedNumber
from tests.turns.ringing.reports import card_text, report_ring, set_contacts
from tests.turns.world import ANA

if TYPE_CHECKING:
    from tests.turns.world import World


STRANGER, OTHER = "+49 89 12345678", "+49 89 111111"


def test_a_ring_is_not_called_private_on_a_phone_that_leaves_numbers_out(world: World) -> None:
    world.app.ledger.key_values.write("hides numbers: telephony", "1")
    report_ring(world, "", sense="telephony", slot=0)
    assert world.titles() == ["Incoming call"]


def test_the_card_of_a_stranger_says_how_often_they_called(world: World) -> None:
    for _ in range(3):
        world.called(STRANGER, CallType.MISSED, 0)
        world.later(hours=3)
    report_ring(world, STRANGER)
    assert "called you 3 times this week" in card_text(world)


def test_a_number_in_a_companys_direct_dial_range_is_probably_the_companys(world: World) -> None:
    company = next(iter(world.portal.records.by_kind["companies"].values()))
    world.portal.records.edit("companies", company.id, {"phone": "+49 89 5551 0"})
    world.later(hours=1)
    world.sync()
    report_ring(world, "+49 89 5551 234")
    assert world.titles() == [f"Probably {company.properties['name']}"]
    world.called("+49 89 5551 234", CallType.MISSED, 0)
    world.attend()
    assert world.titles() == []  # a guess is not a contact


def test_two_companies_that_share_a_number_are_both_named(world: World) -> None:
    companies = list(world.portal.records.by_kind["companies"].values())[:2]
    for company in companies:
        world.portal.records.edit("companies", company.id, {"phone": "+49 89 5551234"})
    world.later(hours=1)
    world.sync()
    report_ring(world, "+49 89 5551234")
    (title,) = world.titles()
    assert all(company.properties["name"] in title for company in companies)
    assert "not in the CRM" not in world.phone.notifications()[0].content


@pytest.mark.parametrize("saved", ["", "Front Desk"])
def test_the_card_of_a_switchboard_names_the_company_and_the_age_of_the_data(world: World, saved: str) -> None:
    world.portal.records.create("companies", {"name": "Hotel Roma", "phone": "+390612345678"})
    world.sync()
    if saved:
        world.app.mirror.phone_contacts.add(SavedNumber(name=saved, number="+390612345678"), "IE", "contacts")
    report_ring(world, "+390612345678")
    (card,) = world.phone.notifications()
    assert "Hotel Roma" in f"{card.title} {card.content}"
    assert "not in the CRM" not in card.content
    assert "HubSpot, 1 min old" in card.content or "HubSpot, 0 min old" in card.content


def test_two_contacts_on_one_number_stay_nameless_on_a_lock_screen_that_shows_nothing(world: World) -> None:
    world.portal.records.create("contacts", {"firstname": "Ben", "lastname": "Kim", "phone": ANA})
    world.sync()
    world.settings('region = "IE"\n[privacy]\nlock_screen = "nothing"\n')
    report_ring(world)
    assert world.titles() == ["Known caller"]


@pytest.mark.parametrize(("name", "shown"), [("Dr +353 (1) 😀", "D."), ("👨‍👩‍👧 Fair", "F."), ("112", "Known caller")])
def test_initials_are_letters(world: World, name: str, shown: str) -> None:
    set_contacts(world, {"name": name, "number": OTHER}, settings='[privacy]\nlock_screen = "initials"\n')
    report_ring(world, OTHER)
    assert world.titles() == [shown]
