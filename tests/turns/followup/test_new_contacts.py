"""Strangers: added to the CRM by hand, once, or found there later. Their calls are not lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from callerid.core.delivery.manual import retry_now
from callerid.core.delivery.states import DeliveryState
from callerid.core.followup.conversation import plain_answer
from callerid.core.followup.new_contact import EnteredContact, NewCaller
from callerid.core.followup.states import State
from callerid.core.inbox_events import Tap
from callerid.models import CallType, NewContact
from callerid.store.ledger.database import open_ledger
from callerid.turns.delivery.new_contact import finish_added
from callerid.turns.followup.contact_of_call import resolution_of_entered
from callerid.turns.followup.conversation import store_draft
from callerid.turns.followup.dialogs import AskResult
from callerid.turns.followup.late_matches import offer_late_matches
from callerid.turns.followup.record_answer import contact_delivery, record_new_caller
from callerid.turns.followup.withdraw import retry_refused
from callerid.turns.inbox.receive import receive
from callerid.turns.upkeep.forget import find, forget
from callerid.turns.upkeep.reconcile import reconcile
from tests.store.earlier_ledgers import ledger_of_version
from tests.turns.delivery.test_changed_meanwhile import downgrade_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from callerid.core.followup.state import FollowUp
    from tests.turns.world import World

STRANGER = "+33145678900"
OFFERING = 'region = "IE"\n[log]\nunknown = "offer"\n'
ZOE = NewContact(first_name="Zoé", last_name="Martin", company="", email="", number=STRANGER, owner_id=None)
NAMES = ("Zoé", "Martin", "Atelier Sud", "zoe@example.org")


def offered(world: World) -> FollowUp:
    world.settings(OFFERING)
    followup = world.called(STRANGER, talked=90)
    world.attend()
    assert world.shown("Add +33 1 45 67 89 00").buttons == ("Add…", "No")
    world.tap(followup, "log")
    return followup


def deliver_all(world: World) -> None:
    for _ in range(60):
        delivered = world.deliver()
        if delivered.added:
            offer_late_matches(world.app, world.now)
        world.attend()
        if not delivered.left:
            return
        world.now = max(world.now, delivered.next_at or world.now)
    raise AssertionError(world.app.ledger.outbox.all())


def contacts_named(world: World, last_name: str) -> list[dict[str, str]]:
    contacts = world.portal.records.by_kind["contacts"].values()
    return [c.properties for c in contacts if c.properties.get("lastname") == last_name and c.archived_at is None]


def test_an_unknown_caller_is_added_and_their_call_is_logged(world: World) -> None:
    followup = offered(world)
    assert world.ask(*NAMES, "Connected", "wants a quote", "Tomorrow") is AskResult.ANSWERED
    assert world.again(followup).state is State.ADDING
    deliver_all(world)
    (contact,) = contacts_named(world, "Martin")
    assert (contact["firstname"], contact["company"], contact["email"], contact["phone"]) == (
        "Zoé",
        "Atelier Sud",
        "zoe@example.org",
        STRANGER,
    )
    (call,) = world.portal.held_calls()
    assert (call.contacts, call.note, call.disposition) == (("Zoé Martin",), "wants a quote", "Connected")
    assert [task.contacts for task in world.portal.held_tasks()] == [("Zoé Martin",)]
    assert world.again(followup).state is State.LOGGED
    assert world.who(STRANGER)[0].last_name == "Martin"


def test_a_contact_that_is_added_offline_arrives_later_and_its_call_after_it(world: World) -> None:
    followup = offered(world)
    world.ask(*NAMES, "Connected", "")
    world.portal.go_offline()
    world.deliver()
    assert world.again(followup).state is State.ADDING
    world.portal.go_online()
    world.later(minutes=1)
    deliver_all(world)
    assert len(contacts_named(world, "Martin")) == world.calls_in_crm() == 1


@pytest.mark.parametrize("fault", ["cut_after", "cut_before", "html", "truncated_json", "not_json_200"])
@pytest.mark.parametrize("email", ["zoe@example.org", ""])
def test_no_contact_is_added_twice_whatever_the_network_does(world: World, fault: str, email: str) -> None:
    world.portal.search_lag = 60
    offered(world)
    world.ask("Zoé", "Martin", "", email, "Connected", "")
    world.portal.fault(fault, "POST /crm/objects/2026-09/(contacts|calls)$", times=2)
    deliver_all(world)
    assert len(contacts_named(world, "Martin")) == 1
    assert world.calls_in_crm() == 1


def test_a_contact_that_has_the_number_already_is_not_added_again(world: World) -> None:
    """A colleague has added the contact, and the mirror does not have it yet."""
    world.portal.records.create(
        "contacts", {"firstname": "Zoé", "lastname": "Dupont", "phone": "01 45 67 89 00 ", "email": "z@d.fr"}
    )
    offered(world)
    colleagues = world.portal.records.create("contacts", {"firstname": "Zoé", "lastname": "Durand", "phone": STRANGER})
    world.ask(*NAMES, "Connected", "")
    deliver_all(world)
    assert contacts_named(world, "Martin") == []
    (call,) = world.portal.held_calls()
    assert call.contacts == ("Zoé Durand",)
    assert world.who(STRANGER)[0].id == str(colleagues.id)


def test_a_contact_that_has_the_e_mail_already_gets_the_number(world: World) -> None:
    world.portal.records.create("contacts", {"firstname": "Zoé", "lastname": "Known", "email": "ZOE@example.org"})
    offered(world)
    world.ask(*NAMES, "Connected", "")
    deliver_all(world)
    assert contacts_named(world, "Martin") == []
    assert [contact["phone"] for contact in contacts_named(world, "Known")] == [STRANGER]
    assert [call.contacts for call in world.portal.held_calls()] == [("Zoé Known",)]


def known_by_e_mail(world: World) -> str:
    """Return the id of a contact that has a value in each of its phone properties."""
    properties = {
        "firstname": "Zoé",
        "lastname": "Known",
        "email": "zoe@example.org",
        "phone": "+33600000000",
        "mobilephone": "+33611111111",
    }
    return str(world.portal.records.create("contacts", properties).id)


def test_a_contact_known_by_e_mail_gets_the_call_and_keeps_its_numbers(world: World) -> None:
    known_by_e_mail(world)
    followup = offered(world)
    world.ask(*NAMES, "Connected", "wants a quote")
    deliver_all(world)
    (contact,) = contacts_named(world, "Known")
    assert (contact["phone"], contact["mobilephone"]) == ("+33600000000", "+33611111111")
    assert world.again(followup).state is State.LOGGED
    assert [(call.contacts, call.note) for call in world.portal.held_calls()] == [(("Zoé Known",), "wants a quote")]
    world.attend()
    assert world.titles() == ["Logged: Zoé Known"]


def test_a_contact_known_by_e_mail_with_deals_is_not_added_again_and_its_deal_is_asked_for(world: World) -> None:
    known = known_by_e_mail(world)
    for name in ("First", "Second"):
        deal = {"dealname": name, "dealstage": "contractsent", "pipeline": "default"}
        world.portal.records.create("deals", deal, [("contacts", int(known), 3)])
    world.sync()
    followup = offered(world)
    world.ask(*NAMES, "Connected", "wants a quote")
    deliver_all(world)
    world.attend()
    assert world.titles() == ["Log call with Zoé Known?"]
    world.tap(followup, "connected")
    assert world.ask("Second") is AskResult.ANSWERED
    deliver_all(world)
    assert [(call.deals, call.note) for call in world.portal.held_calls()] == [(("Second",), "wants a quote")]


def test_a_call_is_logged_with_the_crms_contact_though_the_mirror_lacks_it(world: World) -> None:
    known = known_by_e_mail(world)
    followup = offered(world)
    world.ask(*NAMES, "Connected", "wants a quote")
    row = contact_delivery(world.app.ledger, followup)
    assert row
    delivered = replace(row, state=DeliveryState.DELIVERED, remote_id=known)
    world.app.ledger.outbox.change(row, delivered, world.now)
    finish_added(world.app, world.now)
    deliver_all(world)
    assert [(call.contacts, call.note) for call in world.portal.held_calls()] == [(("Zoé Known",), "wants a quote")]


def test_two_calls_of_one_stranger_add_one_contact_and_are_both_logged(world: World) -> None:
    world.portal.search_lag = 60
    first = offered(world)
    world.ask(*NAMES, "Connected", "first")
    second = world.called(STRANGER, talked=30)
    world.attend()
    world.tap(second, "log")
    world.ask(*NAMES, "Connected", "second")
    deliver_all(world)
    assert len(contacts_named(world, "Martin")) == 1
    assert [call.note for call in world.portal.held_calls()] == ["first", "second"]
    assert world.again(first).state is world.again(second).state is State.LOGGED


def test_withdrawing_one_of_two_calls_does_not_keep_the_other_from_being_logged(world: World) -> None:
    first = offered(world)
    world.ask(*NAMES, "Connected", "first")
    second = world.called(STRANGER, talked=30)
    world.attend()
    world.tap(second, "log")
    world.ask(*NAMES, "Connected", "second")
    world.attend()
    world.tap(first, "undo")
    deliver_all(world)
    assert [call.note for call in world.portal.held_calls()] == ["second"]


def test_a_contact_that_was_deleted_in_the_crm_can_be_added_again(world: World) -> None:
    offered(world)
    world.ask(*NAMES, "Connected", "first")
    deliver_all(world)
    contact = next(c for c in world.portal.records.by_kind["contacts"].values() if c.properties.get("lastname") == "Martin")
    world.portal.limits.searches = 1000  # the clock stands still here
    world.portal.records.archive("contacts", contact.id)
    world.later(days=1)
    world.sync()
    assert world.who(STRANGER) == ()
    second = world.called(STRANGER, talked=30)
    world.attend()
    world.tap(second, "log")
    world.ask(*NAMES, "Connected", "second")
    deliver_all(world)
    assert len(contacts_named(world, "Martin")) == 1
    assert world.again(second).state is State.LOGGED


def test_a_new_contact_needs_a_name_and_a_valid_address(world: World) -> None:
    offered(world)
    end = world.ask("", "", "", "no address", "zoe@example.org", "Martin", "Connected", "")
    assert end is AskResult.ANSWERED
    deliver_all(world)
    assert len(contacts_named(world, "Martin")) == 1


def test_a_contact_that_the_crm_refuses_is_reported_and_can_be_retried(world: World) -> None:
    world.portal.required["contacts"] = ("lifecyclestage",)
    followup = offered(world)
    world.ask(*NAMES, "Connected", "")
    deliver_all(world)
    assert world.again(followup).state is State.DEAD
    card = world.shown("Not logged")
    assert "lifecyclestage" in card.content
    assert card.buttons == ("Try again", "Give up")
    assert world.titles() == [card.title]
    world.portal.required.clear()
    world.tap(followup, "retry")
    deliver_all(world)
    assert len(contacts_named(world, "Martin")) == world.calls_in_crm() == 1


@pytest.mark.parametrize(("shown", "name"), [("names", "Zoé Martin"), ("nothing", "a contact")])
def test_a_refused_contact_without_a_call_has_its_own_notification(world: World, shown: str, name: str) -> None:
    world.settings(f'region = "IE"\n[privacy]\nlock_screen = "{shown}"\n')
    world.app.ledger.outbox.put("theirs", ZOE, world.now)
    world.portal.required["contacts"] = ("email",)
    deliver_all(world)
    assert "email" in world.shown(f"Not saved in the CRM: {name}").content
    (row,) = world.app.ledger.outbox.all()
    world.portal.required.clear()
    world.app.ledger.outbox.change(row, retry_now(row), world.now)
    deliver_all(world)
    assert world.titles() == []
    assert len(contacts_named(world, "Martin")) == 1


def test_a_contact_that_an_earlier_version_saw_refused_is_reported(world: World) -> None:
    world.app.ledger.outbox.put("theirs", ZOE, world.now)
    world.portal.required["contacts"] = ("email",)
    world.deliver()
    downgrade_ledger(world)
    world.attend()
    assert world.titles() == ["Not saved in the CRM: Zoé Martin"]


def test_the_notification_of_a_refused_contact_is_removed_when_it_is_forgotten(world: World) -> None:
    world.app.ledger.outbox.put("theirs", ZOE, world.now)
    world.portal.required["contacts"] = ("email",)
    deliver_all(world)
    assert world.titles() == ["Not saved in the CRM: Zoé Martin"]
    forget(world.app, find(world.app, STRANGER), world.now)
    world.attend()
    assert world.titles() == []


def test_no_means_that_the_caller_does_not_belong_in_the_crm(world: World) -> None:
    world.settings(OFFERING)
    followup = world.called(STRANGER, talked=90)
    world.attend()
    world.tap(followup, "dismiss")
    world.attend()
    assert (world.again(followup).state, world.titles()) == (State.NOT_IN_CRM, [])


def probable(world: World, settings: str = OFFERING) -> FollowUp:
    """Return a call with a probable match, and a note that was typed already."""
    world.portal.records.create("contacts", {"firstname": "Wrong", "lastname": "One", "phone": f"{STRANGER} ext 22"})
    world.sync()
    world.settings(settings)
    followup = world.called(STRANGER, talked=90)
    world.attend()
    assert world.titles() == ["Was it Wrong One? Log the call?"]
    store_draft(world.app.ledger, world.again(followup), (("note", "wants a quote"),), world.now)
    world.tap(followup, "log")
    return followup


def test_a_caller_who_is_not_the_suggested_contact_can_be_added(world: World) -> None:
    followup = probable(world)
    assert world.ask("No, someone else") is AskResult.ANSWERED
    world.attend()
    assert [(card.title, card.buttons) for card in world.phone.notifications()] == [
        ("Add +33 1 45 67 89 00 to the CRM?", ("Add…", "No"))
    ]
    world.tap(followup, "log")
    assert world.ask(*NAMES, "Connected", "") is AskResult.ANSWERED
    world.attend()
    assert world.titles() == ["On its way to the CRM: Zoé Martin · Atelier Sud"]
    deliver_all(world)
    assert world.again(followup).state is State.LOGGED
    assert [(call.contacts, call.note) for call in world.portal.held_calls()] == [(("Zoé Martin",), "wants a quote")]


def test_a_caller_who_is_not_the_suggested_contact_is_settled_where_strangers_are_not_added(world: World) -> None:
    followup = probable(world, 'region = "IE"\n')
    assert world.ask("No, someone else") is AskResult.ANSWERED
    world.attend()
    assert (world.again(followup).state, world.titles()) == (State.NOT_IN_CRM, [])


def test_a_contact_whose_delivery_has_not_begun_can_be_withdrawn(world: World) -> None:
    followup = offered(world)
    world.ask(*NAMES, "Connected", "")
    world.portal.go_offline()
    world.attend()
    world.tap(followup, "undo")
    world.portal.go_online()
    world.later(minutes=10)
    deliver_all(world)
    assert (contacts_named(world, "Martin"), world.calls_in_crm()) == ([], 0)
    row = contact_delivery(world.app.ledger, followup)
    assert row
    assert row.state is DeliveryState.DROPPED


def changed_while_it_waits(world: World) -> FollowUp:
    """Return a stranger's call that was answered offline, after a tap on *Change…*."""
    followup = offered(world)
    world.ask(*NAMES, "No answer", "quote 12k", "Tomorrow")
    world.portal.go_offline()
    world.deliver()
    world.attend()
    world.tap(followup, "log")
    return followup


def test_a_change_that_is_left_does_not_change_an_answer_that_waits(world: World) -> None:
    followup = changed_while_it_waits(world)
    assert world.ask(None) is AskResult.LEFT
    world.tap(followup, "log")
    assert world.ask("Zoe", None, None) is AskResult.LEFT
    world.portal.go_online()
    world.later(minutes=2)
    deliver_all(world)
    assert len(contacts_named(world, "Martin")) == 1
    assert [(call.note, call.disposition) for call in world.portal.held_calls()] == [("quote 12k", "No answer")]
    assert len(world.portal.held_tasks()) == 1


def test_a_change_begins_with_the_answer_that_waits(world: World) -> None:
    changed_while_it_waits(world)
    assert world.ask("Zoë", "", "", "", "No answer", "", "Keep: ") is AskResult.ANSWERED
    hints = [dialog["hint"] for dialog in world.phone.happened("dialog") if "company" in dialog["title"]]
    assert hints[-1] == "leave empty to keep: Atelier Sud"
    world.portal.go_online()
    world.later(minutes=2)
    deliver_all(world)
    (contact,) = contacts_named(world, "Martin")
    assert (contact["firstname"], contact["company"]) == ("Zoë", "Atelier Sud")
    assert [(call.note, call.disposition) for call in world.portal.held_calls()] == [("quote 12k", "No answer")]
    assert len(world.portal.held_tasks()) == 1


@pytest.mark.parametrize("follow_up", [("Tomorrow",), ("On a date", "2026-11-24")])
def test_a_follow_up_keeps_its_day_though_the_network_comes_days_later(world: World, follow_up: tuple[str, ...]) -> None:
    followup = offered(world)
    world.portal.go_offline()
    world.ask(*NAMES, "Connected", "quote", *follow_up)
    world.deliver()
    world.later(days=3)
    world.portal.go_online()
    deliver_all(world)
    assert world.again(followup).state is State.LOGGED
    assert [(task.due, task.note) for task in world.portal.held_tasks()] == [("2026-11-24T08:00:00Z", "quote")]
    assert [call.note for call in world.portal.held_calls()] == ["quote"]


@pytest.mark.parametrize("state", ["adding", "notified", "open", "gathered", "dismissed"])
def test_the_answers_that_an_earlier_version_stored_are_kept(tmp_path: Path, state: str) -> None:
    old = ledger_of_version(tmp_path / "ledger.db", 4)
    old.execute("INSERT INTO calls VALUES ('k', 1, '+33', 'INCOMING', 60, NULL, 0, '', 'l', 1)")
    draft = '[["new-first-name", "Zoé"], ["note", "quote"]]'
    old.execute("INSERT INTO followups (call_key, state, draft) VALUES ('k', ?, ?)", (state, draft))
    old.close()
    ledger = open_ledger(tmp_path / "ledger.db")
    followup = ledger.calls.followup("k")
    ledger.close()
    assert followup
    assert (followup.answers, followup.draft) == ((("new-first-name", "Zoé"), ("note", "quote")), ())


# ------------------------------------------------------------------------------------------------ later


def appears(world: World) -> None:
    world.portal.limits.searches = 1000  # the clock stands still here
    world.portal.records.create("contacts", {"firstname": "Léa", "lastname": "Petit", "phone": STRANGER})
    world.sync()
    offer_late_matches(world.app, world.now)


def called_before(world: World) -> list[FollowUp]:
    """Return calls of three days, one of them older than a week when their contact comes into the CRM."""
    followups = []
    for kind, talked in ((CallType.INCOMING, 60), (CallType.MISSED, 0), (CallType.OUTGOING, 30)):
        followups.append(world.called(STRANGER, kind, talked))
        world.attend()
        world.later(days=4)
    assert {world.again(f).state for f in followups} == {State.NOT_IN_CRM}
    return followups


def tap_batch(world: World, word: str) -> None:
    (batch,) = world.app.ledger.batches.all()
    receive(world.app, Tap(at=world.now, token=batch.token, word=word), world.now)


def test_earlier_calls_of_a_new_contact_are_offered_in_one_card(world: World) -> None:
    followups = called_before(world)
    appears(world)
    world.attend()
    (card,) = world.phone.notifications()
    assert card.title == "Léa Petit is now in the CRM. Log 3 earlier calls?"
    assert "23 Nov 13:01" in card.content
    tap_batch(world, "all")
    deliver_all(world)
    calls = world.portal.held_calls()
    assert [call.disposition for call in calls] == ["Connected", "No answer", "Connected"]
    assert {world.again(f).state for f in followups} == {State.LOGGED}


@pytest.mark.parametrize("word", ["none", "swiped"])
def test_earlier_calls_are_offered_once(world: World, word: str) -> None:
    followups = called_before(world)
    appears(world)
    world.attend()
    tap_batch(world, word)
    world.attend()
    assert world.titles() == []
    world.later(days=1)
    world.sync()
    offer_late_matches(world.app, world.now)
    world.attend()
    assert world.titles() == []
    assert {world.again(f).state for f in followups} == {State.DISMISSED}


def test_earlier_calls_can_be_logged_without_asking_or_left_alone(world: World) -> None:
    world.settings('region = "IE"\n[log]\nlate = "log"\n')
    followups = called_before(world)
    appears(world)
    deliver_all(world)
    assert world.calls_in_crm() == 3
    world.settings('region = "IE"\n[log]\nlate = "off"\n')
    other = world.called("+33145678901")
    world.attend()
    world.portal.records.create("contacts", {"firstname": "Max", "lastname": "Roux", "phone": "+33145678901"})
    world.sync()
    assert offer_late_matches(world.app, world.now) == 0
    assert world.again(other).state is State.NOT_IN_CRM
    assert {world.again(f).state for f in followups} == {State.LOGGED}


def test_a_caller_who_was_said_not_to_belong_in_the_crm_is_not_offered(world: World) -> None:
    """The person said that a probable match was wrong; a sync does not change that."""
    contact = world.portal.records.by_kind["contacts"][min(world.portal.records.by_kind["contacts"])]
    world.portal.records.edit("contacts", contact.id, {"phone": "87 123 4567", "mobilephone": ""})
    world.sync()
    followup = world.called("+44871234567")
    world.attend()
    if world.again(followup).state is State.NOTIFIED:  # a probable match
        world.tap(followup, "log")
        assert world.ask("No, someone else") is AskResult.ANSWERED
    world.portal.records.create("contacts", {"firstname": "X", "lastname": "Y", "phone": "+44871234567"})
    world.sync()
    before = world.again(followup)
    assert offer_late_matches(world.app, world.now) == (0 if before.late_match_settled else 1)


def to_be_added_instead(world: World) -> FollowUp:
    """Return a logged call that is to be withdrawn, and whose caller is entered before that is done."""
    followup = probable(world)
    assert world.ask("Wrong One", "Busy", "") is AskResult.ANSWERED
    deliver_all(world)
    world.attend()
    world.tap(followup, "log")
    assert world.ask("No, someone else") is AskResult.ANSWERED
    return followup


def test_undo_of_an_added_caller_is_over_at_once_where_the_call_was_withdrawn_before(world: World) -> None:
    followup = to_be_added_instead(world)
    deliver_all(world)
    world.attend()
    world.tap(followup, "log")
    assert world.ask(*NAMES, "Busy", "") is AskResult.ANSWERED
    world.attend()
    assert world.shown("On its way")
    world.tap(followup, "undo")
    world.attend()
    assert world.again(followup).state is State.DISMISSED
    assert world.shown("Undone, not logged")


def test_a_caller_who_is_not_the_logged_contact_can_be_added_with_the_calls_note(world: World) -> None:
    followup = to_be_added_instead(world)
    deliver_all(world)
    world.attend()
    (card,) = world.phone.notifications()
    assert (card.title, card.buttons) == ("Undone, not logged: Wrong One", ("Log…",))
    assert world.calls_in_crm() == 0
    world.tap(followup, "log")
    assert world.ask(*NAMES, "Busy", "") is AskResult.ANSWERED
    deliver_all(world)
    (call,) = world.portal.held_calls()
    assert (call.contacts, call.note, call.disposition) == (("Zoé Martin",), "wants a quote", "Busy")


def enter_zoe(world: World, followup: FollowUp) -> None:
    zoe = EnteredContact(first_name="Zoé", last_name="Martin", company="", email="")
    caller = NewCaller(entered=zoe, answer=plain_answer(resolution_of_entered(zoe).candidates[0], "connected"))
    assert record_new_caller(world.app, world.again(followup), caller, world.now)


@pytest.mark.parametrize("restarts", [False, True])
def test_a_call_goes_on_waiting_for_its_new_contact_when_its_first_log_is_withdrawn(world: World, *, restarts: bool) -> None:
    followup = to_be_added_instead(world)  # offline: it is taken out later
    enter_zoe(world, followup)
    if restarts:
        world.restart()
        assert reconcile(world.app, world.now).is_clean
    deliver_all(world)
    assert [call.contacts for call in world.portal.held_calls()] == [("Zoé Martin",)]
    assert world.again(followup).state is State.LOGGED


@pytest.mark.parametrize("late", [False, True])
def test_a_call_with_a_refused_contact_waits_for_a_retry_when_its_first_log_is_withdrawn(world: World, *, late: bool) -> None:
    followup = to_be_added_instead(world)
    if late:
        world.portal.fault("status", "DELETE .*", times=2, status=502)
    else:
        deliver_all(world)
    enter_zoe(world, followup)
    world.portal.required["contacts"] = ("email",)
    deliver_all(world)
    assert reconcile(world.app, world.now).is_clean
    assert world.again(followup).state is State.DEAD
    world.portal.required["contacts"] = ()
    retry_refused(world.app.ledger, world.again(followup), world.now)
    deliver_all(world)
    assert [call.contacts for call in world.portal.held_calls()] == [("Zoé Martin",)]
    assert world.again(followup).state is State.LOGGED
