"""What is delivered, where a row of the outbox stands, and what is to be in the CRM in the end."""

from __future__ import annotations

from enum import StrEnum


class DeliveryState(StrEnum):
    """Where an outbox row stands."""

    WAITING = "waiting"  # not in the CRM, for certain, or in it and to be changed
    UNSURE = "unsure"  # a post has begun and its outcome is not known
    DELIVERED = "delivered"
    DEAD = "dead-letter"
    DROPPED = "dropped"


SETTLED = (DeliveryState.DELIVERED, DeliveryState.DROPPED)  # nothing is to be done, but perhaps a last look


class Kind(StrEnum):
    """What is delivered."""

    CALL = "call"
    TASK = "task"
    CONTACT = "contact"


class Intent(StrEnum):
    """What is to be in the CRM in the end."""

    KEEP = "keep"  # the row's content
    WITHDRAW = "withdraw"  # nothing
