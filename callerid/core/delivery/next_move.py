"""Which outbox row is tried next, when, and what is done with it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.delivery.outbox_row import Delivery, DeliveryState, Intent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class Move(StrEnum):
    """What to do with a row now."""

    POST = "post"
    LOOK_UP = "look up"
    UPDATE = "update"
    WITHDRAW = "withdraw"
    WAIT = "wait"


def in_order(rows: Iterable[Delivery]) -> tuple[Delivery, ...]:
    """Return rows in the order in which they are tried: the oldest first, and those that failed when they were tried last after all
    others, because one that always fails would hold up the rest."""
    return tuple(sorted(rows, key=lambda row: (row.attempts.failures > 0, row.id)))


def next_move(row: Delivery, now: datetime) -> Move:
    """Return what to do with a row now."""
    if row.state not in (DeliveryState.WAITING, DeliveryState.UNSURE) or next_try(row, now) > now:
        return Move.WAIT
    if row.state is DeliveryState.UNSURE:
        return Move.LOOK_UP
    if row.intent is Intent.WITHDRAW:
        return Move.WITHDRAW
    return Move.UPDATE if row.remote_id else Move.POST


def next_try(row: Delivery, now: datetime) -> datetime:
    """Return when a row that is to be delivered is tried next, now at the earliest."""
    return row.not_before.next_try(now) if row.not_before else now
