"""Outbox -> CRM (T4). Writes the intention down before each post, and looks before posting a second time."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.core.delivery import transitions
from callerid.core.delivery.engagement import has_target, same_targets
from callerid.core.delivery.next_move import Move, in_order, next_move, next_try
from callerid.core.delivery.outbox_row import Delivery, DeliveryState, Kind, is_failing, possible_contents, posted_content
from callerid.core.delivery.retry_policy import ends_turn, is_failure_of_request
from callerid.core.upkeep.health import Source
from callerid.errors import CalleridError, CrmFault, Offline, OutcomeUnknown, Refused
from callerid.models import CallEngagement, EngagementKind, NewContact, TaskEngagement
from callerid.turns.context import log
from callerid.turns.delivery.new_contact import create_contact, find_contact, finish_added
from callerid.turns.retry_on_conflict import retry_on_conflict
from callerid.turns.sync.mirror_scope import check_token

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from callerid.core.delivery.outbox_row import Content
    from callerid.crm.port import Crm
    from callerid.models import Engagement
    from callerid.turns.context import AppContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one round over the outbox did."""

    delivered: int
    left: int
    settled: bool = False  # has a row come to an end, good or bad, of which its card shall tell?
    added: bool = False  # has somebody come into the CRM, and the mirror?
    next_at: datetime | None = None
    fault: CalleridError | None = None


def deliver(app: AppContext, crm: Callable[[], Crm], clock: Callable[[], datetime]) -> Delivered:
    """Bring what is due to the CRM. `crm` is called only when there is something to do: it may ask for the token."""
    done, troubled, fault = 0, 0, None
    begun = in_order(app.ledger.outbox.undelivered())
    for seen in begun:
        row = app.ledger.outbox.by_id(seen.id) or seen
        move = next_move(row, clock())
        if move is Move.WAIT:
            continue
        try:
            done += _DO[move](app, crm, row, clock)
        except CalleridError as met:
            fault = met
            troubled += is_failure_of_request(met)
            if ends_turn(met, troubled):
                _hold_everything(app, row, clock())
                break
    finish_added(app, clock())
    left = app.ledger.outbox.undelivered()
    ended = {row.id for row in begun} - {row.id for row in left}
    _report(app, fault, left, clock(), went_on=bool(done or ended))
    return Delivered(
        delivered=done,
        left=len(left),
        settled=bool(ended),
        added=any(row.kind is Kind.CONTACT for row in begun if row.id in ended),
        next_at=min((next_try(row, clock()) for row in left), default=None),
        fault=fault,
    )


def _hold_everything(app: AppContext, row: Delivery, now: datetime) -> None:
    """Every other row would meet what this one has met, so it is their pause, too."""
    tried = app.ledger.outbox.by_id(row.id)
    if tried and tried.not_before:
        app.ledger.outbox.hold_back(tried.not_before, now)


# ------------------------------------------------------------------------------------------------ moves


def _post(app: AppContext, crm: Callable[[], Crm], row: Delivery, clock: Callable[[], datetime]) -> int:
    port = _connected(app, crm, row, clock)  # a missing token must not count as a post
    started = transitions.before_post(row, clock())
    if not app.ledger.outbox.change(row, started, clock()):
        return 0
    try:
        try:
            remote_id = _create(app, port, started)
        except Refused:
            if _moved(app, port, started, clock()):
                return 0
            raise
    except CalleridError as fault:  # also one that keeps us from knowing why it was refused
        _failed(app, started, fault, clock())
        raise
    _write_down(app, started, lambda newest: transitions.delivered(newest, remote_id), clock())
    log.info("call %s: %s", row.call_key, _DONE[row.kind])
    return 1


_DONE = {Kind.CALL: "logged", Kind.TASK: "its follow-up is in the CRM", Kind.CONTACT: "its caller is in the CRM"}


def _create(app: AppContext, port: Crm, row: Delivery) -> str:
    content = row.content
    return create_contact(app, port, content) if isinstance(content, NewContact) else port.create(content)


def _failed(app: AppContext, started: Delivery, fault: CalleridError, now: datetime) -> None:
    _write_down(app, started, lambda newest: transitions.post_failed(newest, fault, now), now)
    level = logging.DEBUG if isinstance(fault, Offline) and started.attempts.offline else logging.INFO
    log.log(level, "call %s: %s", started.call_key, app.masked_text(fault.sentence))


def _moved(app: AppContext, port: Crm, row: Delivery, now: datetime) -> bool:
    """The CRM refused. Perhaps a contact, company or deal was merged or deleted since the answer: then it is posted anew, at once,
    with the survivors. False when that is not why. Raise when it cannot be found out now."""
    content = row.content
    if isinstance(content, NewContact):
        return False
    try:
        living = port.resolve_associations(content)
    except Refused:
        return False
    if same_targets(living, content) or not has_target(living):
        return False
    log.info("call %s: a record it was linked to was merged or deleted", row.call_key)
    return app.ledger.outbox.retarget(row, living, now)


def _look(app: AppContext, crm: Callable[[], Crm], row: Delivery, clock: Callable[[], datetime]) -> int:
    port = _connected(app, crm, row, clock)
    try:
        remote_id = _find(app, port, posted_content(row))
    except CalleridError as fault:
        app.ledger.outbox.change(row, transitions.lookup_failed(row, fault, clock()), clock())
        raise
    now = clock()
    _write_down(
        app, row, lambda newest: transitions.delivered(newest, remote_id) if remote_id else transitions.not_found(newest, now), now
    )
    log.info("call %s: %s", row.call_key, "was in the CRM already" if remote_id else "is not in the CRM yet")
    return 1 if remote_id else 0


def _find(app: AppContext, port: Crm, content: Content) -> str | None:
    """A look that is refused says nothing of what it looks for: it stays unsure, and is looked for later."""
    try:
        return find_contact(app, port, content) if isinstance(content, NewContact) else port.find(content)
    except Refused as refused:
        sentence = f"What may have arrived cannot be looked for. {refused.sentence}"
        raise CrmFault(sentence, remedy="See it with: callerid outbox") from refused


def _update(app: AppContext, crm: Callable[[], Crm], row: Delivery, clock: Callable[[], datetime]) -> int:
    port, content = _connected(app, crm, row, clock), row.content
    begun, before = transitions.before_update(row), _engagements(possible_contents(row))
    if not app.ledger.outbox.change(row, begun, clock()):
        return 0
    try:
        if isinstance(content, CallEngagement | TaskEngagement):
            if row.withdrawal_begun:
                port.check_exists(EngagementKind(row.kind.value), row.remote_id)
            port.update(row.remote_id, content, before)
    except CalleridError as fault:
        if _is_overtaken(app, begun, row, fault, clock()):
            return 0
        raise
    _write_down(app, begun, lambda newest: transitions.updated(newest, row.revision, content), clock())
    log.info("call %s: changed in the CRM", row.call_key)
    return 1


def _engagements(contents: tuple[Content, ...]) -> tuple[Engagement, ...]:
    return tuple(one for one in contents if not isinstance(one, NewContact))


def _withdraw(app: AppContext, crm: Callable[[], Crm], row: Delivery, clock: Callable[[], datetime]) -> int:
    if not row.remote_id:
        _write_down(app, row, transitions.withdrawn, clock())
        return 0
    port, begun = _connected(app, crm, row, clock), transitions.before_withdraw(row)
    if not app.ledger.outbox.change(row, begun, clock()):
        return 0
    try:
        port.withdraw(EngagementKind(row.kind.value), row.remote_id)
    except CalleridError as fault:
        if _is_overtaken(app, begun, row, fault, clock()):
            return 0
        raise
    _write_down(app, begun, transitions.withdrawn, clock())
    log.info("call %s: taken out of the CRM", row.call_key)
    return 1


_DO = {Move.POST: _post, Move.LOOK_UP: _look, Move.UPDATE: _update, Move.WITHDRAW: _withdraw}


def _connected(app: AppContext, crm: Callable[[], Crm], row: Delivery, clock: Callable[[], datetime]) -> Crm:
    try:
        port = crm()
        check_token(app, port)
    except CalleridError as fault:
        app.ledger.outbox.change(row, transitions.lookup_failed(row, fault, clock()), clock())
        raise
    return port


def _write_down(app: AppContext, row: Delivery, rule: Callable[[Delivery], Delivery], now: datetime) -> Delivery | None:
    """Store what a request brought. A person may have changed their answer while it was under way: then it is applied to the row as
    that is now."""

    def store(newest: Delivery) -> Delivery | None:
        after = rule(newest)
        return after if app.ledger.outbox.change(newest, after, now) else None

    return retry_on_conflict(lambda: app.ledger.outbox.by_id(row.id), store, f"outbox row {row.id}", seen=row)


def _is_overtaken(app: AppContext, stored: Delivery, asked: Delivery, fault: CalleridError, now: datetime) -> bool:
    """Put a change or withdrawal off that met a fault; say whether that fault is no matter any more, by what was said since."""
    after = _write_down(app, stored, lambda newest: transitions.change_failed(newest, asked, fault, now), now)
    if after and isinstance(fault, Refused) and after.state is not DeliveryState.DEAD:
        return True
    log.info("call %s: %s", stored.call_key, app.masked_text(fault.sentence))
    return False


# ------------------------------------------------------------------------------------------------ telling


def _report(app: AppContext, fault: CalleridError | None, left: Sequence[Delivery], now: datetime, *, went_on: bool) -> None:
    """Being offline is no failure, and neither is one call that the CRM refuses: it has its own notification. One whose posts are
    lost again and again has none. A trouble is over when nothing is in trouble any more, and something went on, or nothing is left
    that has met any: it may have been given up."""
    if fault is None or isinstance(fault, Refused):
        if not any(map(is_failing, left)) and (went_on or not any(row.fault for row in left)):
            app.report(Source.DELIVERY, None, now)
    elif not isinstance(fault, Offline | OutcomeUnknown) or (
        isinstance(fault, OutcomeUnknown) and any(row.attempts.lost for row in left)
    ):
        app.report(Source.DELIVERY, fault, now)
