"""A call is corrected while it is unknown whether its first post arrived, and while colleagues work on it in the CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.core.delivery.manual import request_withdrawal
from callerid.core.delivery.states import DeliveryState
from callerid.core.delivery.transitions import before_post
from callerid.core.followup.states import CardStatus, State
from callerid.errors import UsageFault
from callerid.turns.delivery.by_command import drop_row, retry_row
from callerid.turns.delivery.outbox_round import deliver
from callerid.turns.followup.withdraw import withdraw
from tests.turns.delivery.steps import (
    CALL_POSTS,
    TASK_POSTS,
    answer_by_command,
    deliver_all,
    edit_in_crm,
    logged_with_task,
    other_contact,
)

if TYPE_CHECKING:
    from callerid.core.delivery.outbox_row import Delivery
    from callerid.core.followup.state import FollowUp
    from callerid.crm.port import Crm
    from tests.turns.world import World


def logged_with_lost_answer(world: World, pattern: str) -> FollowUp:
    followup = world.called()
    world.attend()
    world.portal.search_lag = 60
    world.portal.fault("cut_after", pattern, times=1 + pattern.count("|"))
    answer_by_command(world, followup, follow_up="tomorrow", note="first")
    world.deliver()
    return followup


@pytest.mark.parametrize("lost", [TASK_POSTS, CALL_POSTS])
@pytest.mark.parametrize("change", [{}, {"follow_up": "next-week"}, {"note": "second"}])
def test_the_contact_of_a_call_can_be_corrected_before_its_lost_post_is_looked_up(
    world: World, lost: str, change: dict[str, str]
) -> None:
    followup = logged_with_lost_answer(world, lost)
    person = world.app.mirror.candidate(other_contact(world))
    answer_by_command(world, followup, person=other_contact(world), **change)
    deliver_all(world)
    assert person
    name = f"{person.first_name} {person.last_name}"
    assert [task.contacts for task in world.portal.held_tasks()] == [(name,)]
    assert [call.contacts for call in world.portal.held_calls()] == [(name,)]


def test_a_task_whose_post_was_lost_is_deleted_when_the_corrected_call_has_none(world: World) -> None:
    followup = logged_with_lost_answer(world, TASK_POSTS)
    answer_by_command(world, followup, person=other_contact(world), follow_up="none")
    deliver_all(world)
    assert world.portal.held_tasks() == ()


def test_a_call_that_was_corrected_and_then_withdrawn_leaves_nothing_in_the_crm(world: World) -> None:
    followup = logged_with_lost_answer(world, f"{TASK_POSTS}|{CALL_POSTS}")
    answer_by_command(world, followup, person=other_contact(world))
    assert withdraw(world.app, world.again(followup), world.now, CardStatus.NONE)
    deliver_all(world)
    assert (world.portal.held_tasks(), world.portal.held_calls()) == ((), ())


# ------------------------------------------------------------------------------------------------ a command, and the daemon


def refused_row(world: World) -> Delivery:
    """Log a call that the CRM refuses, and return its row."""
    followup = world.called()
    world.attend()
    world.portal.fault("status", CALL_POSTS, times=1, status=400)
    answer_by_command(world, followup)
    world.deliver()
    (row,) = world.app.ledger.outbox.all()
    assert row.state is DeliveryState.DEAD
    return row


def test_a_row_that_was_delivered_after_it_was_listed_is_not_tried_again(world: World) -> None:
    listed = refused_row(world)
    assert retry_row(world.app, listed, world.now)
    deliver_all(world)
    assert not retry_row(world.app, listed, world.now)
    deliver_all(world)
    assert [call.contacts for call in world.portal.held_calls()] == [("Ana López",)]
    assert world.app.ledger.outbox.all() == ()


def test_a_row_that_was_delivered_after_it_was_listed_is_not_dropped(world: World) -> None:
    listed = refused_row(world)
    retry_row(world.app, listed, world.now)
    deliver_all(world)
    with pytest.raises(UsageFault, match="was delivered meanwhile"):
        drop_row(world.app, listed, world.now)


@pytest.mark.parametrize("theirs", ["posting", "withdrawn"])
def test_a_row_that_another_process_took_in_the_last_moment_is_not_posted(world: World, theirs: str) -> None:
    answer_by_command(world, world.called())
    (row,) = world.app.ledger.outbox.undelivered()
    taken = before_post(row, world.now) if theirs == "posting" else request_withdrawal(row)

    def connect() -> Crm:
        if world.app.ledger.outbox.by_id(row.id) == row:  # another process is faster
            assert world.app.ledger.outbox.change(row, taken, world.now)
        return world.hub

    deliver(world.app, connect, world.clock)
    assert world.calls_in_crm() == 0
    assert world.app.ledger.outbox.by_id(row.id) == taken


# ------------------------------------------------------------------------------------------------ colleagues


def properties(world: World, kind: str) -> dict[str, str]:
    (record,) = world.portal.records.by_kind[kind].values()
    return record.properties


def test_a_correction_of_the_outcome_keeps_the_note_of_a_colleague(world: World) -> None:
    followup = logged_with_task(world)
    edit_in_crm(world, "calls", hs_call_body="A colleague's long note", hs_call_title="Renewal")
    answer_by_command(world, followup, outcome="busy")
    deliver_all(world)
    assert [(call.disposition, call.note, call.title) for call in world.portal.held_calls()] == [
        ("Busy", "A colleague's long note", "Renewal")
    ]


def test_a_task_that_a_colleague_rescheduled_keeps_its_date(world: World) -> None:
    followup = logged_with_task(world)
    edit_in_crm(world, "tasks", hs_timestamp="2026-12-24T08:00:00Z", hs_task_body="edited")
    answer_by_command(world, followup, outcome="busy")
    deliver_all(world)
    assert (properties(world, "tasks")["hs_timestamp"], properties(world, "tasks")["hs_task_body"]) == (
        "2026-12-24T08:00:00Z",
        "edited",
    )
    answer_by_command(world, followup, note="second")
    deliver_all(world)
    assert properties(world, "tasks")["hs_timestamp"] == "2026-12-24T08:00:00Z"
    assert properties(world, "tasks")["hs_task_body"].startswith("second<br>[callerid ")


def test_associations_that_a_colleague_made_stay_when_something_else_is_corrected(world: World) -> None:
    followup = logged_with_task(world)
    (call_id,) = world.portal.records.by_kind["calls"]
    world.portal.records.link("calls", call_id, "contacts", int(other_contact(world)), 194)
    answer_by_command(world, followup, note="second")
    deliver_all(world)
    (call,) = world.portal.held_calls()
    assert (call.note, len(call.contacts)) == ("second", 2)


@pytest.mark.parametrize("merged", [False, True])
def test_a_contact_that_a_colleague_associated_stays_when_the_contact_is_corrected(world: World, *, merged: bool) -> None:
    followup = logged_with_task(world)
    (call_id,) = world.portal.records.by_kind["calls"]
    contacts = sorted(world.portal.records.by_kind["contacts"])
    other, added = (world.portal.records.by_kind["contacts"][contacts[at]].properties["lastname"] for at in (5, 7))
    world.portal.records.link("calls", call_id, "contacts", contacts[7], 194)
    if merged:
        world.portal.records.merge("contacts", contacts[0], contacts[9])
    answer_by_command(world, followup, person=str(contacts[5]))
    deliver_all(world)
    (call,), (task,) = world.portal.held_calls(), world.portal.held_tasks()
    assert {name.split()[-1] for name in call.contacts} == {other, added}
    assert [name.split()[-1] for name in task.contacts] == [other]


@pytest.mark.parametrize("fault", ["cut_after", "cut_before"])
@pytest.mark.parametrize("last", ["connected", "wrong-number"])
def test_a_correction_of_unknown_outcome_can_be_corrected_again(world: World, fault: str, last: str) -> None:
    """Also back to the first answer, because the CRM may have what the lost request carried."""
    followup = world.called()
    answer_by_command(world, followup, outcome="connected")
    deliver_all(world)
    world.portal.fault(fault, "PATCH /crm/objects/2026-09/calls/", times=1)
    answer_by_command(world, followup, outcome="busy")
    world.deliver()
    answer_by_command(world, followup, outcome=last)
    deliver_all(world)
    assert [call.disposition for call in world.portal.held_calls()] == [last.replace("-", " ").capitalize()]


def test_a_correction_that_changes_nothing_sends_nothing(world: World) -> None:
    followup = logged_with_task(world)
    sent = len(world.portal.requests_seen)
    answer_by_command(world, followup)
    deliver_all(world)
    assert len(world.portal.requests_seen) == sent
    assert world.again(followup).state is State.LOGGED


# ------------------------------------------------------------------------------------------------ from an earlier version

_SINCE = {
    "calls": ("counted",),
    "outbox": tuple("compared posted tried troubles paused_at lost untold leaving notification_out certain_at doubted_at".split()),
    "rings": ("number", "name", "unwanted", "hooked"),
    "followups": ("compared", "said"),
}

_MADE_SINCE = {
    "TRIGGER": "outbox_deleted followup_deleted call_deleted call_missed call_logged",
    "INDEX": "outbox_untold outbox_notified outbox_uncompared outbox_unfinished rings_claimable calls_uncounted"
    " followups_not_offered outbox_by_contact outbox_notes followups_uncompared followups_named followups_logged",
    "TABLE": "tallies summaries hook_events",
}


def downgrade_ledger(world: World) -> None:
    """Turn the ledger into that of version 4, and restart."""
    database = world.app.ledger.connection
    for kind, names in _MADE_SINCE.items():
        for name in names.split():
            database.execute(f"DROP {kind} {name}")
    for table, columns in _SINCE.items():
        for column in columns:
            database.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    database.execute("DROP TABLE _sqlite_migrations")
    database.execute("PRAGMA user_version = 4")
    world.restart()


@pytest.mark.parametrize("fault", ["cut_after", "cut_before"])
def test_a_row_that_an_earlier_version_left_unsure_is_delivered_once(world: World, fault: str) -> None:
    followup = world.called()
    world.portal.fault(fault, f"{TASK_POSTS}|{CALL_POSTS}", times=2)
    answer_by_command(world, followup, follow_up="tomorrow", note="first")
    world.deliver()
    downgrade_ledger(world)
    answer_by_command(world, followup, outcome="busy", note="second")
    deliver_all(world)
    assert [(call.disposition, call.note) for call in world.portal.held_calls()] == [("Busy", "second")]
    assert len(world.portal.held_tasks()) == 1


@pytest.mark.parametrize("migrated", [False, True])
def test_the_contact_of_a_row_that_an_earlier_version_left_unsure_can_be_corrected(world: World, *, migrated: bool) -> None:
    followup = logged_with_lost_answer(world, TASK_POSTS)
    if migrated:
        downgrade_ledger(world)
    else:  # by a process of it that ends late
        world.app.ledger.connection.execute("UPDATE outbox SET posted = NULL")
    answer_by_command(world, followup, person=other_contact(world), follow_up="next-week")
    deliver_all(world)
    (task,), (call,) = world.portal.held_tasks(), world.portal.held_calls()
    assert task.contacts == call.contacts != ("Ana López",)


def test_a_correction_of_a_call_that_an_earlier_version_logged_keeps_the_note_of_a_colleague(world: World) -> None:
    followup = logged_with_task(world)
    downgrade_ledger(world)
    edit_in_crm(world, "calls", hs_call_body="A colleague's long note")
    answer_by_command(world, followup, outcome="busy")
    deliver_all(world)
    assert [(call.disposition, call.note) for call in world.portal.held_calls()] == [("Busy", "A colleague's long note")]


def test_a_refused_change_of_an_earlier_version_is_sent_when_it_is_retried(world: World) -> None:
    followup = logged_with_task(world)
    answer_by_command(world, followup, note="second")
    world.portal.fault("status", "PATCH ", times=1, status=400)
    world.deliver()
    downgrade_ledger(world)
    world.attend()
    world.tap(followup, "retry")
    deliver_all(world)
    assert [call.note for call in world.portal.held_calls()] == ["second"]


def test_a_call_that_an_earlier_version_logged_can_be_corrected_in_everything(world: World) -> None:
    followup = logged_with_task(world)
    answer_by_command(world, followup, note="second")
    downgrade_ledger(world)
    deliver_all(world)
    answer_by_command(world, followup, outcome="busy", person=other_contact(world))
    deliver_all(world)
    (call,), (task,) = world.portal.held_calls(), world.portal.held_tasks()
    assert (call.disposition, call.note) == ("Busy", "second")
    assert call.contacts == task.contacts != ("Ana López",)


def test_a_refused_change_of_an_earlier_version_leaves_the_call_in_the_crm(world: World) -> None:
    followup = logged_with_task(world)
    world.portal.required["calls"] = ("hs_call_body",)
    answer_by_command(world, followup, note="")
    world.deliver()
    downgrade_ledger(world)
    world.attend()
    world.tap(followup, "keep")
    assert world.again(followup).state is State.LOGGED
    assert len(world.portal.held_calls()) == 1
