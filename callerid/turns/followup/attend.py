"""Follow-ups -> notifications: ask `next_step` about each follow-up and do what it returns, effect first, record after."""

from __future__ import annotations

import secrets
from dataclasses import replace
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
    LogWaitingAnswer,
    OpenDialog,
    RemoveCard,
    ShowPrompt,
    ShowStatus,
    Silence,
    Wait,
    next_step,
)
from callerid.core.followup.settle_reasons import Settle
from callerid.core.followup.state import FollowUp, Situation
from callerid.core.followup.states import AWAITING_ANSWER, CardStatus, State
from callerid.core.followup.unanswered import LogUnfinished
from callerid.core.followup.unfinished import finished
from callerid.core.ringing.card_lifecycle import has_expired
from callerid.logs import log
from callerid.records import dataclass
from callerid.store.ledger.reading.fact_names import OFF_SINCE
from callerid.turns.context import quiet_until
from callerid.turns.facts import turn_facts
from callerid.turns.followup import inline_reply
from callerid.turns.followup.batches import attend_batches, create_batch
from callerid.turns.followup.contact_of_call import logged_resolution
from callerid.turns.followup.conversation import log_answer_that_waited
from callerid.turns.followup.record_answer import record_answer
from callerid.turns.followup.refusals import notify_refusals
from callerid.turns.followup.situation import Callers, followup_policy, read_situation
from callerid.turns.followup.unfinished import add_unfinished, log_unfinished, question_to_show
from callerid.turns.worded_anew import show_again_if_worded_anew

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.followup.next_step import Effect
    from callerid.core.followup.state import FollowUp, Situation
    from callerid.models import Notification
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts

_CHECK_RING_CARDS_AFTER = timedelta(seconds=21)
_Logging = Enqueue | LogWaitingAnswer | LogUnfinished
_MOST_STEPS = 5  # of one follow-up in a round: settle it, show its status, and look again


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendResult:
    """What a round over the follow-ups left to do."""

    ask: bool  # a dialog is to be opened
    next_at: datetime | None  # when the next round is due at the latest (UTC)
    deliver: bool = False  # something was put into the outbox


def attend(app: AppContext, now: datetime) -> AttendResult:
    """Do the next steps of every follow-up except its dialogs, and remove the ring cards that have expired."""
    facts = _with_switch_noted(app, turn_facts(app, now))
    ring_cards_left = _remove_expired_ring_cards(app, now)
    show_again_if_worded_anew(app, facts)
    due: list[datetime] = []
    ask = deliver = False
    callers = Callers(app)
    newest: FollowUp | None
    is_new = True  # nothing was done since the follow-ups were read
    for followup in app.ledger.calls.active():
        newest = followup if is_new else app.ledger.calls.followup(followup.call.key)
        steps = _do_steps(app, newest, callers, facts)
        is_new = is_new and not steps.any_done
        ask = ask or any(isinstance(step, OpenDialog) for step in steps.left)
        deliver = deliver or any(isinstance(step, _Logging) for step in steps.left)
        due += [step.until for step in steps.left if isinstance(step, Wait)]
    due += attend_batches(app, facts)
    due += notify_refusals(app, facts)
    due += [now + _CHECK_RING_CARDS_AFTER] if ring_cards_left else []
    return AttendResult(ask=ask, deliver=deliver, next_at=min(due, default=None))


def _with_switch_noted(app: AppContext, facts: TurnFacts) -> TurnFacts:
    """Note when callerid was switched off, or that it is on again, and return the facts with that."""
    if app.config.enabled is (facts.off_since is None):
        return facts
    off_since = None if app.config.enabled else facts.now
    app.ledger.key_values.write_time(OFF_SINCE, off_since)
    return replace(facts, off_since=off_since)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Steps:
    """What became of a follow-up in a round: whether anything was done, what is left, and what was put into the outbox."""

    any_done: bool
    left: tuple[OpenDialog | _Logging | Wait, ...]


def _do_steps(app: AppContext, followup: FollowUp | None, callers: Callers, facts: TurnFacts) -> _Steps:
    """Do a follow-up's steps until none is left, one is left to another loop or to time, or one changed nothing.

    The steps of a round go on from what the one before stored. Where it stored nothing, because another process was faster, the
    follow-up is read again.
    """
    before: FollowUp | None = None
    left: list[OpenDialog | _Logging | Wait] = []
    any_done = False
    for _ in range(_MOST_STEPS):
        if followup is None or followup == before:
            break
        before, situation = followup, read_situation(app, followup, facts, callers)
        step = next_step(situation, followup_policy(app.config, facts), facts.local)
        if step is None:
            break
        if isinstance(step, OpenDialog | Wait):
            left.append(step)
            break
        any_done = True
        result = _do(app, situation, step, facts)
        if isinstance(result, Wait):
            left.append(result)
            break
        left += [step] if isinstance(step, _Logging) else []
        followup = result or app.ledger.calls.followup(followup.call.key)
    return _Steps(any_done=any_done, left=tuple(left))


def _do(app: AppContext, situation: Situation, step: Effect, facts: TurnFacts) -> FollowUp | Wait | None:
    """Do a step. Return the follow-up as stored, None if it is to be read again, or when to try again what has failed."""
    match step:
        case Settle():
            return _settle(app.ledger, situation, step, facts.now)
        case ShowPrompt():
            return _show_prompt(app, situation, facts)
        case ShowStatus():
            return _show_status(app, situation, step.status, facts)
        case Gather():
            return add_to_batch(app.ledger, situation.followup, step, facts.now)
        case Enqueue():
            log_without_asking(app, situation, step, facts)
            return None
        case LogWaitingAnswer():
            return log_answer_that_waited(app, situation.followup, facts)
        case LogUnfinished():
            return _log_unfinished(app, situation.followup, facts)
        case RemoveCard():
            return _remove_card(app, situation.followup, facts.now)
        case Silence():
            return _silence(app, situation.followup, facts.now)


def _settle(ledger: Ledger, situation: Situation, step: Settle, now: datetime) -> FollowUp | None:
    before = situation.followup
    counted_in = "" if situation.spoken_since else situation.newer_missed
    after = replace(before, state=step.state, reason=step.reason, token="", batch="", dialog_wanted_at=None)
    stored = ledger.calls.change(before, after, now, counted_in=counted_in)
    if stored:
        log.info("call %s: %s (%s)", before.call.key, step.state, step.reason)
    return stored


def log_without_asking(app: AppContext, situation: Situation, step: Enqueue, facts: TurnFacts) -> bool:
    """Log a call with the likely answer, which its card shows unless it is quiet; return whether that was stored."""
    answer = plain_answer(situation.resolution.candidates[0], step.outcome, answers_so_far(situation.followup))
    card_status = CardStatus.NONE if quiet_until(app.config, facts.local) else CardStatus.DUE
    return record_answer(app, situation.followup, answer, facts.now, card_status)


def _log_unfinished(app: AppContext, followup: FollowUp, facts: TurnFacts) -> FollowUp | None:
    """Log a call with what an unfinished dialog has of its answers. What is not enough for that waits as any call does."""
    done = log_unfinished(app, followup, facts) or add_unfinished(app, followup, facts)
    return None if done else app.ledger.calls.change(followup, finished(followup), facts.now)


def add_to_batch(ledger: Ledger, before: FollowUp, step: Gather, now: datetime) -> FollowUp | None:
    """Put a follow-up into a batch, and return it as stored; None if it has changed since it was read. It keeps the token of its
    own card: a tap on that may wait in the inbox."""
    create_batch(ledger, step.batch)
    after = replace(
        before,
        state=State.GATHERED,
        reason="",
        batch=step.batch,
        not_before=None,
        notified_at=now,
        late_match_settled=before.late_match_settled or before.state is State.NOT_IN_CRM,
    )
    return ledger.calls.change(before, after, now)


def _show_prompt(app: AppContext, situation: Situation, facts: TurnFacts) -> FollowUp | Wait | None:
    question = question_to_show(app, situation, facts)
    field = inline_reply.ReplyField() if question else inline_reply.claim(app, situation, facts)
    armed = _armed(situation.followup)
    number_shown = numbers.display(armed.call.number, app.region)
    details = cards.PromptDetails(number_shown=number_shown, with_reply_field=field.granted)
    if question:
        card = cards.question_card(armed, question, 0, facts.style)
    else:
        card = cards.prompt_card(replace(situation, followup=armed), facts.style, details)
    state = State.OPEN if field.retry_at else State.NOTIFIED  # shown again, with the field, when that is free
    shown = replace(armed, state=state, notified_at=facts.now, not_before=field.retry_at, batch="", dialog_wanted_at=None)
    return _show(app, situation.followup, armed, shown, card, facts.now)


def _show_status(app: AppContext, situation: Situation, status: CardStatus, facts: TurnFacts) -> FollowUp | Wait | None:
    armed = _armed(situation.followup)
    resolution = logged_resolution(app, armed, situation.resolution, facts.style)
    card = cards.status_card(replace(situation, followup=armed, resolution=resolution), status, facts.style)
    shown = replace(armed, card_status=status, notified_at=facts.now, not_before=None)
    return _show(app, situation.followup, armed, shown, card, facts.now)


def _armed(before: FollowUp) -> FollowUp:
    """Return a follow-up as it is stored before its card is shown, so that a tap is understood at once. A card that is shown again
    keeps its token: the command of a process that died may end later than ours, and a tap on its card must be understood, too."""
    return replace(before, token=before.token or secrets.token_urlsafe(18), notification_shown=True)


def _show(
    app: AppContext, before: FollowUp, armed: FollowUp, shown: FollowUp, card: Notification, now: datetime
) -> FollowUp | Wait | None:
    stored = app.ledger.calls.change(before, armed, now)
    if stored is None:
        return None
    if not app.show_card(card, now):
        app.ledger.calls.change(stored, replace(stored, not_before=Deadline.after(RETRY_CARD_AFTER, now)), now)
        return Wait(until=now + RETRY_CARD_AFTER)
    recorded = app.ledger.calls.change(stored, shown, now)
    if recorded is None:
        app.ledger.calls.mark_shown(before.call.key)  # answered in the meantime: the next round removes the card
    return recorded


def _remove_card(app: AppContext, followup: FollowUp, now: datetime) -> FollowUp | Wait | None:
    if not app.remove_card(followup.notification_id, now):
        return Wait(until=now + RETRY_CARD_AFTER)
    after = replace(followup, notification_shown=False)
    if followup.state not in AWAITING_ANSWER:
        after = replace(after, token="", card_status=CardStatus.NONE)
    return app.ledger.calls.change(followup, after, now)


def _silence(app: AppContext, followup: FollowUp, now: datetime) -> FollowUp | Wait | None:
    if not app.remove_card(followup.notification_id, now):
        return Wait(until=now + RETRY_CARD_AFTER)
    return app.ledger.calls.change(followup, replace(followup, state=State.OPEN, notification_shown=False), now)


def _remove_expired_ring_cards(app: AppContext, now: datetime) -> bool:
    """Remove the ring cards that have expired, and return whether any card is left."""
    cards = app.ledger.rings.open_cards()
    expired = [card for card in cards if has_expired(card, now)]
    for card in expired:
        if not app.remove_card(card.notification_id, now):
            return True
        app.ledger.rings.close(card)
    return len(cards) > len(expired)
