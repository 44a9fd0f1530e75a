"""How an outbox row changes before an attempt to deliver it, and by what came of the attempt."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from callerid import errors
from callerid.core.backoff import Deadline
from callerid.core.delivery.retry_policy import Attempts, pause, pause_after_loss
from callerid.core.delivery.states import DeliveryState, Intent, Kind
from callerid.messages import message

if TYPE_CHECKING:
    from callerid.core.delivery.outbox_row import Content, Delivery

SURE_AFTER = timedelta(seconds=90)  # after a post was given up: then it is posted again, though it may still arrive
LATEST_EFFECT = timedelta(minutes=4)  # after a request was given up: HubSpot has carried one out after 200 s
_FIRST_LOOKUP = timedelta(seconds=3)
_LOOKUP_AGAIN = timedelta(seconds=30)
MOST_POSTS = 28  # that were lost in a row: about a day of them
WITHDRAWN = message("withdrawn")
_LOST_FOR_A_DAY = message(
    "For a day every attempt to post it was cut off, and nothing of it is in the CRM. Try it again "
    "when the CRM works: callerid outbox retry"
)


# ------------------------------------------------------------------------------------------------ before an attempt


def before_post(row: Delivery, now: datetime) -> Delivery:
    """Return a row as it must be stored before it is posted."""
    return replace(
        row,
        state=DeliveryState.UNSURE,
        attempts=replace(row.attempts, posts=row.attempts.posts + 1, lookups=0),
        posted_revision=row.revision,
        posted=row.content,
        unconfirmed=possible_others(row, row.content) if row.certain_at else (),
        posted_at=now,
        not_before=Deadline.after(_FIRST_LOOKUP, now),
    )


def before_update(row: Delivery) -> Delivery:
    """Return a row as it must be stored before it is changed in the CRM."""
    return replace(row, unconfirmed=tuple(dict.fromkeys((*row.unconfirmed, row.content))))


def before_withdraw(row: Delivery) -> Delivery:
    """Return a row as it must be stored before it is deleted in the CRM: if it is wanted again before the outcome is known, and is
    not there, it was us who deleted it."""
    return replace(row, withdrawal_begun=True)


# ------------------------------------------------------------------------------------------------ what may still come


def doubtful(row: Delivery, given_up: datetime, now: datetime) -> Delivery:
    """Return a row of which the CRM may still carry out a request that was given up at that time: it is looked for once more.

    `certain_at` is set at the newest such time. Until it is certain there is a look for the oldest one, too.
    """
    until, earlier = given_up + LATEST_EFFECT, row.certain_at
    if until <= now:
        return row
    if earlier is None or earlier.set_at is None or earlier.set_at > now:
        return replace(row, certain_at=Deadline(until=until, set_at=given_up))
    return replace(row, certain_at=Deadline(until=min(until, earlier.until), set_at=max(given_up, earlier.set_at)))


def possible_others(row: Delivery, content: Content) -> tuple[Content, ...]:
    """Return all that the CRM may have, or still get, of a row but this content."""
    return tuple(possible for possible in _sent(row) if possible != content)


def _sent(row: Delivery) -> tuple[Content, ...]:
    """Return what the requests carried whose effect is in the CRM, or may be or come there, each once."""
    return tuple(dict.fromkeys((*((row.posted,) if row.posted else ()), *row.unconfirmed)))


# ------------------------------------------------------------------------------------------------ it worked


def delivered(row: Delivery, remote_id: str) -> Delivery:
    """Return a row whose posted content is in the CRM under that id: delivered, unless it was changed or withdrawn meanwhile."""
    is_current = row.intent is Intent.KEEP and row.revision == row.posted_revision
    state = DeliveryState.DELIVERED if is_current else DeliveryState.WAITING
    return replace(row, state=state, remote_id=remote_id, not_before=None, attempts=row.attempts.after_success(), fault="")


def found(row: Delivery, remote_id: str, now: datetime) -> Delivery:
    """Return an unsure row that a look-up has found under that id. Of several posts it may be any: the others may follow."""
    known = delivered(row, remote_id)
    return doubtful(known, row.posted_at or now, now) if row.certain_at else known


def updated(row: Delivery, requested: Delivery, now: datetime) -> Delivery:
    """Return a row whose content, as it was requested, is in the CRM now: delivered, unless it was changed meanwhile. An earlier
    change, or a deletion, that was given up may still come: also one to the same content, which would undo the next change."""
    content, may_follow = requested.content, row.withdrawal_begun or bool(requested.unconfirmed)
    known = replace(row, posted_revision=requested.revision, posted=content)
    if not may_follow and row.certain_at is None:
        return delivered(replace(known, unconfirmed=()), row.remote_id)
    known = delivered(replace(known, unconfirmed=possible_others(row, content)), row.remote_id)
    return doubtful(known, now, now) if may_follow else known


def withdrawn(row: Delivery) -> Delivery:
    """Return a row whose content is not in the CRM any more: dropped, unless it is wanted again."""
    state = DeliveryState.DROPPED if row.intent is Intent.WITHDRAW else DeliveryState.WAITING
    return replace(not_in_crm(row), state=state, not_before=None, fault=WITHDRAWN)


def not_in_crm(row: Delivery) -> Delivery:
    """Return a row of which the CRM has nothing any more. What it may still get is remembered, so that it is put right then."""
    coming = _sent(row) if row.certain_at else ()
    return replace(row, remote_id="", posted=None, unconfirmed=coming, withdrawal_begun=False, attempts=Attempts())


# ------------------------------------------------------------------------------------------------ a look-up


def not_found(row: Delivery, now: datetime) -> Delivery:
    """Return an unsure row that a look-up did not find: to be looked up again, or known not to be in the CRM."""
    posted_at = min(row.posted_at, now) if row.posted_at else None  # a clock that was ahead: the wait begins again
    attempts = replace(row.attempts, lookups=row.attempts.lookups + 1, failures=0)
    is_sure = posted_at is None or now - posted_at >= SURE_AFTER
    if not is_sure or attempts.lookups <= 1:
        return replace(row, attempts=attempts, posted_at=posted_at, not_before=Deadline.after(_LOOKUP_AGAIN, now))
    row = doubtful(row, posted_at or now, now)
    if row.intent is Intent.WITHDRAW:
        return withdrawn(row)
    return _lost(replace(row, attempts=replace(attempts, lost=attempts.lost + 1)), now)


def _lost(row: Delivery, now: datetime) -> Delivery:
    if row.attempts.lost >= MOST_POSTS:
        return _dead(replace(row, fault=_LOST_FOR_A_DAY))
    wait = pause_after_loss(row.attempts.lost)
    return replace(row, state=DeliveryState.WAITING, not_before=Deadline.after(wait, now))


def lookup_failed(row: Delivery, fault: errors.CalleridError, now: datetime) -> Delivery:
    """Return a row whose look-up ended in an error, or for which the CRM could not even be connected to: as it was, for later."""
    return _paused(replace(row, fault=str(fault)), fault, now)


# ------------------------------------------------------------------------------------------------ a post that failed


def post_failed(row: Delivery, fault: errors.CalleridError, now: datetime) -> Delivery:
    """Return a row whose post ended in an error.

    What was refused, but has been changed since, is posted again as it is now; what was refused and has been withdrawn since is
    not in the CRM.
    """
    failed = replace(row, fault=str(fault))
    if isinstance(fault, errors.OutcomeUnknown):
        wait = max(_FIRST_LOOKUP, timedelta(seconds=fault.retry_after or 0))
        failed = replace(failed, posted_at=now)  # it may have waited for its turn, and then for its answer
        return replace(failed, state=DeliveryState.UNSURE, not_before=Deadline.after(wait, now))
    if isinstance(fault, errors.Refused):
        return _post_refused(failed)
    if isinstance(fault, errors.Offline):  # the request never left the phone
        failed = replace(failed, attempts=replace(row.attempts, posts=row.attempts.posts - 1))
    if row.intent is Intent.WITHDRAW:
        return withdrawn(failed)
    return _paused(replace(failed, state=DeliveryState.WAITING), fault, now)


def _post_refused(row: Delivery) -> Delivery:
    if row.intent is Intent.WITHDRAW:
        return withdrawn(row)
    if row.revision != row.posted_revision:
        return replace(row, state=DeliveryState.WAITING, not_before=None)
    return _dead(row)


# ------------------------------------------------------------------------------------------------ a change that failed


def change_failed(row: Delivery, requested: Delivery, fault: errors.CalleridError, now: datetime) -> Delivery:
    """Return a row whose update or withdrawal in the CRM ended in an error: for a later try, or dead when the CRM refused.

    `requested` is the row as it was when the request was sent; what was answered since then goes on. What somebody else deleted in
    the CRM is posted again if the person tries it again, and what we deleted is posted at once.
    """
    if isinstance(fault, errors.Refused):
        unconfirmed = row.unconfirmed if isinstance(fault, errors.PartiallyApplied) else requested.unconfirmed
        failed = replace(row, fault=str(fault), unconfirmed=unconfirmed)
        return _change_refused(failed, requested, is_gone=isinstance(fault, errors.NotFound))
    failed = lookup_failed(row, fault, now)
    posts = row.attempts.posts + (not isinstance(fault, errors.Offline))
    return replace(failed, attempts=replace(failed.attempts, posts=posts))


def _change_refused(row: Delivery, requested: Delivery, *, is_gone: bool) -> Delivery:
    if is_gone and row.intent is Intent.WITHDRAW:
        return withdrawn(row)
    again = replace(row, state=DeliveryState.WAITING, withdrawal_begun=False, not_before=None, fault="")
    if is_gone and row.withdrawal_begun:
        return not_in_crm(again)
    if row.revision != requested.revision:
        return again
    dead = _dead(replace(row, withdrawal_begun=False))
    return not_in_crm(dead) if is_gone else dead


def _dead(row: Delivery) -> Delivery:
    """Return a row that the CRM refused for good. A call's own card says so; a task and a contact have none."""
    return replace(row, state=DeliveryState.DEAD, not_before=None, unreported=row.kind is not Kind.CALL)


def _paused(row: Delivery, fault: errors.CalleridError, now: datetime) -> Delivery:
    """Return a row that met a fault and is tried again after a pause."""
    return replace(row, attempts=row.attempts.after_fault(fault), not_before=Deadline.after(pause(fault, row.attempts), now))
