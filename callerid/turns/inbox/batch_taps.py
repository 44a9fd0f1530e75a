"""Taps on the notification of a batch: log them all, one by one, or none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from callerid.core.backoff import Deadline
from callerid.core.followup.conversation import answers_so_far, initial_draft, merged
from callerid.core.followup.outcomes import likely_outcome
from callerid.core.followup.questions import Question
from callerid.core.followup.state import EVENING_BATCH, FollowUp, State
from callerid.core.hours import next_evening
from callerid.turns.context import log
from callerid.turns.followup.conversation import answer_without_asking
from callerid.turns.followup.record_answer import record_answer
from callerid.turns.retry_on_conflict import change_followup
from callerid.turns.wake import Wake

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.followup.batches import Batch
    from callerid.turns.context import AppContext, TurnFacts


def receive_batch_tap(app: AppContext, batch: Batch, word: str, facts: TurnFacts) -> Wake:
    """Do what a tapped button says with the calls of a batch."""
    now = facts.now
    calls = app.ledger.calls.of_batch(batch.name)
    log.info("batch of %d calls: tap %r", len(calls), word)
    match word:
        case "all":
            left = [call for call in calls if not _log(app, call, facts)]
            return Wake(attend=True, deliver=True, ask=bool(left))
        case "each":
            # a tap on its body has taken it away: what is left shows again
            app.ledger.batches.show_again(batch.name)
            app.ledger.calls.want_all(batch.name, now)
            return Wake(ask=True)
        case "none":
            for call in calls:
                _settle(app, call, now)
            return Wake(attend=True)
        case "swiped":
            _swiped(app, batch, calls, facts)
            return Wake(attend=True)
    log.info("batch: tap %r means nothing", word)
    return Wake()


def _log(app: AppContext, call: FollowUp, facts: TurnFacts) -> bool:
    """Log a call with its likely outcome; False when it must be asked about, for which its dialog is opened then."""
    said = merged(((Question.OUTCOME, likely_outcome(call.call).value),), answers_so_far(call))
    answer = answer_without_asking(app, call, said, facts)
    if answer is None:
        _change(app, call, facts.now, answers=said, draft=initial_draft(said), dialog_wanted_at=facts.now)
        return False
    return record_answer(app, call, answer, facts.now)


def _settle(app: AppContext, call: FollowUp, now: datetime) -> None:
    _change(app, call, now, state=State.DISMISSED, reason="dismissed with others", batch="")


def _change(app: AppContext, call: FollowUp, now: datetime, **said: Any) -> None:
    """Change a call as was said of all that are in the batch, if it still is."""

    def store(before: FollowUp) -> bool:
        return before.state is not State.GATHERED or app.ledger.calls.change(before, replace(before, **said), now) is not None

    change_followup(app, call, store)


def _swiped(app: AppContext, batch: Batch, calls: tuple[FollowUp, ...], facts: TurnFacts) -> None:
    """Not this evening is the next one. Who has come into the CRM is told once."""
    app.ledger.batches.show_again(batch.name)
    for call in calls:
        if batch.name != EVENING_BATCH:
            _settle(app, call, facts.now)
            continue
        until = next_evening(facts.local, app.config.log.evening)
        _change(app, call, facts.now, state=State.OPEN, not_before=Deadline(until=until, set_at=facts.now), batch=EVENING_BATCH)
