"""A call is corrected while nobody knows yet whether its first post has arrived, and while colleagues work on it in the CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.core.followup import Told
from callerid.turns.withdrawing import withdraw
from tests.turns.test_corrections import by_hand, deliver_all

if TYPE_CHECKING:
    from callerid.core.followup import FollowUp
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
    person = world.house.mirror.person(somebody_else(world))
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
    assert withdraw(world.house, world.again(followup), world.now, Told.NOTHING)
    deliver_all(world)
    assert (world.portal.held_tasks(), world.portal.held_calls()) == ((), ())
