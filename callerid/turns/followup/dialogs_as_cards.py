"""Questions -> the call's own card, a button for each label, for phones that show no dialogs. Nothing can be typed there, so notes
and dates are skipped."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.backoff import Deadline
from callerid.core.followup import cards
from callerid.core.followup.conversation import with_answer
from callerid.core.followup.questions import AskedQuestion
from callerid.core.followup.state import AWAITING_ANSWER, CardStatus, State
from callerid.turns.context import log
from callerid.turns.followup.conversation import question_or_result, record_result
from callerid.turns.followup.situation import read_situation
from callerid.turns.wake import Wake

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.core.followup.state import FollowUp
    from callerid.models import Notification
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext, TurnFacts

_SHOWN_WITHIN = timedelta(seconds=30)  # else the call's own card is shown again


def ask_by_card(app: AppContext, followup: FollowUp, facts: TurnFacts, first: int = 0) -> bool:
    """Show the next question about a follow-up on its card, from the label with index `first` on; return True when nothing is left
    to ask and the answer is stored."""
    step = question_or_result(app, read_situation(app, followup, facts), facts, can_type=False)
    if not isinstance(step, AskedQuestion):
        record_result(app, followup, step, facts)
        return True
    style, number_shown = facts.style, numbers.display(followup.call.number, app.region)
    if step.dialog.labels:
        _show(app, followup, lambda armed: cards.question_card(armed, step, first, style), facts.now)
    else:
        log.info("call %s: the next question needs typing, and no dialog shows", followup.call.key)
        _show(app, followup, lambda armed: cards.add_by_command_card(armed, number_shown, style), facts.now)
    return False


def _show(app: AppContext, before: FollowUp, card: Callable[[FollowUp], Notification], now: datetime) -> None:
    """Show a question, unless the follow-up was changed since it was read: whoever changed it shows its card."""
    awaits_answer = before.state in AWAITING_ANSWER
    armed = replace(
        before, token=secrets.token_urlsafe(18), notification_shown=True, notified_at=now, batch="", dialog_wanted_at=None
    )
    if awaits_answer:
        armed = replace(armed, state=State.OPEN, not_before=Deadline.after(_SHOWN_WITHIN, now))
    else:  # a logged call stays logged until it is changed
        armed = replace(armed, card_status=CardStatus.CHANGE_ASKED)
    stored = app.ledger.calls.change(before, armed, now)
    if stored is None or not app.show_card(card(stored), now):
        return
    if awaits_answer and not app.ledger.calls.change(stored, replace(stored, state=State.NOTIFIED, not_before=None), now):
        app.ledger.calls.mark_shown(before.call.key)


def answer_by_button(app: AppContext, followup: FollowUp, word: str, facts: TurnFacts) -> Wake | None:
    """Take the word of a tap on a question's card as the answer, or turn to further labels. A tap that answers another question
    than would be asked now, or chooses from other labels, answers nothing. Return None when the follow-up was changed since it was
    read, and nothing was done."""
    before: FollowUp | None = followup
    situation = read_situation(app, followup, facts)
    if situation.lacks_mirror:  # which alone can tell what the label stands for: the question comes again when there is one
        return (
            Wake(attend=True)
            if app.ledger.calls.change(followup, replace(followup, dialog_wanted_at=facts.now), facts.now)
            else None
        )
    step = question_or_result(app, situation, facts, can_type=False)
    if not isinstance(step, AskedQuestion):
        return _restore_card(app.ledger, followup, facts.now)
    index = cards.place_in_word(word, step)
    first = (index or 0) if word.startswith("more-") else 0
    if index is not None and word.startswith("pick-"):
        draft = with_answer(step, index, "", followup.draft)
        before = app.ledger.calls.change(followup, replace(followup, draft=draft), facts.now)
    if before is None:
        return None
    done = ask_by_card(app, before, facts, first)
    return Wake(attend=True, ask=not done, deliver=done)


def _restore_card(ledger: Ledger, followup: FollowUp, now: datetime) -> Wake | None:
    """Show the call's own card again: nothing is left to ask, so that a label answers nothing that is known now."""
    if followup.state in AWAITING_ANSWER:
        after = replace(followup, state=State.OPEN, not_before=None)
    else:
        after = replace(followup, card_status=CardStatus.DUE)
    done = ledger.calls.change(followup, replace(after, draft=(), dialog_wanted_at=None), now)
    return Wake(attend=True) if done else None
