"""Taps on *Not now*, and on the other times that the card offers then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.backoff import Deadline
from callerid.core.followup import cards
from callerid.core.followup.state import EVENING_BATCH, FollowUp
from callerid.core.followup.states import CardStatus, State
from callerid.core.followup.unfinished import reopened
from callerid.core.hours import next_evening, snooze_until
from callerid.turns.followup import inline_reply
from callerid.turns.followup.situation import read_situation
from callerid.turns.wake import Wake

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts

_SPANS = {"quarter": timedelta(minutes=15), "hour": timedelta(hours=1)}
SNOOZE_WORDS = (*_SPANS, "evening")


def snooze(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake | None:
    """Put a call off until the evening, or in the evening for an hour, and offer other times on its card."""
    now, local, evening = facts.now, facts.local, app.config.log.evening
    until, is_evening = snooze_until(local, evening)
    after = app.ledger.calls.change(followup, _put_off(followup, until, EVENING_BATCH if is_evening else "", now), now)
    if after is None:
        return None
    inline_reply.release(app.ledger, followup.call.key, now)
    card = cards.snooze_card(read_situation(app, after, facts), until, next_evening(local, evening), facts.style)
    app.show_card(card, now)
    return Wake(attend=True)


def snooze_by(app: AppContext, followup: FollowUp, word: str, facts: TurnFacts) -> Wake | None:
    """Put a call off by one of the times that its card offers, and remove the card."""
    span, now = _SPANS.get(word), facts.now
    until = now + span if span else next_evening(facts.local, app.config.log.evening)
    after = replace(_put_off(followup, until, "" if span else EVENING_BATCH, now), notification_shown=False)
    if not app.ledger.calls.change(followup, after, now):
        return None
    if not app.remove_card(followup.notification_id, now):
        app.ledger.calls.mark_shown(followup.call.key)  # so that it is removed later
    return Wake(attend=True)


def _put_off(followup: FollowUp, until: datetime, batch: str, now: datetime) -> FollowUp:
    return replace(
        followup,
        state=State.OPEN,
        not_before=Deadline(until=until, set_at=now),
        batch=batch,
        notified_at=now,
        notification_shown=True,
        dialogs_opened=followup.dialogs_opened + 1,
        dialog_wanted_at=None,
        draft=reopened(followup),  # an answer that waits for a mirror is not to be logged now
        card_status=CardStatus.NONE,
    )
