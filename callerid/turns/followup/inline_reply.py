"""The one notification into which a note can be typed.

Termux:API shares one intent among the reply fields of all notifications (NotificationAPI.java, createReplyAction): what is typed
into an older one runs the newest one's action. So at most one card has a field. Before it moves to another card, the card that has
it is shown without it, and some seconds pass, because the screen follows a little later.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from callerid.core.backoff import Deadline
from callerid.core.followup import cards
from callerid.core.followup.next_step import RETRY_CARD_AFTER
from callerid.core.followup.states import AWAITING_ANSWER, State
from callerid.logs import log
from callerid.records import dataclass
from callerid.turns.followup.situation import read_situation

if TYPE_CHECKING:
    from callerid.core.followup.state import Situation
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts

_FREE_AFTER = timedelta(seconds=5)
_FIELD = "reply field"  # in the key values: the key of the call whose card has it, or "free" and since when (epoch seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyField:
    """Whether a card gets the field now, and if not, when to ask again (None: not at all)."""

    granted: bool = False
    retry_at: Deadline | None = None


def claim(app: AppContext, situation: Situation, facts: TurnFacts) -> ReplyField:
    """Claim the field for the card of a follow-up, which is about to be shown, and return whether it gets it."""
    key_values, key, now = app.ledger.key_values, situation.followup.call.key, facts.now
    if not app.config.log.reply or not situation.resolution.candidates:
        return ReplyField()
    holder = key_values.read(_FIELD)
    if holder == key:
        return ReplyField(granted=True)
    if holder and not holder.startswith("free "):
        return _take_from(app, holder, facts)
    if holder:
        free_at = Deadline.after(_FREE_AFTER, datetime.fromtimestamp(int(holder.removeprefix("free ")), UTC))
        if free_at.holds(now):
            return ReplyField(retry_at=free_at)
    granted = key_values.compare_and_set(_FIELD, holder, key)
    return ReplyField(granted=granted, retry_at=None if granted else Deadline.after(_FREE_AFTER, now))


def _take_from(app: AppContext, holder: str, facts: TurnFacts) -> ReplyField:
    now = facts.now
    followup = app.ledger.calls.followup(holder)
    if followup and followup.notification_shown and followup.state in (State.OPEN, State.NOTIFIED):
        card = cards.prompt_card(read_situation(app, followup, facts), facts.style, cards.PromptDetails())
        if not app.show_card(card, now):
            log.info("call %s: its card keeps the field for notes", holder)
            return ReplyField(retry_at=Deadline.after(RETRY_CARD_AFTER, now))
        newest = app.ledger.calls.followup(holder)
        if newest and newest.state not in AWAITING_ANSWER:
            app.ledger.calls.mark_shown(holder)  # answered in the meantime: the card came too late, and is removed again
    release(app.ledger, holder, now)
    return ReplyField(retry_at=Deadline.after(_FREE_AFTER, now))


def holder(ledger: Ledger) -> str:
    """Return the key of the call whose card has the field, "" if none has."""
    held_by = ledger.key_values.read(_FIELD) or ""
    return "" if held_by.startswith("free ") else held_by


def release(ledger: Ledger, key: str, now: datetime) -> None:
    """Record that the card of a call, given by its key, has the field no longer, if it had it."""
    ledger.key_values.compare_and_set(_FIELD, key, f"free {int(now.timestamp())}")
