"""Outbox -> CRM (T4). Writes the intention down before each post, and looks before posting a second time."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.core.delivery import (
    Delivery,
    DeliveryState,
    Move,
    begun,
    ends_turn,
    failed,
    found,
    look_failed,
    next_move,
    not_found,
)
from callerid.core.health import Source
from callerid.errors import CalleridError, Offline, OutcomeUnknown, PhoneFault, Refused
from callerid.models import Notification
from callerid.turns.house import log

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.crm.port import Crm
    from callerid.turns.house import House


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one round over the outbox did."""

    delivered: int
    left: int
    next_at: datetime | None
    fault: CalleridError | None = None


def deliver(house: House, crm: Callable[[], Crm], clock: Callable[[], datetime]) -> Delivered:
    """Bring what is due to the CRM. `crm` is called only when there is something to do: it may ask for the token."""
    done, fault = 0, None
    for row in house.ledger.outbox.undelivered():
        move = next_move(row, clock())
        if move is Move.WAIT:
            continue
        try:
            done += _post(house, crm, row, clock) if move is Move.POST else _look(house, crm, row, clock)
        except CalleridError as met:
            fault = met
            if ends_turn(met):
                break
    _report(house, fault, done, clock())
    left = house.ledger.outbox.undelivered()
    due = [row.not_before or clock() for row in left]
    return Delivered(delivered=done, left=len(left), next_at=min(due, default=None), fault=fault)


def _post(house: House, crm: Callable[[], Crm], row: Delivery, clock: Callable[[], datetime]) -> int:
    try:
        port = crm()  # a missing token must not count as a post
    except CalleridError as fault:
        _put_off(house, row, fault, clock())
        raise
    started = begun(row, clock())
    if not house.ledger.outbox.change(row, started, clock()):
        return 0
    newest = house.ledger.outbox.of_call(row.call_key) or started  # the answer may have been given anew since it was read
    try:
        remote_id = port.create_call(newest.engagement)
    except CalleridError as fault:
        after = failed(started, fault, clock())
        house.ledger.outbox.change(started, after, clock())
        level = logging.DEBUG if isinstance(fault, Offline) and row.offline else logging.INFO
        log.log(level, "call %s: %s", row.call_key, fault.sentence)
        if after.state is DeliveryState.DEAD:
            _tell_dead(house, after, clock())
        raise
    house.ledger.outbox.change(started, found(started, remote_id), clock())
    log.info("call %s: logged", row.call_key)
    return 1


def _look(house: House, crm: Callable[[], Crm], row: Delivery, clock: Callable[[], datetime]) -> int:
    try:
        remote_id = crm().find_call(row.engagement.external_id, row.engagement.contact_id)
    except CalleridError as fault:
        _put_off(house, row, fault, clock())
        raise
    after = found(row, remote_id) if remote_id else not_found(row, clock())
    house.ledger.outbox.change(row, after, clock())
    log.info("call %s: %s", row.call_key, "was logged already" if remote_id else "is not in the CRM yet")
    return 1 if remote_id else 0


def _put_off(house: House, row: Delivery, fault: CalleridError, now: datetime) -> None:
    house.ledger.outbox.change(row, look_failed(row, fault, now), now)


def _report(house: House, fault: CalleridError | None, done: int, now: datetime) -> None:
    """Being offline is no failure, and neither is one call that the CRM refuses: it has its own notification."""
    if fault is None or isinstance(fault, Refused):
        if done:
            house.report(Source.DELIVERY, None, now)
    elif not isinstance(fault, Offline | OutcomeUnknown):
        house.report(Source.DELIVERY, fault, now)


def dead_letter_id(call_key: str) -> str:
    """Given a call's key, return the id of the notification that says it could not be logged."""
    return f"callerid-dead-{call_key}"


def _tell_dead(house: House, row: Delivery, now: datetime) -> None:
    say = house.texts.say
    shown = Notification(
        id=dead_letter_id(row.call_key),
        title=say("dead.title", name=row.engagement.title),
        body=say("dead.body", fault=row.fault),
    )
    try:
        house.termux.notify(shown, house.actions)
    except PhoneFault as fault:
        house.report(Source.NOTIFICATIONS, fault, now)
