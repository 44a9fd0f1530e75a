"""How an answered call reaches the CRM exactly once: what to do with an outbox row, and what an attempt's end means.

HubSpot has no idempotency key. So the intention to post is written down before the post; whoever finds such a row later
looks in the CRM for our own id before posting again, and posts only when two looks, the second long enough after the
post, have found nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid import errors

if TYPE_CHECKING:
    from callerid.models import CallEngagement

SURE_AFTER = timedelta(minutes=2)  # no request of ours is still on its way after this: the sender gives up after 35 s
_FIRST_LOOK = timedelta(seconds=3)
_LOOK_AGAIN = timedelta(seconds=30)
_OFFLINE = (5, 10, 20, 40, 60, 120, 300)  # seconds between tries while there is no network
_TROUBLE = (10, 30, 60, 120, 300, 900)  # seconds after an attempt that the CRM could not take
_TOKEN = timedelta(minutes=1)  # until a token that was put right is noticed


class DeliveryState(StrEnum):
    """Where an outbox row stands."""

    WAITING = "waiting"  # not in the CRM, for certain
    UNSURE = "unsure"  # a post has begun and its end is not known
    DELIVERED = "delivered"
    DEAD = "dead-letter"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One row of the outbox."""

    id: int
    call_key: str
    engagement: CallEngagement
    state: DeliveryState
    attempts: int = 0  # posts whose request may have reached the CRM
    looks: int = 0  # looks since the last post that found nothing
    offline: int = 0  # tries in a row that found no network
    posted_at: datetime | None = None
    not_before: datetime | None = None
    remote_id: str = ""
    fault: str = ""


class Move(StrEnum):
    """What to do with a row now."""

    POST = "post"
    LOOK = "look"
    WAIT = "wait"


def next_move(delivery: Delivery, now: datetime) -> Move:
    """Given a row and now, return what to do with it."""
    if delivery.state not in (DeliveryState.WAITING, DeliveryState.UNSURE):
        return Move.WAIT
    if delivery.not_before and now < delivery.not_before:
        return Move.WAIT
    return Move.LOOK if delivery.state is DeliveryState.UNSURE else Move.POST


def begun(delivery: Delivery, now: datetime) -> Delivery:
    """Given a row about to be posted, return it as it must be stored first."""
    return replace(
        delivery,
        state=DeliveryState.UNSURE,
        attempts=delivery.attempts + 1,
        looks=0,
        posted_at=now,
        not_before=now + _FIRST_LOOK,
    )


def found(delivery: Delivery, remote_id: str) -> Delivery:
    """Given a row whose call is in the CRM under that id, return it delivered."""
    return replace(delivery, state=DeliveryState.DELIVERED, remote_id=remote_id, not_before=None, offline=0, fault="")


def not_found(delivery: Delivery, now: datetime) -> Delivery:
    """Given an unsure row that a look did not find, return it: to be looked for again, or free to be posted again."""
    looks = delivery.looks + 1
    sure = delivery.posted_at is None or now - delivery.posted_at >= SURE_AFTER
    if sure and looks > 1:
        return replace(delivery, state=DeliveryState.WAITING, looks=looks, not_before=None)
    return replace(delivery, looks=looks, not_before=now + _LOOK_AGAIN)


def failed(delivery: Delivery, fault: errors.CalleridError, now: datetime) -> Delivery:
    """Given a row whose post ended in an error, return what is known of it now."""
    said = replace(delivery, fault=str(fault))
    if isinstance(fault, errors.OutcomeUnknown):
        return replace(said, state=DeliveryState.UNSURE, not_before=now + _FIRST_LOOK)
    if isinstance(fault, errors.Refused):
        return replace(said, state=DeliveryState.DEAD, not_before=None)
    if isinstance(fault, errors.Offline):
        return replace(_nothing_happened(said, now), attempts=delivery.attempts - 1, offline=delivery.offline + 1)
    return _nothing_happened(said, now, fault)


def look_failed(delivery: Delivery, fault: errors.CalleridError, now: datetime) -> Delivery:
    """Given an unsure row that could not even be looked for, return it unsure still, for a later look."""
    offline = delivery.offline + 1 if isinstance(fault, errors.Offline) else delivery.offline
    return replace(delivery, fault=str(fault), offline=offline, not_before=now + pause(delivery, fault))


def _nothing_happened(delivery: Delivery, now: datetime, fault: errors.CalleridError | None = None) -> Delivery:
    wait = pause(delivery, fault or errors.Offline(""))
    return replace(delivery, state=DeliveryState.WAITING, not_before=now + wait)


def pause(delivery: Delivery, fault: errors.CalleridError) -> timedelta:
    """Given a row and why it could not be delivered, return how long to wait; the CRM's own word comes first."""
    if isinstance(fault, errors.CrmFault) and fault.retry_after is not None:
        return timedelta(seconds=fault.retry_after)
    if isinstance(fault, errors.TokenFault):
        return _TOKEN
    table, count = (_OFFLINE, delivery.offline) if isinstance(fault, errors.Offline) else (_TROUBLE, delivery.attempts)
    return timedelta(seconds=table[min(count, len(table) - 1)])


def ends_turn(fault: errors.CalleridError) -> bool:
    """Given a fault, would the next row meet the same? Then the turn ends; a refused row is its own matter."""
    return not isinstance(fault, errors.Refused | errors.OutcomeUnknown)
