"""A logged call can be corrected or withdrawn, and is in the CRM once or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.core.delivery.states import DeliveryState, Kind
from callerid.core.followup.conversation import with_answer
from callerid.core.followup.questions import AskedQuestion, Question
from callerid.core.followup.states import State
from callerid.core.inbox_events import Reply
from callerid.errors import UsageFault
from callerid.phone.termux import Termux
from callerid.simulator.phone.notifications import take_away
from callerid.turns.facts import turn_facts
from callerid.turns.followup.conversation import ask_all, question_or_result
from callerid.turns.followup.dialogs import AskResult
from callerid.turns.followup.dialogs_as_cards import ask_by_card
from callerid.turns.followup.log_by_command import find_call
from callerid.turns.followup.situation import read_situation
from callerid.turns.followup.withdraw import withdraw
from callerid.turns.inbox.receive import receive
from tests.turns.delivery.steps import answer_by_command, deliver_all, logged
from tests.turns.world import ANA

if TYPE_CHECKING:
    from callerid.core.followup.conversation import Draft
    from callerid.core.followup.state import FollowUp
    from tests.turns.world import World


def test_a_change_from_the_card_corrects_the_call(world: World) -> None:
    followup = logged(world)
    assert world.shown("Logged").buttons == ("Change…", "Undo")
    world.tap(followup, "log")
    assert world.ask("Busy", "second") is AskResult.ANSWERED
    deliver_all(world)
    (call,) = world.portal.held_calls()
    assert (call.disposition, call.note) == ("Busy", "second")


def logged_with_note_and_task(world: World) -> FollowUp:
    followup = world.called()
    world.attend()
    world.ask("Connected", "a note", "Tomorrow")
    deliver_all(world)
    world.attend()
    return followup


def held(world: World) -> tuple[str, str, int]:
    (call,) = world.portal.held_calls()
    return call.disposition, call.note, len(world.portal.held_tasks())


def test_a_question_that_is_left_empty_in_a_change_keeps_its_answer(world: World) -> None:
    followup = logged_with_note_and_task(world)
    world.tap(followup, "log")
    assert world.ask("Busy", "", "Keep: 24 Nov") is AskResult.ANSWERED
    deliver_all(world)
    assert held(world) == ("Busy", "a note", 1)
    world.attend()
    world.tap(followup, "log")
    world.ask("Busy", "", "No follow-up")
    deliver_all(world)
    assert held(world) == ("Busy", "a note", 0)


def test_a_change_begins_with_the_logged_answers(world: World) -> None:
    followup = logged_with_note_and_task(world)
    answer_by_command(world, followup, outcome="wrong-number", deal="none")
    facts = turn_facts(world.app, world.now)
    step = question_or_result(world.app, read_situation(world.app, world.again(followup), facts), facts)
    assert isinstance(step, AskedQuestion)
    assert step.dialog.labels[0] == "Wrong number"
    deliver_all(world)
    world.attend()
    world.tap(followup, "log")
    world.ask("Busy", "", "Keep: 24 Nov")
    deliver_all(world)
    assert [call.deals for call in world.portal.held_calls()] == [()]


def test_a_change_by_the_buttons_of_a_card_keeps_note_and_task(world: World) -> None:
    followup = logged_with_note_and_task(world)
    world.tap(followup, "log")
    assert not ask_by_card(world.app, world.again(followup), turn_facts(world.app, world.now))
    assert world.shown("Call with Ana López").buttons == ("Connected", "Busy", "More…")
    world.press(followup, "Busy")
    deliver_all(world)
    assert held(world) == ("Busy", "a note", 1)


def test_a_note_typed_into_the_card_is_kept_by_a_dialog_that_was_open_meanwhile(world: World) -> None:
    world.settings('region = "IE"\n[log]\nreply = true\nfollow_up = false\n')
    followup = world.called()
    world.attend()

    def put(question: AskedQuestion, draft: Draft) -> Draft:
        if question.question == Question.OUTCOME:
            receive(world.app, Reply(at=world.now, token=world.again(followup).token, text="typed into the card"), world.now)
            return with_answer(question, question.dialog.labels.index("Busy"), "", draft)
        return with_answer(question, None, "", draft)

    assert ask_all(world.app, world.again(followup), put, world.clock)
    deliver_all(world)
    assert held(world) == ("Busy", "typed into the card", 0)


def test_a_change_whose_dialog_is_left_changes_nothing(world: World) -> None:
    followup = logged(world)
    world.tap(followup, "log")
    assert world.ask("Busy", None, None) is AskResult.LEFT
    world.attend()
    deliver_all(world)
    assert world.again(followup).state is State.LOGGED
    assert [call.disposition for call in world.portal.held_calls()] == ["Connected"]


def test_undo_deletes_the_call_and_its_task(world: World) -> None:
    followup = world.called()
    world.attend()
    world.ask("Connected", "", "Tomorrow")
    deliver_all(world)
    world.attend()
    assert len(world.portal.held_tasks()) == 1
    world.tap(followup, "undo")
    deliver_all(world)
    world.attend()
    assert (world.calls_in_crm(), world.portal.held_tasks()) == (0, ())
    assert (world.again(followup).state, world.again(followup).reason) == (State.DISMISSED, "withdrawn")
    assert world.shown("Undone, not logged: Ana López").buttons == ("Log…",)
    world.tap(followup, "log")
    assert world.ask("Busy", "after all") is AskResult.ANSWERED
    deliver_all(world)
    assert [call.note for call in world.portal.held_calls()] == ["after all"]


def test_the_card_says_that_a_call_was_withdrawn_only_once_it_was_and_then_for_a_while(world: World) -> None:
    followup = logged(world)
    world.tap(followup, "undo")
    world.attend()
    waits = "To be withdrawn from the CRM: Ana López"
    assert world.shown(waits).buttons == ("Log…",)
    world.later(hours=1)
    world.app.ledger.calls.show_again()
    take_away(world.phone.state, world.again(followup).notification_id)
    world.attend()
    assert (world.titles(), world.calls_in_crm()) == ([f"{waits} · Acme Ltd"], 1)
    deliver_all(world)
    world.attend()
    assert (world.titles(), world.calls_in_crm()) == (["Undone, not logged: Ana López · Acme Ltd"], 0)
    world.later(minutes=1)
    world.attend()
    assert world.titles() == []


def test_a_call_that_never_left_the_phone_is_undone_at_once(world: World) -> None:
    followup = world.called()
    world.attend()
    world.press(followup, "Connected")
    world.attend()
    world.press(followup, "Undo")
    world.attend()
    assert world.titles() == ["Undone, not logged: Ana López · Acme Ltd"]


def test_a_withdrawn_call_can_be_logged_again(world: World) -> None:
    followup = logged(world)
    world.tap(followup, "undo")
    deliver_all(world)
    answer_by_command(world, followup, outcome="connected", note="after all")
    deliver_all(world)
    assert [call.note for call in world.portal.held_calls()] == ["after all"]


def test_a_correction_by_command_changes_only_the_answers_it_names(world: World) -> None:
    followup = logged(world)
    answer_by_command(world, followup, follow_up="tomorrow")
    answer_by_command(world, followup, note="new words")
    deliver_all(world)
    (call,) = world.portal.held_calls()
    assert (call.disposition, call.note, call.deals) == ("Connected", "new words", ("Renewal 2027",))
    assert len(world.portal.held_tasks()) == 1
    answer_by_command(world, followup, deal="none", follow_up="none")
    deliver_all(world)
    (call,) = world.portal.held_calls()
    assert (call.note, call.deals, call.contacts) == ("new words", (), ("Ana López",))
    assert world.portal.held_tasks() == ()


def test_a_corrected_contact_replaces_the_first_one(world: World) -> None:
    followup = logged(world)
    other = sorted(world.portal.records.by_kind["contacts"])[1]
    name = world.app.mirror.candidate(str(other))
    assert name
    answer_by_command(world, followup, person=str(other))
    deliver_all(world)
    (call,) = world.portal.held_calls()
    assert call.contacts == (f"{name.first_name} {name.last_name}",)


@pytest.mark.parametrize("answers", [{"outcome": "nonsense"}, {"deal": "12"}, {"person": "12"}, {"follow_up": "yesterday"}])
def test_an_answer_that_is_not_valid_is_refused_with_a_remedy(world: World, answers: dict[str, str]) -> None:
    followup = logged(world)
    with pytest.raises(UsageFault) as refused:
        answer_by_command(world, followup, **answers)
    assert refused.value.remedy


def test_a_key_must_identify_one_call(world: World) -> None:
    for key in ("", "zzz"):
        with pytest.raises(UsageFault):
            find_call(world.app.ledger, key)


@pytest.mark.parametrize("fault", ["cut_after", "cut_before", "html", "truncated_json"])
@pytest.mark.parametrize("what", ["change", "withdraw"])
def test_a_change_of_unknown_outcome_arrives_in_the_end(world: World, fault: str, what: str) -> None:
    followup = logged(world)
    world.portal.fault(fault, "(PATCH|DELETE|PUT) ", times=3)
    if what == "change":
        answer_by_command(world, followup, note="second")
    else:
        world.tap(followup, "undo")
    deliver_all(world)
    assert [call.note for call in world.portal.held_calls()] == (["second"] if what == "change" else [])


@pytest.mark.parametrize("what", ["change", "withdraw"])
@pytest.mark.parametrize("fault", ["", "cut_after", "cut_before"])
def test_a_change_during_a_post_arrives_in_the_end(world: World, what: str, fault: str) -> None:
    """The person changes the answer while the request is on its way: the CRM has one call as they want it, or none."""
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    real = world.hub.create
    meant: list[str] = []

    def change_mind() -> None:
        if what == "change":
            answer_by_command(world, followup, note="second")
        else:
            assert withdraw(world.app, world.again(followup), world.now)

    def create(engagement: object) -> str:
        if not meant:
            meant.append(what)
            world.elsewhere(change_mind)
        return real(engagement)  # type: ignore[arg-type]

    world.hub.create = create  # type: ignore[method-assign]
    if fault:
        world.portal.fault(fault, "POST /crm/objects/2026-09/calls$", times=1)
    deliver_all(world)
    assert [call.note for call in world.portal.held_calls()] == (["second"] if what == "change" else [])
    assert world.again(followup).state is (State.LOGGED if what == "change" else State.DISMISSED)


def test_a_call_that_was_deleted_in_the_crm_cannot_be_changed_and_its_card_says_so(world: World) -> None:
    followup = logged(world)
    (held,) = world.portal.held_calls()
    world.portal.records.archive("calls", held.id)
    answer_by_command(world, followup, note="second")
    world.deliver()
    world.attend()
    assert "it was deleted there" in world.shown("Not logged").content
    world.tap(followup, "undo")
    deliver_all(world)
    assert world.again(followup).state is State.DISMISSED


def test_a_waiting_answer_that_is_undone_is_dropped_without_a_request(world: World) -> None:
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    world.attend()
    sent = len(world.portal.requests_seen)
    world.tap(followup, "undo")
    deliver_all(world)
    assert len(world.portal.requests_seen) == sent
    row = world.app.ledger.outbox.of_call(followup.call.key)
    assert row
    assert row.state is DeliveryState.DROPPED
    assert world.app.ledger.outbox.of_call(followup.call.key, Kind.TASK) is None


def test_a_refused_call_can_be_answered_again_and_its_card_stays_until_then(world: World) -> None:
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    world.portal.required["calls"] = ("hs_activity_type",)
    world.deliver()
    world.attend()
    card = world.shown("Not logged: Ana López")
    assert 'callerid config set log.fields "hs_activity_type = VALUE"' in card.content
    world.app.termux.remove_notification(card.id)  # as a tap on its body does
    world.tap(followup, "log")
    assert world.ask(None) is AskResult.LEFT
    world.attend()
    assert world.shown("Not logged: Ana López")
    world.portal.required.clear()
    world.tap(followup, "log")
    assert world.ask("Busy", "otherwise") is AskResult.ANSWERED
    deliver_all(world)
    assert [call.note for call in world.portal.held_calls()] == ["otherwise"]


def test_a_change_survives_the_end_of_the_process_that_asks(world: World) -> None:
    """The tap was processed and its dialog opened: the next process opens it again."""
    followup = logged(world)
    world.tap(followup, "log")

    class Died(BaseException):
        pass

    def dying(*_: object) -> None:
        raise Died

    with pytest.MonkeyPatch.context() as phone:
        phone.setattr(Termux, "dialog", dying)
        with pytest.raises(Died):
            world.ask()
    world.restart()
    assert world.ask("Busy", "second") is AskResult.ANSWERED
    deliver_all(world)
    assert [call.note for call in world.portal.held_calls()] == ["second"]


def test_a_prompt_comes_back_when_the_tap_on_it_opened_no_dialog(world: World) -> None:
    followup = world.called()
    world.attend()
    world.ask(None)
    world.attend()
    (card,) = world.phone.notifications()
    world.app.termux.remove_notification(card.id)  # as a tap on its body does
    world.tap(followup, "log")
    world.later(minutes=11)
    world.attend()
    assert world.titles() == ["Log call with Ana López?"]


def logged_with_other_contact(world: World) -> FollowUp:
    """Log a call with another contact than the one who has the number."""
    followup = world.called()
    world.attend()
    other = next(contact_id for contact_id in world.portal.records.by_kind["contacts"] if str(contact_id) != world.who(ANA)[0].id)
    answer_by_command(world, followup, person=str(other), note="borrowed phone")
    deliver_all(world)
    world.attend()
    return followup


def test_a_change_keeps_the_contact_with_whom_the_call_was_logged(world: World) -> None:
    followup = logged_with_other_contact(world)
    (before,) = world.portal.held_calls()
    assert before.contacts != ("Ana López",)
    world.tap(followup, "log")
    assert world.ask(before.contacts[0], "Busy", "") is AskResult.ANSWERED
    labels = world.phone.happened("dialog")[-4]["labels"]
    assert [label.partition(" ·")[0] for label in labels[:2]] == [before.contacts[0], "Ana López"]
    deliver_all(world)
    (after,) = world.portal.held_calls()
    assert (after.contacts, after.note, after.disposition) == (before.contacts, "borrowed phone", "Busy")


def test_a_change_can_log_the_call_with_the_contact_who_has_the_number(world: World) -> None:
    followup = logged_with_other_contact(world)
    world.tap(followup, "log")
    assert world.ask("Ana", "Connected", "") is AskResult.ANSWERED
    deliver_all(world)
    assert [call.contacts for call in world.portal.held_calls()] == [("Ana López",)]
