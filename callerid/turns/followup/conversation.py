"""The questions about a call, put one after the other by whatever can put one: a dialog, a terminal. Each answer is kept at once:
whatever ends this, nothing that was said is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.resolve import Certainty, confirmed_as, denial_answers
from callerid.core.followup.conversation import (
    Answer,
    NotThem,
    as_logged,
    heard,
    joined,
    left,
    next_question,
    plain_answer,
    quick_answer,
    said_of,
)
from callerid.core.followup.new_contact import Entered, NewCaller, entries_of, next_entry
from callerid.core.followup.next_step import may_be_added
from callerid.core.followup.outcomes import guessed, offered
from callerid.core.followup.questions import Asked, NoteBy, Offer, Question
from callerid.core.followup.state import REFUSED, FollowUp, State, Told
from callerid.turns.context import turn_facts
from callerid.turns.followup.contact_of_call import number_withheld, to_be, with_whom
from callerid.turns.followup.record_answer import logged_before, record_answer, record_entry
from callerid.turns.followup.situation import policy, situation
from callerid.turns.retry_on_conflict import change_followup
from callerid.turns.ringing.callers import resolve_call

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.core.callers.candidate import Candidate
    from callerid.core.followup.conversation import Draft
    from callerid.core.followup.questions import Logged
    from callerid.core.followup.state import Situation
    from callerid.turns.context import AppContext, TurnFacts

    Put = Callable[[Asked, Draft], Draft | None]  # puts a question; the draft with its answer, or None when it was left


Said = Answer | NotThem | NewCaller


def next_asked(app: AppContext, at_hand: Situation, facts: TurnFacts, *, types: bool = True) -> Asked | Said:
    """Given a follow-up in its situation, return what is to be asked next, or what was said in all. Where nothing can be typed
    (`types`), what may be left out is not asked for, and of whom is to be added holds what was entered before."""
    logged = logged_before(app, at_hand.followup)
    at_hand = with_whom(app, at_hand, logged)
    followup, who, speak = at_hand.followup, at_hand.resolution, facts.style
    offer = offer_of(app, at_hand, facts, logged)
    if not types:
        offer = replace(offer, note=NoteBy.OFF, follow_up=False)
    if who.candidates:
        return next_question(followup.call, who, followup.draft, offer, speak)
    if who.certainty is Certainty.HIDDEN:
        raise number_withheld(followup)
    before = entries_of(followup.said)
    draft = followup.draft if types else joined(before, followup.draft)
    entered = next_entry(numbers.display(followup.call.number, app.region), draft, speak, before)
    if isinstance(entered, Asked):
        return entered
    about = next_question(followup.call, to_be(entered), followup.draft, offer, speak)
    return NewCaller(entered=entered, answer=about) if isinstance(about, Answer) else about


def offer_of(app: AppContext, at_hand: Situation, facts: TurnFacts, logged: Logged | None, said: Draft | None = None) -> Offer:
    """Return what there is to choose from, for a follow-up in its situation. What is `logged` of its call already is offered first,
    or else what was said of it (None: what holds whatever becomes of a dialog)."""
    people = at_hand.resolution.candidates
    before = logged or as_logged(at_hand.followup.said if said is None else said, at_hand.resolution, facts.local)
    outcomes = offered(at_hand.followup.call, app.mirror.outcomes(), app.texts)
    several = [person for person in people if len(person.deals) > 1]
    return Offer(
        outcomes=tuple(sorted(outcomes, key=lambda outcome: before is not None and outcome.id != before.outcome)),
        closed_deals=tuple((person.id, app.mirror.closed_deals(person.id)) for person in several),
        note=NoteBy(app.config.log.note),
        follow_up=app.config.log.follow_up and facts.has_crm,
        before=before,
    )


def answer_at_once(
    app: AppContext, followup: FollowUp, said: Draft, facts: TurnFacts, who: Candidate | None = None
) -> Answer | None:
    """Given a follow-up, what was said of it, and perhaps who it surely was, return the answer if nothing is left that must be
    asked."""
    at_hand, logged = situation(app, followup, facts), logged_before(app, followup)
    at_hand = replace(at_hand, resolution=confirmed_as(at_hand.resolution, who)) if who else with_whom(app, at_hand, logged)
    return quick_answer(followup.call, at_hand.resolution, said, offer_of(app, at_hand, facts, logged), facts.style)


def likely(app: AppContext, followup: FollowUp, entered: Entered, facts: TurnFacts) -> NewCaller:
    """Given a follow-up and what was entered of its caller, return that with what was said of the call, and the likely rest."""
    said = joined(((Question.OUTCOME, guessed(followup.call).value),), heard(followup))
    offer = offer_of(app, situation(app, followup, facts), facts, logged_before(app, followup))
    answer = quick_answer(followup.call, to_be(entered), said, offer, facts.style)
    return NewCaller(entered=entered, answer=answer or plain_answer(to_be(entered).candidates[0], guessed(followup.call)))


def converse(app: AppContext, followup: FollowUp, put: Put, clock: Callable[[], datetime], told: Told = Told.WANTED) -> bool:
    """Given a follow-up, ask to the end; False when the person left before."""
    while True:
        facts = turn_facts(app, clock())
        step = next_asked(app, situation(app, followup, facts), facts)
        if not isinstance(step, Asked):
            finish(app, followup, step, facts, told)
            return True
        said = put(step, followup.draft)
        if said is None:
            keep(app, followup, left(followup), clock())
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


def finish(app: AppContext, followup: FollowUp, said: Said, facts: TurnFacts, told: Told = Told.WANTED) -> None:
    """Store what was said in all."""
    match said:
        case Answer():
            record_answer(app, followup, said, facts.now, told)
        case NewCaller():
            record_entry(app, followup, said, facts.now)
        case NotThem():
            not_them(app, followup, facts)


def deny(app: AppContext, followup: FollowUp, now: datetime) -> FollowUp:
    """Store that the caller was not somebody whom the number merely suggests, and return the follow-up so."""
    was, stored = denial_answers(resolve_call(app, followup)), followup

    def store(before: FollowUp) -> bool:
        nonlocal stored
        after = app.ledger.calls.change(before, replace(before, said=joined(before.said, was)), now)
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
        said = joined(said_of(logged) if logged else (), joined(heard(before), was))
        kept = tuple(pair for pair in said if pair[0] != Question.PERSON)
        gone = replace(before, state=State.NOT_IN_CRM, reason=reason, token="", batch="", draft=(), said=kept, wanted_at=None)
        after = replace(gone, is_offered=True, told=Told.NOTHING)
        may_add = was and may_be_added(situation(app, after, facts), policy(app.config, facts))
        if before.state in (State.QUEUED, State.LOGGED, *REFUSED):
            after = replace(after, state=State.QUEUED, told=Told.TAKING_BACK if may_add else Told.NOTHING)
            return app.ledger.answers.withdraw(before, after, now)
        if may_add:
            after = replace(after, state=State.OPEN, reason="", not_before=None)
        return app.ledger.calls.change(before, after, now)

    change_followup(app, followup, store)
