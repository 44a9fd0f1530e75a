"""What was said can be unsaid: a logged call is corrected or withdrawn, and is there once or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.core.delivery.outbox_row import DeliveryState, Kind
from callerid.core.followup.conversation import with_answer
from callerid.core.followup.questions import AskedQuestion, Question
from callerid.core.followup.state import FollowUp, State
from callerid.core.inbox_events import Reply
from callerid.errors import UsageFault
from callerid.turns.context import turn_facts
from callerid.turns.followup.conversation import ask_all, question_or_result
from callerid.turns.followup.dialogs import AskResult
from callerid.turns.followup.dialogs_as_cards import ask_by_card
from callerid.turns.followup.log_by_command import CommandAnswers, answer_from_command, find_call
from callerid.turns.followup.record_answer import record_answer
from callerid.turns.followup.situation import read_situation
from callerid.turns.inbox.receive import receive
from tests.turns.world import ANA

if TYPE_CHECKING:
    from callerid.core.followup.conversation import Draft
    from tests.turns.world import World


def logged(world: World) -> FollowUp:
    followup = world.called()
    world.attend()
    world.ask("Connected", "first")
    world.deliver()
    world.attend()
    assert world.again(followup).state is State.LOGGED
    return followup


def by_hand(world: World, followup: FollowUp, **said: str) -> None:
    before = find_call(world.app, followup.call.key[:8])
    record_answer(world.app, before, answer_from_command(world.app, before, CommandAnswers(**said), world.now), world.now)


def deliver_all(world: World) -> None:
    for _ in range(60):
        delivered = world.deliver()
        if not delivered.left:
            return
        world.now = max(world.now, delivered.next_at or world.now)
    raise AssertionError(world.app.ledger.outbox.all())


def test_a_change_from_the_card_corrects_the_call(world: World) -> None:
    followup = logged(world)
    assert world.shown("Logged").buttons == ("Change…", "Undo")
    world.tap(followup, "log")
    assert world.ask("Busy", "second") is AskResult.ANSWERED
    deliver_all(world)
    (call,) = world.portal.held_calls()
    assert (call.disposition, call.note) == ("Busy", "second")


def with_a_task(world: World) -> FollowUp:
    followup = world.called()
    world.attend()
    world.ask("Connected", "what she said", "Tomorrow")
    deliver_all(world)
    world.attend()
    return followup


def held(world: World) -> tuple[str, str, int]:
    (call,) = world.portal.held_calls()
    return call.disposition, call.note, len(world.portal.held_tasks())


def test_what_is_left_empty_in_a_change_stays_as_it_was(world: World) -> None:
    followup = with_a_task(world)
    world.tap(followup, "log")
    assert world.ask("Busy", "", "Keep: 24 Nov") is AskResult.ANSWERED
    deliver_all(world)
    assert held(world) == ("Busy", "what she said", 1)
    world.attend()
    world.tap(followup, "log")
    world.ask("Busy", "", "No follow-up")
    deliver_all(world)
    assert held(world) == ("Busy", "what she said", 0)


def test_a_change_begins_with_what_is_logged(world: World) -> None:
    followup = with_a_task(world)
    by_hand(world, followup, outcome="wrong-number", deal="none")
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


def test_a_change_by_the_buttons_of_a_card_leaves_note_and_task_alone(world: World) -> None:
    followup = with_a_task(world)
    world.tap(followup, "log")
    assert not ask_by_card(world.app, world.again(followup), turn_facts(world.app, world.now))
    assert world.shown("Call with Ana López").buttons == ("Connected", "Busy", "More…")
    world.press(followup, "Busy")
    deliver_all(world)
    assert held(world) == ("Busy", "what she said", 1)


def test_a_dialog_that_was_open_when_a_note_was_typed_into_the_card_keeps_the_note(world: World) -> None:
    world.settings('region = "IE"\n[log]\nreply = true\nfollow_up = false\n')
    followup = world.called()
    world.attend()

    def put(asked: AskedQuestion, draft: Draft) -> Draft:
        if asked.question == Question.OUTCOME:
            receive(world.app, Reply(at=world.now, token=world.again(followup).token, text="typed into the card"), world.now)
            return with_answer(asked, asked.dialog.labels.index("Busy"), "", draft)
        return with_answer(asked, None, "", draft)

    assert ask_all(world.app, world.again(followup), put, world.clock)
    deliver_all(world)
    assert held(world) == ("Busy", "typed into the card", 0)


def test_a_change_that_is_left_changes_nothing(world: World) -> None:
    followup = logged(world)
    world.tap(followup, "log")
    assert world.ask("Busy", None, None) is AskResult.LEFT
    world.attend()
    deliver_all(world)
    assert world.again(followup).state is State.LOGGED
    assert [call.disposition for call in world.portal.held_calls()] == ["Connected"]


def test_undo_takes_the_call_and_its_task_out_again(world: World) -> None:
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


def test_what_was_taken_back_is_told_for_a_while(world: World) -> None:
    followup = logged(world)
    world.tap(followup, "undo")
    world.attend()
    assert world.titles() == ["Undone, not logged: Ana López · Acme Ltd"]
    deliver_all(world)
    world.later(minutes=1)
    world.attend()
    assert world.titles() == []


def test_what_was_withdrawn_can_be_logged_again(world: World) -> None:
    followup = logged(world)
    world.tap(followup, "undo")
    deliver_all(world)
    by_hand(world, followup, outcome="connected", note="after all")
    deliver_all(world)
    assert [call.note for call in world.portal.held_calls()] == ["after all"]


def test_only_what_is_mentioned_changes(world: World) -> None:
    followup = logged(world)
    by_hand(world, followup, follow_up="tomorrow")
    by_hand(world, followup, note="new words")
    deliver_all(world)
    (call,) = world.portal.held_calls()
    assert (call.disposition, call.note, call.deals) == ("Connected", "new words", ("Renewal 2027",))
    assert len(world.portal.held_tasks()) == 1
    by_hand(world, followup, deal="none", follow_up="none")
    deliver_all(world)
    (call,) = world.portal.held_calls()
    assert (call.note, call.deals, call.contacts) == ("new words", (), ("Ana López",))
    assert world.portal.held_tasks() == ()


def test_another_person_is_linked_and_the_first_one_no_more(world: World) -> None:
    followup = logged(world)
    other = sorted(world.portal.records.by_kind["contacts"])[1]
    name = world.app.mirror.person(str(other))
    assert name
    by_hand(world, followup, person=str(other))
    deliver_all(world)
    (call,) = world.portal.held_calls()
    assert call.contacts == (f"{name.first_name} {name.last_name}",)


@pytest.mark.parametrize("said", [{"outcome": "nonsense"}, {"deal": "12"}, {"person": "12"}, {"follow_up": "yesterday"}])
def test_words_that_mean_nothing_are_told_with_what_would(world: World, said: dict[str, str]) -> None:
    followup = logged(world)
    with pytest.raises(UsageFault) as told:
        by_hand(world, followup, **said)
    assert told.value.remedy


def test_a_key_must_mean_one_call(world: World) -> None:
    for key in ("", "zzz"):
        with pytest.raises(UsageFault):
            find_call(world.app, key)


@pytest.mark.parametrize("fault", ["cut_after", "cut_before", "html", "truncated_json"])
@pytest.mark.parametrize("what", ["change", "withdraw"])
def test_a_change_whose_answer_never_comes_is_made_in_the_end(world: World, fault: str, what: str) -> None:
    followup = logged(world)
    world.portal.fault(fault, "(PATCH|DELETE|PUT) ", times=3)
    if what == "change":
        by_hand(world, followup, note="second")
    else:
        world.tap(followup, "undo")
    deliver_all(world)
    assert [call.note for call in world.portal.held_calls()] == (["second"] if what == "change" else [])


@pytest.mark.parametrize("what", ["change", "withdraw"])
@pytest.mark.parametrize("fault", ["", "cut_after", "cut_before"])
def test_what_changes_while_a_post_is_under_way_is_true_in_the_end(world: World, what: str, fault: str) -> None:
    """The person taps while the request is on its way: one call as they want it, or none."""
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    real = world.hub.create
    meant: list[str] = []

    def create(engagement: object) -> str:
        if not meant:
            meant.append(what)
            if what == "change":
                by_hand(world, followup, note="second")
            else:
                from callerid.turns.followup.withdraw import withdraw

                assert withdraw(world.app, world.again(followup), world.now)
        return real(engagement)  # type: ignore[arg-type]

    world.hub.create = create  # type: ignore[method-assign]
    if fault:
        world.portal.fault(fault, "POST /crm/objects/2026-09/calls$", times=1)
    deliver_all(world)
    assert [call.note for call in world.portal.held_calls()] == (["second"] if what == "change" else [])
    assert world.again(followup).state is (State.LOGGED if what == "change" else State.DISMISSED)


def test_a_call_that_was_deleted_in_the_crm_cannot_be_changed_and_that_is_told(world: World) -> None:
    followup = logged(world)
    (held,) = world.portal.held_calls()
    world.portal.records.archive("calls", held.id)
    by_hand(world, followup, note="second")
    world.deliver()
    world.attend()
    assert "it was deleted there" in world.shown("Not logged").content
    world.tap(followup, "undo")
    deliver_all(world)
    assert world.again(followup).state is State.DISMISSED


def test_an_answer_that_waits_is_dropped_without_a_request(world: World) -> None:
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


def test_a_refused_call_can_be_answered_otherwise_and_its_card_stays_until_then(world: World) -> None:
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


def test_a_change_survives_the_death_of_the_process_that_asks(world: World) -> None:
    """The tap has been dealt with, and its dialog has begun: whoever is started next opens it again."""
    followup = logged(world)
    world.tap(followup, "log")

    class Died(BaseException):
        pass

    def dying(*_: object) -> None:
        raise Died

    real = world.app.termux.dialog
    world.app.termux.dialog = dying  # type: ignore[method-assign, assignment]
    with pytest.raises(Died):
        world.ask()
    world.app.termux.dialog = real  # type: ignore[method-assign]
    world.restart()
    assert world.ask("Busy", "second") is AskResult.ANSWERED
    deliver_all(world)
    assert [call.note for call in world.portal.held_calls()] == ["second"]


def test_a_tap_on_a_cards_body_of_which_no_dialog_came_brings_the_card_back(world: World) -> None:
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


def lent(world: World) -> FollowUp:
    """A call that is logged with another than the one who has the number."""
    followup = world.called()
    world.attend()
    other = next(one for one in world.portal.records.by_kind["contacts"] if str(one) != world.who(ANA)[0].id)
    by_hand(world, followup, person=str(other), note="borrowed phone")
    deliver_all(world)
    world.attend()
    return followup


def test_a_change_leaves_the_call_with_whom_it_was_logged(world: World) -> None:
    followup = lent(world)
    (before,) = world.portal.held_calls()
    assert before.contacts != ("Ana López",)
    world.tap(followup, "log")
    assert world.ask(before.contacts[0], "Busy", "") is AskResult.ANSWERED
    labels = world.phone.happened("dialog")[-4]["labels"]
    assert [label.partition(" ·")[0] for label in labels[:2]] == [before.contacts[0], "Ana López"]
    deliver_all(world)
    (after,) = world.portal.held_calls()
    assert (after.contacts, after.note, after.disposition) == (before.contacts, "borrowed phone", "Busy")


def test_a_change_can_give_a_call_to_whom_the_number_suggests(world: World) -> None:
    followup = lent(world)
    world.tap(followup, "log")
    assert world.ask("Ana", "Connected", "") is AskResult.ANSWERED
    deliver_all(world)
    assert [call.contacts for call in world.portal.held_calls()] == [("Ana López",)]
