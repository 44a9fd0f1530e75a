"""Which outbox row is tried next, when, and what is done with it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.delivery.outbox_row import Delivery, is_settled
from callerid.core.delivery.states import DeliveryState, Intent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class Move(StrEnum):
    """What to do with a row now."""

    POST = "post"
    LOOK_UP = "look up"
    UPDATE = "update"
    WITHDRAW = "withdraw"
    CHECK = "check"  # look for what a request that was given up has brought
    WAIT = "wait"


def in_order(rows: Iterable[Delivery]) -> tuple[Delivery, ...]:
    """Return rows in the order in which they are tried: the oldest first, and those that failed when they were tried last after all
    others, because one that always fails would hold up the rest. What is only looked for comes last."""
    return tuple(sorted(rows, key=lambda row: (is_settled(row), row.attempts.failures > 0, row.id)))


def next_move(row: Delivery, now: datetime) -> Move:
    """Return what to do with a row now. A check comes before all that is done on the strength of what is known."""
    if row.certain_at and row.state is not DeliveryState.UNSURE and row.certain_at.next_try(now) <= now:
        return Move.CHECK
    if row.state not in (DeliveryState.WAITING, DeliveryState.UNSURE) or _pause_end(row, now) > now:
        return Move.WAIT
    if row.state is DeliveryState.UNSURE:
        return Move.LOOK_UP
    if row.intent is Intent.WITHDRAW:
        return Move.WITHDRAW
    return Move.UPDATE if row.remote_id else Move.POST


def next_try(row: Delivery, now: datetime) -> datetime:
    """Return when something is to be done with a row again, now at the earliest."""
    if row.certain_at is None or row.state is DeliveryState.UNSURE:
        return _pause_end(row, now)
    check = row.certain_at.next_try(now)
    return min(check, _pause_end(row, now)) if row.state is DeliveryState.WAITING else check


def _pause_end(row: Delivery, now: datetime) -> datetime:
    return row.not_before.next_try(now) if row.not_before else now
