"""What the CRM does to one call or to all: who waits for whom, how long, and what of it is told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from callerid.core.delivery.manual import cancel, retry_now
from callerid.core.delivery.outbox_row import DeliveryState
from callerid.core.followup.state import State
from tests.turns.delivery.test_corrections import by_hand, logged
from tests.turns.world import ANA

if TYPE_CHECKING:
    from callerid.core.followup.state import FollowUp
    from tests.turns.world import World

CHANGE = "PATCH /crm/objects/2026-09/calls/"
POST = "POST /crm/objects/2026-09/calls$"
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


def posts(world: World) -> int:
    return sum((method, path) == ("POST", "/crm/objects/2026-09/calls") for method, path, _ in world.portal.requests_seen)


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


def test_a_trouble_of_one_call_is_told_until_it_is_over_and_no_network_is_none(world: World) -> None:
    first = logged(world)
    by_hand(world, first, note="corrected")
    world.portal.fault("status", CHANGE, times=ALWAYS, status=423)
    world.deliver()
    since = [(trouble.since, trouble.sentence) for trouble in world.app.ledger.key_values.troubles()]
    assert "has locked the record" in since[0][1]
    for _ in range(4):
        answered(world)
        assert world.deliver().delivered == 1
    world.portal.go_offline()
    live(world, timedelta(minutes=30))
    assert [(trouble.since, trouble.sentence) for trouble in world.app.ledger.key_values.troubles()] == since
    world.portal.go_online()
    world.portal.clear_faults()
    live(world, timedelta(minutes=30))
    assert world.app.ledger.key_values.troubles() == ()


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
    assert [row.attempts.offline for row in world.app.ledger.outbox.undelivered()] == [1, 0, 0, 0, 0]
    world.portal.go_online()


@pytest.mark.parametrize("trouble", [{"kind": "cut_before"}, {"kind": "status", "status": 403}, {"kind": "status", "status": 423}])
def test_a_trouble_is_over_when_the_call_that_had_it_is_given_up(world: World, trouble: dict[str, Any]) -> None:
    answered(world)
    world.portal.fault(trouble.pop("kind"), POST, times=ALWAYS, **trouble)
    live(world, timedelta(hours=2))
    assert world.app.ledger.key_values.troubles()
    while (row := world.app.ledger.outbox.undelivered()[0]).state is not DeliveryState.WAITING:
        live(world, timedelta(seconds=40))
    world.app.ledger.outbox.change(row, cancel(row), world.now)
    world.deliver()
    assert world.app.ledger.key_values.troubles() == ()


def test_a_trouble_of_the_token_stands_while_a_call_waits_that_met_it(world: World) -> None:
    answered(world)
    world.portal.token = "pat-eu1-rotated"
    world.deliver()
    world.deliver()
    assert world.app.ledger.key_values.troubles()


# ------------------------------------------------------------------------------------------------ again and again


def test_a_call_whose_post_always_fails_is_told_and_posted_less_and_less_often(world: World) -> None:
    followup = answered(world)
    world.portal.fault("status", POST, times=ALWAYS, status=500)
    live(world, timedelta(minutes=2))
    assert world.app.ledger.key_values.troubles() == ()
    assert live(world, timedelta(hours=8)) < 400
    assert posts(world) < 20
    (trouble,) = world.app.ledger.key_values.troubles()
    assert "HubSpot is in trouble (status 500)" in trouble.sentence
    other = world.called()
    world.portal.clear_faults()
    by_hand(world, other, outcome="busy")
    world.deliver()
    assert world.app.ledger.key_values.troubles()  # the first one is stuck still
    live(world, timedelta(hours=2))
    assert world.again(followup).state is State.LOGGED
    assert (world.app.ledger.key_values.troubles(), world.calls_in_crm()) == ((), 2)


def test_after_a_day_of_such_posts_the_person_decides(world: World) -> None:
    followup = answered(world)
    world.portal.fault("status", POST, times=ALWAYS, status=500)
    live(world, timedelta(hours=30))
    world.attend()
    assert posts(world) == 28
    assert "kept nothing of it for a day" in world.shown("Not logged: Ana López").content
    world.portal.clear_faults()
    world.tap(followup, "retry")
    live(world, timedelta(minutes=5))
    assert world.calls_in_crm() == 1


def test_a_call_that_is_answered_anew_begins_anew_however_often_it_was_lost(world: World) -> None:
    followup = answered(world)
    world.portal.fault("cut_before", POST, times=ALWAYS)
    live(world, timedelta(hours=30))
    assert world.again(followup).state is State.DEAD
    world.portal.clear_faults()
    world.portal.fault("cut_before", POST, times=1)
    by_hand(world, followup, outcome="busy")
    live(world, timedelta(hours=1))
    assert world.again(followup).state is State.LOGGED


def test_a_portal_that_is_down_for_hours_is_asked_less_and_less_often(world: World) -> None:
    for _ in range(10):
        answered(world)
    world.portal.fault("status", ".", times=ALWAYS, status=502)
    assert live(world, timedelta(hours=4)) < 2000
    world.portal.clear_faults()
    live(world, timedelta(minutes=40))
    assert world.calls_in_crm() == 10


def test_a_search_that_is_always_refused_holds_up_only_the_call_that_is_looked_for(world: World) -> None:
    """Others of the same account may use up all the searches that a second has."""
    first = answered(world)
    world.portal.fault("cut_before", POST, times=1)
    world.deliver()
    others = [answered(world) for _ in range(3)]
    world.portal.fault("status", "/calls/search", times=ALWAYS, status=429)
    assert live(world, timedelta(hours=3)) < 300
    assert {world.again(other).state for other in others} == {State.LOGGED}
    assert world.again(first).state is State.QUEUED


def test_a_call_that_the_crm_refuses_to_look_for_is_tried_less_and_less_often_told_and_never_posted_on_a_guess(
    world: World,
) -> None:
    followup = answered(world)
    world.portal.fault("cut_after", POST, times=1)
    world.portal.search_lag = 10**6
    world.portal.fault("status", "POST .*/(batch/read|search)", times=ALWAYS, status=400)
    assert live(world, timedelta(hours=24)) < 600
    (trouble,) = world.app.ledger.key_values.troubles()
    assert "cannot be looked up" in trouble.sentence
    (row,) = world.app.ledger.outbox.undelivered()
    world.app.ledger.outbox.change(row, retry_now(row), world.now)
    assert world.deliver().delivered == 0
    assert world.again(followup).state is State.QUEUED
    world.portal.clear_faults()
    live(world, timedelta(minutes=20))
    assert (world.calls_in_crm(), posts(world)) == (1, 1)
    assert world.app.ledger.key_values.troubles() == ()


# ------------------------------------------------------------------------------------------------ without the right to it


def test_a_link_that_the_token_may_not_make_holds_up_no_other_call(world: World) -> None:
    first = logged(world)
    deal = world.who(ANA)[0].deals[0].id
    by_hand(world, first, deal="none")
    live(world, timedelta(minutes=1))
    world.portal.fault("status", "PUT .*/associations/default/deals/", times=ALWAYS, status=403)
    by_hand(world, first, deal=deal)
    world.deliver()
    others = [answered(world) for _ in range(3)]
    assert live(world, timedelta(hours=6)) < 150
    assert {world.again(other).state for other in others} == {State.LOGGED}
    (trouble,) = world.app.ledger.key_values.troubles()
    assert trouble.remedy.startswith("Add the scope for it to the key in HubSpot")
    world.portal.clear_faults()
    live(world, timedelta(minutes=20))
    assert world.again(first).state is State.LOGGED
    assert world.app.ledger.key_values.troubles() == ()


def test_a_token_that_may_write_nothing_is_tried_with_two_calls_and_then_they_all_wait(world: World) -> None:
    for _ in range(5):
        answered(world)
    world.portal.scopes.discard("crm.objects.contacts.write")
    sent = len(world.portal.requests_seen)
    back = world.deliver().next_at
    assert len(world.portal.requests_seen) - sent == 2
    assert back
    assert back - world.now >= timedelta(seconds=29)
    world.portal.scopes.add("crm.objects.contacts.write")
    live(world, timedelta(minutes=5))
    assert world.calls_in_crm() == 5
