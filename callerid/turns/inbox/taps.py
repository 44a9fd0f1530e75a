"""Taps on the card of a call. A token names one live notification: an old one changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.followup.conversation import waits_for_mirror
from callerid.core.followup.outcomes import likely_outcome
from callerid.core.followup.state import FollowUp
from callerid.core.followup.states import AWAITING_ANSWER, REFUSED, CardStatus, State
from callerid.core.followup.unfinished import awaits_rest, reopened
from callerid.core.upkeep.health import Source
from callerid.errors import PhoneFault
from callerid.logs import log
from callerid.messages import message
from callerid.models import Outcome
from callerid.turns.facts import turn_facts
from callerid.turns.followup.dialogs_as_cards import answer_by_button
from callerid.turns.followup.situation import read_situation
from callerid.turns.followup.unfinished import log_unfinished
from callerid.turns.followup.withdraw import discard_refused_change, retry_refused, withdraw
from callerid.turns.inbox.batch_taps import receive_batch_tap
from callerid.turns.inbox.quick_log import quick_log
from callerid.turns.inbox.snooze import SNOOZE_WORDS, snooze, snooze_by
from callerid.turns.inbox.view_contact import open_chosen_contact, open_contact, open_contact_and_settle, restore_card
from callerid.turns.retry_on_conflict import retry_on_conflict
from callerid.turns.wake import Wake

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.core.followup.state import FollowUp
    from callerid.core.inbox_events import Tap
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts

    _Action = Callable[[AppContext, FollowUp, TurnFacts], Wake | None]


def receive_tap(app: AppContext, tap: Tap, now: datetime) -> Wake:
    """Do what a tap says, if its token is that of a live notification, and return which loops to wake."""
    facts = turn_facts(app, now)
    batch = app.ledger.batches.by_token(tap.token)
    if batch:
        return receive_batch_tap(app, batch, tap.word, facts)

    def read() -> FollowUp | None:
        followup = app.ledger.calls.by_token(tap.token)
        if followup is None:
            log.info("tap %r on a card that is gone", tap.word)
        return followup

    def do(followup: FollowUp) -> Wake | None:
        log.info("call %s: tap %r", followup.call.key, tap.word)
        return _do(app, followup, tap.word, facts)

    return retry_on_conflict(read, do, f"tap {tap.word!r}") or Wake(attend=True)


def _do(app: AppContext, followup: FollowUp, word: str, facts: TurnFacts) -> Wake | None:
    """Do what a tap says; None when the follow-up was changed since it was read, and nothing was done."""
    awaits_answer = followup.state in AWAITING_ANSWER
    if word.startswith(("pick-", "more-")):
        return answer_by_button(app, followup, word, facts)
    if word.startswith(("view-", "whom-")) and awaits_answer:
        return open_chosen_contact(app, followup, word, facts)
    if word in SNOOZE_WORDS and awaits_answer:
        return snooze_by(app, followup, word, facts)
    actions = _WHILE_ANSWER_WAITS if waits_for_mirror(followup) else _BEFORE_ANSWER if awaits_answer else _AFTER_ANSWER
    action = actions.get(word)
    if action is None:
        log.info("call %s: no action for tap %r now", followup.call.key, word)
        return Wake(attend=True)
    return action(app, followup, facts)


def _log_as_connected(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake | None:
    return quick_log(app, followup, Outcome.CONNECTED, "", facts)


def _log_as_likely(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake | None:
    return quick_log(app, followup, likely_outcome(followup.call), "", facts)


def _want_dialog(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake | None:
    draft = reopened(followup) if followup.state in AWAITING_ANSWER else ()  # a change begins with what is logged
    # the tap removed the card that shows the refusal
    card_status = CardStatus.DUE if followup.state in REFUSED and followup.card_status else followup.card_status
    after = replace(followup, dialog_wanted_at=facts.now, draft=draft, card_status=card_status)
    return Wake(ask=True) if app.ledger.calls.change(followup, after, facts.now) else None


def _open_contact_and_settle(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake:
    return open_contact_and_settle(app, followup, facts, lambda newest, reason: _settle(app.ledger, newest, reason, facts.now))


def _dismiss(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake | None:
    if awaits_rest(followup) and log_unfinished(app, followup, facts):
        return Wake(attend=True, deliver=True)
    situation = read_situation(app, followup, facts)
    if situation.resolution.candidates or situation.lacks_mirror:
        stored = _settle(app.ledger, followup, message("swiped away"), facts.now)
    else:  # the card offered to add the caller; a swipe, or "No", says that they do not belong in the CRM
        after = replace(
            followup,
            state=State.NOT_IN_CRM,
            reason=message("not to be added"),
            token="",
            late_match_settled=False,
            dialog_wanted_at=None,
        )
        stored = app.ledger.calls.change(followup, after, facts.now)
    return Wake(attend=True) if stored else None


def _settle(ledger: Ledger, followup: FollowUp, reason: str, now: datetime) -> FollowUp | None:
    """Settle a call whose notification was removed by the tap; one that is just being shown is removed after that."""
    is_being_shown = followup.state is State.OPEN
    after = replace(
        followup, state=State.DISMISSED, reason=reason, token="", notification_shown=is_being_shown, dialog_wanted_at=None
    )
    return ledger.calls.change(followup, after, now)


def _call_back(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake:
    number = numbers.dialable(followup.call.number)
    if number is None:
        log.warning("call %s: its number cannot be dialled", followup.call.key)
        return Wake()
    try:
        app.termux.telephony_call(number)
    except PhoneFault as fault:
        app.report(Source.CALL_BACK, fault, facts.now)
    else:
        app.report(Source.CALL_BACK, None, facts.now)
    return Wake(call_under_way=True)  # also after a command that hung: it may have dialled


def _take_back(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake | None:
    """Take an answer back that waits for a mirror. The call is asked about again when there is one."""
    after = replace(
        followup,
        state=State.OPEN,
        answers=(),
        draft=(),
        dialog_wanted_at=None,
        notification_shown=False,
        card_status=CardStatus.NONE,
    )
    if not app.ledger.calls.change(followup, after, facts.now):
        return None
    if not app.remove_card(followup.notification_id, facts.now):
        app.ledger.calls.mark_shown(followup.call.key)  # so that it is removed later
    return Wake(attend=True)


def _undo(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake:
    withdraw(app, followup, facts.now, CardStatus.WITHDRAWING)
    return Wake(attend=True, deliver=True)


def _retry(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake:
    retry_refused(app.ledger, followup, facts.now)
    return Wake(attend=True, deliver=True)


def _keep(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake:
    discard_refused_change(app.ledger, followup, facts.now)
    return Wake(attend=True, deliver=True)


_BEFORE_ANSWER: dict[str, _Action] = {
    "view": open_contact,
    "seen": _open_contact_and_settle,
    "back": restore_card,
    "call": _call_back,
    "connected": _log_as_connected,
    "guess": _log_as_likely,
    "log": _want_dialog,
    "later": snooze,
    "dismiss": _dismiss,
}
# a swipe of the card after the answer says nothing of the call
_WHILE_ANSWER_WAITS = {word: action for word, action in _BEFORE_ANSWER.items() if word != "dismiss"} | {"undo": _take_back}
_AFTER_ANSWER: dict[str, _Action] = {"log": _want_dialog, "undo": _undo, "retry": _retry, "keep": _keep}
