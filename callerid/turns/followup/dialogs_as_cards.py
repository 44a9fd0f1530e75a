"""Questions -> the call's own card, a button for each label, for phones that show no dialogs. Nothing can be typed there, so notes
and dates are skipped."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.backoff import Deadline
from callerid.core.followup import cards
from callerid.core.followup.conversation import answers_so_far, merged, with_answer
from callerid.core.followup.questions import AskedQuestion, Question
from callerid.core.followup.states import AWAITING_ANSWER, CardStatus, State
from callerid.core.followup.unfinished import awaits_rest, is_typed
from callerid.logs import log
from callerid.turns.followup.conversation import question_or_result, record_result, with_rest_wanted
from callerid.turns.followup.situation import read_situation
from callerid.turns.wake import Wake

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.core.followup.conversation import Draft
    from callerid.core.followup.state import FollowUp, Situation
    from callerid.models import Notification
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts

_OFFERED = "outcomes_on_cards"  # in the key values: the digest of each question for the outcome, and the ids that it offers
_MOST_KEPT = 30  # questions
_SHOWN_WITHIN = timedelta(seconds=30)  # else the call's own card is shown again


def ask_by_card(app: AppContext, followup: FollowUp, facts: TurnFacts, first: int = 0) -> bool:
    """Show the next question about a follow-up on its card, from the label with index `first` on; return True when nothing is left
    to ask and the answer is stored."""
    step = question_or_result(app, read_situation(app, followup, facts), facts, can_type=False)
    if not isinstance(step, AskedQuestion):
        record_result(app, followup, step, facts)
        return True
    style, number_shown = facts.style, numbers.display(followup.call.number, app.region)
    if is_typed(step) and awaits_rest(followup):
        _restore_card(app.ledger, followup, facts.now, followup.draft)
    elif step.dialog.labels:
        _keep_outcomes(app.ledger, step)
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
    than would be asked now, or chooses from other labels, answers nothing, unless it is the one that gave the last answer of the
    draft: it is handled again when what follows could not be stored. Return None when the follow-up was changed since it was read,
    and nothing was done."""
    before: FollowUp | None = followup
    situation = read_situation(app, followup, facts)
    if situation.lacks_mirror:
        return _answer_without_mirror(app, followup, word, facts)
    step = question_or_result(app, situation, facts, can_type=False)
    if not isinstance(step, AskedQuestion):
        if not _gave_last_answer(app, situation, word, facts):
            return _restore_card(app.ledger, followup, facts.now)
        return Wake(attend=True, deliver=ask_by_card(app, followup, facts))
    index = cards.place_in_word(word, step)
    first = (index or 0) if word.startswith("more-") else 0
    if index is not None and word.startswith("pick-"):
        draft = with_answer(step, index, "", followup.draft)
        before = app.ledger.calls.change(followup, replace(followup, draft=draft), facts.now)
    if before is None:
        return None
    done = ask_by_card(app, before, facts, first)
    return Wake(attend=True, ask=not done, deliver=done)


def _gave_last_answer(app: AppContext, situation: Situation, word: str, facts: TurnFacts) -> bool:
    """Return whether the draft of a follow-up ends with the label that a tap names."""
    draft = situation.followup.draft
    earlier = replace(situation, followup=replace(situation.followup, draft=draft[:-1]))
    asked = question_or_result(app, earlier, facts, can_type=False)
    place = cards.place_in_word(word, asked) if isinstance(asked, AskedQuestion) and word.startswith("pick-") else None
    return isinstance(asked, AskedQuestion) and place is not None and with_answer(asked, place, "", draft[:-1]) == draft


def _answer_without_mirror(app: AppContext, followup: FollowUp, word: str, facts: TurnFacts) -> Wake | None:
    """Keep an outcome that is tapped, until there is a mirror. Who or which deal a label stands for, only a mirror can tell: that
    question comes again when there is one."""
    outcome = _kept_outcome(app.ledger, word) if followup.state in AWAITING_ANSWER else None
    if outcome:
        after = with_rest_wanted(app, followup, merged(answers_so_far(followup), ((Question.OUTCOME, outcome),)), facts)
    else:
        after = replace(followup, dialog_wanted_at=facts.now)
    return Wake(attend=True) if app.ledger.calls.change(followup, after, facts.now) else None


def _keep_outcomes(ledger: Ledger, question: AskedQuestion) -> None:
    """Keep which outcomes a card offers: a tap tells the place of one only, and the mirror may be gone by then."""
    if question.question is not Question.OUTCOME:
        return
    digest, before = cards.question_digest(question), ledger.key_values.read(_OFFERED)
    others = [entry for entry in json.loads(before or "[]") if entry[0] != digest]
    after = json.dumps([*others, [digest, question.values]][-_MOST_KEPT:])
    if after != before:
        ledger.key_values.write(_OFFERED, after)


def _kept_outcome(ledger: Ledger, word: str) -> str | None:
    """Return the outcome that a tap names; None when it names none, or the question is not among the newest."""
    digest, place = cards.parts_of_word(word)
    values = dict(json.loads(ledger.key_values.read(_OFFERED) or "[]")).get(digest, ())
    return values[place] if word.startswith("pick-") and place is not None and place < len(values) else None


def _restore_card(ledger: Ledger, followup: FollowUp, now: datetime, draft: Draft = ()) -> Wake | None:
    """Show the call's own card again, with what is to remain of the draft: nothing is left to ask that buttons answer."""
    if followup.state in AWAITING_ANSWER:
        after = replace(followup, state=State.OPEN, not_before=None)
    else:
        after = replace(followup, card_status=CardStatus.DUE)
    done = ledger.calls.change(followup, replace(after, draft=draft, dialog_wanted_at=None), now)
    return Wake(attend=True) if done else None
