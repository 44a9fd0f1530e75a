"""Optimistic writing: store a change from the revision that was read, and read again when another writer was faster."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from callerid.errors import Forgotten
from callerid.logs import log
from callerid.messages import message

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.core.delivery.outbox_row import Delivery
    from callerid.core.followup.state import FollowUp
    from callerid.store.ledger.database import Ledger

T = TypeVar("T")
R = TypeVar("R")

_TRIES = 5  # each one reads what another writer has just stored, so that more than two are hardly ever needed


def retry_on_conflict(
    read: Callable[[], T | None], store: Callable[[T], R | None], name: str, *, seen: T | None = None
) -> R | None:
    """Store a change of something that others change too, and return what `store` returned.

    `read` returns the thing as it is now, or None when there is nothing to change any more. `store` stores the change and returns
    something true, or something false when the thing was changed since it was read. `seen` is the thing as it was read already.
    Return None when there was nothing to change, or when others kept changing it, which is logged with the `name` of the thing.
    """
    seen = seen if seen is not None else read()
    for _ in range(_TRIES):
        if seen is None:
            return None
        result = store(seen)
        if result:
            return result
        seen = read()
    log.warning("%s", message("{name}: not stored, because others kept changing it", name=name))
    return None


def change_followup(ledger: Ledger, followup: FollowUp, store: Callable[[FollowUp], object]) -> bool:
    """Store a change of a follow-up, given as it was read, with `retry_on_conflict`; return False when it was not stored."""
    key = followup.call.key
    return bool(retry_on_conflict(lambda: ledger.calls.followup(key), store, f"call {key}", seen=followup))


def store_answer(ledger: Ledger, followup: FollowUp, store: Callable[[FollowUp], object]) -> bool:
    """Store what a person answered about a call, as `change_followup` stores a change. Raise Forgotten if the call is gone."""
    is_stored = change_followup(ledger, followup, store)
    if not is_stored and ledger.calls.followup(followup.call.key) is None:
        raise Forgotten
    return is_stored


def change_delivery(ledger: Ledger, row: Delivery, change: Callable[[Delivery], Delivery | None], now: datetime) -> Delivery | None:
    """Store a change of an outbox row, given as it was read, with `retry_on_conflict`, and return the row after it; None when it
    was not stored. `change` returns the row as it is to be, or None when the row as it is now is not to be changed any more."""

    def store(newest: Delivery) -> tuple[Delivery | None] | None:
        after = change(newest)
        return (after,) if after is None or ledger.outbox.change(newest, after, now) else None

    stored = retry_on_conflict(lambda: ledger.outbox.by_id(row.id), store, f"outbox row {row.id}", seen=row)
    return stored[0] if stored else None
