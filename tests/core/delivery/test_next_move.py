"""Which row of the outbox is tried, and when: the pauses after each fault, and what a wrong clock cannot do to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from callerid import errors
from callerid.core.backoff import Deadline
from callerid.core.delivery.next_move import Move, in_order, next_move, next_try
from callerid.core.delivery.retry_policy import ends_turn
from callerid.core.delivery.states import DeliveryState, Intent
from callerid.core.delivery.transitions import before_post, change_failed, delivered, lookup_failed, post_failed
from tests.core.delivery.rows import NOW, ROW, after, waits_until

if TYPE_CHECKING:
    from callerid.core.delivery.outbox_row import Delivery


def paused(until: datetime) -> Delivery:
    return replace(ROW, not_before=Deadline(until=until))


def pause_of(row: Delivery) -> float:
    until = waits_until(row)
    assert until
    return (until - NOW).total_seconds()


def test_a_waiting_row_is_posted_when_its_time_has_come() -> None:
    assert next_move(ROW, NOW) is Move.POST
    later = post_failed(before_post(ROW, NOW), errors.Offline("no network"), NOW)
    assert next_move(later, NOW) is Move.WAIT
    assert next_move(later, after(6)) is Move.POST


def test_a_withdrawn_row_that_is_not_in_the_crm_is_not_posted() -> None:
    """An earlier version let a person retry a withdrawn call that somebody had deleted."""
    assert next_move(replace(ROW, intent=Intent.WITHDRAW), NOW) is Move.WITHDRAW


def test_a_clock_that_was_years_ahead_delays_nothing() -> None:
    assert next_move(paused(NOW + timedelta(days=2)), NOW) is Move.WAIT
    assert next_move(paused(NOW + timedelta(days=900)), NOW) is Move.POST


def test_a_pause_lasts_from_the_moment_at_which_it_was_set() -> None:
    row = post_failed(before_post(ROW, NOW), errors.RateLimited("slow down", retry_after=600.0), NOW)
    assert next_try(row, after(1)) == after(600)
    assert next_try(row, after(700)) == after(700)
    assert next_try(row, after(-3600)) == after(-3600)  # the clock was an hour ahead


def test_attempts_without_a_network_are_not_posts_and_come_less_and_less_often() -> None:
    row, pauses = ROW, []
    for _ in range(9):
        row = post_failed(before_post(row, NOW), errors.Offline("no network"), NOW)
        pauses.append(pause_of(row))
    assert (row.attempts.posts, row.attempts.offline, row.state) == (0, 9, DeliveryState.WAITING)
    assert pauses == [5, 10, 20, 40, 60, 120, 300, 300, 300]


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (errors.RateLimited("slow down", retry_after=77.0), 77),
        (errors.MigrationInProgress("moving", retry_after=3600.0), 3600),
        (errors.CrmFault("trouble"), 30),
        (errors.CrmFault("trouble", retry_after=77.0), 77),
        (errors.CrmFault("trouble", retry_after=1.0), 30),
        (errors.TokenChanged("another token"), 10),
        (errors.TokenFault("wrong token"), 60),
        (errors.ScopeMissing("no scope"), 30),
    ],
)
def test_the_crm_may_say_when_to_try_again(fault: errors.CalleridError, seconds: float) -> None:
    row = post_failed(before_post(ROW, NOW), fault, NOW)
    assert row.state is DeliveryState.WAITING
    assert waits_until(row) == after(seconds)
    assert ends_turn(fault, 2)


def test_one_refused_or_unsure_call_does_not_delay_the_others() -> None:
    for own in (errors.Refused("no"), errors.OutcomeUnknown("cut"), errors.Locked("locked", retry_after=2.0)):
        assert not ends_turn(own, 9)
    for common in (errors.CrmFault("503"), errors.ScopeMissing("no scope")):
        assert not ends_turn(common, 1)
        assert ends_turn(common, 2)
    for fault in (errors.Offline("no network"), errors.TokenFault("no"), errors.RateLimited("slow down", retry_after=1.0)):
        assert ends_turn(fault, 0)


def test_a_row_that_keeps_failing_is_tried_less_and_less_often_and_after_all_others() -> None:
    row, pauses = replace(ROW, remote_id="9001"), []
    for _ in range(7):
        failed = change_failed(row, row, errors.Locked("locked", retry_after=2.0), NOW)
        row = replace(failed, attempts=replace(failed.attempts, posts=0))
        pauses.append(pause_of(row))
    assert pauses == [10, 30, 60, 120, 300, 900, 900]
    assert in_order([row, replace(ROW, id=2), replace(ROW, id=3)])[-1] is row
    assert delivered(row, "9001").attempts.failures == 0


def test_a_rate_limit_that_is_met_again_and_again_lasts_longer_than_the_crm_says() -> None:
    row, pauses = before_post(ROW, NOW), []
    for _ in range(6):
        row = lookup_failed(row, errors.RateLimited("slow down", retry_after=1.0), NOW)
        pauses.append(pause_of(row))
    assert pauses == [1, 1, 1, 10, 30, 60]
