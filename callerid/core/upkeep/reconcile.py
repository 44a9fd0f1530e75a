"""Does the ledger say the same as the phone's log and the outbox? What it should say where it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.core.delivery.outbox_row import Delivery, DeliveryState, Intent
from callerid.core.followup.state import State

if TYPE_CHECKING:
    from callerid.core.followup.state import FollowUp

_OF_THE_OUTBOX = {State.QUEUED, State.LOGGED, State.CHANGE_REFUSED, State.DEAD}
_STATE_OF = {
    DeliveryState.WAITING: State.QUEUED,
    DeliveryState.UNSURE: State.QUEUED,
    DeliveryState.DELIVERED: State.LOGGED,
    DeliveryState.DEAD: State.DEAD,
    DeliveryState.DROPPED: State.DISMISSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcileResult:
    """What a reconciliation found, and mended: calls of the phone's log that the ledger lacked, calls of which nobody knew what
    becomes of them, and calls whose state the outbox belied, with the state that they have now."""

    missing: int = 0
    unfollowed: int = 0
    belied: tuple[tuple[str, State, State], ...] = ()  # key, before, now

    @property
    def is_whole(self) -> bool:
        """Was there no gap?"""
        return not (self.missing or self.unfollowed or self.belied)


def state_by(delivery: Delivery) -> State:
    """Given a call's delivery, return the state of its follow-up. What is in the CRM and was refused is a change of it."""
    refused = delivery.state is DeliveryState.DEAD
    return State.CHANGE_REFUSED if refused and delivery.remote_id else _STATE_OF[delivery.state]


def true_state(followup: FollowUp, delivery: Delivery | None, adding: Delivery | None, batches: frozenset[str]) -> State:
    """Given a follow-up, its call's delivery, that of a caller who was to be added, and the batches there are, return the state
    that it must have."""
    state = followup.state
    if _waits_for_caller(followup, adding):
        return state
    if delivery and delivery.state is not DeliveryState.DROPPED and (delivery.intent is Intent.KEEP or state in _OF_THE_OUTBOX):
        return state_by(delivery)
    if state in _OF_THE_OUTBOX:
        return State.DISMISSED if delivery else State.OPEN
    if state is State.ADDING:
        return State.OPEN
    return State.OPEN if state is State.GATHERED and followup.batch not in batches else state


def _waits_for_caller(followup: FollowUp, adding: Delivery | None) -> bool:
    """Is whoever was to be added on the way, or refused? Then that says how the call stands, and not what was logged of it before
    and is withdrawn."""
    if adding is None:
        return False
    return followup.state is State.ADDING or (followup.state is State.DEAD and adding.state is DeliveryState.DEAD)
