"""What a person says of a call in one command: logged, corrected, or withdrawn. What they do not mention stays as it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.core.callers.resolve import Certainty
from callerid.core.followup.conversation import Answer, answers_so_far
from callerid.core.followup.new_contact import EnteredContact, NewCaller, contact_field_answers, next_field_question
from callerid.core.followup.outcomes import likely_outcome
from callerid.core.followup.questions import NO_DEAL
from callerid.core.followup.state import ANSWERED
from callerid.core.hours import DueIn, due_time, read_date
from callerid.core.wording.names import full_name
from callerid.errors import UsageFault
from callerid.turns.context import turn_facts
from callerid.turns.followup.contact_of_call import hidden_number_fault, resolution_of_entered
from callerid.turns.followup.conversation import read_choices
from callerid.turns.followup.record_answer import logged_call
from callerid.turns.followup.situation import read_situation

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.callers.candidate import Candidate
    from callerid.core.followup.questions import Choices, LoggedCall
    from callerid.core.followup.state import FollowUp, Situation
    from callerid.turns.context import AppContext


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandAnswers:
    """The words of the command; None for what was not mentioned."""

    person: str | None = None  # a contact's id, name or e-mail address
    outcome: str | None = None  # an outcome's id or label
    deal: str | None = None  # a deal's id, or "none"
    note: str | None = None
    follow_up: str | None = None  # none, tomorrow, 3-days, next-week, or a date


def find_call(app: AppContext, key: str) -> FollowUp:
    """Given a call's key or the beginning of it, return its follow-up. Raise UsageFault when that means none or several."""
    found = app.ledger.calls.beginning_with(key) if key else ()
    exact = [followup for followup in found if followup.call.key == key] or list(found)
    if len(exact) != 1:
        what = f"There is no call {key}" if not exact else f"More than one call begins with {key}"
        raise UsageFault(f"{what}.", remedy="See them with: callerid calls")
    return exact[0]


def answer_from_command(app: AppContext, followup: FollowUp, said: CommandAnswers, now: datetime) -> Answer:
    """Given a follow-up and what was said, return the whole answer: the rest as it was logged, or as it is likely. Raise
    UsageFault."""
    facts = turn_facts(app, now)
    at_hand = read_situation(app, followup, facts)
    offer = read_choices(app, at_hand, facts, logged_call(app, followup), answers_so_far(followup))
    return _whole(followup, said, _person(app, at_hand, said.person, offer.logged), offer, facts.local)


def _whole(followup: FollowUp, said: CommandAnswers, person: Candidate, offer: Choices, local: datetime) -> Answer:
    before = offer.logged
    outcome = _outcome(offer, said.outcome) if said.outcome else (before and before.outcome) or likely_outcome(followup.call).value
    return Answer(
        candidate=person,
        outcome=outcome,
        deal_id=_deal(offer, person, said.deal, before),
        note=said.note if said.note is not None else before.note if before else "",
        due=_due(before, said.follow_up, local),
        due_changed=said.follow_up is not None,
    )


def _person(app: AppContext, at_hand: Situation, said: str | None, before: LoggedCall | None) -> Candidate:
    wanted = said or (before.contact_id if before else None) or None
    people = at_hand.resolution.candidates
    found = next((person for person in people if person.id == wanted), None) or (wanted and app.mirror.person(wanted))
    if found:
        return found
    if said:
        return _said_person(app, said)
    if wanted is None and at_hand.resolution.certainty is Certainty.KNOWN:
        return people[0]
    if at_hand.resolution.certainty is Certainty.HIDDEN:
        raise hidden_number_fault(at_hand.followup)
    if not people:
        number = at_hand.followup.call.number
        raise UsageFault("Nobody in the CRM has this number.", remedy=f"Add them: callerid add '{number}'")
    raise UsageFault(f"It is not sure who that was: {_listed(app, people)}.", remedy="Say it with: --person ID")


def _said_person(app: AppContext, said: str) -> Candidate:
    found = app.mirror.people_said(said)
    if not found:
        raise UsageFault(f"The mirror has no contact {said}.", remedy="Type: callerid sync")
    if len(found) > 1:
        raise UsageFault(f"That may be more than one: {_listed(app, found)}.", remedy="Say it with: --person ID")
    return found[0]


def _listed(app: AppContext, people: tuple[Candidate, ...]) -> str:
    return ", ".join(f"{person.id} for {full_name(person, app.texts)}" for person in people)


def new_caller_from_command(app: AppContext, followup: FollowUp, said: CommandAnswers, now: datetime) -> NewCaller | None:
    """Given a follow-up and what was said, return that with what was said before of a call that waits until its caller has been
    added; None when it waits for nobody, or when it was somebody of the CRM. Raise UsageFault."""
    facts = turn_facts(app, now)
    at_hand = read_situation(app, followup, facts)
    entered = next_field_question("", contact_field_answers(followup.answers), facts.style)
    if followup.state not in ANSWERED or at_hand.resolution.candidates or said.person or not isinstance(entered, EnteredContact):
        return None
    offer, person = read_choices(app, at_hand, facts, logged_call(app, followup)), resolution_of_entered(entered).candidates[0]
    return NewCaller(entered=entered, answer=_whole(followup, said, person, offer, facts.local))


def _outcome(offer: Choices, said: str) -> str:
    for outcome in offer.outcomes:
        if said.casefold() in (outcome.id.casefold(), outcome.label.casefold()):
            return outcome.id
    labels = ", ".join(outcome.id if outcome.id.islower() else repr(outcome.label) for outcome in offer.outcomes)
    raise UsageFault(f"There is no outcome {said!r}.", remedy=f"There are: {labels}")


def _deal(offer: Choices, person: Candidate, said: str | None, before: LoggedCall | None) -> str | None:
    if said is None:
        if before and before.contact_id == person.id:
            return before.deal_id
        return person.deals[0].id if len(person.deals) == 1 else None
    if said == NO_DEAL:
        return None
    deals = offer.deals_of(person)
    if said not in [deal.id for deal in deals]:
        known = ", ".join(f"{deal.id} for {deal.name}" for deal in deals) or "none"
        raise UsageFault(f"There is no deal {said} with that person.", remedy=f"There are: {known}")
    return said


def _due(before: LoggedCall | None, said: str | None, local: datetime) -> datetime | None:
    if said is None:
        return before.due if before else None
    when = DueIn.ON_A_DATE if read_date(said) else DueIn(said) if said in list(DueIn) else None
    then = due_time(when, said, local) if when else None
    if when is None or (then is None and when is not DueIn.NEVER):
        raise UsageFault(f"{said!r} is no day to come.", remedy="Write none, tomorrow, 3-days, next-week, or a date: 2027-01-31")
    return then
