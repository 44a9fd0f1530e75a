"""Follow-ups -> notifications. Asks `next_step` about each and does what it says: effect first, record after."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.backoff import Deadline
from callerid.core.followup import cards
from callerid.core.followup.conversation import answers_so_far, plain_answer
from callerid.core.followup.next_step import (
    RETRY_CARD_AFTER,
    Enqueue,
    Gather,
    OpenDialog,
    RemoveCard,
    ShowPrompt,
    ShowStatus,
    Wait,
    next_step,
)
from callerid.core.followup.outcomes import is_missed
from callerid.core.followup.settle_reasons import Settle
from callerid.core.followup.state import CardStatus, FollowUp, Situation, State
from callerid.core.ringing.ring_card import has_expired
from callerid.turns.context import log, quiet_until, turn_facts
from callerid.turns.followup import inline_reply
from callerid.turns.followup.batches import attend_batches, begin_batch
from callerid.turns.followup.contact_of_call import as_told
from callerid.turns.followup.record_answer import record_answer
from callerid.turns.followup.refusals import notify_refusals
from callerid.turns.followup.situation import policy, situation

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.followup.next_step import Step
    from callerid.models import Notification
    from callerid.turns.context import AppContext, TurnFacts

_CARDS_AGAIN = timedelta(seconds=21)
_STEPS_AT_MOST = 5  # settle, tell, and look again


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """What one round over the follow-ups left: is a dialog wanted, was something put into the outbox, and when is the next round
    due at the latest?"""

    ask: bool
    next_at: datetime | None
    deliver: bool = False


def attend(app: AppContext, now: datetime) -> Attended:
    """Do every follow-up's next steps but the dialogs, and take away the cards whose time has passed."""
    facts = turn_facts(app, now)
    rings_shown = _clear_cards(app, now)
    waits: list[datetime] = []
    ask = deliver = False
    for seen in app.ledger.calls.at_work():
        for step in _steps(app, seen.call.key, facts):
            ask = ask or isinstance(step, OpenDialog)
            deliver = deliver or isinstance(step, Enqueue)
            waits += [step.until] if isinstance(step, Wait) else []
    waits += attend_batches(app, facts)
    waits += notify_refusals(app, facts)
    waits += [now + _CARDS_AGAIN] if rings_shown else []
    return Attended(ask=ask, deliver=deliver, next_at=min(waits, default=None))


def _steps(app: AppContext, call_key: str, facts: TurnFacts) -> list[OpenDialog | Enqueue | Wait]:
    """Do a follow-up's steps until one is left to others or to time, or until a step changed nothing.

    It is read anew each time: an earlier follow-up of this round, or somebody else, may have changed it.
    """
    at_hand: Situation | None = None
    met: list[OpenDialog | Enqueue | Wait] = []
    for _ in range(_STEPS_AT_MOST):
        followup = app.ledger.calls.followup(call_key)
        if followup is None or (at_hand and followup == at_hand.followup):
            break
        looked_up = at_hand.resolution if at_hand and at_hand.followup.answers == followup.answers else None
        at_hand = situation(app, followup, facts, looked_up)
        step = next_step(at_hand, policy(app.config, facts), facts.local)
        if step is None:
            break
        left = _do(app, at_hand, step, facts)
        met += [left] if left else []
        if isinstance(left, OpenDialog | Wait):
            break
    return met


def _do(app: AppContext, at_hand: Situation, step: Step, facts: TurnFacts) -> OpenDialog | Enqueue | Wait | None:
    """Do one step of a follow-up, and return what is left to others or to time."""
    match step:
        case Settle():
            _settle(app, at_hand, step, facts.now)
        case ShowPrompt():
            return _notify(app, at_hand, facts)
        case ShowStatus():
            return _tell(app, at_hand, step.status, facts)
        case Gather():
            gather(app, at_hand.followup, step, facts.now)
        case Enqueue():
            log_unasked(app, at_hand, step, facts)
            return step
        case RemoveCard():
            _clear(app, at_hand.followup, facts.now)
        case OpenDialog() | Wait():
            return step
    return None


def _settle(app: AppContext, at_hand: Situation, step: Settle, now: datetime) -> None:
    before = at_hand.followup
    counted_in = ""
    if at_hand.newer_missed and not at_hand.spoken_since:
        later = app.ledger.calls.on_line_since(before)
        counted_in = next(other.call.key for other in later if is_missed(other.call))
    after = replace(before, state=step.state, reason=step.reason, token="", batch="")
    if app.ledger.calls.change(before, after, now, counted_in=counted_in):
        log.info("call %s: %s (%s)", before.call.key, step.state, step.reason)


def log_unasked(app: AppContext, at_hand: Situation, step: Enqueue, facts: TurnFacts) -> bool:
    """Log a call with what is likely, and tell so, but not at night; say whether it was done."""
    answer = plain_answer(at_hand.resolution.candidates[0], step.outcome, answers_so_far(at_hand.followup))
    told = CardStatus.NONE if quiet_until(app.config, facts.local) else CardStatus.DUE
    return record_answer(app, at_hand.followup, answer, facts.now, told)


def gather(app: AppContext, before: FollowUp, step: Gather, now: datetime) -> bool:
    """Put a follow-up into a batch; say whether it was done."""
    begin_batch(app, step.batch)
    after = replace(
        before,
        state=State.GATHERED,
        reason="",
        batch=step.batch,
        token="",
        not_before=None,
        notified_at=now,
        late_match_settled=before.late_match_settled or before.state is State.NOT_IN_CRM,
    )
    return app.ledger.calls.change(before, after, now) is not None


def _notify(app: AppContext, at_hand: Situation, facts: TurnFacts) -> Wait | None:
    field = inline_reply.take(app, at_hand, facts)
    armed = _armed(at_hand.followup)
    around = cards.PromptDetails(number_shown=numbers.display(armed.call.number, app.region), with_reply_field=field.is_ours)
    card = cards.prompt_card(replace(at_hand, followup=armed), facts.style, around)
    state = State.OPEN if field.again_at else State.NOTIFIED  # shown again, with the field, when that is free
    done = replace(armed, state=state, notified_at=facts.now, not_before=field.again_at, batch="", dialog_wanted_at=None)
    return _show(app, at_hand.followup, armed, done, card, facts.now)


def _tell(app: AppContext, at_hand: Situation, what: CardStatus, facts: TurnFacts) -> Wait | None:
    armed = _armed(at_hand.followup)
    who = as_told(app, armed, at_hand.resolution, facts.style)
    card = cards.status_card(replace(at_hand, followup=armed, resolution=who), what, facts.style)
    done = replace(armed, card_status=what, notified_at=facts.now, not_before=None)
    return _show(app, at_hand.followup, armed, done, card, facts.now)


def _armed(before: FollowUp) -> FollowUp:
    """A follow-up as it must be stored before its card is shown: whoever taps it then is understood. A card that is shown again
    keeps its token: the command of a process that died may end later than ours, and what it shows must be understood, too."""
    return replace(before, token=before.token or secrets.token_urlsafe(18), notification_shown=True)


def _show(app: AppContext, before: FollowUp, armed: FollowUp, done: FollowUp, card: Notification, now: datetime) -> Wait | None:
    stored = app.ledger.calls.change(before, armed, now)
    if stored is None:
        return None
    if not app.show_card(card, now):
        app.ledger.calls.change(stored, replace(stored, not_before=Deadline.after(RETRY_CARD_AFTER, now)), now)
        return Wait(until=now + RETRY_CARD_AFTER)
    if not app.ledger.calls.change(stored, done, now):
        app.ledger.calls.mark_shown(before.call.key)  # answered meanwhile: the next round takes it away again
    return None


def _clear(app: AppContext, followup: FollowUp, now: datetime) -> None:
    if not app.remove_card(followup.notification_id, now):
        return
    gone = replace(followup, notification_shown=False)
    if followup.state not in (State.OPEN, State.NOTIFIED):
        gone = replace(gone, token="", card_status=CardStatus.NONE)
    app.ledger.calls.change(followup, gone, now)


def _clear_cards(app: AppContext, now: datetime) -> bool:
    """Remove the cards of rings that are over, and return whether others are left."""
    cards = app.ledger.rings.open_cards()
    over = [card for card in cards if has_expired(card, now)]
    for card in over:
        if not app.remove_card(card.notification_id, now):
            return True
        app.ledger.rings.close(card)
    return len(cards) > len(over)
