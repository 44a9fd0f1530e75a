"""Deliver the outbox to the CRM. The intention is stored before each post, and a post of unknown outcome is looked up before
another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.core.delivery.next_move import Move, in_order, next_move, next_try
from callerid.core.delivery.outbox_row import Kind, is_failing
from callerid.core.delivery.retry_policy import ends_turn, is_failure_of_request
from callerid.core.upkeep.health import Source
from callerid.errors import CalleridError, Offline, OutcomeUnknown, Refused, StoreFault
from callerid.turns.delivery.moves import MOVES
from callerid.turns.delivery.new_contact import finish_added

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from callerid.core.delivery.outbox_row import Delivery
    from callerid.crm.port import Crm
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one round over the outbox did."""

    delivered: int
    left: int  # rows still to be delivered
    settled: bool = False  # a row has come to an end, good or bad, which its card shows
    added: bool = False  # a contact has come into the CRM, and the mirror
    next_at: datetime | None = None
    fault: CalleridError | None = None  # the last one


def deliver(app: AppContext, crm: Callable[[], Crm], clock: Callable[[], datetime]) -> Delivered:
    """Deliver the rows that are due. `crm` is called only when there is one, because it may need the token. Raise StoreFault."""
    delivered, failures, fault = 0, 0, None
    before = in_order(app.ledger.outbox.undelivered())
    for seen in before:
        row = app.ledger.outbox.by_id(seen.id) or seen
        move = next_move(row, clock())
        if move is Move.WAIT:
            continue
        try:
            delivered += MOVES[move](app, crm, row, clock)
        except StoreFault:
            raise  # what was done cannot be recorded, and no row can
        except CalleridError as error:
            fault = error
            failures += is_failure_of_request(error)
            if ends_turn(error, failures):
                _pause_all(app.ledger, row, clock())
                break
    finish_added(app, clock())
    left = app.ledger.outbox.undelivered()
    ended = {row.id for row in before} - {row.id for row in left}
    _report(app, fault, left, clock(), progress=bool(delivered or ended))
    return Delivered(
        delivered=delivered,
        left=len(left),
        settled=bool(ended),
        added=any(row.kind is Kind.CONTACT for row in before if row.id in ended),
        next_at=min((next_try(row, clock()) for row in left), default=None),
        fault=fault,
    )


def _pause_all(ledger: Ledger, row: Delivery, now: datetime) -> None:
    """Let all rows wait as long as the one that has just failed: they would meet the same fault."""
    failed = ledger.outbox.by_id(row.id)
    if failed and failed.not_before:
        ledger.outbox.pause(failed.not_before, now)


def _report(app: AppContext, fault: CalleridError | None, left: Sequence[Delivery], now: datetime, *, progress: bool) -> None:
    """Report whether deliveries work.

    Being offline is not a trouble, nor is one refused call, which has its own notification. A post of unknown outcome is one
    when posts are lost again and again. A trouble is over when no row is failing any more, and either some row made progress or no
    row that is left has met a fault: the person may have cancelled those.
    """
    if fault is None or isinstance(fault, Refused):
        if not any(map(is_failing, left)) and (progress or not any(row.fault for row in left)):
            app.report(Source.DELIVERY, None, now)
        return
    is_first_loss = isinstance(fault, OutcomeUnknown) and not any(row.attempts.lost for row in left)
    if not isinstance(fault, Offline) and not is_first_loss:
        app.report(Source.DELIVERY, fault, now)
