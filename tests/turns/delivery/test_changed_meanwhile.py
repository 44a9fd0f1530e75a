"""A call is corrected while nobody knows yet whether its first post has arrived, and while colleagues work on it in the CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.core.followup.state import CardStatus, State
from callerid.turns.followup.withdraw import withdraw
from tests.turns.delivery.test_corrections import by_hand, deliver_all

if TYPE_CHECKING:
    from callerid.core.followup.state import FollowUp
    from tests.turns.world import World

TASKS = "POST /crm/objects/2026-09/tasks$"
CALLS = "POST /crm/objects/2026-09/calls$"


def somebody_else(world: World) -> str:
    return str(sorted(world.portal.records.by_kind["contacts"])[5])


def cut_after_its_effect(world: World, pattern: str) -> FollowUp:
    followup = world.called()
    world.attend()
    world.portal.search_lag = 60
    world.portal.fault("cut_after", pattern, times=1 + pattern.count("|"))
    by_hand(world, followup, follow_up="tomorrow", note="first")
    world.deliver()
    return followup


@pytest.mark.parametrize("lost", [TASKS, CALLS])
@pytest.mark.parametrize("change", [{}, {"follow_up": "next-week"}, {"note": "second"}])
def test_who_it_was_is_corrected_before_the_lost_post_is_looked_for(world: World, lost: str, change: dict[str, str]) -> None:
    followup = cut_after_its_effect(world, lost)
    person = world.app.mirror.person(somebody_else(world))
    by_hand(world, followup, person=somebody_else(world), **change)
    deliver_all(world)
    assert person
    name = f"{person.first_name} {person.last_name}"
    assert [task.contacts for task in world.portal.held_tasks()] == [(name,)]
    assert [call.contacts for call in world.portal.held_calls()] == [(name,)]


def test_a_task_whose_post_was_lost_goes_when_it_is_not_wanted_for_another_person(world: World) -> None:
    followup = cut_after_its_effect(world, TASKS)
    by_hand(world, followup, person=somebody_else(world), follow_up="none")
    deliver_all(world)
    assert world.portal.held_tasks() == ()


def test_what_was_corrected_and_then_withdrawn_leaves_nothing_behind(world: World) -> None:
    followup = cut_after_its_effect(world, f"{TASKS}|{CALLS}")
    by_hand(world, followup, person=somebody_else(world))
    assert withdraw(world.app, world.again(followup), world.now, CardStatus.NONE)
    deliver_all(world)
    assert (world.portal.held_tasks(), world.portal.held_calls()) == ((), ())


# ------------------------------------------------------------------------------------------------ colleagues


def logged_with_a_task(world: World) -> FollowUp:
    followup = world.called()
    world.attend()
    by_hand(world, followup, follow_up="tomorrow", note="first")
    deliver_all(world)
    return followup


def properties(world: World, kind: str) -> dict[str, str]:
    (record,) = world.portal.records.by_kind[kind].values()
    return record.properties


def edit(world: World, kind: str, **values: str) -> None:
    (record_id,) = world.portal.records.by_kind[kind]
    world.portal.records.edit(kind, record_id, values)


def test_a_correction_of_the_outcome_leaves_what_a_colleague_wrote(world: World) -> None:
    followup = logged_with_a_task(world)
    edit(world, "calls", hs_call_body="A colleague's long note", hs_call_title="Renewal")
    by_hand(world, followup, outcome="busy")
    deliver_all(world)
    assert [(call.disposition, call.note, call.title) for call in world.portal.held_calls()] == [
        ("Busy", "A colleague's long note", "Renewal")
    ]


def test_a_task_that_a_colleague_moved_stays_where_it_is(world: World) -> None:
    followup = logged_with_a_task(world)
    edit(world, "tasks", hs_timestamp="2026-12-24T08:00:00Z", hs_task_body="edited")
    by_hand(world, followup, outcome="busy")
    deliver_all(world)
    assert (properties(world, "tasks")["hs_timestamp"], properties(world, "tasks")["hs_task_body"]) == (
        "2026-12-24T08:00:00Z",
        "edited",
    )
    by_hand(world, followup, note="second")
    deliver_all(world)
    assert properties(world, "tasks")["hs_timestamp"] == "2026-12-24T08:00:00Z"
    assert properties(world, "tasks")["hs_task_body"].startswith("second<br>[callerid ")


def test_links_that_a_colleague_made_stay_when_the_correction_is_of_something_else(world: World) -> None:
    followup = logged_with_a_task(world)
    (call_id,) = world.portal.records.by_kind["calls"]
    world.portal.records.link("calls", call_id, "contacts", int(somebody_else(world)), 194)
    by_hand(world, followup, note="second")
    deliver_all(world)
    (call,) = world.portal.held_calls()
    assert (call.note, len(call.contacts)) == ("second", 2)


@pytest.mark.parametrize("merged", [False, True])
def test_whom_a_colleague_added_to_a_call_stays_when_it_was_somebody_else(world: World, *, merged: bool) -> None:
    followup = logged_with_a_task(world)
    (call_id,) = world.portal.records.by_kind["calls"]
    contacts = sorted(world.portal.records.by_kind["contacts"])
    other, added = (world.portal.records.by_kind["contacts"][contacts[at]].properties["lastname"] for at in (5, 7))
    world.portal.records.link("calls", call_id, "contacts", contacts[7], 194)
    if merged:
        world.portal.records.merge("contacts", contacts[0], contacts[9])
    by_hand(world, followup, person=str(contacts[5]))
    deliver_all(world)
    (call,), (task,) = world.portal.held_calls(), world.portal.held_tasks()
    assert {name.split()[-1] for name in call.contacts} == {other, added}
    assert [name.split()[-1] for name in task.contacts] == [other]


@pytest.mark.parametrize("fault", ["cut_after", "cut_before"])
@pytest.mark.parametrize("last", ["connected", "wrong-number"])
def test_a_correction_that_may_have_arrived_is_corrected_all_the_same(world: World, fault: str, last: str) -> None:
    """Back to what it was at first, too: what the cut request carried may be there."""
    followup = world.called()
    by_hand(world, followup, outcome="connected")
    deliver_all(world)
    world.portal.fault(fault, "PATCH /crm/objects/2026-09/calls/", times=1)
    by_hand(world, followup, outcome="busy")
    world.deliver()
    by_hand(world, followup, outcome=last)
    deliver_all(world)
    assert [call.disposition for call in world.portal.held_calls()] == [last.replace("-", " ").capitalize()]


def test_a_correction_that_changes_nothing_sends_nothing(world: World) -> None:
    followup = logged_with_a_task(world)
    sent = len(world.portal.requests_seen)
    by_hand(world, followup)
    deliver_all(world)
    assert len(world.portal.requests_seen) == sent
    assert world.again(followup).state is State.LOGGED


# ------------------------------------------------------------------------------------------------ from an earlier version

_SINCE = {
    "outbox": ("posted", "tried", "troubles", "paused_at", "lost", "untold", "leaving", "notification_out"),
    "rings": ("number", "name", "unwanted"),
    "followups": ("said",),
}


def as_the_version_before_wrote_it(world: World) -> None:
    """Take away all that is kept since the fourth migration, and begin anew."""
    database = world.app.ledger.connection
    for index in ("outbox_untold", "outbox_notified", "rings_claimable", "followups_not_offered"):
        database.execute(f"DROP INDEX {index}")
    for table, columns in _SINCE.items():
        for column in columns:
            database.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    database.execute("DROP TABLE _sqlite_migrations")
    database.execute("PRAGMA user_version = 4")
    world.restart()


@pytest.mark.parametrize("fault", ["cut_after", "cut_before"])
def test_what_the_version_before_left_unsure_is_delivered_once(world: World, fault: str) -> None:
    followup = world.called()
    world.portal.fault(fault, f"{TASKS}|{CALLS}", times=2)
    by_hand(world, followup, follow_up="tomorrow", note="first")
    world.deliver()
    as_the_version_before_wrote_it(world)
    by_hand(world, followup, outcome="busy", note="second")
    deliver_all(world)
    assert [(call.disposition, call.note) for call in world.portal.held_calls()] == [("Busy", "second")]
    assert len(world.portal.held_tasks()) == 1


@pytest.mark.parametrize("migrated", [False, True])
def test_who_it_was_is_corrected_of_what_the_version_before_left_unsure(world: World, *, migrated: bool) -> None:
    followup = cut_after_its_effect(world, TASKS)
    if migrated:
        as_the_version_before_wrote_it(world)
    else:  # by a process of it that ends late
        world.app.ledger.connection.execute("UPDATE outbox SET posted = NULL")
    by_hand(world, followup, person=somebody_else(world), follow_up="next-week")
    deliver_all(world)
    (task,), (call,) = world.portal.held_tasks(), world.portal.held_calls()
    assert task.contacts == call.contacts != ("Ana López",)


def test_what_a_colleague_wrote_stays_where_the_version_before_has_delivered(world: World) -> None:
    followup = logged_with_a_task(world)
    as_the_version_before_wrote_it(world)
    edit(world, "calls", hs_call_body="A colleague's long note")
    by_hand(world, followup, outcome="busy")
    deliver_all(world)
    assert [(call.disposition, call.note) for call in world.portal.held_calls()] == [("Busy", "A colleague's long note")]


def test_a_refused_change_of_the_version_before_is_sent_when_it_is_tried_again(world: World) -> None:
    followup = logged_with_a_task(world)
    by_hand(world, followup, note="second")
    world.portal.fault("status", "PATCH ", times=1, status=400)
    world.deliver()
    as_the_version_before_wrote_it(world)
    world.attend()
    world.tap(followup, "retry")
    deliver_all(world)
    assert [call.note for call in world.portal.held_calls()] == ["second"]


def test_what_the_version_before_has_delivered_is_corrected_as_a_whole(world: World) -> None:
    followup = logged_with_a_task(world)
    by_hand(world, followup, note="second")
    as_the_version_before_wrote_it(world)
    deliver_all(world)
    by_hand(world, followup, outcome="busy", person=somebody_else(world))
    deliver_all(world)
    (call,), (task,) = world.portal.held_calls(), world.portal.held_tasks()
    assert (call.disposition, call.note) == ("Busy", "second")
    assert call.contacts == task.contacts != ("Ana López",)


def test_a_refused_change_of_the_version_before_leaves_the_call_in_the_crm(world: World) -> None:
    followup = logged_with_a_task(world)
    world.portal.required["calls"] = ("hs_call_body",)
    by_hand(world, followup, note="")
    world.deliver()
    as_the_version_before_wrote_it(world)
    world.attend()
    world.tap(followup, "keep")
    assert world.again(followup).state is State.LOGGED
    assert len(world.portal.held_calls()) == 1
