"""The log conversation: which question comes next, and what an answer means. Back goes one question back, not out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from callerid.core.callers.resolve import Certainty
from callerid.core.followup.questions import (
    NO_DEAL,
    NONE_OF_THEM,
    UNCHANGED,
    LoggedCall,
    NoteInput,
    Question,
    date_question,
    deal_question,
    follow_up_question,
    note_input_question,
    note_question,
    outcome_question,
    person_question,
)
from callerid.core.followup.state import ANSWERED
from callerid.core.hours import DueIn, due
from callerid.models import CallOutcome

if TYPE_CHECKING:
    from callerid.core.callers.candidate import Candidate
    from callerid.core.callers.resolve import Resolution
    from callerid.core.followup.questions import AskedQuestion, Choices
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
    due_changed: bool = False


@dataclass(frozen=True, slots=True)
class NoneOfThem:
    """The person says that it was none of those whom the number suggests."""


def next_question(
    call: Call, resolution: Resolution, draft: Draft, offer: Choices, style: TextStyle
) -> AskedQuestion | Answer | NoneOfThem:
    """Given a call, who it may have been, the answers so far and what there is to choose from, return the next question, or the
    whole answer. There must be somebody."""
    given = dict(draft)
    if given.get(Question.PERSON) == NONE_OF_THEM:
        return NoneOfThem()
    if _must_ask_who(resolution) and _person(resolution, given) is None:
        return person_question(call, resolution, style)
    person = _person(resolution, given) or resolution.candidates[0]
    return _about_the_call(call, person, given, offer, style) or Answer(
        candidate=person,
        outcome=given[Question.OUTCOME],
        deal_id=_deal(person, given, offer),
        note=given.get(Question.NOTE, "") or (offer.logged.note if offer.logged else ""),
        due=_due(given, offer, style.now),
        due_changed=given.get(Question.FOLLOW_UP, UNCHANGED) != UNCHANGED,
    )


def _about_the_call(call: Call, person: Candidate, given: dict[str, str], offer: Choices, style: TextStyle) -> AskedQuestion | None:
    if given.get(Question.OUTCOME) not in [outcome.id for outcome in offer.outcomes]:
        return outcome_question(call, person, offer, style)
    if len(person.deals) > 1 and Question.DEAL not in given:
        return deal_question(person, offer, style)
    return _about_the_note(person, given, offer, style) or _about_what_follows(given, offer, style)


def _about_the_note(person: Candidate, given: dict[str, str], offer: Choices, style: TextStyle) -> AskedQuestion | None:
    by = offer.note
    if by is NoteInput.OFF or Question.NOTE in given:
        return None
    if by is NoteInput.CHOOSE:
        if Question.NOTE_BY not in given:
            return note_input_question(person, offer, style)
        by = NoteInput(given[Question.NOTE_BY])
    if by is NoteInput.OFF:
        return None
    return note_question(person, by, offer, style)


def _about_what_follows(given: dict[str, str], offer: Choices, style: TextStyle) -> AskedQuestion | None:
    if not offer.follow_up:
        return None
    if Question.FOLLOW_UP not in given:
        return follow_up_question(offer, style)
    wants_a_date = given[Question.FOLLOW_UP] == DueIn.ON_A_DATE
    return date_question(style) if wants_a_date and _due(given, offer, style.now) is None else None


def quick_answer(call: Call, resolution: Resolution, said: Draft, offer: Choices, style: TextStyle) -> Answer | None:
    """Given a call, who it was, what was said of it, the outcome with it, and what there is to choose from, return the answer; None
    when something must be asked first. Nobody asks for a note or a follow-up; those that were said count."""
    outcome = dict(said).get(Question.OUTCOME)
    if not resolution.candidates or outcome is None:
        return None
    also = CallOutcome(id=outcome, label="")  # a portal that does not offer it is told all the same
    plain = replace(offer, outcomes=(*offer.outcomes, also), note=NoteInput.OFF, follow_up=False, logged=None)
    step = next_question(call, resolution, said, plain, style)
    return step if isinstance(step, Answer) else None


def plain_answer(person: Candidate, outcome: str, said: Draft = ()) -> Answer:
    """Given who it was, an outcome, and what was said of the call, return the answer that asks nothing more: with the note if there
    is one, and with a deal only where there is no choice."""
    return Answer(candidate=person, outcome=outcome, deal_id=_only_deal(person), note=dict(said).get(Question.NOTE, ""))


def _only_deal(person: Candidate) -> str | None:
    return person.deals[0].id if len(person.deals) == 1 else None


def answers_so_far(followup: FollowUp) -> Draft:
    """Given a follow-up, return what was said of its call so far: what holds, and what was said in a dialog that nobody finished.
    A change that was begun says nothing."""
    return followup.answers if followup.state in ANSWERED else merged(followup.answers, followup.draft)


def merged(before: Draft, after: Draft) -> Draft:
    """Given what was said earlier and later, return all of it; of a question that was answered twice, the later answer."""
    return tuple((question, answer) for question, answer in (dict(before) | dict(after)).items() if question != _HELD[0])


def initial_draft(said: Draft) -> Draft:
    """Given what was said, return the draft of a dialog that asks for the rest only, and whose Back takes nothing of it away."""
    return (*said, _HELD)


def dialog_answers(draft: Draft) -> Draft:
    """Given a draft, return what of it was said in its dialog."""
    return draft[draft.index(_HELD) + 1 :] if _HELD in draft else draft


def draft_to_keep(followup: FollowUp) -> Draft:
    """Given a follow-up whose dialog was left, return the draft that is kept: what was said in it, but nothing of a change."""
    return () if followup.state in ANSWERED else dialog_answers(followup.draft)


def answers_of(answer: Answer | LoggedCall) -> Draft:
    """Given an answer, or what is logged of a call, return what of it holds whoever it was with: with the time of its follow-up,
    which "tomorrow" would not tell later."""
    follow_up = answer.due.isoformat() if answer.due else str(DueIn.NEVER)
    return ((Question.OUTCOME, answer.outcome), (Question.NOTE, answer.note), (Question.FOLLOW_UP, follow_up))


def as_logged_call(said: Draft, resolution: Resolution, now: datetime) -> LoggedCall | None:
    """Given what was said of a call, who it may have been, and now in the phone's zone, return that as what a change begins from;
    None when nothing was said."""
    if not said:
        return None
    given, sure = dict(said), resolution.certainty is Certainty.KNOWN
    person = _person(resolution, given) or (resolution.candidates[0] if sure else None)
    deal_id = given.get(Question.DEAL, _only_deal(person) if person else None)
    return LoggedCall(
        contact_id=person.id if person else "",
        outcome=given.get(Question.OUTCOME, ""),
        deal_id=None if deal_id == NO_DEAL else deal_id,
        note=given.get(Question.NOTE, ""),
        due=_when(given.get(Question.FOLLOW_UP, ""), given.get(Question.DATE, ""), now),
    )


def with_answer(asked: AskedQuestion, index: int | None, text: str, draft: Draft) -> Draft:
    """Given a question and what was chosen of it (a label's place, or text), return the draft with that answer."""
    value = asked.values[index] if index is not None else text
    return (*(pair for pair in draft if pair[0] != asked.question), (str(asked.question), value))


def without_last(draft: Draft) -> Draft | None:
    """Given a draft when Back is pressed, return it without its last answer; None when there is none to take back."""
    return draft[:-1] if draft and draft[-1] != _HELD else None


def ends_with_lines(note: str, lines: str) -> bool:
    """Given a note, are its last lines these?"""
    last = lines.strip().splitlines()
    return not last or note.strip().splitlines()[-len(last) :] == last


def _must_ask_who(resolution: Resolution) -> bool:
    return resolution.certainty in (Certainty.SEVERAL, Certainty.PROBABLE)


def _person(resolution: Resolution, given: dict[str, str]) -> Candidate | None:
    return next((p for p in resolution.candidates if p.id == given.get(Question.PERSON)), None)


def _deal(person: Candidate, given: dict[str, str], offer: Choices) -> str | None:
    if Question.DEAL not in given:
        if offer.logged and offer.logged.contact_id == person.id:
            return offer.logged.deal_id
        return _only_deal(person)
    said = given[Question.DEAL]
    return said if said in [deal.id for deal in offer.deals_of(person)] else None


def _due(given: dict[str, str], offer: Choices, now: datetime) -> datetime | None:
    said = given.get(Question.FOLLOW_UP, UNCHANGED)
    if said == UNCHANGED:
        return offer.logged.due if offer.logged else None
    return _when(said, given.get(Question.DATE, ""), now)


def _when(said: str, on: str, now: datetime) -> datetime | None:
    if said in list(DueIn):
        return due(DueIn(said), on, now)
    try:
        return datetime.fromisoformat(said)  # as it was when it was said; it may have passed
    except ValueError:
        return None
