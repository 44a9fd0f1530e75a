"""The log conversation: which question comes next, and what an answer means. Back goes one question back, not out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from callerid.core.callers.resolve import Certainty
from callerid.core.followup.questions import (
    AS_IT_IS,
    NO_DEAL,
    NOBODY,
    Logged,
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
from callerid.core.followup.state import ANSWERED
from callerid.core.hours import DueIn, due
from callerid.models import CallOutcome

if TYPE_CHECKING:
    from callerid.core.callers.candidate import Candidate
    from callerid.core.callers.resolve import Resolution
    from callerid.core.followup.questions import Asked, Offer
    from callerid.core.followup.state import FollowUp
    from callerid.core.wording.notifications import TextStyle
    from callerid.models import Call

Draft = tuple[tuple[str, str], ...]  # (question, answer) in the order given
_HELD = ("held", "")  # in a draft: what stands before it was said otherwise than in its dialog, and Back does not reach it


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that the person said. `outcome` is the id of one of the portal's outcomes, `due` when a follow-up task is (UTC), and
    `due_said` whether they said so now, or it stands as it was."""

    candidate: Candidate
    outcome: str
    deal_id: str | None
    note: str
    due: datetime | None = None
    due_said: bool = False


@dataclass(frozen=True, slots=True)
class NotThem:
    """The person says that it was none of those whom the number suggests."""


def next_question(call: Call, resolution: Resolution, draft: Draft, offer: Offer, voice: TextStyle) -> Asked | Answer | NotThem:
    """Given a call, who it may have been, the answers so far and what there is to choose from, return the next question, or the
    whole answer. There must be somebody."""
    given = dict(draft)
    if given.get(Question.PERSON) == NOBODY:
        return NotThem()
    if _must_ask_who(resolution) and _person(resolution, given) is None:
        return ask_person(call, resolution, voice)
    person = _person(resolution, given) or resolution.candidates[0]
    return _about_the_call(call, person, given, offer, voice) or Answer(
        candidate=person,
        outcome=given[Question.OUTCOME],
        deal_id=_deal(person, given, offer),
        note=given.get(Question.NOTE, "") or (offer.before.note if offer.before else ""),
        due=_due(given, offer, voice.now),
        due_said=given.get(Question.FOLLOW_UP, AS_IT_IS) != AS_IT_IS,
    )


def _about_the_call(call: Call, person: Candidate, given: dict[str, str], offer: Offer, voice: TextStyle) -> Asked | None:
    if given.get(Question.OUTCOME) not in [outcome.id for outcome in offer.outcomes]:
        return ask_outcome(call, person, offer, voice)
    if len(person.deals) > 1 and Question.DEAL not in given:
        return ask_deal(person, offer, voice)
    return _about_the_note(person, given, offer, voice) or _about_what_follows(given, offer, voice)


def _about_the_note(person: Candidate, given: dict[str, str], offer: Offer, voice: TextStyle) -> Asked | None:
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


def _about_what_follows(given: dict[str, str], offer: Offer, voice: TextStyle) -> Asked | None:
    if not offer.follow_up:
        return None
    if Question.FOLLOW_UP not in given:
        return ask_follow_up(offer, voice)
    wants_a_date = given[Question.FOLLOW_UP] == DueIn.ON_A_DATE
    return ask_date(voice) if wants_a_date and _due(given, offer, voice.now) is None else None


def quick_answer(call: Call, resolution: Resolution, said: Draft, offer: Offer, voice: TextStyle) -> Answer | None:
    """Given a call, who it was, what was said of it, the outcome with it, and what there is to choose from, return the answer; None
    when something must be asked first. Nobody asks for a note or a follow-up; those that were said count."""
    outcome = dict(said).get(Question.OUTCOME)
    if not resolution.candidates or outcome is None:
        return None
    also = CallOutcome(id=outcome, label="")  # a portal that does not offer it is told all the same
    plain = replace(offer, outcomes=(*offer.outcomes, also), note=NoteBy.OFF, follow_up=False, before=None)
    step = next_question(call, resolution, said, plain, voice)
    return step if isinstance(step, Answer) else None


def plain_answer(person: Candidate, outcome: str, said: Draft = ()) -> Answer:
    """Given who it was, an outcome, and what was said of the call, return the answer that asks nothing more: with the note if there
    is one, and with a deal only where there is no choice."""
    return Answer(candidate=person, outcome=outcome, deal_id=_only_deal(person), note=dict(said).get(Question.NOTE, ""))


def _only_deal(person: Candidate) -> str | None:
    return person.deals[0].id if len(person.deals) == 1 else None


def heard(followup: FollowUp) -> Draft:
    """Given a follow-up, return what was said of its call so far: what holds, and what was said in a dialog that nobody finished.
    A change that was begun says nothing."""
    return followup.said if followup.state in ANSWERED else joined(followup.said, followup.draft)


def joined(before: Draft, after: Draft) -> Draft:
    """Given what was said earlier and later, return all of it; of a question that was answered twice, the later answer."""
    return tuple((question, answer) for question, answer in (dict(before) | dict(after)).items() if question != _HELD[0])


def held(said: Draft) -> Draft:
    """Given what was said, return the draft of a dialog that asks for the rest only, and whose Back takes nothing of it away."""
    return (*said, _HELD)


def steps(draft: Draft) -> Draft:
    """Given a draft, return what of it was said in its dialog."""
    return draft[draft.index(_HELD) + 1 :] if _HELD in draft else draft


def left(followup: FollowUp) -> Draft:
    """Given a follow-up whose dialog was left, return the draft that is kept: what was said in it, but nothing of a change."""
    return () if followup.state in ANSWERED else steps(followup.draft)


def said_of(answer: Answer | Logged) -> Draft:
    """Given an answer, or what is logged of a call, return what of it holds whoever it was with: with the time of its follow-up,
    which "tomorrow" would not tell later."""
    follow_up = answer.due.isoformat() if answer.due else str(DueIn.NEVER)
    return ((Question.OUTCOME, answer.outcome), (Question.NOTE, answer.note), (Question.FOLLOW_UP, follow_up))


def as_logged(said: Draft, resolution: Resolution, now: datetime) -> Logged | None:
    """Given what was said of a call, who it may have been, and now in the phone's zone, return that as what a change begins from;
    None when nothing was said."""
    if not said:
        return None
    given, sure = dict(said), resolution.certainty is Certainty.KNOWN
    person = _person(resolution, given) or (resolution.candidates[0] if sure else None)
    deal_id = given.get(Question.DEAL, _only_deal(person) if person else None)
    return Logged(
        contact_id=person.id if person else "",
        outcome=given.get(Question.OUTCOME, ""),
        deal_id=None if deal_id == NO_DEAL else deal_id,
        note=given.get(Question.NOTE, ""),
        due=_when(given.get(Question.FOLLOW_UP, ""), given.get(Question.DATE, ""), now),
    )


def chosen(asked: Asked, index: int | None, text: str, draft: Draft) -> Draft:
    """Given a question and what was chosen of it (a label's place, or text), return the draft with that answer."""
    value = asked.values[index] if index is not None else text
    return (*(pair for pair in draft if pair[0] != asked.question), (str(asked.question), value))


def back(draft: Draft) -> Draft | None:
    """Given a draft when Back is pressed, return it without its last answer; None when there is none to take back."""
    return draft[:-1] if draft and draft[-1] != _HELD else None


def ends_with(note: str, lines: str) -> bool:
    """Given a note, are its last lines these?"""
    last = lines.strip().splitlines()
    return not last or note.strip().splitlines()[-len(last) :] == last


def _must_ask_who(resolution: Resolution) -> bool:
    return resolution.certainty in (Certainty.SEVERAL, Certainty.PROBABLE)


def _person(resolution: Resolution, given: dict[str, str]) -> Candidate | None:
    return next((p for p in resolution.candidates if p.id == given.get(Question.PERSON)), None)


def _deal(person: Candidate, given: dict[str, str], offer: Offer) -> str | None:
    if Question.DEAL not in given:
        if offer.before and offer.before.contact_id == person.id:
            return offer.before.deal_id
        return _only_deal(person)
    said = given[Question.DEAL]
    return said if said in [deal.id for deal in offer.deals_of(person)] else None


def _due(given: dict[str, str], offer: Offer, now: datetime) -> datetime | None:
    said = given.get(Question.FOLLOW_UP, AS_IT_IS)
    if said == AS_IT_IS:
        return offer.before.due if offer.before else None
    return _when(said, given.get(Question.DATE, ""), now)


def _when(said: str, on: str, now: datetime) -> datetime | None:
    if said in list(DueIn):
        return due(DueIn(said), on, now)
    try:
        return datetime.fromisoformat(said)  # as it was when it was said; it may have passed
    except ValueError:
        return None
