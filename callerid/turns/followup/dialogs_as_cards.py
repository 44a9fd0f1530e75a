"""Questions -> the call's own notification, one button a label, for phones that show no dialogs. Nothing can be typed there, so
notes and dates are left out."""

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
    from callerid.turns.context import AppContext, TurnFacts

_SHOWN_WITHIN = timedelta(seconds=30)  # else the call's own card is shown again


def ask_by_card(app: AppContext, before: FollowUp, facts: TurnFacts, first: int = 0) -> bool:
    """Given a follow-up, put its next question on its card, from the label at place `first` on; True when nothing is left to ask
    and the answer is stored."""
    step = question_or_result(app, read_situation(app, before, facts), facts, can_type=False)
    if not isinstance(step, AskedQuestion):
        record_result(app, before, step, facts)
        return True
    speak, number_shown = facts.style, numbers.display(before.call.number, app.region)
    if step.dialog.labels:
        _show(app, before, lambda armed: cards.question_card(armed, step, first, speak), facts.now)
    else:
        log.info("call %s: what is asked must be typed, and no dialog shows", before.call.key)
        _show(app, before, lambda armed: cards.add_by_command_card(armed, number_shown, speak), facts.now)
    return False


def _show(app: AppContext, before: FollowUp, card: Callable[[FollowUp], Notification], now: datetime) -> None:
    """Show a question. Whoever has changed the call meanwhile shows what holds now."""
    asks = before.state in AWAITING_ANSWER
    armed = replace(
        before, token=secrets.token_urlsafe(18), notification_shown=True, notified_at=now, batch="", dialog_wanted_at=None
    )
    # what was logged stays so until it is changed
    armed = (
        replace(armed, state=State.OPEN, not_before=Deadline.after(_SHOWN_WITHIN, now))
        if asks
        else replace(armed, card_status=CardStatus.CHANGE_ASKED)
    )
    stored = app.ledger.calls.change(before, armed, now)
    if stored is None:
        return
    if not app.show_card(card(stored), now):
        return
    if asks and not app.ledger.calls.change(stored, replace(stored, state=State.NOTIFIED, not_before=None), now):
        app.ledger.calls.mark_shown(before.call.key)


def answer_by_button(app: AppContext, followup: FollowUp, word: str, facts: TurnFacts) -> Wake | None:
    """Given the word of a tap on a question's card, take that for the answer, or turn to further labels. What answers another
    question than would be put now, or chooses of other things, answers nothing. None when somebody has changed the call since it
    was read, and nothing was done."""
    before: FollowUp | None = followup
    step = question_or_result(app, read_situation(app, followup, facts), facts, can_type=False)
    if not isinstance(step, AskedQuestion):
        return _put_back(app, followup, facts.now)
    place = cards.place_in_word(word, step)
    first = (place or 0) if word.startswith("more-") else 0
    if place is not None and word.startswith("pick-"):
        draft = with_answer(step, place, "", followup.draft)
        before = app.ledger.calls.change(followup, replace(followup, draft=draft), facts.now)
    if before is None:
        return None
    done = ask_by_card(app, before, facts, first)
    return Wake(attend=True, ask=not done, deliver=done)


def _put_back(app: AppContext, followup: FollowUp, now: datetime) -> Wake | None:
    """Nothing is left of the question: a label of it is no answer to what is known now, and the call's own card is shown again."""
    asks = followup.state in AWAITING_ANSWER
    again = replace(followup, state=State.OPEN, not_before=None) if asks else replace(followup, card_status=CardStatus.DUE)
    done = app.ledger.calls.change(followup, replace(again, draft=(), dialog_wanted_at=None), now)
    return Wake(attend=True) if done else None
