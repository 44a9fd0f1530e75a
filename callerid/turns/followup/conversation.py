"""The questions about a call, put one after the other by whatever can put one: a dialog, a terminal. Each answer is kept at once:
whatever ends this, nothing that was said is lost."""

from __future__ import annotations

from dataclasses import replace
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
    merged,
    next_question,
    plain_answer,
    quick_answer,
)
from callerid.core.followup.new_contact import EnteredContact, NewCaller, contact_field_answers, next_field_question
from callerid.core.followup.outcomes import likely_outcome, offered_outcomes
from callerid.core.followup.questions import AskedQuestion, Choices, NoteInput, Question
from callerid.core.followup.settle_reasons import may_be_added
from callerid.core.followup.state import REFUSED, CardStatus, FollowUp, State
from callerid.turns.context import turn_facts
from callerid.turns.followup.contact_of_call import number_withheld, to_be, with_whom
from callerid.turns.followup.record_answer import logged_before, record_answer, record_entry
from callerid.turns.followup.situation import policy, situation
from callerid.turns.retry_on_conflict import change_followup
from callerid.turns.ringing.resolve_caller import resolve_call

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.core.callers.candidate import Candidate
    from callerid.core.followup.conversation import Draft
    from callerid.core.followup.questions import LoggedCall
    from callerid.core.followup.state import Situation
    from callerid.turns.context import AppContext, TurnFacts

    Put = Callable[[AskedQuestion, Draft], Draft | None]  # puts a question; the draft with its answer, or None when it was left


Said = Answer | NoneOfThem | NewCaller


def next_asked(app: AppContext, at_hand: Situation, facts: TurnFacts, *, types: bool = True) -> AskedQuestion | Said:
    """Given a follow-up in its situation, return what is to be asked next, or what was said in all. Where nothing can be typed
    (`types`), what may be left out is not asked for, and of whom is to be added holds what was entered before."""
    logged = logged_before(app, at_hand.followup)
    at_hand = with_whom(app, at_hand, logged)
    followup, who, speak = at_hand.followup, at_hand.resolution, facts.style
    offer = offer_of(app, at_hand, facts, logged)
    if not types:
        offer = replace(offer, note=NoteInput.OFF, follow_up=False)
    if who.candidates:
        return next_question(followup.call, who, followup.draft, offer, speak)
    if who.certainty is Certainty.HIDDEN:
        raise number_withheld(followup)
    before = contact_field_answers(followup.answers)
    draft = followup.draft if types else merged(before, followup.draft)
    entered = next_field_question(numbers.display(followup.call.number, app.region), draft, speak, before)
    if isinstance(entered, AskedQuestion):
        return entered
    about = next_question(followup.call, to_be(entered), followup.draft, offer, speak)
    return NewCaller(entered=entered, answer=about) if isinstance(about, Answer) else about


def offer_of(
    app: AppContext, at_hand: Situation, facts: TurnFacts, logged: LoggedCall | None, said: Draft | None = None
) -> Choices:
    """Return what there is to choose from, for a follow-up in its situation. What is `logged` of its call already is offered first,
    or else what was said of it (None: what holds whatever becomes of a dialog)."""
    people = at_hand.resolution.candidates
    before = logged or as_logged_call(at_hand.followup.answers if said is None else said, at_hand.resolution, facts.local)
    outcomes = offered_outcomes(at_hand.followup.call, app.mirror.outcomes(), app.texts)
    several = [person for person in people if len(person.deals) > 1]
    return Choices(
        outcomes=tuple(sorted(outcomes, key=lambda outcome: before is not None and outcome.id != before.outcome)),
        closed_deals=tuple((person.id, app.mirror.closed_deals(person.id)) for person in several),
        note=NoteInput(app.config.log.note),
        follow_up=app.config.log.follow_up and facts.has_crm,
        logged=before,
    )


def answer_at_once(
    app: AppContext, followup: FollowUp, said: Draft, facts: TurnFacts, who: Candidate | None = None
) -> Answer | None:
    """Given a follow-up, what was said of it, and perhaps who it surely was, return the answer if nothing is left that must be
    asked."""
    at_hand, logged = situation(app, followup, facts), logged_before(app, followup)
    at_hand = replace(at_hand, resolution=confirmed_as(at_hand.resolution, who)) if who else with_whom(app, at_hand, logged)
    return quick_answer(followup.call, at_hand.resolution, said, offer_of(app, at_hand, facts, logged), facts.style)


def likely(app: AppContext, followup: FollowUp, entered: EnteredContact, facts: TurnFacts) -> NewCaller:
    """Given a follow-up and what was entered of its caller, return that with what was said of the call, and the likely rest."""
    said = merged(((Question.OUTCOME, likely_outcome(followup.call).value),), answers_so_far(followup))
    offer = offer_of(app, situation(app, followup, facts), facts, logged_before(app, followup))
    answer = quick_answer(followup.call, to_be(entered), said, offer, facts.style)
    return NewCaller(entered=entered, answer=answer or plain_answer(to_be(entered).candidates[0], likely_outcome(followup.call)))


def converse(
    app: AppContext, followup: FollowUp, put: Put, clock: Callable[[], datetime], told: CardStatus = CardStatus.DUE
) -> bool:
    """Given a follow-up, ask to the end; False when the person left before."""
    while True:
        facts = turn_facts(app, clock())
        step = next_asked(app, situation(app, followup, facts), facts)
        if not isinstance(step, AskedQuestion):
            finish(app, followup, step, facts, told)
            return True
        said = put(step, followup.draft)
        if said is None:
            keep(app, followup, draft_to_keep(followup), clock())
            return False
        followup = keep(app, followup, said, clock())


def keep(app: AppContext, followup: FollowUp, draft: Draft, now: datetime) -> FollowUp:
    """Keep the answers so far, and return the follow-up with them; somebody may have changed the rest of it meanwhile."""
    kept = followup

    def store(before: FollowUp) -> bool:
        nonlocal kept
        after = app.ledger.calls.change(before, replace(before, draft=draft), now)
        kept = after or before
        return after is not None

    change_followup(app, followup, store)
    return replace(kept, draft=draft)


def finish(app: AppContext, followup: FollowUp, said: Said, facts: TurnFacts, told: CardStatus = CardStatus.DUE) -> None:
    """Store what was said in all."""
    match said:
        case Answer():
            record_answer(app, followup, said, facts.now, told)
        case NewCaller():
            record_entry(app, followup, said, facts.now)
        case NoneOfThem():
            not_them(app, followup, facts)


def deny(app: AppContext, followup: FollowUp, now: datetime) -> FollowUp:
    """Store that the caller was not somebody whom the number merely suggests, and return the follow-up so."""
    was, stored = denial_answers(resolve_call(app, followup)), followup

    def store(before: FollowUp) -> bool:
        nonlocal stored
        after = app.ledger.calls.change(before, replace(before, answers=merged(before.answers, was)), now)
        stored = after or before
        return after is not None

    change_followup(app, followup, store)
    return stored


def not_them(app: AppContext, followup: FollowUp, facts: TurnFacts) -> None:
    """Store that the caller was none of those whom the number suggests. What was logged of the call before is withdrawn, and what
    was said of it kept; if that is wished, it is offered to add who it was."""
    now, reason, was = facts.now, "not whom the number suggests", denial_answers(resolve_call(app, followup))

    def store(before: FollowUp) -> object:
        logged = logged_before(app, before)
        said = merged(answers_of(logged) if logged else (), merged(answers_so_far(before), was))
        kept = tuple(pair for pair in said if pair[0] != Question.PERSON)
        gone = replace(
            before, state=State.NOT_IN_CRM, reason=reason, token="", batch="", draft=(), answers=kept, dialog_wanted_at=None
        )
        after = replace(gone, late_match_settled=True, card_status=CardStatus.NONE)
        may_add = was and may_be_added(situation(app, after, facts), policy(app.config, facts))
        if before.state in (State.QUEUED, State.LOGGED, *REFUSED):
            after = replace(after, state=State.QUEUED, card_status=CardStatus.WITHDRAWING if may_add else CardStatus.NONE)
            return app.ledger.answers.withdraw(before, after, now)
        if may_add:
            after = replace(after, state=State.OPEN, reason="", not_before=None)
        return app.ledger.calls.change(before, after, now)

    change_followup(app, followup, store)
