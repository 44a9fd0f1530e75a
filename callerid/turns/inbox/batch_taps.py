"""Taps on the card of a batch: log all its calls, ask about each, or none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from callerid.core.backoff import Deadline
from callerid.core.followup.conversation import answers_so_far, merged
from callerid.core.followup.outcomes import likely_outcome
from callerid.core.followup.questions import Question
from callerid.core.followup.state import EVENING_BATCH, FollowUp
from callerid.core.followup.states import State
from callerid.core.followup.unfinished import awaits_rest
from callerid.core.hours import next_evening
from callerid.logs import log
from callerid.messages import message
from callerid.turns.followup.conversation import answer_without_asking, with_rest_wanted
from callerid.turns.followup.record_answer import record_answer
from callerid.turns.followup.unfinished import log_unfinished
from callerid.turns.retry_on_conflict import change_followup
from callerid.turns.wake import Wake

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.followup.batches import Batch
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts


def receive_batch_tap(app: AppContext, batch: Batch, word: str, facts: TurnFacts) -> Wake:
    """Do what a tap says with the calls of a batch, and return which loops to wake."""
    now = facts.now
    calls = app.ledger.calls.in_batch(batch.name)
    log.info("batch of %d calls: tap %r", len(calls), word)
    match word:
        case "all":
            unanswered = [call for call in calls if not _log(app, call, facts)]
            return Wake(attend=True, deliver=True, ask=bool(unanswered))
        case "each":
            app.ledger.batches.show_again(batch.name)  # a tap on the card's body removes it
            app.ledger.calls.request_dialogs(batch.name, now)
            return Wake(ask=True)
        case "none":
            for call in calls:
                _dismiss(app.ledger, call, now)
            return Wake(attend=True)
        case "swiped":
            _put_off_or_dismiss(app, batch, calls, facts)
            return Wake(attend=True, deliver=True)
    log.info("batch: no action for tap %r", word)
    return Wake()


def _log(app: AppContext, call: FollowUp, facts: TurnFacts) -> bool:
    """Log a call with its likely outcome; return False when something must be asked, for which a dialog is then wanted."""
    answers = merged(((Question.OUTCOME, likely_outcome(call.call).value),), answers_so_far(call))
    answer = answer_without_asking(app, call, answers, facts)
    if answer is None:
        after = with_rest_wanted(app, call, answers, facts)
        wanted = {"answers": answers, "draft": after.draft, "dialog_wanted_at": after.dialog_wanted_at}
        _change_gathered(app.ledger, call, facts.now, **wanted)
        return False
    return record_answer(app, call, answer, facts.now)


def _dismiss(ledger: Ledger, call: FollowUp, now: datetime) -> None:
    _change_gathered(
        ledger, call, now, state=State.DISMISSED, reason=message("dismissed with others"), batch="", dialog_wanted_at=None
    )


def _change_gathered(ledger: Ledger, call: FollowUp, now: datetime, **fields: Any) -> None:
    """Change fields of a follow-up, if it is still in a batch."""

    def store(before: FollowUp) -> bool:
        return before.state is not State.GATHERED or ledger.calls.change(before, replace(before, **fields), now) is not None

    change_followup(ledger, call, store)


def _put_off_or_dismiss(app: AppContext, batch: Batch, calls: tuple[FollowUp, ...], facts: TurnFacts) -> None:
    """Put the evening's calls off until the next evening; a late match is offered only once. One whose
    dialog was not finished is logged with the answers that there are."""
    app.ledger.batches.show_again(batch.name)
    until = Deadline(until=next_evening(facts.local, app.config.log.evening), set_at=facts.now)
    for call in calls:
        if batch.name == EVENING_BATCH:
            _change_gathered(app.ledger, call, facts.now, state=State.OPEN, not_before=until, batch=EVENING_BATCH)
        elif not (awaits_rest(call) and log_unfinished(app, call, facts)):
            _dismiss(app.ledger, call, facts.now)
