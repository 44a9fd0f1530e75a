"""What a person may request for an outbox row that is on its way, refused or done."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.delivery.states import DeliveryState, Intent
from callerid.core.delivery.transitions import WITHDRAWN

if TYPE_CHECKING:
    from callerid.core.delivery.outbox_row import Delivery


def request_withdrawal(row: Delivery) -> Delivery:
    """Return a row that is to be withdrawn: dropped if it is surely not in the CRM, else to be deleted there."""
    wanted = replace(row, intent=Intent.WITHDRAW, revision=row.revision + 1, not_before=None, fault=WITHDRAWN)
    if row.state is DeliveryState.UNSURE:
        return replace(wanted, not_before=row.not_before)
    return replace(wanted, state=DeliveryState.WAITING if row.remote_id else DeliveryState.DROPPED)


def cancel(row: Delivery) -> Delivery:
    """Return a row without what was still to be delivered: a change of what the CRM has is reverted, all else is withdrawn."""
    is_change = row.remote_id and (row.state is DeliveryState.DEAD or row.intent is Intent.KEEP)
    return revert_change(row) if is_change else request_withdrawal(row)


def revert_change(row: Delivery) -> Delivery:
    """Return a row of which the CRM keeps what it has: with the change undone there if any of it may have arrived, and posted again
    if we may have deleted it."""
    state = DeliveryState.WAITING if _may_differ(row) else DeliveryState.DELIVERED
    kept = replace(row, content=row.posted or row.content, intent=Intent.KEEP, state=state, not_before=None, fault="")
    return replace(kept, revision=row.revision + 1, attempts=replace(row.attempts, failures=0))


def _may_differ(row: Delivery) -> bool:
    """Return whether the CRM may have something else than what surely was there last. A person who cancels a refused reversal
    leaves it so."""
    reversal_was_refused = row.state is DeliveryState.DEAD and row.content == row.posted
    return row.withdrawal_begun or bool(row.posted and row.unconfirmed and not reversal_was_refused)


def is_reverting(cancelled: Delivery) -> bool:
    """Return whether a part of a cancelled change may have arrived, and is being undone."""
    return cancelled.state is DeliveryState.WAITING and cancelled.intent is Intent.KEEP


def retry_now(row: Delivery) -> Delivery:
    """Return a row that is to be tried at once. One that is unsure stays so: it is looked up first."""
    state = row.state if row.state is DeliveryState.UNSURE else DeliveryState.WAITING
    return replace(row, state=state, attempts=replace(row.attempts, failures=0, lost=0), not_before=None, fault="")
