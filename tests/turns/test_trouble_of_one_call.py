"""What the CRM does to one call or to all: who waits for whom, how long, and what of it is told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.core.followup import State
from tests.turns.test_corrections import by_hand, logged

if TYPE_CHECKING:
    from callerid.core.followup import FollowUp
    from tests.turns.world import World

CHANGE = "PATCH /crm/objects/2026-09/calls/"
ALWAYS = 10**6


def answered(world: World) -> FollowUp:
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    return followup


def live(world: World, span: timedelta) -> int:
    """Let time pass as a daemon would, and say how many requests that took."""
    end, sent = world.now + span, len(world.portal.requests_seen)
    while world.now < end:
        delivered = world.deliver()
        next_at = delivered.next_at or end
        world.now = min(end, max(world.now + timedelta(seconds=0.2), next_at))
    return len(world.portal.requests_seen) - sent


@pytest.mark.parametrize("trouble", [{"status": 423}, {"status": 503, "retry_after": "60"}, {"status": 502}])
def test_a_record_that_the_crm_will_not_let_change_holds_up_no_other_call(world: World, trouble: dict[str, object]) -> None:
    first = logged(world)
    by_hand(world, first, note="corrected")
    others = [answered(world) for _ in range(4)]
    world.portal.fault("status", CHANGE, times=ALWAYS, **trouble)
    world.deliver()
    assert {world.again(other).state for other in others} == {State.LOGGED}
    assert live(world, timedelta(hours=6)) < 60
    world.portal.clear_faults()
    live(world, timedelta(minutes=20))
    assert world.again(first).state is State.LOGGED
    assert "corrected" in [call.note for call in world.portal.held_calls()]


def test_a_record_that_is_locked_when_a_call_of_it_is_posted_holds_up_no_other_call(world: World) -> None:
    first, *others = [answered(world) for _ in range(4)]
    world.portal.fault("status", "POST /crm/objects/2026-09/calls$", times=1, status=423)
    world.deliver()
    assert world.again(first).state is State.QUEUED
    assert {world.again(other).state for other in others} == {State.LOGGED}


def test_two_records_that_will_not_change_hold_up_no_new_call(world: World) -> None:
    for followup in (logged(world), logged(world)):
        by_hand(world, followup, note="corrected")
    world.portal.fault("status", CHANGE, times=ALWAYS, status=503)
    world.deliver()
    for _ in range(20):
        other = answered(world)
        world.deliver()
        assert world.again(other).state is State.LOGGED
        world.later(minutes=2)


def test_a_crm_in_trouble_is_left_in_peace_after_two_calls_have_met_it(world: World) -> None:
    for followup in [logged(world) for _ in range(5)]:
        by_hand(world, followup, note="corrected")
    world.portal.fault("status", CHANGE, times=ALWAYS, status=503)
    sent = len(world.portal.requests_seen)
    back = world.deliver().next_at
    assert len(world.portal.requests_seen) - sent == 2
    assert back
    assert back - world.now >= timedelta(seconds=29)


def test_a_phone_without_a_network_tries_one_call_for_all(world: World) -> None:
    for _ in range(5):
        answered(world)
    world.portal.go_offline()
    back = world.deliver().next_at
    assert back
    assert back - world.now >= timedelta(seconds=4)
    assert [row.offline for row in world.house.ledger.outbox.undelivered()] == [1, 0, 0, 0, 0]
    world.portal.go_online()
