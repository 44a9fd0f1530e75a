"""The log conversation: which question comes next, and what an answer means. Back goes one question back, not out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.core.hours import DueIn, due
from callerid.core.questions import (
    AS_IT_IS,
    NOBODY,
    NoteBy,
    Question,
    ask_date,
    ask_deal,
    ask_follow_up,
    ask_how,
    ask_note,
    ask_outcome,
    ask_person,
)
from callerid.core.resolution import Certainty

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.people import Candidate
    from callerid.core.questions import Asked, Offer
    from callerid.core.resolution import Resolution
    from callerid.core.wording import Voice
    from callerid.models import Call

Draft = tuple[tuple[str, str], ...]  # (question, answer) in the order given


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that the person said. `outcome` is the id of one of the portal's outcomes, `due` when a follow-up task is (UTC)."""

    candidate: Candidate
    outcome: str
    deal_id: str | None
    note: str
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class NotThem:
    """The person says that it was none of those whom the number suggests."""


def next_question(call: Call, resolution: Resolution, draft: Draft, offer: Offer, voice: Voice) -> Asked | Answer | NotThem:
    """Given a call, who it may have been, the answers so far and what there is to choose from, return the next question, or the
    whole answer. There must be somebody."""
    given = dict(draft)
    if given.get(Question.PERSON) == NOBODY:
        return NotThem()
    if _must_ask_who(resolution) and _person(resolution, given) is None:
        return ask_person(call, resolution, voice)
    person = _person(resolution, given) or resolution.people[0]
    return _about_the_call(call, person, given, offer, voice) or Answer(
        candidate=person,
        outcome=given[Question.OUTCOME],
        deal_id=_deal(person, given, offer),
        note=given.get(Question.NOTE, "") or (offer.before.note if offer.before else ""),
        due=_due(given, offer, voice.now),
    )


def _about_the_call(call: Call, person: Candidate, given: dict[str, str], offer: Offer, voice: Voice) -> Asked | None:
    if given.get(Question.OUTCOME) not in [outcome.id for outcome in offer.outcomes]:
        return ask_outcome(call, person, offer, voice)
    if len(person.deals) > 1 and Question.DEAL not in given:
        return ask_deal(person, offer, voice)
    return _about_the_note(person, given, offer, voice) or _about_what_follows(given, offer, voice)


def _about_the_note(person: Candidate, given: dict[str, str], offer: Offer, voice: Voice) -> Asked | None:
    by = offer.note
    if by is NoteBy.OFF or Question.NOTE in given:
        return None
    if by is NoteBy.CHOOSE:
        if Question.NOTE_BY not in given:
            return ask_how(person, offer, voice)
        by = NoteBy(given[Question.NOTE_BY])
    if by is NoteBy.OFF:
        return None
    return ask_note(person, by, offer, voice)


def _about_what_follows(given: dict[str, str], offer: Offer, voice: Voice) -> Asked | None:
    if not offer.follow_up:
        return None
    if Question.FOLLOW_UP not in given:
        return ask_follow_up(offer, voice)
    wants_a_date = given[Question.FOLLOW_UP] == DueIn.ON_A_DATE
    return ask_date(voice) if wants_a_date and _due(given, offer, voice.now) is None else None


def quick_answer(resolution: Resolution, outcome: str, *, note: str = "") -> Answer | None:
    """Given who it was, a one-tap outcome and perhaps a note, return the answer; None when something must be asked first."""
    if not resolution.people or _must_ask_who(resolution) or len(resolution.people[0].deals) > 1:
        return None
    return plain_answer(resolution.people[0], outcome, note=note)


def plain_answer(person: Candidate, outcome: str, *, note: str = "") -> Answer:
    """Given who it was and an outcome, return the answer that asks nothing more: with a deal only where there is no choice."""
    deal_id = person.deals[0].id if len(person.deals) == 1 else None
    return Answer(candidate=person, outcome=outcome, deal_id=deal_id, note=note)


def chosen(asked: Asked, index: int | None, text: str, draft: Draft) -> Draft:
    """Given a question and what was chosen of it (a label's place, or text), return the draft with that answer."""
    value = asked.values[index] if index is not None else text
    return (*(pair for pair in draft if pair[0] != asked.question), (str(asked.question), value))


def back(draft: Draft) -> Draft | None:
    """Given a draft when Back is pressed, return it without its last answer; None when there is none to take back."""
    return draft[:-1] if draft else None


def _must_ask_who(resolution: Resolution) -> bool:
    return resolution.certainty in (Certainty.SEVERAL, Certainty.PROBABLE)


def _person(resolution: Resolution, given: dict[str, str]) -> Candidate | None:
    return next((p for p in resolution.people if p.id == given.get(Question.PERSON)), None)


def _deal(person: Candidate, given: dict[str, str], offer: Offer) -> str | None:
    if Question.DEAL not in given:
        if offer.before and offer.before.contact_id == person.id:
            return offer.before.deal_id
        return person.deals[0].id if len(person.deals) == 1 else None
    said = given[Question.DEAL]
    return said if said in [deal.id for deal in offer.deals_of(person)] else None


def _due(given: dict[str, str], offer: Offer, now: datetime) -> datetime | None:
    said = given.get(Question.FOLLOW_UP, AS_IT_IS)
    if said == AS_IT_IS:
        return offer.before.due if offer.before else None
    return due(DueIn(said), given.get(Question.DATE, ""), now) if said in list(DueIn) else None
