"""When the CRM fails for one call or for all: which calls wait, how long, and what is reported."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from callerid.core.delivery.manual import cancel, retry_now
from callerid.core.delivery.states import DeliveryState
from callerid.core.followup.states import State
from tests.turns.delivery.steps import CALL_POSTS, CALL_UPDATES, answer_by_command, answered, logged, pass_time
from tests.turns.world import ANA

if TYPE_CHECKING:
    from tests.turns.world import World

ALWAYS = 10**6


def posts(world: World) -> int:
    return sum((method, path) == ("POST", "/crm/objects/2026-09/calls") for method, path, _ in world.portal.requests_seen)


@pytest.mark.parametrize("trouble", [{"status": 423}, {"status": 503, "retry_after": "60"}, {"status": 502}])
def test_a_record_that_cannot_be_changed_delays_no_other_call(world: World, trouble: dict[str, object]) -> None:
    first = logged(world)
    answer_by_command(world, first, note="corrected")
    others = [answered(world) for _ in range(4)]
    world.portal.fault("status", CALL_UPDATES, times=ALWAYS, **trouble)
    world.deliver()
    assert {world.again(other).state for other in others} == {State.LOGGED}
    assert pass_time(world, timedelta(hours=6)) < 60
    world.portal.clear_faults()
    pass_time(world, timedelta(minutes=20))
    assert world.again(first).state is State.LOGGED
    assert "corrected" in [call.note for call in world.portal.held_calls()]


def test_the_trouble_of_one_call_is_reported_until_it_is_over_and_being_offline_is_not_reported(world: World) -> None:
    first = logged(world)
    answer_by_command(world, first, note="corrected")
    world.portal.fault("status", CALL_UPDATES, times=ALWAYS, status=423)
    world.deliver()
    since = [(trouble.since, trouble.sentence) for trouble in world.app.ledger.key_values.troubles()]
    assert "has locked the record" in since[0][1]
    for _ in range(4):
        answered(world)
        assert world.deliver().delivered == 1
    world.portal.go_offline()
    pass_time(world, timedelta(minutes=30))
    assert [(trouble.since, trouble.sentence) for trouble in world.app.ledger.key_values.troubles()] == since
    world.portal.go_online()
    world.portal.clear_faults()
    pass_time(world, timedelta(minutes=30))
    assert world.app.ledger.key_values.troubles() == ()


def test_a_locked_record_delays_only_its_own_call(world: World) -> None:
    first, *others = [answered(world) for _ in range(4)]
    world.portal.fault("status", CALL_POSTS, times=1, status=423)
    world.deliver()
    assert world.again(first).state is State.QUEUED
    assert {world.again(other).state for other in others} == {State.LOGGED}


def test_two_records_that_cannot_be_changed_delay_no_new_call(world: World) -> None:
    for followup in (logged(world), logged(world)):
        answer_by_command(world, followup, note="corrected")
    world.portal.fault("status", CALL_UPDATES, times=ALWAYS, status=503)
    world.deliver()
    for _ in range(20):
        other = answered(world)
        world.deliver()
        assert world.again(other).state is State.LOGGED
        world.later(minutes=2)


def test_a_crm_in_trouble_gets_no_more_requests_after_two_calls_have_failed(world: World) -> None:
    for followup in [logged(world) for _ in range(5)]:
        answer_by_command(world, followup, note="corrected")
    world.portal.fault("status", CALL_UPDATES, times=ALWAYS, status=503)
    sent = len(world.portal.requests_seen)
    back = world.deliver().next_at
    assert len(world.portal.requests_seen) - sent == 2
    assert back
    assert back - world.now >= timedelta(seconds=29)


def test_without_a_network_only_one_call_is_tried(world: World) -> None:
    for _ in range(5):
        answered(world)
    world.portal.go_offline()
    back = world.deliver().next_at
    assert back
    assert back - world.now >= timedelta(seconds=4)
    assert [row.attempts.offline for row in world.app.ledger.outbox.undelivered()] == [1, 0, 0, 0, 0]
    world.portal.go_online()


@pytest.mark.parametrize("trouble", [{"kind": "cut_before"}, {"kind": "status", "status": 403}, {"kind": "status", "status": 423}])
def test_a_trouble_is_over_when_its_call_is_cancelled(world: World, trouble: dict[str, Any]) -> None:
    answered(world)
    world.portal.fault(trouble.pop("kind"), CALL_POSTS, times=ALWAYS, **trouble)
    pass_time(world, timedelta(hours=2))
    assert world.app.ledger.key_values.troubles()
    for _ in range(100):
        row = world.app.ledger.outbox.undelivered()[0]
        if row.state is DeliveryState.WAITING:
            break
        pass_time(world, timedelta(seconds=40))
    world.app.ledger.outbox.change(row, cancel(row), world.now)
    world.deliver()
    assert world.app.ledger.key_values.troubles() == ()


def test_a_trouble_of_the_token_lasts_while_a_call_that_met_it_waits(world: World) -> None:
    answered(world)
    world.portal.token = "pat-eu1-rotated"
    world.deliver()
    world.deliver()
    assert world.app.ledger.key_values.troubles()


# ------------------------------------------------------------------------------------------------ posts that keep failing


def test_a_call_whose_post_always_fails_is_reported_and_posted_less_and_less_often(world: World) -> None:
    followup = answered(world)
    world.portal.fault("status", CALL_POSTS, times=ALWAYS, status=500)
    pass_time(world, timedelta(minutes=1))
    assert world.app.ledger.key_values.troubles() == ()
    assert pass_time(world, timedelta(hours=8)) < 400
    assert posts(world) < 20
    (trouble,) = world.app.ledger.key_values.troubles()
    assert "HubSpot answered with an error of its own (status 500)" in trouble.sentence
    other = world.called()
    world.portal.clear_faults()
    answer_by_command(world, other, outcome="busy")
    world.deliver()
    assert world.app.ledger.key_values.troubles()  # the first one is stuck still
    pass_time(world, timedelta(hours=2))
    assert world.again(followup).state is State.LOGGED
    assert (world.app.ledger.key_values.troubles(), world.calls_in_crm()) == ((), 2)


def test_after_a_day_of_lost_posts_the_person_decides(world: World) -> None:
    followup = answered(world)
    world.portal.fault("status", CALL_POSTS, times=ALWAYS, status=500)
    pass_time(world, timedelta(hours=30))
    world.attend()
    assert posts(world) == 28
    assert "For a day every attempt to post it was cut off" in world.shown("Not logged: Ana López").content
    world.portal.clear_faults()
    world.tap(followup, "retry")
    pass_time(world, timedelta(minutes=5))
    assert world.calls_in_crm() == 1


def test_a_lost_call_that_is_answered_again_is_posted_as_if_for_the_first_time(world: World) -> None:
    followup = answered(world)
    world.portal.fault("cut_before", CALL_POSTS, times=ALWAYS)
    pass_time(world, timedelta(hours=30))
    assert world.again(followup).state is State.DEAD
    world.portal.clear_faults()
    world.portal.fault("cut_before", CALL_POSTS, times=1)
    answer_by_command(world, followup, outcome="busy")
    pass_time(world, timedelta(hours=1))
    assert world.again(followup).state is State.LOGGED


def test_a_portal_that_is_down_for_hours_gets_fewer_and_fewer_requests(world: World) -> None:
    for _ in range(10):
        answered(world)
    world.portal.fault("status", ".", times=ALWAYS, status=502)
    assert pass_time(world, timedelta(hours=4)) < 2000
    world.portal.clear_faults()
    pass_time(world, timedelta(minutes=40))
    assert world.calls_in_crm() == 10


def test_a_search_that_is_always_refused_delays_only_the_call_that_is_looked_up(world: World) -> None:
    """Other users of the account may use up all the searches of each second."""
    first = answered(world)
    world.portal.fault("cut_before", CALL_POSTS, times=1)
    world.deliver()
    others = [answered(world) for _ in range(3)]
    world.portal.fault("status", "/calls/search", times=ALWAYS, status=429)
    assert pass_time(world, timedelta(hours=3)) < 300
    assert {world.again(other).state for other in others} == {State.LOGGED}
    assert world.again(first).state is State.QUEUED


def test_a_call_whose_look_up_is_refused_is_reported_and_never_posted_on_a_guess(
    world: World,
) -> None:
    followup = answered(world)
    world.portal.fault("cut_after", CALL_POSTS, times=1)
    world.portal.search_lag = 10**6
    world.portal.fault("status", "POST .*/(batch/read|search)", times=ALWAYS, status=400)
    assert pass_time(world, timedelta(hours=24)) < 600
    (trouble,) = world.app.ledger.key_values.troubles()
    assert "cannot be looked up" in trouble.sentence
    (row,) = world.app.ledger.outbox.undelivered()
    world.app.ledger.outbox.change(row, retry_now(row), world.now)
    assert world.deliver().delivered == 0
    assert world.again(followup).state is State.QUEUED
    world.portal.clear_faults()
    pass_time(world, timedelta(minutes=20))
    assert (world.calls_in_crm(), posts(world)) == (1, 1)
    assert world.app.ledger.key_values.troubles() == ()


# ------------------------------------------------------------------------------------------------ missing scopes


def test_an_association_that_the_token_may_not_make_delays_no_other_call(world: World) -> None:
    first = logged(world)
    deal = world.who(ANA)[0].deals[0].id
    answer_by_command(world, first, deal="none")
    pass_time(world, timedelta(minutes=1))
    world.portal.fault("status", "PUT .*/associations/default/deals/", times=ALWAYS, status=403)
    answer_by_command(world, first, deal=deal)
    world.deliver()
    others = [answered(world) for _ in range(3)]
    assert pass_time(world, timedelta(hours=6)) < 150
    assert {world.again(other).state for other in others} == {State.LOGGED}
    (trouble,) = world.app.ledger.key_values.troubles()
    assert trouble.remedy.startswith("Add the scope for it to the key in HubSpot")
    world.portal.clear_faults()
    pass_time(world, timedelta(minutes=20))
    assert world.again(first).state is State.LOGGED
    assert world.app.ledger.key_values.troubles() == ()


def test_a_token_that_may_not_write_is_tried_with_two_calls_and_then_all_wait(world: World) -> None:
    for _ in range(5):
        answered(world)
    world.portal.scopes.discard("crm.objects.contacts.write")
    sent = len(world.portal.requests_seen)
    back = world.deliver().next_at
    assert len(world.portal.requests_seen) - sent == 2
    assert back
    assert back - world.now >= timedelta(seconds=29)
    world.portal.scopes.add("crm.objects.contacts.write")
    pass_time(world, timedelta(minutes=5))
    assert world.calls_in_crm() == 5
