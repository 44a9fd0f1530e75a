"""The CRM has a call and refuses a change of it: the card says so, and cancelling the change loses nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from callerid.core.delivery.manual import cancel, retry_now
from callerid.core.delivery.states import DeliveryState, Kind
from callerid.core.followup.states import CardStatus, State
from callerid.errors import CommandHung
from callerid.phone.termux import Termux
from callerid.turns.followup.dialogs import AskResult
from callerid.turns.followup.log_by_command import CommandAnswers, answer_from_command
from callerid.turns.followup.record_answer import record_answer
from callerid.turns.followup.withdraw import withdraw
from callerid.turns.upkeep.forget import find, forget
from tests.turns.delivery.steps import (
    TASK_POSTS,
    answer_by_command,
    deliver_all,
    edit_in_crm,
    logged,
    logged_with_task,
    other_contact,
    pass_time,
)
from tests.turns.world import ANA

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.core.followup.state import FollowUp
    from tests.turns.world import World


def refused_change(world: World) -> FollowUp:
    """Log a call as connected with a note, and let a rule refuse its change to busy without a note."""
    followup = logged(world)
    world.portal.required["calls"] = ("hs_call_body",)
    answer_by_command(world, followup, outcome="busy", note="")
    world.deliver()
    world.attend()
    return followup


def calls_in_portal(world: World) -> list[tuple[str, str]]:
    return [(call.disposition, call.note) for call in world.portal.held_calls()]


def test_a_refused_change_is_not_shown_as_a_call_that_is_missing(world: World) -> None:
    followup = refused_change(world)
    card = world.shown("Change not saved: Ana López")
    assert card.buttons == ("Try again", "Give up")
    assert "hs_call_body" in card.content
    assert world.again(followup).state is State.CHANGE_REFUSED
    assert followup.call.key not in [other.call.key for other in world.app.ledger.calls.newest(9, unlogged=True)]
    world.app.ledger.calls.show_again()
    world.attend()
    assert world.titles() == [card.title]


def test_a_cancelled_change_leaves_the_call_as_it_was_logged(world: World) -> None:
    followup = refused_change(world)
    assert world.tap(followup, "keep").attend
    world.attend()
    assert world.again(followup).state is State.LOGGED
    assert world.shown("Logged: Ana López").buttons == ("Change…", "Undo")
    deliver_all(world)
    assert calls_in_portal(world) == [("Connected", "first")]
    world.portal.required.clear()
    edit_in_crm(world, "calls", hs_call_body="a colleague's")
    answer_by_command(world, followup, outcome="wrong-number")
    row = world.app.ledger.outbox.of_call(followup.call.key)
    assert getattr(row and row.content, "note", "") == "first"
    deliver_all(world)
    assert [outcome for outcome, _ in calls_in_portal(world)] == ["Wrong number"]


def test_a_refused_change_is_made_when_the_reason_is_gone(world: World) -> None:
    followup = refused_change(world)
    world.portal.required.clear()
    assert world.tap(followup, "retry").deliver
    deliver_all(world)
    assert calls_in_portal(world) == [("Busy", "")]
    assert world.again(followup).state is State.LOGGED


def test_a_call_whose_change_was_refused_can_be_withdrawn(world: World) -> None:
    followup = refused_change(world)
    assert withdraw(world.app, world.again(followup), world.now)
    deliver_all(world)
    assert calls_in_portal(world) == []
    assert world.again(followup).state is State.DISMISSED


def test_cancelling_a_change_cancels_that_of_its_task_too(world: World) -> None:
    followup = logged_with_task(world)
    world.portal.required |= {"calls": ("hs_call_body",), "tasks": ("hs_task_subject",)}
    world.portal.fault("status", "PATCH /crm/objects/2026-09/tasks/", times=1, status=400)
    answer_by_command(world, followup, note="", follow_up="next-week")
    world.deliver()
    world.attend()
    assert sum(title.startswith("Change not saved") for title in world.titles()) == 2
    due = [task.due for task in world.portal.held_tasks()]
    world.tap(followup, "keep")
    deliver_all(world)
    for kind in (Kind.CALL, Kind.TASK):
        row = world.app.ledger.outbox.of_call(followup.call.key, kind)
        assert row
        assert (row.state, row.fault) == (DeliveryState.DELIVERED, "")
    assert [task.due for task in world.portal.held_tasks()] == due
    world.attend()
    assert not any(title.startswith("Change not saved") for title in world.titles())


def test_a_refused_withdrawal_leaves_the_call_and_its_card_says_so(world: World) -> None:
    followup = logged(world)
    world.portal.fault("status", "DELETE ", times=1, status=400)
    world.tap(followup, "undo")
    world.deliver()
    world.attend()
    assert world.shown("Change not saved: Ana López")
    world.tap(followup, "keep")
    deliver_all(world)
    assert calls_in_portal(world) == [("Connected", "first")]
    assert world.again(followup).state is State.LOGGED


def test_a_cancelled_change_that_had_arrived_is_undone_in_the_crm(world: World) -> None:
    followup = logged(world)
    answer_by_command(world, followup, outcome="busy", note="second")
    world.portal.fault("cut_after", "PATCH ", times=1)
    world.deliver()
    world.portal.fault("status", "PATCH ", times=1, status=400)
    deliver_all(world)
    world.attend()
    assert calls_in_portal(world) == [("Busy", "second")]
    world.tap(followup, "keep")
    deliver_all(world)
    assert calls_in_portal(world) == [("Connected", "first")]
    assert world.again(followup).state is State.LOGGED


def test_a_cancelled_change_whose_association_alone_was_refused_is_undone_in_the_crm(world: World) -> None:
    followup = logged(world)
    answer_by_command(world, followup, note="was with the other one", person=other_contact(world))
    world.portal.fault("status", "PUT ", times=1, status=400)
    deliver_all(world)
    world.attend()
    assert calls_in_portal(world) == [("Connected", "was with the other one")]
    world.tap(followup, "keep")
    deliver_all(world)
    assert [(call.note, call.contacts) for call in world.portal.held_calls()] == [("first", ("Ana López",))]


# ------------------------------------------------------------------------------------------------ deleted in the CRM


def changed_after_deletion(world: World) -> FollowUp:
    followup = logged(world)
    (call,) = world.portal.held_calls()
    world.portal.records.archive("calls", call.id)
    answer_by_command(world, followup, note="second")
    world.deliver()
    world.attend()
    return followup


@pytest.mark.parametrize("way", ["retry", "outbox retry", "again by hand"])
def test_a_call_that_was_deleted_in_the_crm_is_logged_again_when_the_person_wants_it(world: World, way: str) -> None:
    followup = changed_after_deletion(world)
    card = world.shown("Not logged: Ana López")
    assert card.buttons == ("Try again", "Give up")
    assert "it was deleted there. Try again to log it as a new one" in card.content
    if way == "retry":
        world.tap(followup, "retry")
    elif way == "outbox retry":
        (row,) = world.app.ledger.outbox.all()
        world.app.ledger.outbox.change(row, retry_now(row), world.now)
    else:
        answer_by_command(world, followup, note="second")
    deliver_all(world)
    assert calls_in_portal(world) == [("Connected", "second")]
    assert world.again(followup).state is State.LOGGED


def test_a_change_of_the_deal_alone_notices_that_the_task_was_deleted(world: World) -> None:
    """Its association is gone already, which does not count as a change."""
    followup = logged_with_task(world)
    (held_task,) = world.portal.held_tasks()
    world.portal.records.archive("tasks", held_task.id)
    answer_by_command(world, followup, deal="none")
    world.deliver()
    row = world.app.ledger.outbox.of_call(followup.call.key, Kind.TASK)
    assert row
    assert (row.state, row.remote_id) == (DeliveryState.DEAD, "")
    assert [call.deals for call in world.portal.held_calls()] == [()]


def test_a_task_that_was_deleted_in_the_crm_does_not_matter_for_a_change_of_the_outcome(world: World) -> None:
    followup = logged_with_task(world)
    (held_task,) = world.portal.held_tasks()
    world.portal.records.archive("tasks", held_task.id)
    answer_by_command(world, followup, outcome="busy")
    deliver_all(world)
    world.attend()
    assert (calls_in_portal(world), world.portal.held_tasks()) == ([("Busy", "first")], ())
    answer_by_command(world, followup, note="second")
    deliver_all(world)
    world.attend()
    card = world.shown("Not saved in the CRM: Follow up with Ana López")
    assert "was deleted there" in card.content
    answer_by_command(world, followup, outcome="connected")
    deliver_all(world)
    assert (calls_in_portal(world), world.portal.held_tasks()) == ([("Connected", "second")], ())
    (row,) = world.app.ledger.outbox.all()
    world.app.ledger.outbox.change(row, retry_now(row), world.now)
    deliver_all(world)
    assert len(world.portal.held_tasks()) == 1


@pytest.mark.parametrize("in_a_dialog", [False, True])
def test_a_refused_task_is_tried_again_when_its_date_is_given_again(world: World, *, in_a_dialog: bool) -> None:
    followup = world.called()
    world.attend()
    world.portal.fault("status", TASK_POSTS, times=1, status=400)
    answer_by_command(world, followup, follow_up="tomorrow")
    deliver_all(world)
    world.attend()
    answer_by_command(world, followup, outcome="busy")
    deliver_all(world)
    assert world.portal.held_tasks() == ()
    world.portal.fault("status", TASK_POSTS, times=1, status=400)
    answer_by_command(world, followup, follow_up="tomorrow")
    deliver_all(world)
    world.attend()
    if in_a_dialog:
        world.tap(followup, "log")
        assert world.ask("Busy", "", "Tomorrow") is AskResult.ANSWERED
    else:
        answer_by_command(world, followup, follow_up="tomorrow")
    deliver_all(world)
    assert len(world.portal.held_tasks()) == 1


# ------------------------------------------------------------------------------------------------ quiet hours


def test_a_task_that_is_refused_in_the_quiet_hours_is_reported_once_after_them(world: World) -> None:
    world.settings('region = "IE"\n[log]\nquiet_hours = "11:00-15:00"\n')
    followup = world.called()
    world.portal.required["tasks"] = ("hs_task_subject",)
    world.portal.fault("status", "POST /crm/objects/2026-09/tasks$", times=1, status=400)
    answer_by_command(world, followup, follow_up="tomorrow")
    world.deliver()
    title, noon = "Not saved in the CRM: Follow up with Ana López", world.now
    for _ in range(20):
        until = world.attend().next_at
        world.restart()
        if title in world.titles():
            break
        assert until
        world.now = until
    assert world.app.local_time(world.now).hour == 15
    assert world.now - noon < timedelta(hours=5)
    world.app.termux.remove_notification(world.shown(title).id)  # as a swipe does
    world.attend()
    assert title not in world.titles()


def test_the_notification_of_a_refusal_that_cannot_be_shown_is_shown_later(world: World) -> None:
    followup = world.called()
    world.portal.fault("status", "POST /crm/objects/2026-09/tasks$", times=1, status=400)
    answer_by_command(world, followup, follow_up="tomorrow")
    world.deliver()

    def broken(*_: object) -> None:
        raise CommandHung("termux-notification did not answer.")

    with pytest.MonkeyPatch.context() as phone:
        phone.setattr(Termux, "notify", broken)
        again = world.attend().next_at
    assert again
    world.now = again
    world.attend()
    assert world.shown("Not saved in the CRM: Follow up with Ana López")


# ------------------------------------------------------------------------------------------------ answers during a request


def deliver_and_meanwhile(world: World, meanwhile: Callable[[], object]) -> None:
    """Deliver a change, and let something happen while its request is on the way."""
    real = world.hub.update

    def update(*arguments: Any) -> None:
        world.hub.update = real  # type: ignore[method-assign]
        world.elsewhere(meanwhile)
        real(*arguments)

    world.hub.update = update  # type: ignore[method-assign, assignment]
    world.deliver()


def test_a_call_that_is_withdrawn_while_its_change_is_refused_is_deleted(world: World) -> None:
    followup = logged(world)
    answer_by_command(world, followup, outcome="busy")
    world.portal.fault("status", "PATCH ", times=1, status=400)
    deliver_and_meanwhile(world, lambda: withdraw(world.app, world.again(followup), world.now))
    deliver_all(world)
    world.attend()
    assert calls_in_portal(world) == []
    assert world.again(followup).state is State.DISMISSED
    assert not any("not saved" in title for title in world.titles())


def test_a_correction_is_sent_although_the_one_before_was_refused(world: World) -> None:
    followup = logged(world)
    answer_by_command(world, followup, note="second")
    world.portal.fault("status", "PATCH ", times=1, status=400)
    deliver_and_meanwhile(world, lambda: answer_by_command(world, followup, note="third"))
    deliver_all(world)
    assert calls_in_portal(world) == [("Connected", "third")]
    assert world.again(followup).state is State.LOGGED


def test_a_call_that_is_withdrawn_while_its_change_finds_it_deleted_needs_no_more_requests(world: World) -> None:
    followup = logged(world)
    answer_by_command(world, followup, outcome="busy")
    (call,) = world.portal.held_calls()
    world.portal.records.archive("calls", call.id)
    sent = len(world.portal.requests_seen)
    deliver_and_meanwhile(world, lambda: withdraw(world.app, world.again(followup), world.now))
    deliver_all(world)
    assert [method for method, *_ in world.portal.requests_seen[sent:]] == ["PATCH"]
    assert world.again(followup).state is State.DISMISSED


def test_a_withdrawn_call_that_an_earlier_version_would_have_posted_again_is_dropped(world: World) -> None:
    followup = changed_after_deletion(world)
    world.app.ledger.connection.execute("UPDATE outbox SET wish = 'withdraw'")
    world.tap(followup, "retry")
    sent = len(world.portal.requests_seen)
    deliver_all(world)
    assert len(world.portal.requests_seen) == sent
    assert world.again(followup).state is State.DISMISSED


# ------------------------------------------------------------------------------------------------ withdrawn by us


def withdraw_with_lost_answer(world: World, followup: FollowUp) -> None:
    """Withdraw a call, and lose the answer to that."""
    world.portal.fault("cut_after", "DELETE ", times=1)
    world.tap(followup, "undo")
    world.deliver()
    world.attend()
    assert calls_in_portal(world) == []


@pytest.mark.parametrize("note", ["first", "second"])
@pytest.mark.parametrize("died", [False, True])
def test_a_call_that_is_logged_again_before_its_withdrawal_is_confirmed_is_logged(world: World, note: str, *, died: bool) -> None:
    followup = logged(world)
    withdraw_with_lost_answer(world, followup)
    answer_by_command(world, followup, note=note)
    if died:
        world.restart()
    deliver_all(world)
    world.attend()
    assert calls_in_portal(world) == [("Connected", note)]
    assert world.again(followup).state is State.LOGGED


def test_a_call_whose_withdrawal_did_not_arrive_is_changed_and_keeps_what_colleagues_wrote(world: World) -> None:
    followup = logged(world)
    edit_in_crm(world, "calls", hs_call_title="Renewal")
    world.portal.fault("cut_before", "DELETE ", times=1)
    world.tap(followup, "undo")
    world.deliver()
    answer_by_command(world, followup, outcome="busy")
    deliver_all(world)
    assert [(call.title, call.disposition) for call in world.portal.held_calls()] == [("Renewal", "Busy")]
    pass_time(world, timedelta(minutes=5))  # until then it could be our withdrawal that comes late
    world.portal.records.archive("calls", world.portal.held_calls()[0].id)
    answer_by_command(world, followup, outcome="connected")
    world.deliver()
    assert world.again(followup).state is State.DEAD  # that was somebody else


def test_a_cancelled_change_of_a_call_that_we_may_have_deleted_brings_the_call_back(world: World) -> None:
    followup = logged(world)
    withdraw_with_lost_answer(world, followup)
    answer_by_command(world, followup, note="second")
    (row,) = world.app.ledger.outbox.all()
    world.app.ledger.outbox.change(row, cancel(row), world.now)
    deliver_all(world)
    assert calls_in_portal(world) == [("Connected", "first")]


# ------------------------------------------------------------------------------------------------ outdated notifications


def logged_with_refused_task(world: World) -> FollowUp:
    """Log a call whose task is refused, which a notification says."""
    followup = world.called()
    world.portal.fault("status", TASK_POSTS, times=1, status=400)
    answer_by_command(world, followup, follow_up="tomorrow")
    deliver_all(world)
    world.attend()
    assert TASK_REFUSED in world.titles()
    return followup


TASK_REFUSED = "Not saved in the CRM: Follow up with Ana López"


@pytest.mark.parametrize("end", ["corrected", "not wanted", "withdrawn", "forgotten", "tried again"])
@pytest.mark.parametrize("died", [False, True])
def test_the_notification_of_a_refusal_is_removed_when_it_is_outdated(world: World, end: str, *, died: bool) -> None:
    followup = logged_with_refused_task(world)
    if end == "corrected":
        answer_by_command(world, followup, follow_up="next-week")
    elif end == "not wanted":
        answer_by_command(world, followup, follow_up="none")
    elif end == "withdrawn":
        withdraw(world.app, world.again(followup), world.now)
    elif end == "forgotten":
        forget(world.app, find(world.app, ANA), world.now)
    else:
        (row,) = world.app.ledger.outbox.all()
        world.app.ledger.outbox.change(row, retry_now(row), world.now)
    deliver_all(world)
    if died:
        world.restart()
    world.attend()
    assert TASK_REFUSED not in world.titles()


def test_the_outdated_notification_of_a_refusal_that_cannot_be_removed_is_removed_later(world: World) -> None:
    followup = logged_with_refused_task(world)
    answer_by_command(world, followup, follow_up="none")

    def broken(*_: object) -> None:
        raise CommandHung("termux-notification-remove did not answer.")

    with pytest.MonkeyPatch.context() as phone:
        phone.setattr(Termux, "remove_notification", broken)
        again = world.attend().next_at
    assert again
    world.now = again
    world.attend()
    assert TASK_REFUSED not in world.titles()


def test_the_notification_stays_when_a_corrected_task_is_refused_again(world: World) -> None:
    followup = logged_with_refused_task(world)
    world.portal.fault("status", TASK_POSTS, times=1, status=400)
    answer_by_command(world, followup, follow_up="next-week")
    world.attend()
    deliver_all(world)
    world.attend()
    world.restart()
    world.attend()
    assert world.titles().count(TASK_REFUSED) == 1


@pytest.mark.parametrize("before", [False, True])
def test_a_call_that_a_command_logged_has_a_card_when_it_is_refused_later(world: World, *, before: bool) -> None:
    followup = logged(world) if before else world.called()
    world.later(minutes=1)
    world.attend()
    world.portal.required["calls"] = ("hs_call_body",)
    answer = answer_from_command(world.app, world.again(followup), CommandAnswers(outcome="busy", note=""), world.now)
    record_answer(world.app, world.again(followup), answer, world.now, CardStatus.NONE)
    world.attend()
    assert world.titles() == []
    world.deliver()
    world.attend()
    assert world.titles() == ["Change not saved: Ana López · Acme Ltd" if before else "Not logged: Ana López · Acme Ltd"]
