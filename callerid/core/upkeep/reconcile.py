"""Which state a follow-up must have according to the outbox, for correcting the ledger where it says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.delivery.states import DeliveryState, Intent
from callerid.core.followup.states import State
from callerid.records import dataclass

if TYPE_CHECKING:
    from callerid.core.delivery.outbox_row import Delivery
    from callerid.core.followup.state import FollowUp

_DECIDED_BY_OUTBOX = {State.QUEUED, State.LOGGED, State.CHANGE_REFUSED, State.DEAD}
_STATES = {
    DeliveryState.WAITING: State.QUEUED,
    DeliveryState.UNSURE: State.QUEUED,
    DeliveryState.DELIVERED: State.LOGGED,
    DeliveryState.DEAD: State.DEAD,
    DeliveryState.DROPPED: State.DISMISSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcileResult:
    """What a reconciliation found and corrected."""

    missing: int = 0  # calls of the phone's log that the ledger lacked
    without_followup: int = 0  # calls of the ledger that nothing followed up
    corrected: tuple[tuple[str, State, State], ...] = ()  # key of the call, state before, state now

    @property
    def is_clean(self) -> bool:
        """Whether there was nothing to correct."""
        return not (self.missing or self.without_followup or self.corrected)


def followup_state(row: Delivery) -> State:
    """Return the state of a follow-up from its call's delivery. A refused row of a call that is in the CRM is a refused change."""
    refused = row.state is DeliveryState.DEAD
    return State.CHANGE_REFUSED if refused and row.remote_id else _STATES[row.state]


def true_state(followup: FollowUp, row: Delivery | None, adding: Delivery | None, batches: frozenset[str]) -> State:
    """Return the state that a follow-up must have.

    `row` is the delivery of its call, `adding` that of its caller, if they were to be added to the CRM, `batches` are the names of
    the batches that exist.
    """
    state = followup.state
    if _waits_for_caller(followup, adding):
        return state
    if row and row.state is not DeliveryState.DROPPED and (row.intent is Intent.KEEP or state in _DECIDED_BY_OUTBOX):
        return followup_state(row)
    if state in _DECIDED_BY_OUTBOX:
        return State.DISMISSED if row else State.OPEN
    if state is State.ADDING:
        return State.OPEN
    return State.OPEN if state is State.GATHERED and followup.batch not in batches else state


def _waits_for_caller(followup: FollowUp, adding: Delivery | None) -> bool:
    """Return whether the caller is on the way to the CRM, or was refused. Then that decides the state of the call, and not what was
    logged of it before and is being withdrawn."""
    if adding is None:
        return False
    return followup.state is State.ADDING or (followup.state is State.DEAD and adding.state is DeliveryState.DEAD)
