"""A call is logged at once, with an outcome by a button or with a note that was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.followup.conversation import answers_so_far, merged
from callerid.core.followup.questions import Question
from callerid.turns.followup.conversation import answer_without_asking, with_rest_wanted
from callerid.turns.followup.record_answer import record_answer
from callerid.turns.wake import Wake

if TYPE_CHECKING:
    from callerid.core.followup.state import FollowUp
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts


def quick_log(app: AppContext, followup: FollowUp, outcome: str, note: str, facts: TurnFacts) -> Wake | None:
    """Log a call with an outcome and a note ("" for none), or want a dialog where contact or deal must be chosen. Return None when
    the follow-up was changed since it was read, and nothing was done."""
    given = ((Question.OUTCOME, outcome), *(((Question.NOTE, note),) if note else ()))
    answers = merged(answers_so_far(followup), given)
    answer = answer_without_asking(app, followup, answers, facts)
    if answer is None:
        after = with_rest_wanted(app, followup, answers, facts)
        return Wake(ask=True) if app.ledger.calls.change(followup, after, facts.now) else None
    record_answer(app, followup, answer, facts.now)
    return Wake(attend=True, deliver=True)
