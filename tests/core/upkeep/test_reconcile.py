"""Each call has the state that its delivery says, whatever a fault left behind in the ledger."""

from __future__ import annotations

from dataclasses import replace

import pytest

from callerid.core.delivery.outbox_row import Delivery
from callerid.core.delivery.states import DeliveryState, Intent, Kind
from callerid.core.followup.state import FollowUp
from callerid.core.followup.states import State
from callerid.core.upkeep.reconcile import ReconcileResult, followup_state, true_state
from tests.core.delivery.rows import ENGAGEMENT
from tests.core.people import call

NOTHING: frozenset[str] = frozenset()


def row(state: DeliveryState, kind: Kind = Kind.CALL) -> Delivery:
    return Delivery(id=1, call_key="k", kind=kind, content=ENGAGEMENT, state=state)


def followup(state: State, batch: str = "") -> FollowUp:
    return FollowUp(call=call(), line="+353", state=state, batch=batch)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize(
    ("delivery", "true"),
    [
        (DeliveryState.WAITING, State.QUEUED),
        (DeliveryState.UNSURE, State.QUEUED),
        (DeliveryState.DELIVERED, State.LOGGED),
        (DeliveryState.DEAD, State.DEAD),
    ],
)
def test_the_outbox_decides_the_state_of_a_call_whatever_the_follow_up_says(
    state: State, delivery: DeliveryState, true: State
) -> None:
    assert true_state(followup(state), row(delivery), None, NOTHING) is true


def test_a_refused_delivery_of_what_is_in_the_crm_is_a_refused_change() -> None:
    refused = replace(row(DeliveryState.DEAD), remote_id="9001")
    assert true_state(followup(State.DEAD), refused, None, NOTHING) is State.CHANGE_REFUSED
    assert followup_state(row(DeliveryState.DROPPED)) is State.DISMISSED


@pytest.mark.parametrize("state", [State.QUEUED, State.LOGGED, State.CHANGE_REFUSED, State.DEAD])
def test_a_call_whose_delivery_is_lost_is_asked_about_again(state: State) -> None:
    assert true_state(followup(state), None, None, NOTHING) is State.OPEN
    assert true_state(followup(state), row(DeliveryState.DROPPED), None, NOTHING) is State.DISMISSED


def test_a_caller_who_is_being_added_is_waited_for() -> None:
    waiting, refused = row(DeliveryState.WAITING, Kind.CONTACT), row(DeliveryState.DEAD, Kind.CONTACT)
    assert true_state(followup(State.ADDING), None, waiting, NOTHING) is State.ADDING
    assert true_state(followup(State.ADDING), None, None, NOTHING) is State.OPEN
    assert true_state(followup(State.DEAD), None, refused, NOTHING) is State.DEAD


def test_a_call_whose_batch_is_gone_is_asked_about_alone() -> None:
    gathered = followup(State.GATHERED, "evening")
    assert true_state(gathered, None, None, frozenset({"evening"})) is State.GATHERED
    assert true_state(gathered, None, None, NOTHING) is State.OPEN


@pytest.mark.parametrize("state", [State.OPEN, State.NOTIFIED, State.DISMISSED, State.IGNORED, State.NOT_IN_CRM, State.BASELINE])
def test_a_call_that_was_never_answered_keeps_its_state(state: State) -> None:
    assert true_state(followup(state), None, None, NOTHING) is state
    assert true_state(followup(state), row(DeliveryState.DROPPED), None, NOTHING) is state


def test_nothing_found_is_clean() -> None:
    assert ReconcileResult().is_clean
    assert not replace(ReconcileResult(), missing=1).is_clean


@pytest.mark.parametrize("state", [State.OPEN, State.NOTIFIED, State.ADDING, State.QUEUED])
def test_a_waiting_withdrawal_does_not_decide_the_state_of_a_call_that_has_been_answered_again(state: State) -> None:
    leaving = replace(row(DeliveryState.WAITING), intent=Intent.WITHDRAW)
    adding = row(DeliveryState.WAITING) if state is State.ADDING else None
    assert true_state(followup(state), leaving, adding, NOTHING) is state


def test_a_call_whose_caller_was_refused_is_refused_whatever_was_logged_before() -> None:
    refused = row(DeliveryState.DEAD)
    assert true_state(followup(State.DEAD), row(DeliveryState.DROPPED), refused, NOTHING) is State.DEAD
    assert true_state(followup(State.DEAD), row(DeliveryState.DROPPED), None, NOTHING) is State.DISMISSED
