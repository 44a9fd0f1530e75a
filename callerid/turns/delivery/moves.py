"""What is done with an outbox row in the CRM: post it, look it up, update it, withdraw it, look for it once more.

A move is a generator that has its requests sent (`side_by_side`). It stores what is about to happen, has it requested, and stores
what came of it: when the person has changed the answer during the request, to the row as it is then. It returns how many rows it
has brought to the CRM, 0 or 1, and raises what went wrong.
"""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

from callerid.core.delivery import certainty, transitions
from callerid.core.delivery.engagement import has_association, same_associations
from callerid.core.delivery.next_move import Move
from callerid.core.delivery.outbox_row import Delivery, possible_contents, posted_content
from callerid.core.delivery.states import DeliveryState, Kind
from callerid.errors import CalleridError, CrmFault, Offline, Refused, StoreFault
from callerid.logs import log
from callerid.messages import message
from callerid.models import CallEngagement, EngagementKind, NewContact, TaskEngagement
from callerid.models import Kind as Record
from callerid.turns.delivery.last_look import engagements, look_last
from callerid.turns.delivery.new_contact import create_contact, find_contact
from callerid.turns.delivery.side_by_side import answer_to
from callerid.turns.retry_on_conflict import change_delivery
from callerid.turns.sync.mirror_scope import check_token

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.core.delivery.outbox_row import Content
    from callerid.crm.port import Crm
    from callerid.turns.context import AppContext
    from callerid.turns.delivery.side_by_side import Steps


def _post(app: AppContext, crm: Callable[[], Crm], row: Delivery, clock: Callable[[], datetime]) -> Steps[int]:
    port = _connect(app, crm, row, clock)  # before the post begins: a missing token must not count as a post
    posting = transitions.before_post(row, clock())
    if not app.ledger.outbox.change(row, posting, clock()):
        return 0
    try:
        try:
            remote_id = yield from _create(app, port, posting)
        except Refused:
            if (yield from _reassociate(app, port, posting, clock)):
                return 0
            raise
    except CalleridError as fault:  # also one that hides why the post was refused
        _post_failed(app, posting, fault, clock())
        raise
    change_delivery(app.ledger, posting, lambda newest: transitions.delivered(newest, remote_id), clock())
    log.info("call %s: %s", row.call_key, _POSTED[row.kind])
    return 1


_POSTED = {Kind.CALL: "logged", Kind.TASK: message("its task is in the CRM"), Kind.CONTACT: message("its caller is in the CRM")}


def _create(app: AppContext, port: Crm, row: Delivery) -> Steps[str]:
    content = row.content
    if isinstance(content, NewContact):
        return (yield from create_contact(app, port, content))
    return (yield from answer_to(port, lambda: port.create(content)))


def _post_failed(app: AppContext, posting: Delivery, fault: CalleridError, now: datetime) -> None:
    change_delivery(app.ledger, posting, lambda newest: transitions.post_failed(newest, fault, now), now)
    level = logging.DEBUG if isinstance(fault, Offline) and posting.attempts.offline else logging.INFO
    log.log(level, "call %s: %s", posting.call_key, app.masked_text(fault.sentence))


def _reassociate(app: AppContext, port: Crm, row: Delivery, clock: Callable[[], datetime]) -> Steps[bool]:
    """Let a refused row be posted again, at once, if a contact, company or deal of it was merged or deleted since the answer: with
    the records that are left. Return False when that is not why it was refused; raise when that cannot be found out now."""
    content = row.content
    if isinstance(content, NewContact):
        return False
    try:
        living = yield from answer_to(port, lambda: port.resolve_associations(content))
    except Refused:
        return False
    if living.contact_id != content.contact_id:
        _withhold(app, content.contact_id)
    if same_associations(living, content) or not has_association(living):
        return False
    log.info("call %s: a record that it was associated with was merged or deleted", row.call_key)
    return app.ledger.outbox.retarget(row, living, clock())


def _withhold(app: AppContext, contact_id: str | None) -> None:
    """Take a contact whom the CRM lacks out of the mirror, so that no card has them until a sync decides. A mirror that cannot be
    written is no reason to keep a call back."""
    with contextlib.suppress(StoreFault):
        app.mirror.update(app.region).remove(Record.CONTACTS, [int(contact_id or 0)])


def _look_up(app: AppContext, crm: Callable[[], Crm], row: Delivery, clock: Callable[[], datetime]) -> Steps[int]:
    port = _connect(app, crm, row, clock)
    try:
        remote_id = yield from _find(app, port, posted_content(row))
    except CalleridError as fault:
        app.ledger.outbox.change(row, transitions.lookup_failed(row, fault, clock()), clock())
        raise
    now = clock()
    if remote_id:
        change_delivery(app.ledger, row, lambda newest: transitions.found(newest, remote_id, now), now)
    else:
        change_delivery(app.ledger, row, lambda newest: transitions.not_found(newest, now), now)
    log.info("call %s: %s", row.call_key, "was in the CRM already" if remote_id else "is not in the CRM yet")
    return 1 if remote_id else 0


def _find(app: AppContext, port: Crm, content: Content) -> Steps[str | None]:
    """Return the id of what may have arrived, or None. A look-up that is refused proves nothing: it is repeated later."""
    try:
        if isinstance(content, NewContact):
            return (yield from find_contact(app, port, content))
        return (yield from answer_to(port, lambda: port.find(content)))
    except Refused as refused:
        sentence = message("What may have arrived cannot be looked up. {sentence}", sentence=refused.sentence)
        raise CrmFault(sentence, remedy=message("See it with: callerid outbox")) from refused


def _update(app: AppContext, crm: Callable[[], Crm], row: Delivery, clock: Callable[[], datetime]) -> Steps[int]:
    port, content = _connect(app, crm, row, clock), row.content
    updating, before = transitions.before_update(row), engagements(possible_contents(row))
    if not app.ledger.outbox.change(row, updating, clock()):
        return 0
    try:
        if isinstance(content, CallEngagement | TaskEngagement):
            if row.withdrawal_begun:
                yield from answer_to(port, lambda: port.check_exists(EngagementKind(row.kind.value), row.remote_id))
            yield from answer_to(port, lambda: port.update(row.remote_id, content, before))
    except CalleridError as fault:
        if _change_failed(app, updating, row, fault, clock()):
            return 0
        raise
    now = clock()
    change_delivery(app.ledger, updating, lambda newest: transitions.updated(newest, row, now), now)
    log.info("call %s: changed in the CRM", row.call_key)
    return 1


def _withdraw(app: AppContext, crm: Callable[[], Crm], row: Delivery, clock: Callable[[], datetime]) -> Steps[int]:
    if not row.remote_id:
        change_delivery(app.ledger, row, transitions.withdrawn, clock())
        return 0
    port, withdrawing = _connect(app, crm, row, clock), transitions.before_withdraw(row)
    if not app.ledger.outbox.change(row, withdrawing, clock()):
        return 0
    try:
        yield from answer_to(port, lambda: port.withdraw(EngagementKind(row.kind.value), row.remote_id))
    except CalleridError as fault:
        if _change_failed(app, withdrawing, row, fault, clock()):
            return 0
        raise
    change_delivery(app.ledger, withdrawing, transitions.withdrawn, clock())
    log.info("call %s: deleted in the CRM", row.call_key)
    return 1


def _check(app: AppContext, crm: Callable[[], Crm], row: Delivery, clock: Callable[[], datetime]) -> Steps[int]:
    return (yield from look_last(app, _connect(app, crm, row, clock, certainty.check_failed), row, clock))


MOVES = {Move.POST: _post, Move.LOOK_UP: _look_up, Move.UPDATE: _update, Move.WITHDRAW: _withdraw, Move.CHECK: _check}


def _connect(
    app: AppContext,
    crm: Callable[[], Crm],
    row: Delivery,
    clock: Callable[[], datetime],
    failed: Callable[[Delivery, CalleridError, datetime], Delivery] = transitions.lookup_failed,
) -> Crm:
    try:
        port = crm()
        check_token(app.mirror, port)
    except CalleridError as fault:
        app.ledger.outbox.change(row, failed(row, fault, clock()), clock())
        raise
    return port


def _change_failed(app: AppContext, stored: Delivery, requested: Delivery, fault: CalleridError, now: datetime) -> bool:
    """Store that an update or withdrawal failed. Return whether the fault no longer matters, because of a newer answer."""
    after = change_delivery(app.ledger, stored, lambda newest: transitions.change_failed(newest, requested, fault, now), now)
    if after and isinstance(fault, Refused) and after.state is not DeliveryState.DEAD:
        return True
    log.info("call %s: %s", stored.call_key, app.masked_text(fault.sentence))
    return False
