"""What a person requests for a delivery: retry it, cancel a change, withdraw the rest."""

from __future__ import annotations

from dataclasses import replace

from callerid import errors
from callerid.core.delivery.manual import cancel, is_reverting, request_withdrawal, retry_now
from callerid.core.delivery.next_move import Move, next_move
from callerid.core.delivery.states import DeliveryState, Intent
from callerid.core.delivery.transitions import before_post, before_update, before_withdraw, change_failed, delivered
from tests.core.delivery.rows import ENGAGEMENT, NOW, ROW

CHANGED = replace(delivered(before_post(ROW, NOW), "9001"), content=replace(ENGAGEMENT, outcome="busy"), revision=1)


def test_a_row_that_is_retried_is_looked_up_first_if_it_may_be_in_the_crm() -> None:
    assert retry_now(before_post(ROW, NOW)).state is DeliveryState.UNSURE
    assert retry_now(replace(ROW, state=DeliveryState.DEAD)).state is DeliveryState.WAITING


def test_a_cancelled_change_leaves_what_the_crm_has() -> None:
    refused = change_failed(before_update(CHANGED), CHANGED, errors.Refused("no"), NOW)
    kept = cancel(refused)
    assert (kept.state, kept.content, kept.fault, kept.remote_id) == (DeliveryState.DELIVERED, ENGAGEMENT, "", "9001")
    assert cancel(replace(refused, posted=None)).content == refused.content  # written by an earlier version
    assert cancel(replace(CHANGED, state=DeliveryState.WAITING)).state is DeliveryState.DELIVERED
    assert not is_reverting(kept)


def test_a_cancelled_change_that_may_have_arrived_is_undone_in_the_crm() -> None:
    begun = before_update(replace(CHANGED, state=DeliveryState.WAITING))
    partly = change_failed(begun, CHANGED, errors.PartiallyApplied("no"), NOW)
    cut = change_failed(begun, CHANGED, errors.CrmFault("cut"), NOW)
    refused = change_failed(before_update(cut), cut, errors.Refused("no"), NOW)
    for row in (begun, partly, refused):
        back = cancel(row)
        assert (back.content, next_move(back, NOW), is_reverting(back)) == (ENGAGEMENT, Move.UPDATE, True)
    left = cancel(change_failed(before_update(back), back, errors.Refused("no"), NOW))
    assert (left.state, left.content) == (DeliveryState.DELIVERED, ENGAGEMENT)


def test_a_cancelled_row_that_is_not_a_change_is_withdrawn() -> None:
    assert cancel(ROW).state is DeliveryState.DROPPED
    assert cancel(before_post(ROW, NOW)).intent is Intent.WITHDRAW
    going = replace(ROW, remote_id="9001", intent=Intent.WITHDRAW)
    assert next_move(cancel(going), NOW) is Move.WITHDRAW


def test_a_cancelled_change_of_a_call_that_we_may_have_deleted_brings_the_call_back() -> None:
    row = request_withdrawal(delivered(before_post(ROW, NOW), "9001"))
    cut = change_failed(before_withdraw(row), row, errors.CrmFault("cut"), NOW)
    wanted_again = replace(cut, intent=Intent.KEEP, revision=9, not_before=None)
    assert next_move(cancel(wanted_again), NOW) is Move.UPDATE
