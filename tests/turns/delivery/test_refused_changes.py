"""The CRM has the call and refuses a change of it: that is told as what it is, and whoever gives the change up loses nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from callerid.core.delivery.manual import cancel, retry_now
from callerid.core.delivery.outbox_row import DeliveryState, Kind
from callerid.core.followup.state import CardStatus, State
from callerid.errors import CommandHung
from callerid.turns.followup.dialogs import AskResult
from callerid.turns.followup.log_by_command import CommandAnswers, answer_from_command
from callerid.turns.followup.record_answer import record_answer
from callerid.turns.followup.withdraw import withdraw
from callerid.turns.upkeep.forget import find, forget
from tests.turns.delivery.test_changed_meanwhile import TASKS, edit, logged_with_a_task, somebody_else
from tests.turns.delivery.test_corrections import by_hand, deliver_all, logged
from tests.turns.world import ANA

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.core.followup.state import FollowUp
    from tests.turns.world import World


def refused(world: World) -> FollowUp:
    """A call that is logged as connected, with a note, and whose change to busy without a note a rule refuses."""
    followup = logged(world)
    world.portal.required["calls"] = ("hs_call_body",)
    by_hand(world, followup, outcome="busy", note="")
    world.deliver()
    world.attend()
    return followup


def held(world: World) -> list[tuple[str, str]]:
    return [(call.disposition, call.note) for call in world.portal.held_calls()]


def test_it_is_told_as_a_change_and_not_as_a_call_that_is_missing(world: World) -> None:
    followup = refused(world)
    card = world.shown("Change not saved: Ana López")
    assert card.buttons == ("Try again", "Give up")
    assert "hs_call_body" in card.content
    assert world.again(followup).state is State.CHANGE_REFUSED
    assert followup.call.key not in [one.call.key for one in world.app.ledger.calls.newest(9, unlogged=True)]
    world.app.ledger.calls.show_again()
    world.attend()
    assert world.titles() == [card.title]


def test_whoever_gives_the_change_up_keeps_the_call_as_it_was_logged(world: World) -> None:
    followup = refused(world)
    assert world.tap(followup, "keep").attend
    world.attend()
    assert world.again(followup).state is State.LOGGED
    assert world.shown("Logged: Ana López").buttons == ("Change…", "Undo")
    deliver_all(world)
    assert held(world) == [("Connected", "first")]
    world.portal.required.clear()
    edit(world, "calls", hs_call_body="a colleague's")
    by_hand(world, followup, outcome="wrong-number")
    row = world.app.ledger.outbox.of_call(followup.call.key)
    assert getattr(row and row.content, "note", "") == "first"
    deliver_all(world)
    assert [outcome for outcome, _ in held(world)] == ["Wrong number"]


def test_a_refused_change_is_made_when_the_reason_is_gone(world: World) -> None:
    followup = refused(world)
    world.portal.required.clear()
    assert world.tap(followup, "retry").deliver
    deliver_all(world)
    assert held(world) == [("Busy", "")]
    assert world.again(followup).state is State.LOGGED


def test_a_call_whose_change_was_refused_can_be_withdrawn(world: World) -> None:
    followup = refused(world)
    assert withdraw(world.app, world.again(followup), world.now)
    deliver_all(world)
    assert held(world) == []
    assert world.again(followup).state is State.DISMISSED


def test_giving_up_takes_the_task_along_that_was_refused_with_it(world: World) -> None:
    followup = logged_with_a_task(world)
    world.portal.required |= {"calls": ("hs_call_body",), "tasks": ("hs_task_subject",)}
    world.portal.fault("status", "PATCH /crm/objects/2026-09/tasks/", times=1, status=400)
    by_hand(world, followup, note="", follow_up="next-week")
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


def test_a_withdrawal_that_is_refused_leaves_the_call_and_says_so(world: World) -> None:
    followup = logged(world)
    world.portal.fault("status", "DELETE ", times=1, status=400)
    world.tap(followup, "undo")
    world.deliver()
    world.attend()
    assert world.shown("Change not saved: Ana López")
    world.tap(followup, "keep")
    deliver_all(world)
    assert held(world) == [("Connected", "first")]
    assert world.again(followup).state is State.LOGGED


def test_a_change_that_arrived_before_it_was_refused_is_changed_back(world: World) -> None:
    followup = logged(world)
    by_hand(world, followup, outcome="busy", note="second")
    world.portal.fault("cut_after", "PATCH ", times=1)
    world.deliver()
    world.portal.fault("status", "PATCH ", times=1, status=400)
    deliver_all(world)
    world.attend()
    assert held(world) == [("Busy", "second")]
    world.tap(followup, "keep")
    deliver_all(world)
    assert held(world) == [("Connected", "first")]
    assert world.again(followup).state is State.LOGGED


def test_a_change_of_which_only_the_link_was_refused_is_changed_back(world: World) -> None:
    followup = logged(world)
    by_hand(world, followup, note="was with the other one", person=somebody_else(world))
    world.portal.fault("status", "PUT ", times=1, status=400)
    deliver_all(world)
    world.attend()
    assert held(world) == [("Connected", "was with the other one")]
    world.tap(followup, "keep")
    deliver_all(world)
    assert [(call.note, call.contacts) for call in world.portal.held_calls()] == [("first", ("Ana López",))]


# ------------------------------------------------------------------------------------------------ deleted there


def deleted(world: World) -> FollowUp:
    followup = logged(world)
    (held,) = world.portal.held_calls()
    world.portal.records.archive("calls", held.id)
    by_hand(world, followup, note="second")
    world.deliver()
    world.attend()
    return followup


@pytest.mark.parametrize("way", ["retry", "outbox retry", "again by hand"])
def test_a_call_that_was_deleted_in_the_crm_is_logged_anew_when_the_person_says_so(world: World, way: str) -> None:
    followup = deleted(world)
    card = world.shown("Not logged: Ana López")
    assert card.buttons == ("Try again", "Give up")
    assert "it was deleted there. Try again to log it as a new one" in card.content
    if way == "retry":
        world.tap(followup, "retry")
    elif way == "outbox retry":
        (row,) = world.app.ledger.outbox.all()
        world.app.ledger.outbox.change(row, retry_now(row), world.now)
    else:
        by_hand(world, followup, note="second")
    deliver_all(world)
    assert held(world) == [("Connected", "second")]
    assert world.again(followup).state is State.LOGGED


def test_a_change_of_the_deal_alone_finds_out_that_the_task_was_deleted(world: World) -> None:
    """There is no link of it to take away any more; that does not make it changed."""
    followup = logged_with_a_task(world)
    (held_task,) = world.portal.held_tasks()
    world.portal.records.archive("tasks", held_task.id)
    by_hand(world, followup, deal="none")
    world.deliver()
    row = world.app.ledger.outbox.of_call(followup.call.key, Kind.TASK)
    assert row
    assert (row.state, row.remote_id) == (DeliveryState.DEAD, "")
    assert [call.deals for call in world.portal.held_calls()] == [()]


def test_a_task_that_was_deleted_in_the_crm_is_no_matter_for_a_change_of_the_outcome(world: World) -> None:
    followup = logged_with_a_task(world)
    (held_task,) = world.portal.held_tasks()
    world.portal.records.archive("tasks", held_task.id)
    by_hand(world, followup, outcome="busy")
    deliver_all(world)
    world.attend()
    assert (held(world), world.portal.held_tasks()) == ([("Busy", "first")], ())
    by_hand(world, followup, note="second")
    deliver_all(world)
    world.attend()
    card = world.shown("Not saved in the CRM: Follow up with Ana López")
    assert "was deleted there" in card.content
    by_hand(world, followup, outcome="connected")
    deliver_all(world)
    assert (held(world), world.portal.held_tasks()) == ([("Connected", "second")], ())
    (row,) = world.app.ledger.outbox.all()
    world.app.ledger.outbox.change(row, retry_now(row), world.now)
    deliver_all(world)
    assert len(world.portal.held_tasks()) == 1


@pytest.mark.parametrize("in_a_dialog", [False, True])
def test_a_refused_task_is_tried_again_when_its_day_is_said_again(world: World, *, in_a_dialog: bool) -> None:
    followup = world.called()
    world.attend()
    world.portal.fault("status", TASKS, times=1, status=400)
    by_hand(world, followup, follow_up="tomorrow")
    deliver_all(world)
    world.attend()
    by_hand(world, followup, outcome="busy")
    deliver_all(world)
    assert world.portal.held_tasks() == ()
    world.portal.fault("status", TASKS, times=1, status=400)
    by_hand(world, followup, follow_up="tomorrow")
    deliver_all(world)
    world.attend()
    if in_a_dialog:
        world.tap(followup, "log")
        assert world.ask("Busy", "", "Tomorrow") is AskResult.ANSWERED
    else:
        by_hand(world, followup, follow_up="tomorrow")
    deliver_all(world)
    assert len(world.portal.held_tasks()) == 1


# ------------------------------------------------------------------------------------------------ quiet hours


def test_a_task_that_is_refused_at_night_is_told_of_once_in_the_morning(world: World) -> None:
    world.settings('region = "IE"\n[log]\nquiet_hours = "11:00-15:00"\n')
    followup = world.called()
    world.portal.required["tasks"] = ("hs_task_subject",)
    world.portal.fault("status", "POST /crm/objects/2026-09/tasks$", times=1, status=400)
    by_hand(world, followup, follow_up="tomorrow")
    world.deliver()
    title, noon = "Not saved in the CRM: Follow up with Ana López", world.now
    while title not in world.titles():
        until = world.attend().next_at
        world.restart()
        world.now = until or world.now
        if title not in world.titles():
            assert until
    assert world.app.local_time(world.now).hour == 15
    assert world.now - noon < timedelta(hours=5)
    world.app.termux.remove_notification(world.shown(title).id)  # as a swipe does
    world.attend()
    assert title not in world.titles()


def test_a_refusal_that_cannot_be_shown_is_shown_later(world: World) -> None:
    followup = world.called()
    world.portal.fault("status", "POST /crm/objects/2026-09/tasks$", times=1, status=400)
    by_hand(world, followup, follow_up="tomorrow")
    world.deliver()

    def broken(*_: object) -> None:
        raise CommandHung("termux-notification did not answer.")

    real, world.app.termux.notify = world.app.termux.notify, broken  # type: ignore[method-assign, assignment]
    again = world.attend().next_at
    world.app.termux.notify = real  # type: ignore[method-assign]
    assert again
    world.now = again
    world.attend()
    assert world.shown("Not saved in the CRM: Follow up with Ana López")


# ------------------------------------------------------------------------------------------------ said since then


def while_it_is_changed(world: World, meanwhile: Callable[[], object]) -> None:
    """Deliver a change, and let something happen when its request has left."""
    real = world.hub.update

    def update(*asked: Any) -> None:
        world.hub.update = real  # type: ignore[method-assign]
        meanwhile()
        real(*asked)

    world.hub.update = update  # type: ignore[method-assign, assignment]
    world.deliver()


def test_a_call_that_is_withdrawn_while_a_change_of_it_is_refused_goes(world: World) -> None:
    followup = logged(world)
    by_hand(world, followup, outcome="busy")
    world.portal.fault("status", "PATCH ", times=1, status=400)
    while_it_is_changed(world, lambda: withdraw(world.app, world.again(followup), world.now))
    deliver_all(world)
    world.attend()
    assert held(world) == []
    assert world.again(followup).state is State.DISMISSED
    assert not any("not saved" in title for title in world.titles())


def test_a_correction_is_sent_whatever_became_of_the_one_before(world: World) -> None:
    followup = logged(world)
    by_hand(world, followup, note="second")
    world.portal.fault("status", "PATCH ", times=1, status=400)
    while_it_is_changed(world, lambda: by_hand(world, followup, note="third"))
    deliver_all(world)
    assert held(world) == [("Connected", "third")]
    assert world.again(followup).state is State.LOGGED


def test_a_call_that_is_withdrawn_while_a_change_finds_it_deleted_is_nowhere(world: World) -> None:
    followup = logged(world)
    by_hand(world, followup, outcome="busy")
    (call,) = world.portal.held_calls()
    world.portal.records.archive("calls", call.id)
    sent = len(world.portal.requests_seen)
    while_it_is_changed(world, lambda: withdraw(world.app, world.again(followup), world.now))
    deliver_all(world)
    assert [method for method, *_ in world.portal.requests_seen[sent:]] == ["PATCH"]
    assert world.again(followup).state is State.DISMISSED


def test_a_withdrawn_call_that_an_earlier_version_would_have_posted_again_is_dropped(world: World) -> None:
    followup = deleted(world)
    world.app.ledger.connection.execute("UPDATE outbox SET wish = 'withdraw'")
    world.tap(followup, "retry")
    sent = len(world.portal.requests_seen)
    deliver_all(world)
    assert len(world.portal.requests_seen) == sent
    assert world.again(followup).state is State.DISMISSED


# ------------------------------------------------------------------------------------------------ taken out by ourselves


def taken_out_but_not_known(world: World, followup: FollowUp) -> None:
    """Take a call back, and let the answer to that be lost."""
    world.portal.fault("cut_after", "DELETE ", times=1)
    world.tap(followup, "undo")
    world.deliver()
    world.attend()
    assert held(world) == []


@pytest.mark.parametrize("note", ["first", "second"])
@pytest.mark.parametrize("died", [False, True])
def test_a_call_that_is_logged_again_before_it_is_known_to_be_gone_is_logged(world: World, note: str, *, died: bool) -> None:
    followup = logged(world)
    taken_out_but_not_known(world, followup)
    by_hand(world, followup, note=note)
    if died:
        world.restart()
    deliver_all(world)
    world.attend()
    assert held(world) == [("Connected", note)]
    assert world.again(followup).state is State.LOGGED


def test_a_call_whose_withdrawal_has_not_arrived_is_changed_and_keeps_what_colleagues_wrote(world: World) -> None:
    followup = logged(world)
    edit(world, "calls", hs_call_title="Renewal")
    world.portal.fault("cut_before", "DELETE ", times=1)
    world.tap(followup, "undo")
    world.deliver()
    by_hand(world, followup, outcome="busy")
    deliver_all(world)
    assert [(call.title, call.disposition) for call in world.portal.held_calls()] == [("Renewal", "Busy")]
    world.portal.records.archive("calls", world.portal.held_calls()[0].id)
    by_hand(world, followup, outcome="connected")
    world.deliver()
    assert world.again(followup).state is State.DEAD  # that was somebody else


def test_a_change_that_is_given_up_of_a_call_that_may_have_gone_with_the_one_before_brings_it_back(world: World) -> None:
    followup = logged(world)
    taken_out_but_not_known(world, followup)
    by_hand(world, followup, note="second")
    (row,) = world.app.ledger.outbox.all()
    world.app.ledger.outbox.change(row, cancel(row), world.now)
    deliver_all(world)
    assert held(world) == [("Connected", "first")]


# ------------------------------------------------------------------------------------------------ no longer true


def refused_task(world: World) -> FollowUp:
    """A call that is logged, and whose task was refused, which was told."""
    followup = world.called()
    world.portal.fault("status", TASKS, times=1, status=400)
    by_hand(world, followup, follow_up="tomorrow")
    deliver_all(world)
    world.attend()
    assert NOT_IN_CRM in world.titles()
    return followup


NOT_IN_CRM = "Not saved in the CRM: Follow up with Ana López"


@pytest.mark.parametrize("end", ["corrected", "not wanted", "withdrawn", "forgotten", "tried again"])
@pytest.mark.parametrize("died", [False, True])
def test_what_tells_of_a_refusal_goes_when_that_is_no_longer_true(world: World, end: str, *, died: bool) -> None:
    followup = refused_task(world)
    if end == "corrected":
        by_hand(world, followup, follow_up="next-week")
    elif end == "not wanted":
        by_hand(world, followup, follow_up="none")
    elif end == "withdrawn":
        withdraw(world.app, world.again(followup), world.now)
    elif end == "forgotten":
        forget(world.app, find(world.app, ANA))
    else:
        (row,) = world.app.ledger.outbox.all()
        world.app.ledger.outbox.change(row, retry_now(row), world.now)
    deliver_all(world)
    if died:
        world.restart()
    world.attend()
    assert NOT_IN_CRM not in world.titles()


def test_what_tells_of_a_refusal_and_cannot_be_taken_away_goes_later(world: World) -> None:
    followup = refused_task(world)
    by_hand(world, followup, follow_up="none")

    def broken(*_: object) -> None:
        raise CommandHung("termux-notification-remove did not answer.")

    real = world.app.termux.remove_notification
    world.app.termux.remove_notification = broken  # type: ignore[method-assign, assignment]
    again = world.attend().next_at
    world.app.termux.remove_notification = real  # type: ignore[method-assign]
    assert again
    world.now = again
    world.attend()
    assert NOT_IN_CRM not in world.titles()


def test_a_refusal_of_what_was_corrected_and_refused_again_stays_on_the_screen(world: World) -> None:
    followup = refused_task(world)
    world.portal.fault("status", TASKS, times=1, status=400)
    by_hand(world, followup, follow_up="next-week")
    world.attend()
    deliver_all(world)
    world.attend()
    world.restart()
    world.attend()
    assert world.titles().count(NOT_IN_CRM) == 1


@pytest.mark.parametrize("before", [False, True])
def test_what_a_command_logged_offline_is_told_when_it_is_refused_later(world: World, *, before: bool) -> None:
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
