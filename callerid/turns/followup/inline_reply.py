"""The one notification into which a note can be typed.

Termux:API shares one intent among the reply fields of all notifications (NotificationAPI.java, createReplyAction): what is typed
into an older one runs the newest one's action. So there is never more than one. Before the field moves on, the card that had it
is shown without it, and then some seconds pass, because what is on the screen follows a little later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from callerid.core.backoff import Deadline
from callerid.core.followup import cards
from callerid.core.followup.next_step import RETRY_CARD_AFTER
from callerid.core.followup.state import AWAITING_ANSWER, State
from callerid.turns.context import log
from callerid.turns.followup.situation import situation

if TYPE_CHECKING:
    from callerid.core.followup.state import Situation
    from callerid.turns.context import AppContext, TurnFacts

_FREE_AFTER = timedelta(seconds=5)
_FIELD = "reply field"  # in the notebook: the key of the call that has it, or when it became free (epoch seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Whether a card may have the field now, and if not, when to ask again (None: not at all)."""

    is_ours: bool = False
    again_at: Deadline | None = None


def take(app: AppContext, at_hand: Situation, facts: TurnFacts) -> Field:
    """Return whether the card of a follow-up, which is about to be shown, may have the field; it is taken then."""
    book, key, now = app.ledger.key_values, at_hand.followup.call.key, facts.now
    if not app.config.log.reply or not at_hand.resolution.candidates:
        return Field()
    held = book.read(_FIELD)
    if held == key:
        return Field(is_ours=True)
    if held and not held.startswith("free "):
        return _take_from(app, held, facts)
    if held:
        free_at = Deadline.after(_FREE_AFTER, datetime.fromtimestamp(int(held.removeprefix("free ")), UTC))
        if free_at.holds(now):
            return Field(again_at=free_at)
    taken = book.swap(_FIELD, held, key)
    return Field(is_ours=taken, again_at=None if taken else Deadline.after(_FREE_AFTER, now))


def _take_from(app: AppContext, holder: str, facts: TurnFacts) -> Field:
    now = facts.now
    before = app.ledger.calls.followup(holder)
    if before and before.notification_shown and before.state in (State.OPEN, State.NOTIFIED):
        card = cards.prompt_card(situation(app, before, facts), facts.style, cards.PromptDetails())
        if not app.show_card(card, now):
            log.info("call %s: its card keeps the field for notes", holder)
            return Field(again_at=Deadline.after(RETRY_CARD_AFTER, now))
        fresh = app.ledger.calls.followup(holder)
        if fresh and fresh.state not in AWAITING_ANSWER:
            app.ledger.calls.mark_shown(holder)  # answered meanwhile: the card came too late, and goes again
    release(app, holder, now)
    return Field(again_at=Deadline.after(_FREE_AFTER, now))


def release(app: AppContext, key: str, now: datetime) -> None:
    """The card of a call has the field no more, if it ever had."""
    app.ledger.key_values.swap(_FIELD, key, f"free {int(now.timestamp())}")
