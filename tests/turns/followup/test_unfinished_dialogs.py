"""A dialog whose answer does not arrive: what was answered before is kept, the rest is asked again, and nothing counts as a no."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.core.followup.states import State
from callerid.core.inbox_events import Reply
from callerid.errors import PhoneFault
from callerid.models.kinds import CallType
from callerid.turns.followup.dialogs import AskResult, ask
from callerid.turns.followup.late_matches import offer_late_matches
from callerid.turns.inbox.typed_note import receive_reply
from tests.damages import delete_with_journal
from tests.turns.followup.test_evening import tap_batch
from tests.turns.followup.test_late_matches import create, unknown_caller
from tests.turns.followup.test_new_contacts import deliver_all, offered
from tests.turns.followup.test_prompts import with_two_deals
from tests.turns.world import ANA

if TYPE_CHECKING:
    from callerid.core.followup.state import FollowUp
    from tests.turns.world import World

DIALOG = "termux-dialog"
UNREAD = ("truncated", "empty", "killed", "nonsense", "denied")


def break_off(world: World, *answers: str, fault: str = "empty", cut: str = "") -> None:
    """Let dialogs be answered, and each one after these have a fault, `cut` where it shows: three of them, with that answer."""
    world.phone.fault(DIALOG, "slow", times=len(answers), seconds=0)
    world.phone.fault(DIALOG, fault)
    with pytest.raises(PhoneFault):
        world.ask(*answers, *((cut,) * 3 if fault == "truncated" else ()))
    world.attend()


def broken_off(world: World, *answers: str, fault: str = "empty", cut: str = "") -> FollowUp:
    """Return a call whose dialog breaks off after some answers."""
    followup = world.called()
    world.attend()
    break_off(world, *answers, fault=fault, cut=cut)
    return followup


def in_crm(world: World) -> tuple[list[tuple[str, str]], int]:
    """Return outcome and note of each call in the CRM, and the number of tasks."""
    world.deliver()
    return [(call.disposition, call.note) for call in world.portal.held_calls()], len(world.portal.held_tasks())


@pytest.mark.parametrize("fault", UNREAD[:-1])
def test_an_answer_that_did_not_arrive_is_asked_for_by_another_dialog(world: World, fault: str) -> None:
    world.called()
    world.attend()
    world.phone.fault(DIALOG, "slow", times=2, seconds=0)
    world.phone.fault(DIALOG, fault, times=2)
    shown = 3 if fault == "truncated" else 1
    assert world.ask("Busy", "ring later", *("Tomorrow",) * shown) is AskResult.ANSWERED
    assert in_crm(world) == ([("Busy", "ring later")], 1)


@pytest.mark.parametrize("printed", ['{"code": 0, "text": "no label"}', '{"code": "0"}', "[]", ""])
def test_an_answer_that_never_arrives_is_asked_for_three_times(world: World, printed: str) -> None:
    world.called()
    world.attend()
    world.phone.fault(DIALOG, "prints", text=printed)
    with pytest.raises(PhoneFault):
        ask(world.app, world.clock)
    assert sum(entry.get("command") == DIALOG for entry in world.phone.journal()) == 3


@pytest.mark.parametrize("fault", UNREAD)
def test_a_follow_up_that_did_not_arrive_is_asked_for_on_the_card_and_logged_once(world: World, fault: str) -> None:
    followup = broken_off(world, "Busy", "ring later", fault=fault, cut="Tomorrow")
    (card,) = world.phone.notifications()
    assert (card.title, card.content, card.buttons) == (
        "Follow up?",
        "No answer arrived from the dialog.",
        ("No follow-up", "Tomorrow", "More…"),
    )
    assert in_crm(world) == ([], 0)
    assert world.press(followup, "Tomorrow").deliver
    assert in_crm(world) == ([("Busy", "ring later")], 1)


def test_a_day_that_did_not_arrive_is_asked_for_by_buttons(world: World) -> None:
    followup = broken_off(world, "Busy", "ring later", "On a date")
    world.press(followup, "More")
    (card,) = world.phone.notifications()
    assert card.buttons == ("In 3 days", "Next week")
    world.press(followup, "Next week")
    assert in_crm(world) == ([("Busy", "ring later")], 1)


def test_a_note_that_did_not_arrive_is_asked_for_until_it_does(world: World) -> None:
    followup = broken_off(world, "Busy", fault="truncated", cut="ring later")
    (card,) = world.phone.notifications()
    assert card.content.endswith("no answer arrived from the dialog: tap to go on")
    world.tap(followup, "log")
    with pytest.raises(PhoneFault):
        world.ask(*("ring later",) * 3)
    assert in_crm(world) == ([], 0)
    world.phone.clear_faults()
    world.attend()
    world.tap(followup, "log")
    assert world.ask("ring later", "Tomorrow") is AskResult.ANSWERED
    assert in_crm(world) == ([("Busy", "ring later")], 1)


def test_a_note_that_is_typed_into_the_card_of_an_unfinished_dialog_leaves_its_outcome(world: World) -> None:
    world.settings('region = "IE"\n[log]\nreply = true\n')
    followup = broken_off(world, "Busy")
    token = world.again(followup).token
    receive_reply(world.app, Reply(at=world.now, token=token, text="ring later"), world.now)
    assert ask(world.app, world.clock) is AskResult.ON_A_CARD
    world.press(followup, "Tomorrow")
    assert in_crm(world) == ([("Busy", "ring later")], 1)


def test_one_tap_logs_no_call_whose_follow_up_did_not_arrive(world: World) -> None:
    followup = world.called()
    world.attend()
    world.phone.fault(DIALOG, "slow", times=2, seconds=0)
    world.phone.fault(DIALOG, "hang", times=1)
    assert world.ask("Busy", "ring later") is AskResult.LEFT
    world.attend()
    assert world.titles() == ["Log call with Ana López?"]
    assert world.tap(followup, "connected").ask
    assert world.ask("Tomorrow") is AskResult.ANSWERED
    assert in_crm(world) == ([("Connected", "ring later")], 1)


def test_what_was_answered_is_logged_when_nobody_reacts_to_the_card_for_a_day(world: World) -> None:
    followup = broken_off(world, "Busy", "ring later")
    world.later(hours=23)
    world.attend()
    assert in_crm(world) == ([], 0)
    world.later(hours=2)
    assert world.attend().deliver
    assert in_crm(world) == ([("Busy", "ring later")], 0)
    world.attend()
    assert world.titles() == ["Logged: Ana López · Acme Ltd"]
    assert world.again(followup).state is State.LOGGED


def test_what_was_answered_is_logged_when_the_card_that_asks_for_the_rest_is_swiped_away(world: World) -> None:
    followup = broken_off(world, "Busy", "ring later")
    assert world.press(followup, "swipe").deliver
    assert in_crm(world) == ([("Busy", "ring later")], 0)


def test_a_dialog_that_the_person_left_is_not_logged_and_asks_nothing_more(world: World) -> None:
    followup = world.called()
    world.attend()
    assert world.ask("Busy", "ring later", None, None, None) is AskResult.LEFT
    world.later(days=2)
    world.attend()
    assert in_crm(world) == ([], 0)
    world.press(followup, "Connected")
    assert in_crm(world) == ([("Connected", "")], 0)


def test_a_missed_call_with_answers_is_not_settled_by_a_later_conversation(world: World) -> None:
    missed = world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    world.tap(missed, "log")
    break_off(world, "Busy", "ring later")
    world.called()
    world.attend()
    world.press(missed, "Tomorrow")
    assert in_crm(world) == ([("Busy", "ring later")], 1)


@pytest.mark.parametrize("answered", [True, False])
def test_a_change_whose_dialog_breaks_off_is_made(world: World, *, answered: bool) -> None:
    followup = world.called()
    world.attend()
    world.press(followup, "Connected")
    world.deliver()
    world.attend()
    world.press(followup, "Change")
    break_off(world, "Busy", "ring later")
    assert ask(world.app, world.clock) is AskResult.ON_A_CARD
    if answered:
        world.press(followup, "Tomorrow")
    else:
        world.later(minutes=11)
        assert world.attend().deliver
    assert in_crm(world) == ([("Busy", "ring later")], int(answered))


@pytest.mark.parametrize("answers", [("Busy",), ("Busy", "Second", "ring later", "On a date")])
def test_a_change_without_its_last_answer_keeps_the_deal_and_the_follow_up_that_are_logged(
    world: World, answers: tuple[str, ...]
) -> None:
    with_two_deals(world)
    followup = world.called()
    world.attend()
    world.tap(followup, "log")
    world.ask("No answer", "Second", "by May", "Tomorrow")
    world.deliver()
    world.attend()
    world.press(followup, "Change")
    break_off(world, *answers)
    ask(world.app, world.clock)
    world.later(minutes=11)
    world.attend()
    assert in_crm(world) == ([("Busy", answers[2] if len(answers) > 2 else "by May")], 1)
    assert [call.deals for call in world.portal.held_calls()] == [("Second",)]


def test_a_call_with_one_of_several_contacts_is_logged_without_the_deal_that_did_not_arrive(world: World) -> None:
    world.portal.records.create("contacts", {"firstname": "Ben", "lastname": "Kim", "phone": ANA})
    with_two_deals(world)
    broken_off(world, "Ana", "Busy")
    world.later(hours=25)
    assert world.attend().deliver
    assert in_crm(world) == ([("Busy", "")], 0)
    assert [(call.contacts, call.deals) for call in world.portal.held_calls()] == [(("Ana López",), ())]


@pytest.mark.parametrize("reaction", ["nothing", "swiped"])
def test_a_late_call_is_logged_with_what_was_answered_when_its_card_is_swiped_away_or_left_for_a_day(
    world: World, reaction: str
) -> None:
    unknown_caller(world)
    world.later(days=9)
    create(world)
    world.sync()
    offer_late_matches(world.app, world.now)
    world.attend()
    tap_batch(world, "each")
    break_off(world, "Busy", "ring later")
    assert in_crm(world) == ([], 0)
    if reaction == "swiped":
        assert tap_batch(world, "swiped").deliver
    else:
        world.later(hours=25)
        assert world.attend().deliver
    assert in_crm(world) == ([("Busy", "ring later")], 0)


def test_no_setting_drops_a_call_of_which_a_dialog_has_answers(world: World) -> None:
    followup = broken_off(world, "Busy", "ring later")
    world.settings('enabled = false\nregion = "IE"\n')
    world.attend()
    world.settings('region = "IE"\n[log]\nmin_duration = "10m"\n')
    world.attend()
    world.press(followup, "Tomorrow")
    assert in_crm(world) == ([("Busy", "ring later")], 1)


NAMES = ("Zoé", "Martin", "Atelier Sud", "zoe@example.org")


@pytest.mark.parametrize("given", [1, 2, 4, 5, 6])
def test_an_unknown_caller_whose_dialog_lost_an_answer_is_asked_for_the_rest_and_added_after_a_day(
    world: World, given: int
) -> None:
    followup = offered(world)
    break_off(world, *(*NAMES, "Connected", "wants a quote")[:given])
    (title,) = world.titles()
    assert "no answer arrived" in world.shown(title).content
    for settings in ("enabled = false\n", '[log]\nunknown = "off"\n'):  # what was answered counts even so
        world.settings(f'region = "IE"\n{settings}')
        world.attend()
    world.later(hours=23)
    world.attend()
    assert world.again(followup).state is State.NOTIFIED
    world.later(hours=2)
    assert world.attend().deliver
    deliver_all(world)
    (contact,) = (c.properties for c in world.portal.records.by_kind["contacts"].values() if c.properties["firstname"] == "Zoé")
    kept = [contact.get(name, "") for name in ("lastname", "company", "email")]
    assert kept == [*NAMES[1 : min(given, 4)], *[""] * (4 - given)]
    assert in_crm(world) == ([("Connected", "wants a quote" if given == 6 else "")], 0)


@pytest.mark.parametrize("answers", [("",), ("", "", "Atelier Sud")])
def test_an_unknown_caller_of_whom_no_name_was_given_stays_a_question(world: World, answers: tuple[str, ...]) -> None:
    followup = offered(world)
    break_off(world, *answers)
    world.later(hours=25)
    world.attend()
    assert world.again(followup).state is State.NOTIFIED
    assert world.calls_in_crm() == 0


def test_no_on_the_card_of_an_unknown_caller_is_the_persons_word_though_an_answer_was_lost(world: World) -> None:
    followup = offered(world)
    break_off(world, *NAMES, "Connected")
    world.press(followup, "No")
    assert (world.again(followup).state, in_crm(world)) == (State.NOT_IN_CRM, ([], 0))


@pytest.mark.parametrize("is_change", [False, True])
def test_what_was_answered_is_logged_when_the_mirror_is_back_that_was_lost_meanwhile(world: World, *, is_change: bool) -> None:
    followup = world.called()
    world.attend()
    if is_change:
        world.press(followup, "Connected")
        world.deliver()
        world.attend()
        world.press(followup, "Change")
    break_off(world, "Busy", "ring later")
    ask(world.app, world.clock)
    world.app.mirror.close()
    delete_with_journal(world.where.mirror)
    if is_change:
        world.later(minutes=11)
    else:
        world.press(followup, "swipe")
    world.attend()
    world.sync()
    assert world.attend().deliver
    assert in_crm(world) == ([("Busy", "ring later")], 0)
