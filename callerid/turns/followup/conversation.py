"""The questions about a call, asked one after the other by a dialog or in a terminal. Each answer is stored at once: whatever ends
this, no answer is lost."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.resolve import Certainty, confirmed_as, denial_answers
from callerid.core.followup.conversation import (
    Answer,
    NoneOfThem,
    answers_of,
    answers_so_far,
    as_logged_call,
    draft_to_keep,
    initial_draft,
    merged,
    next_question,
    plain_answer,
    quick_answer,
    waiting_draft,
)
from callerid.core.followup.new_contact import EnteredContact, NewCaller, contact_field_answers, next_field_question
from callerid.core.followup.outcomes import likely_outcome, offered_outcomes
from callerid.core.followup.questions import AskedQuestion, Choices, NoteInput, Question
from callerid.core.followup.settle_reasons import may_be_added
from callerid.core.followup.state import FollowUp
from callerid.core.followup.states import REFUSED, CardStatus, State
from callerid.core.followup.unfinished import awaits_rest, choices_on_card, is_about_follow_up, like
from callerid.messages import message
from callerid.turns.facts import turn_facts
from callerid.turns.followup.contact_of_call import hidden_number_fault, no_mirror_fault, resolution_of_entered, with_named_contact
from callerid.turns.followup.record_answer import logged_call, record_answer, record_new_caller
from callerid.turns.followup.situation import followup_policy, read_situation
from callerid.turns.full_disk import with_reserve
from callerid.turns.retry_on_conflict import store_answer
from callerid.turns.ringing.resolve_caller import resolve_call

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.core.callers.candidate import Candidate
    from callerid.core.followup.conversation import Draft
    from callerid.core.followup.questions import LoggedCall
    from callerid.core.followup.state import FollowUp, Situation
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts

    AskOne = Callable[[AskedQuestion, Draft], Draft | None]  # asks a question; the draft with its answer, None when it was left


DialogResult = Answer | NoneOfThem | NewCaller


def question_or_result(
    app: AppContext, situation: Situation, facts: TurnFacts, *, can_type: bool = True
) -> AskedQuestion | DialogResult:
    """Return the next question about a follow-up, or the result when nothing is left to ask. Where nothing can be typed, optional
    questions are skipped unless a dialog was begun, and what was entered of a new contact earlier holds.
    Raise UsageFault when it is not known who it was."""
    logged = logged_call(app.ledger, situation.followup)
    situation = with_named_contact(app.mirror, situation, logged)
    followup, resolution, style = situation.followup, situation.resolution, facts.style
    choices = read_choices(app, situation, facts, logged)
    if not can_type:
        choices = choices_on_card(choices, followup)
    if resolution.candidates:
        return next_question(followup.call, resolution, followup.draft, choices, style)
    if resolution.certainty is Certainty.HIDDEN:
        raise hidden_number_fault(followup)
    if situation.lacks_mirror:
        raise no_mirror_fault()
    before = contact_field_answers(followup.answers)
    draft = followup.draft if can_type else merged(before, followup.draft)
    entered = next_field_question(numbers.display(followup.call.number, app.region), draft, style, before)
    if isinstance(entered, AskedQuestion):
        return entered
    answer = next_question(followup.call, resolution_of_entered(entered), followup.draft, choices, style)
    return NewCaller(entered=entered, answer=answer) if isinstance(answer, Answer) else answer


def read_choices(
    app: AppContext, situation: Situation, facts: TurnFacts, logged: LoggedCall | None, answers: Draft | None = None
) -> Choices:
    """Return what there is to choose from for a follow-up. What is `logged` of its call comes first, else what its `answers` say
    (None: those of the follow-up)."""
    candidates = situation.resolution.candidates
    known = situation.followup.answers if answers is None else answers
    before = logged or as_logged_call(known, situation.resolution, facts.local)
    outcomes = offered_outcomes(situation.followup.call, app.mirror.outcomes(), app.texts)
    with_several_deals = [candidate for candidate in candidates if len(candidate.deals) > 1]
    return Choices(
        outcomes=tuple(sorted(outcomes, key=lambda outcome: before is not None and outcome.id != before.outcome)),
        closed_deals=tuple((candidate.id, app.mirror.closed_deals(candidate.id)) for candidate in with_several_deals),
        note=NoteInput(app.config.log.note),
        follow_up=app.config.log.follow_up and facts.has_crm,
        logged=before,
    )


def answer_without_asking(
    app: AppContext, followup: FollowUp, answers: Draft, facts: TurnFacts, contact: Candidate | None = None
) -> Answer | None:
    """Return the whole answer about a follow-up, given some answers and perhaps the contact that it certainly was; None when
    something must be asked."""
    situation, logged = read_situation(app, followup, facts), logged_call(app.ledger, followup)
    if contact:
        situation = replace(situation, resolution=confirmed_as(situation.resolution, contact))
    else:
        situation = with_named_contact(app.mirror, situation, logged)
    choices = read_choices(app, situation, facts, logged)
    if awaits_rest(followup) and situation.resolution.candidates:
        rest = next_question(followup.call, situation.resolution, answers, choices, facts.style)
        if is_about_follow_up(rest):  # it may have been answered already
            return None
    return quick_answer(followup.call, situation.resolution, answers, choices, facts.style)


def with_rest_wanted(app: AppContext, followup: FollowUp, answers: Draft, facts: TurnFacts) -> FollowUp:
    """Return a follow-up that was answered when something is still to be asked, as it is to be stored: a dialog asks for the rest.
    Where only the mirror is missing, nothing is asked, and the answers wait for it."""
    draft = waiting_draft if read_situation(app, followup, facts).lacks_mirror else initial_draft
    return replace(followup, answers=answers, draft=like(followup, draft(answers)), dialog_wanted_at=facts.now, not_before=None)


def log_answer_that_waited(app: AppContext, followup: FollowUp, facts: TurnFacts) -> FollowUp | None:
    """Log a call with the answer that waited until the mirror says who that was. Where something is to be asked even so, have that
    done as if there had been a mirror at the tap, and return the follow-up as stored. Return None where it is to be read again."""
    answers = answers_so_far(followup)
    answer = answer_without_asking(app, followup, answers, facts)
    if answer:
        record_answer(app, followup, answer, facts.now)
        return None
    wanted = with_rest_wanted(app, followup, answers, facts)
    since = followup.dialog_wanted_at or facts.now
    wanted = replace(wanted, dialog_wanted_at=since, card_status=CardStatus.NONE)
    return app.ledger.calls.change(followup, wanted, facts.now)


def likely_new_caller(app: AppContext, followup: FollowUp, entered: EnteredContact, facts: TurnFacts) -> NewCaller:
    """Return a new contact with the answer about a follow-up: what was answered so far, and the likely rest."""
    outcome, resolution = likely_outcome(followup.call), resolution_of_entered(entered)
    answers = merged(((Question.OUTCOME, outcome.value),), answers_so_far(followup))
    choices = read_choices(app, read_situation(app, followup, facts), facts, logged_call(app.ledger, followup))
    answer = quick_answer(followup.call, resolution, answers, choices, facts.style)
    return NewCaller(entered=entered, answer=answer or plain_answer(resolution.candidates[0], outcome))


def ask_all(
    app: AppContext,
    followup: FollowUp,
    ask_one: AskOne,
    clock: Callable[[], datetime],
    card_status: CardStatus = CardStatus.DUE,
) -> bool:
    """Ask every question about a follow-up and record the result; return False when the person left before the end."""
    while True:
        facts = turn_facts(app, clock())
        step = question_or_result(app, read_situation(app, followup, facts), facts)
        if not isinstance(step, AskedQuestion):
            with_reserve(app, partial(record_result, app, followup, step, facts, card_status))
            return True
        draft = ask_one(step, followup.draft)
        if draft is None:
            with_reserve(app, partial(store_draft, app.ledger, followup, draft_to_keep(followup), clock()))
            return False
        followup = with_reserve(app, partial(store_draft, app.ledger, followup, draft, clock()))


def store_draft(ledger: Ledger, followup: FollowUp, draft: Draft, now: datetime) -> FollowUp:
    """Store the answers of a dialog so far, and return the follow-up with them; the rest of it may have been changed since it was
    read."""
    stored = followup

    def store(before: FollowUp) -> bool:
        nonlocal stored
        after = ledger.calls.change(before, replace(before, draft=draft), now)
        stored = after or before
        return after is not None

    store_answer(ledger, followup, store)
    return replace(stored, draft=draft)


def record_result(
    app: AppContext, followup: FollowUp, result: DialogResult, facts: TurnFacts, card_status: CardStatus = CardStatus.DUE
) -> None:
    """Store the result of the questions about a follow-up."""
    match result:
        case Answer():
            record_answer(app, followup, result, facts.now, card_status)
        case NewCaller():
            record_new_caller(app, followup, result, facts.now)
        case NoneOfThem():
            record_none_of_them(app, followup, facts)


def record_denial(app: AppContext, followup: FollowUp, now: datetime) -> FollowUp:
    """Store that a caller was not the contact that the number merely suggests, and return the follow-up with that."""
    denials, stored = denial_answers(resolve_call(app, followup)), followup

    def store(before: FollowUp) -> bool:
        nonlocal stored
        after = app.ledger.calls.change(before, replace(before, answers=merged(before.answers, denials)), now)
        stored = after or before
        return after is not None

    store_answer(app.ledger, followup, store)
    return stored


def record_none_of_them(app: AppContext, followup: FollowUp, facts: TurnFacts) -> None:
    """Store that a caller was none of the contacts whom the number suggests. What was logged of the call is withdrawn, and its
    answers are kept; if the settings say so, it is offered to add the caller."""
    denials = denial_answers(resolve_call(app, followup))

    def store(before: FollowUp) -> object:
        logged = logged_call(app.ledger, before)
        answers = merged(answers_of(logged) if logged else (), merged(answers_so_far(before), denials))
        after = _not_in_crm(before, tuple(pair for pair in answers if pair[0] != Question.PERSON))
        may_add = denials and may_be_added(read_situation(app, after, facts), followup_policy(app.config, facts))
        if before.state in (State.QUEUED, State.LOGGED, *REFUSED):
            card_status = CardStatus.WITHDRAWING if may_add else CardStatus.NONE
            return app.ledger.answers.withdraw(before, replace(after, state=State.QUEUED, card_status=card_status), facts.now)
        if may_add:
            after = replace(after, state=State.OPEN, reason="", not_before=None)
        return app.ledger.calls.change(before, after, facts.now)

    store_answer(app.ledger, followup, store)


def _not_in_crm(before: FollowUp, answers: Draft) -> FollowUp:
    return replace(
        before,
        state=State.NOT_IN_CRM,
        reason=message("none of the contacts with this number"),
        token="",
        batch="",
        draft=(),
        answers=answers,
        dialog_wanted_at=None,
        late_match_settled=True,
        card_status=CardStatus.NONE,
    )
