"""One command -> answer: a call is logged or corrected. What the command does not mention stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.callers.resolve import Certainty
from callerid.core.followup.conversation import Answer, answers_so_far
from callerid.core.followup.new_contact import EnteredContact, NewCaller, contact_field_answers, next_field_question
from callerid.core.followup.outcomes import likely_outcome
from callerid.core.followup.questions import NO_DEAL
from callerid.core.followup.states import ANSWERED
from callerid.core.hours import DueIn, due_time, read_date
from callerid.core.wording.names import full_name
from callerid.errors import UsageFault
from callerid.messages import as_typed, joined, message
from callerid.models import Outcome
from callerid.records import dataclass
from callerid.turns.facts import turn_facts
from callerid.turns.followup.contact_of_call import hidden_number_fault, resolution_of_entered
from callerid.turns.followup.conversation import read_choices
from callerid.turns.followup.record_answer import logged_call
from callerid.turns.followup.situation import read_situation

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.catalogue import Catalogue
    from callerid.core.callers.candidate import Candidate
    from callerid.core.followup.questions import Choices, LoggedCall
    from callerid.core.followup.state import FollowUp, Situation
    from callerid.store.ledger.database import Ledger
    from callerid.store.mirror.database import Mirror
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandAnswers:
    """The options of the command; None for what was not given."""

    person: str | None = None  # a contact's id, name or e-mail address
    outcome: str | None = None  # an outcome's id or label
    deal: str | None = None  # a deal's id, or "none"
    note: str | None = None
    follow_up: str | None = None  # none, tomorrow, 3-days, next-week, or a date


def find_call(ledger: Ledger, key: str) -> FollowUp:
    """Return the follow-up of a call, given its key or the beginning of it. Raise UsageFault when none or several match."""
    matching = ledger.calls.by_key_prefix(key) if key else ()
    followups = [followup for followup in matching if followup.call.key == key] or list(matching)
    if len(followups) != 1:
        problem = (
            message("There is no call {key}", key=key)
            if not followups
            else message("More than one call begins with {key}", key=key)
        )
        raise UsageFault(message("{problem}.", problem=problem), remedy=message("See them with: callerid calls"))
    return followups[0]


def answer_from_command(app: AppContext, followup: FollowUp, given: CommandAnswers, now: datetime) -> Answer:
    """Return the whole answer about a follow-up: what was given, and the rest as logged, or as is likely. Raise UsageFault."""
    facts = turn_facts(app, now)
    situation = read_situation(app, followup, facts)
    choices = read_choices(app, situation, facts, logged_call(app.ledger, followup), answers_so_far(followup))
    contact = _contact(app, situation, given.person, choices.logged)
    return _completed(followup, given, contact, choices, facts)


def new_caller_from_command(app: AppContext, followup: FollowUp, given: CommandAnswers, now: datetime) -> NewCaller | None:
    """Return what was given together with what was entered of a call's new contact, while the call waits until that is added; None
    when it does not wait, or the contact is in the CRM. Raise UsageFault."""
    facts = turn_facts(app, now)
    situation = read_situation(app, followup, facts)
    entered = next_field_question("", contact_field_answers(followup.answers), facts.style, as_typed=True)
    is_waiting = followup.state in ANSWERED and not situation.resolution.candidates and not given.person
    if not is_waiting or not isinstance(entered, EnteredContact):
        return None
    choices = read_choices(app, situation, facts, logged_call(app.ledger, followup))
    contact = resolution_of_entered(entered).candidates[0]
    return NewCaller(entered=entered, answer=_completed(followup, given, contact, choices, facts))


def _completed(followup: FollowUp, given: CommandAnswers, contact: Candidate, choices: Choices, facts: TurnFacts) -> Answer:
    before = choices.logged
    likely = (before and before.outcome) or likely_outcome(followup.call).value
    return Answer(
        candidate=contact,
        outcome=_outcome(choices, given.outcome, facts.style.texts) if given.outcome else likely,
        deal_id=_deal(choices, contact, given.deal, before),
        note=given.note if given.note is not None else before.note if before else "",
        due=_due(before, given.follow_up, facts.local),
        due_changed=given.follow_up is not None,
    )


def _contact(app: AppContext, situation: Situation, given: str | None, before: LoggedCall | None) -> Candidate:
    """Return the contact of a call: the one that was given, else the one it is logged with, else the only certain one."""
    wanted = given or (before.contact_id if before else None) or None
    candidates = situation.resolution.candidates
    known = next((candidate for candidate in candidates if candidate.id == wanted), None)
    known = known or (app.mirror.candidate(wanted) if wanted else None)
    if known:
        return known
    if given:
        return _search_contact(app.mirror, app.texts, given)
    if wanted is None and situation.resolution.certainty is Certainty.KNOWN:
        return candidates[0]
    if situation.resolution.certainty is Certainty.HIDDEN:
        raise hidden_number_fault(situation.followup)
    if not candidates:
        number = situation.followup.call.number
        raise UsageFault(
            message("Nobody in the CRM has this number."),
            remedy=message("Add them: callerid add {number}", number=as_typed(number)),
        )
    raise UsageFault(
        message("It is not certain who that was: {listed}.", listed=_listed(app.texts, candidates)),
        remedy=message("Choose with: --person ID"),
    )


def _search_contact(mirror: Mirror, texts: Catalogue, text: str) -> Candidate:
    matching = mirror.search(text)
    if not matching:
        raise UsageFault(message("The mirror has no contact {text}.", text=text), remedy=message("Type: callerid sync"))
    if len(matching) > 1:
        raise UsageFault(
            message("Several contacts match: {listed}.", listed=_listed(texts, matching)),
            remedy=message("Choose with: --person ID"),
        )
    return matching[0]


def _listed(texts: Catalogue, candidates: tuple[Candidate, ...]) -> str:
    return joined(", ", (message("{id} for {name}", id=candidate.id, name=full_name(candidate, texts)) for candidate in candidates))


def _outcome(choices: Choices, given: str, texts: Catalogue) -> str:
    for outcome in choices.outcomes:
        ours = texts.say(f"outcome.{outcome.id}") if outcome.id in list(Outcome) else ""
        is_standard = given.casefold().replace(" ", "-") == outcome.id  # "Left voicemail", whatever the language
        if is_standard or given.casefold() in (outcome.id.casefold(), outcome.label.casefold(), ours.casefold()):
            return outcome.id
    labels = joined(
        ", ",
        (each.id if each.id in list(Outcome) else message("'{word}'", word=each.label) for each in choices.outcomes),
    )
    raise UsageFault(message("There is no outcome {given!r}.", given=given), remedy=message("There are: {labels}", labels=labels))


def _deal(choices: Choices, contact: Candidate, given: str | None, before: LoggedCall | None) -> str | None:
    if given is None:
        if before and before.contact_id == contact.id:
            return before.deal_id
        return contact.deals[0].id if len(contact.deals) == 1 else None
    if given == NO_DEAL:
        return None
    deals = choices.deals_of(contact)
    if given not in [deal.id for deal in deals]:
        known = joined(", ", (message("{id} for {name}", id=deal.id, name=deal.name) for deal in deals)) if deals else NO_DEAL
        raise UsageFault(
            message("There is no deal {given} with that contact.", given=given), remedy=message("There are: {known}", known=known)
        )
    return given


def _due(before: LoggedCall | None, given: str | None, local: datetime) -> datetime | None:
    if given is None:
        return before.due if before else None
    when = DueIn.ON_A_DATE if read_date(given) else DueIn(given) if given in list(DueIn) else None
    due = due_time(when, given, local) if when else None
    if when is None or (due is None and when is not DueIn.NEVER):
        raise UsageFault(
            message("{given!r} is not a future date.", given=given),
            remedy=message("Write none, tomorrow, 3-days, next-week, or a date: 2027-01-31"),
        )
    return due
