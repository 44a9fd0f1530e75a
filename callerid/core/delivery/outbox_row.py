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
from callerid.core.delivery.retry_policy import Tries, is_met_at_the_crm, pause, pause_after_loss

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callerid.models import CallEngagement, NewContact, TaskEngagement

    Content = CallEngagement | TaskEngagement | NewContact

SURE_AFTER = timedelta(minutes=2)  # no request of ours is still on its way after this: the sender gives up after 35 s
_FIRST_LOOK = timedelta(seconds=3)
_LOOK_AGAIN = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(days=3)  # nothing asks for more: a later time was written by a clock that was wrong
MOST_POSTS = 28  # about a day of them
WITHDRAWN = "withdrawn"
_KEPT_NOTHING = "The CRM has kept nothing of it for a day, and never said why. Try it again when it is well: callerid outbox retry"


class DeliveryState(StrEnum):
    """Where an outbox row stands."""

    WAITING = "waiting"  # not in the CRM, for certain
    UNSURE = "unsure"  # a post has begun and its end is not known
    DELIVERED = "delivered"
    DEAD = "dead-letter"
    DROPPED = "dropped"


class Kind(StrEnum):
    """What is delivered."""

    CALL = "call"
    TASK = "task"
    CONTACT = "contact"


class Wish(StrEnum):
    """What shall be in the CRM in the end."""

    KEEP = "keep"  # the thing as the row tells it
    WITHDRAW = "withdraw"  # nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One row of the outbox. `revision` counts how often what is to be delivered was changed; `posted_revision` is the one that the
    newest request carried. `posted` is what the newest post carried, by which the thing is known in the CRM until it is changed
    there; None in a row of an earlier version: then it is what `content` says. `tried` is what changes carried whose end is not
    known: each may be in the CRM, whole or in part. `leaving` says that we have begun to take it out of there, and not learnt
    how that ended."""

    id: int
    call_key: str  # "" for a contact that was added without a call
    content: Content
    posted: Content | None = None
    tried: tuple[Content, ...] = ()
    leaving: bool = False
    kind: Kind = Kind.CALL
    state: DeliveryState
    wish: Wish = Wish.KEEP
    revision: int = 0
    posted_revision: int = 0
    attempts: int = 0  # posts whose request may have reached the CRM
    looks: int = 0  # looks since the last post that found nothing
    lost: int = 0  # posts in a row that surely did not arrive, although nobody said so
    offline: int = 0  # tries in a row that found no network
    troubles: int = 0  # tries in a row that the CRM could not take
    posted_at: datetime | None = None
    not_before: datetime | None = None
    paused_at: datetime | None = None  # when `not_before` was set
    remote_id: str = ""
    fault: str = ""
    untold: bool = False  # it was refused, and has no card of a call to say so, and nothing has said so yet


def in_order(rows: Iterable[Delivery]) -> tuple[Delivery, ...]:
    """Given rows, return them in the order in which they are tried: the oldest first, and after all others those that met trouble
    when they were tried last. One that is in trouble always would hold up the rest."""
    return tuple(sorted(rows, key=lambda row: (row.troubles > 0, row.id)))


class Move(StrEnum):
    """What to do with a row now."""

    POST = "post"
    LOOK = "look"
    UPDATE = "update"
    WITHDRAW = "withdraw"
    WAIT = "wait"


def next_move(delivery: Delivery, now: datetime) -> Move:
    """Given a row and now, return what to do with it."""
    if delivery.state not in (DeliveryState.WAITING, DeliveryState.UNSURE):
        return Move.WAIT
    if now < due(delivery, now):
        return Move.WAIT
    if delivery.state is DeliveryState.UNSURE:
        return Move.LOOK
    if delivery.wish is Wish.WITHDRAW:
        return Move.WITHDRAW
    return Move.UPDATE if delivery.remote_id else Move.POST


def due(delivery: Delivery, now: datetime) -> datetime:
    """Given a row that is to be delivered, return when it is tried next, now at the earliest. A pause that was set later than now
    was set by a clock that was ahead."""
    until, set_at = delivery.not_before or now, delivery.paused_at or now
    return until if set_at <= now < until <= now + _LONGEST_WAIT else now


def begun(delivery: Delivery, now: datetime) -> Delivery:
    """Given a row about to be posted, return it as it must be stored first."""
    return replace(
        delivery,
        state=DeliveryState.UNSURE,
        attempts=delivery.attempts + 1,
        posted_revision=delivery.revision,
        posted=delivery.content,
        tried=(),
        looks=0,
        posted_at=now,
        not_before=now + _FIRST_LOOK,
        paused_at=now,
    )


def looked_for(delivery: Delivery) -> Content:
    """Given an unsure row, return as what its post, if it arrived, stands in the CRM, whatever the person said since."""
    return delivery.posted or delivery.content


def may_be_in_crm(delivery: Delivery) -> bool:
    """Given a row, is what it delivers in the CRM, or may it be?"""
    return bool(delivery.remote_id) or delivery.state is DeliveryState.UNSURE


def found(delivery: Delivery, remote_id: str) -> Delivery:
    """Given a row whose content is in the CRM under that id, return it: delivered, unless it was changed or withdrawn meanwhile."""
    there = replace(delivery, remote_id=remote_id, not_before=None, offline=0, troubles=0, looks=0, lost=0, fault="")
    done = delivery.wish is Wish.KEEP and delivery.revision == delivery.posted_revision
    return replace(there, state=DeliveryState.DELIVERED if done else DeliveryState.WAITING)


def changing(delivery: Delivery) -> Delivery:
    """Given a row that is about to be changed in the CRM, return it as it must be stored first."""
    return replace(delivery, tried=tuple(dict.fromkeys((*delivery.tried, delivery.content))))


def may_be_there(delivery: Delivery) -> tuple[Content, ...]:
    """Given a row that is in the CRM, return what that may have of it: what is the same in all of these, and in what is wanted
    now, is no business of a change. () when nothing is known."""
    return (delivery.posted, *delivery.tried) if delivery.posted else ()


def updated(delivery: Delivery, revision: int, content: Content) -> Delivery:
    """Given a row whose content of that revision is in the CRM now, return it: delivered, unless it was changed meanwhile."""
    return found(replace(delivery, posted_revision=revision, posted=content, tried=(), leaving=False), delivery.remote_id)


def leaving(delivery: Delivery) -> Delivery:
    """Given a row that is about to be taken out of the CRM, return it as it must be stored first: if it is wanted again before
    that has an answer, nobody else has deleted it."""
    return replace(delivery, leaving=True)


def withdrawn(delivery: Delivery) -> Delivery:
    """Given a row whose content is not in the CRM any more, return it: dropped, unless it is wanted again."""
    gone = replace(_not_there(delivery), not_before=None, fault=WITHDRAWN)
    return replace(gone, state=DeliveryState.DROPPED if delivery.wish is Wish.WITHDRAW else DeliveryState.WAITING)


def _not_there(delivery: Delivery) -> Delivery:
    never = replace(delivery, remote_id="", posted=None, tried=(), leaving=False)
    return replace(never, offline=0, troubles=0, attempts=0, looks=0, lost=0)


def not_found(delivery: Delivery, now: datetime) -> Delivery:
    """Given an unsure row that a look did not find, return it: to be looked for again, or known not to be there."""
    looks = delivery.looks + 1
    posted_at = min(delivery.posted_at, now) if delivery.posted_at else None  # a clock that was ahead: the wait begins anew
    sure = posted_at is None or now - posted_at >= SURE_AFTER
    if not sure or looks <= 1:
        return replace(delivery, looks=looks, posted_at=posted_at, troubles=0, not_before=now + _LOOK_AGAIN, paused_at=now)
    if delivery.wish is Wish.WITHDRAW:
        return withdrawn(delivery)
    lost = replace(delivery, looks=looks, troubles=0, lost=delivery.lost + 1)
    if lost.lost >= MOST_POSTS:
        return _dead(replace(lost, fault=_KEPT_NOTHING))
    return _paused(replace(lost, state=DeliveryState.WAITING), pause_after_loss(lost.lost), now)


def is_in_trouble(delivery: Delivery) -> bool:
    """Given a row that is still to be delivered, has the CRM failed at it of late?"""
    return bool(delivery.troubles or delivery.lost)


def failed(delivery: Delivery, fault: errors.CalleridError, now: datetime) -> Delivery:
    """Given a row whose post ended in an error, return what is known of it now. What was refused before it was changed is posted
    anew as it is now; what was refused after it was withdrawn is nowhere."""
    said = replace(delivery, fault=str(fault))
    if isinstance(fault, errors.OutcomeUnknown):
        wait = max(_FIRST_LOOK, timedelta(seconds=fault.retry_after or 0))
        return _paused(replace(said, state=DeliveryState.UNSURE), wait, now)
    if isinstance(fault, errors.Refused):
        return _refused(said)
    if isinstance(fault, errors.Offline):
        return replace(_nothing_happened(said, now), attempts=delivery.attempts - 1, offline=delivery.offline + 1)
    return _nothing_happened(said, now, fault)


def _refused(said: Delivery) -> Delivery:
    if said.wish is Wish.WITHDRAW:
        return withdrawn(said)
    newer = said.revision != said.posted_revision
    return replace(said, state=DeliveryState.WAITING, not_before=None) if newer else _dead(said)


def _dead(said: Delivery) -> Delivery:
    """A call says on its own card that it was refused."""
    return replace(said, state=DeliveryState.DEAD, not_before=None, untold=said.kind is not Kind.CALL)


def put_off(delivery: Delivery, asked: Delivery, fault: errors.CalleridError, now: datetime) -> Delivery:
    """Given a row that is in the CRM, and as it was `asked` to be changed or withdrawn there, which could not be done, return it
    for a later try, or dead when the CRM says no. What somebody deleted there is posted anew if the person tries it again, and
    what we deleted at once; and what was said since then goes on."""
    if isinstance(fault, errors.Refused):
        tried = delivery.tried if isinstance(fault, errors.PartlyDone) else asked.tried
        return _change_refused(replace(delivery, fault=str(fault), tried=tried), asked, is_gone=isinstance(fault, errors.Gone))
    attempts = delivery.attempts + (not isinstance(fault, errors.Offline))
    return replace(look_failed(delivery, fault, now), attempts=attempts)


def _change_refused(said: Delivery, asked: Delivery, *, is_gone: bool) -> Delivery:
    if is_gone and said.wish is Wish.WITHDRAW:
        return withdrawn(said)
    again = replace(said, state=DeliveryState.WAITING, leaving=False, not_before=None, fault="")
    if is_gone and said.leaving:
        return _not_there(again)
    if said.revision != asked.revision:
        return again
    dead = _dead(replace(said, leaving=False))
    return _not_there(dead) if is_gone else dead


def look_failed(delivery: Delivery, fault: errors.CalleridError, now: datetime) -> Delivery:
    """Given an unsure row that could not even be looked for, return it unsure still, for a later look."""
    met = replace(
        delivery,
        fault=str(fault),
        offline=delivery.offline + isinstance(fault, errors.Offline),
        troubles=delivery.troubles + is_met_at_the_crm(fault),
    )
    return _paused(met, pause(fault, _tries(delivery)), now)


def _nothing_happened(delivery: Delivery, now: datetime, fault: errors.CalleridError | None = None) -> Delivery:
    if delivery.wish is Wish.WITHDRAW:
        return withdrawn(delivery)
    fault = fault or errors.Offline("")
    met = replace(delivery, state=DeliveryState.WAITING, troubles=delivery.troubles + is_met_at_the_crm(fault))
    return _paused(met, pause(fault, _tries(delivery)), now)


def _tries(delivery: Delivery) -> Tries:
    return Tries(posts=delivery.attempts, troubles=delivery.troubles, offline=delivery.offline)


def _paused(delivery: Delivery, wait: timedelta, now: datetime) -> Delivery:
    return replace(delivery, not_before=now + wait, paused_at=now)
