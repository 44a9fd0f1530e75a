"""What a last look finds of a row of which a request was given up, when the CRM can carry it out no more.

The CRM may have a call twice then, or one that was withdrawn, or what a correction said before the next one. The oldest of several
is kept, with what the row says now; the others are withdrawn.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.backoff import Deadline
from callerid.core.delivery.retry_policy import pause
from callerid.core.delivery.states import DeliveryState, Intent, Kind
from callerid.core.delivery.transitions import LATEST_EFFECT, delivered, not_in_crm, possible_others

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from callerid.core.delivery.outbox_row import Content, Delivery
    from callerid.errors import CalleridError


def is_due(row: Delivery, now: datetime) -> bool:
    """Return whether a row's last look is due: not if a clock that was ahead has set its time."""
    return row.certain_at is not None and (row.certain_at.set_at or now) <= now and not row.certain_at.holds(now)


def wait_again(row: Delivery, now: datetime) -> Delivery:
    """Return a row that waits for certainty from now on."""
    return replace(row, certain_at=Deadline.after(LATEST_EFFECT, now))


def kept(row: Delivery, ids: Sequence[str]) -> str:
    """Return which of the ids of a row in the CRM, oldest first, stays: "" for none. Calls are logged to a contact by its id."""
    if row.intent is Intent.WITHDRAW or not ids:
        return ""
    return row.remote_id if row.kind is Kind.CONTACT and row.remote_id in ids else ids[0]


def adopted(row: Delivery, remote_id: str) -> Delivery:
    """Return a row that the CRM has under that id. One that was refused or waited to be posted again has arrived."""
    return replace(row, remote_id=remote_id) if row.remote_id else delivered(row, remote_id)


def late_contents(row: Delivery) -> tuple[Content, ...]:
    """Return the contents, other than its own, that a row that is in the CRM as it should be may have got there late."""
    return possible_others(row, row.content) if row.state is DeliveryState.DELIVERED else ()


def before_rewriting(row: Delivery, now: datetime) -> Delivery:
    """Return a row as it must be stored before a last look writes its content again: if nobody learns how that ends, it may still
    come, and undo what is answered meanwhile."""
    return replace(row, certain_at=Deadline(until=now, set_at=now))


def rewritten(row: Delivery, before: Delivery, now: datetime) -> Delivery:
    """Return a row whose content a last look has written again: as certain as it was `before`, unless more is in doubt since."""
    begun = row.certain_at and row.certain_at.until == row.certain_at.set_at
    return certain(replace(row, certain_at=before.certain_at) if begun else row, now)


def certain(row: Delivery, now: datetime) -> Delivery:
    """Return a row that was looked for and corrected: nothing can come any more, or there is another look for what was given up
    later."""
    given_up = row.certain_at.set_at if row.certain_at else None
    if given_up and given_up <= now < given_up + LATEST_EFFECT:
        return replace(row, certain_at=Deadline(until=given_up + LATEST_EFFECT, set_at=given_up))
    if row.state is not DeliveryState.DELIVERED:
        return replace(row, certain_at=None)
    return replace(row, certain_at=None, not_before=None, unconfirmed=(), withdrawal_begun=False)


def deleted_late(row: Delivery, now: datetime) -> Delivery:
    """Return a row that is not in the CRM any more, though it should be: it is posted again if it was us who deleted it."""
    if row.state is not DeliveryState.DELIVERED or not row.withdrawal_begun:
        return certain(row, now)
    return not_in_crm(replace(row, state=DeliveryState.WAITING, not_before=None, certain_at=certain(row, now).certain_at))


def check_failed(row: Delivery, fault: CalleridError, now: datetime) -> Delivery:
    """Return a row whose last look ended in an error: for a later one. What it has written may still come, too."""
    later = Deadline(until=now + pause(fault, row.attempts), set_at=now)
    return replace(row, attempts=row.attempts.after_fault(fault), certain_at=later)
