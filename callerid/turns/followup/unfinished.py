"""An unfinished dialog -> the question that is asked again, or the call logged with the answers that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.callers.resolve import Certainty
from callerid.core.followup.conversation import answers_so_far, plain_answer
from callerid.core.followup.new_contact import entered_so_far
from callerid.core.followup.questions import AskedQuestion, Question
from callerid.core.followup.states import ANSWERED, AWAITING_ANSWER
from callerid.core.followup.unfinished import awaits_rest, finished, is_about_follow_up, is_typed, with_deal_left
from callerid.turns.followup.conversation import likely_new_caller, question_or_result, record_result, with_rest_wanted
from callerid.turns.followup.record_answer import record_new_caller
from callerid.turns.followup.situation import read_situation

if TYPE_CHECKING:
    from callerid.core.followup.state import FollowUp, Situation
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts


def question_to_show(app: AppContext, situation: Situation, facts: TurnFacts) -> AskedQuestion | None:
    """Return the question that the card of an unfinished dialog asks in place of the call's own, where no dialog shows; None when
    the call's own card is to be shown."""
    if facts.dialogs_work or not awaits_rest(situation.followup) or not situation.resolution.candidates:
        return None
    step = question_or_result(app, situation, facts, can_type=False)
    return step if isinstance(step, AskedQuestion) and is_about_follow_up(step) else None


def needs_typing(app: AppContext, followup: FollowUp, facts: TurnFacts) -> bool:
    """Return whether an unfinished dialog has next to ask for a text, which only another dialog can do."""
    if not awaits_rest(followup):
        return False
    step = question_or_result(app, read_situation(app, followup, facts), facts, can_type=False)
    return isinstance(step, AskedQuestion) and is_typed(step)


def log_unfinished(app: AppContext, followup: FollowUp, facts: TurnFacts) -> bool:
    """Log a call with what an unfinished dialog has of its answers, when there is a mirror, and return whether that is enough: whom
    it was with and the outcome must be known."""
    situation = read_situation(app, with_deal_left(finished(followup)), facts)
    if situation.lacks_mirror:
        return _have_wait(app, finished(followup), facts)
    if not situation.resolution.candidates:
        return False
    result = question_or_result(app, situation, facts, can_type=False)
    answers, resolution = answers_so_far(situation.followup), situation.resolution
    if isinstance(result, AskedQuestion):
        if followup.state in ANSWERED:
            return False
        outcome = dict(answers).get(Question.OUTCOME)
        if outcome is None or resolution.certainty is not Certainty.KNOWN:
            return False
        result = plain_answer(resolution.candidates[0], outcome, answers)
    record_result(app, followup, result, facts)
    return True


def add_unfinished(app: AppContext, followup: FollowUp, facts: TurnFacts) -> bool:
    """Add an unknown caller of whom an unfinished dialog has a name, and log the call with what else it has and the likely outcome;
    return whether that was stored."""
    situation, entered = read_situation(app, followup, facts), entered_so_far(answers_so_far(followup))
    is_known = bool(situation.resolution.candidates) or situation.lacks_mirror
    if not entered or is_known or not awaits_rest(followup) or not facts.has_crm:
        return False
    return record_new_caller(app, followup, likely_new_caller(app, finished(followup), entered, facts), facts.now)


def _have_wait(app: AppContext, followup: FollowUp, facts: TurnFacts) -> bool:
    """Have the answers about a call wait for a mirror, and return whether that was stored: an outcome must be among them."""
    answers = answers_so_far(followup)
    if followup.state not in AWAITING_ANSWER or Question.OUTCOME not in dict(answers):
        return False
    return app.ledger.calls.change(followup, with_rest_wanted(app, followup, answers, facts), facts.now) is not None
