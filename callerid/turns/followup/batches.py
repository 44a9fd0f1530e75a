"""Batches -> one notification each: in the evening the calls that were not logged, and the earlier calls of a new contact."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.backoff import Deadline
from callerid.core.followup import cards
from callerid.core.followup.batches import Batch, End, Hide, Show, Wait, next_for_batch
from callerid.core.followup.next_step import RETRY_CARD_AFTER
from callerid.turns.context import quiet_until
from callerid.turns.followup.situation import read_situation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from callerid.core.followup.state import FollowUp
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts


def create_batch(ledger: Ledger, name: str) -> None:
    """Create a batch, if there is none of that name."""
    ledger.batches.ensure(Batch(name=name, notification_id=f"callerid-batch-{secrets.token_hex(6)}"))


def attend_batches(app: AppContext, facts: TurnFacts) -> Iterator[datetime]:
    """Do every batch's next step, and return the times (UTC) at which one is due again."""
    now, until = facts.now, quiet_until(app.config, facts.local)
    for batch in app.ledger.batches.all():
        calls = app.ledger.calls.in_batch(batch.name)
        step = next_for_batch(batch, len(calls), until, now, enabled=app.config.enabled)
        match step:
            case Wait():
                yield step.until
            case Show() | Hide() | End():
                if not _do(app, batch, step, calls, facts):
                    yield now + RETRY_CARD_AFTER


def _do(app: AppContext, batch: Batch, step: Show | Hide | End, calls: tuple[FollowUp, ...], facts: TurnFacts) -> bool:
    """Do a batch's step, and return whether that worked."""
    match step:
        case Show():
            return _show(app, batch, calls, facts)
        case Hide():
            return _hide(app, batch, facts.now)
        case End():
            return _end(app, batch, facts.now)


def _show(app: AppContext, batch: Batch, calls: tuple[FollowUp, ...], facts: TurnFacts) -> bool:
    token = batch.token or secrets.token_urlsafe(18)
    armed = app.ledger.batches.change(batch, replace(batch, token=token, shown=0, not_before=None))
    if armed is None:  # another process has changed it, and shows it
        return True
    situations = [read_situation(app, call, facts) for call in calls]
    if not app.show_card(cards.batch_card(armed, situations, facts.style), facts.now):
        app.ledger.batches.change(armed, replace(armed, not_before=Deadline.after(RETRY_CARD_AFTER, facts.now)))
        return False
    if app.ledger.batches.change(armed, replace(armed, shown=len(calls))) is None:
        app.remove_card(batch.notification_id, facts.now)  # tapped meanwhile, or one of its callers was forgotten
        app.ledger.batches.show_again(batch.name)
        return False
    return True


def _hide(app: AppContext, batch: Batch, now: datetime) -> bool:
    if not app.remove_card(batch.notification_id, now):
        return False
    app.ledger.batches.change(batch, replace(batch, shown=0))
    return True


def _end(app: AppContext, batch: Batch, now: datetime) -> bool:
    if not app.remove_card(batch.notification_id, now):
        return False
    app.ledger.batches.remove(batch)
    return True
