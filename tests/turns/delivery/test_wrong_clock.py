"""A clock that was ahead and is corrected: the times it wrote into the outbox delay nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.turns.delivery.steps import CALL_POSTS, answered, pass_time

if TYPE_CHECKING:
    from tests.turns.world import World

AHEAD = [timedelta(hours=1), timedelta(days=1), timedelta(days=2), timedelta(days=400)]


@pytest.mark.parametrize("ahead", AHEAD)
@pytest.mark.parametrize("fault", ["html", "cut_after"])
def test_a_lost_post_dated_in_the_future_is_settled_within_minutes(world: World, ahead: timedelta, fault: str) -> None:
    world.now += ahead
    answered(world)
    world.portal.fault(fault, CALL_POSTS, times=1)
    world.deliver()
    world.now -= ahead
    assert pass_time(world, timedelta(minutes=5)) < 40
    assert world.calls_in_crm() == 1
    assert not world.deliver().left


@pytest.mark.parametrize("ahead", AHEAD)
def test_a_pause_set_in_the_future_delays_nothing(world: World, ahead: timedelta) -> None:
    world.now += ahead
    for _ in range(3):
        answered(world)
    world.portal.fault("status", "POST ", times=1, status=429, retry_after="30")
    held = world.deliver().next_at
    assert held
    world.now -= ahead
    answered(world)
    pass_time(world, timedelta(minutes=1))
    assert world.calls_in_crm() == 4


def test_a_pause_for_all_rows_replaces_those_set_in_the_future(world: World) -> None:
    world.later(days=2)
    answered(world)
    world.portal.go_offline()
    world.deliver()
    world.later(days=-2)
    world.deliver()
    for _ in range(2):
        answered(world)
    back = world.deliver().next_at
    world.portal.go_online()
    assert back
    assert back - world.now < timedelta(minutes=1)
    pass_time(world, timedelta(minutes=2))
    assert world.calls_in_crm() == 3


def test_a_pause_set_now_is_kept(world: World) -> None:
    answered(world)
    world.portal.fault("status", "POST ", times=1, status=429, retry_after="30")
    sent = len(world.portal.requests_seen)
    for _ in range(20):
        world.deliver()
        world.later(seconds=1)
    assert len(world.portal.requests_seen) - sent == 1
