"""What a last look means for a row: the oldest of several stays, and nothing is doubted for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from callerid import errors
from callerid.core.backoff import Deadline
from callerid.core.delivery import certainty
from callerid.core.delivery.manual import request_withdrawal
from callerid.core.delivery.next_move import Move, in_order, next_move, next_try
from callerid.core.delivery.outbox_row import may_be_in_crm
from callerid.core.delivery.retry_policy import Attempts
from callerid.core.delivery.states import DeliveryState, Kind
from callerid.core.delivery.transitions import LATEST_EFFECT, before_post, delivered, doubtful, found, not_found
from tests.core.delivery.rows import ENGAGEMENT, NOW, ROW, after

BUSY = replace(ENGAGEMENT, outcome="busy")

LOST = not_found(not_found(before_post(ROW, NOW), after(3)), after(93))  # posted, not found twice, and to be posted again
TWICE = delivered(before_post(LOST, after(93)), "9002")


def test_a_post_that_is_given_up_may_still_arrive_until_four_minutes_later() -> None:
    assert LOST.certain_at == Deadline(until=after(240), set_at=NOW)
    assert may_be_in_crm(LOST)
    assert next_move(LOST, after(93)) is Move.POST
    assert (next_move(LOST, after(240)), next_move(TWICE, after(240))) == (Move.CHECK, Move.CHECK)
    assert (next_move(TWICE, after(239)), next_try(TWICE, after(100))) == (Move.WAIT, after(240))
    assert next_try(LOST, after(100)) == after(100)
    unsure = before_post(LOST, after(93))
    assert next_try(unsure, after(93)) == after(96)
    assert next_move(unsure, after(500)) is Move.LOOK_UP


def test_a_post_that_was_looked_for_long_after_it_was_given_up_is_no_longer_doubted() -> None:
    late = not_found(not_found(before_post(ROW, NOW), after(3)), after(3600))
    assert (late.state, late.certain_at) == (DeliveryState.WAITING, None)


def test_what_a_look_up_finds_after_two_posts_may_be_either_so_the_other_is_waited_for() -> None:
    row = found(before_post(LOST, after(93)), "9001", after(126))
    assert row.certain_at
    assert row.certain_at == Deadline(until=after(240), set_at=after(93))  # a look for the first, and one for the second
    second = certainty.certain(row, after(240))
    assert (next_try(second, after(240)), second.state) == (after(93 + 240), DeliveryState.DELIVERED)
    assert certainty.certain(second, after(93 + 240)).certain_at is None
    assert found(before_post(ROW, NOW), "9001", after(3)).certain_at is None


def test_last_looks_come_after_all_that_is_to_be_delivered() -> None:
    assert in_order([TWICE, replace(LOST, id=99)])[0].id == 99


def test_the_oldest_stays_but_of_contacts_the_one_that_calls_were_logged_to() -> None:
    assert certainty.kept(TWICE, ("9001", "9002")) == "9001"
    assert certainty.kept(replace(TWICE, kind=Kind.CONTACT), ("9001", "9002")) == "9002"
    assert certainty.kept(request_withdrawal(TWICE), ("9001",)) == ""
    assert certainty.kept(TWICE, ()) == ""


def test_a_row_that_waited_to_be_posted_again_and_has_arrived_is_delivered() -> None:
    arrived = certainty.adopted(LOST, "9001")
    assert (arrived.state, arrived.remote_id) == (DeliveryState.DELIVERED, "9001")
    assert certainty.adopted(TWICE, "9001") == replace(TWICE, remote_id="9001")
    done = certainty.certain(arrived, after(240))
    assert (done.certain_at, next_move(done, after(9999))) == (None, Move.WAIT)
    assert next_move(certainty.certain(LOST, after(240)), after(240)) is Move.POST


def test_a_call_posted_again_with_another_content_may_be_in_the_crm_with_the_first() -> None:
    changed = delivered(before_post(replace(LOST, content=BUSY, revision=1), after(93)), "9002")
    assert certainty.late_contents(changed) == (ROW.content,)
    assert certainty.late_contents(LOST) == ()


def test_what_we_may_have_deleted_late_is_posted_again_and_what_somebody_else_deleted_is_not() -> None:
    ours = certainty.deleted_late(replace(TWICE, withdrawal_begun=True), after(240))
    assert (next_move(ours, after(240)), ours.remote_id) == (Move.POST, "")
    assert certainty.deleted_late(TWICE, after(240)) == certainty.certain(TWICE, after(240))


def test_a_last_look_that_fails_is_taken_later_and_later() -> None:
    row, pauses = replace(TWICE, attempts=Attempts()), []
    for _ in range(3):
        row = certainty.check_failed(row, errors.CrmFault("503"), NOW)
        assert row.certain_at
        pauses.append(row.certain_at.until - NOW)
    assert timedelta(0) < pauses[0] <= pauses[1] < pauses[2]
    assert row.state is DeliveryState.DELIVERED


@pytest.mark.parametrize("ahead", [timedelta(minutes=1), timedelta(days=400)])
def test_a_time_that_a_wrong_clock_has_set_is_waited_for_from_now(ahead: timedelta) -> None:
    row = doubtful(TWICE, NOW + ahead, NOW + ahead)
    assert next_move(row, NOW) is Move.CHECK
    assert not certainty.is_due(row, NOW)
    assert next_try(certainty.wait_again(row, NOW), NOW) == NOW + LATEST_EFFECT
    assert not certainty.is_due(ROW, NOW)
    assert certainty.is_due(TWICE, after(240))
