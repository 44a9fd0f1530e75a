"""What the card of a ring shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.core.inbox_events import Idle
from callerid.models import CallType, Outcome, SavedNumber
from callerid.turns.followup.log_by_command import CommandAnswers, answer_from_command
from callerid.turns.followup.record_answer import record_answer
from callerid.turns.followup.withdraw import withdraw
from callerid.turns.upkeep.forget import find, forget
from tests.turns.ringing.reports import card_text, report, report_ring, set_contacts
from tests.turns.world import ANA

if TYPE_CHECKING:
    from callerid.core.followup.state import FollowUp
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


# ------------------------------------------------------------------------------------------------ earlier calls with a contact


def noted(world: World, note: str, number: str = ANA, outcome: str = "connected") -> FollowUp:
    """Let a call be over and be logged with a note. Some hours pass."""
    followup = world.called(number)
    answer = answer_from_command(world.app, followup, CommandAnswers(outcome=outcome, note=note), world.now)
    assert record_answer(world.app, followup, answer, world.now)
    world.later(hours=3)
    return followup


def card_of_ring(world: World, number: str = ANA) -> str:
    """Return the text of the card of a ring, which ends."""
    before = {shown.id for shown in world.phone.notifications()}
    report_ring(world, number)
    (shown,) = [shown for shown in world.phone.notifications() if shown.id not in before]
    report(world, Idle(at=world.now))
    return shown.content


def history_lines(world: World, number: str = ANA) -> list[str]:
    """Return what the card of a ring says of earlier calls."""
    return [line for line in card_of_ring(world, number).split("\n") if line.startswith(("last call", "noted"))]


def test_a_card_tells_the_last_call_and_the_last_note_at_once_before_the_crm_has_them(world: World) -> None:
    noted(world, "Sends the offer")
    assert history_lines(world) == ["last call 3 h ago: incoming, 1 min 0 s", "noted 3 h ago: Sends the offer"]
    noted(world, "", outcome="left-live-message")
    assert history_lines(world) == [
        "last call 3 h ago: incoming, 1 min 0 s · Left live message",
        "noted 6 h ago: Sends the offer",
    ]
    world.called(kind=CallType.MISSED, talked=0)  # nothing is logged of it
    world.later(hours=1)
    assert history_lines(world) == ["last call 1 h ago: incoming, not answered", "noted 7 h ago: Sends the offer"]


def test_a_note_follows_the_contact_to_their_other_numbers_and_not_the_line_to_another_contact(world: World) -> None:
    (ana,) = world.who(ANA)
    noted(world, "Sends the offer")
    world.portal.records.edit("contacts", int(ana.id), {"mobilephone": "+353 87 555 0100"})
    world.later(hours=1)
    world.sync()
    assert history_lines(world, "+353875550100") == ["last call 4 h ago: incoming, 1 min 0 s", "noted 4 h ago: Sends the offer"]
    world.portal.records.edit("contacts", int(ana.id), {"phone": "", "mobilephone": "+353 87 555 0100"})
    world.portal.records.create("contacts", {"firstname": "Zoe", "phone": ANA})
    world.later(hours=1)
    world.sync()
    assert [who.first_name for who in world.who(ANA)] == ["Zoe"]
    assert history_lines(world) == []


@pytest.mark.parametrize("is_in_crm", [False, True])
def test_what_was_withdrawn_is_not_told_even_before_the_crm_has_removed_it(world: World, *, is_in_crm: bool) -> None:
    followup = noted(world, "Sends the offer")
    if is_in_crm:
        world.deliver()
    assert withdraw(world.app, world.again(followup), world.now)
    assert history_lines(world) == ["last call 3 h ago: incoming, 1 min 0 s"]


def test_an_outcome_of_the_portals_own_is_told_in_its_words(world: World) -> None:
    known = world.app.mirror.outcomes()
    own = next((outcome for outcome in known if outcome.id not in set(Outcome)), None)
    assert own, known
    noted(world, "", outcome=own.label)
    assert history_lines(world) == [f"last call 3 h ago: incoming, 1 min 0 s · {own.label}"]


def test_who_is_forgotten_leaves_no_note_for_the_card_of_their_number(world: World) -> None:
    noted(world, "Sends the offer")
    forget(world.app, find(world.app, ANA), world.now)
    assert history_lines_of_ledger(world) == (None, None)


def history_lines_of_ledger(world: World) -> tuple[object, object]:
    _, history = world.app.ledger.turn_starts.contact_start(world.app.line_of(ANA), "1001", world.now)
    return history.last_call, history.last_note


@pytest.mark.parametrize("discretion", ["initials", "nothing"])
def test_a_lock_screen_that_names_nobody_shows_no_note(world: World, discretion: str) -> None:
    noted(world, "Sends the offer")
    world.settings(f'region = "IE"\n[privacy]\nlock_screen = "{discretion}"\n')
    report_ring(world)
    assert card_text(world) == ""


def test_the_setting_chooses_and_orders_the_lines_of_the_card(world: World) -> None:
    noted(world, "Sends\nthe \u202eoffer")
    world.settings('region = "IE"\n[card]\nlines = ["note", "last-call"]\n')
    assert card_of_ring(world) == "noted 3 h ago: Sends the offer\nlast call 3 h ago: incoming, 1 min 0 s"
    world.later(hours=1)
    world.settings('region = "IE"\n[card]\nlines = []\n')
    assert card_of_ring(world) == ""
