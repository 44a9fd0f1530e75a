"""The log conversation: which question comes next, and what an answer means. Back goes one question back, not out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.resolution import Certainty
from callerid.core.wording import call_line, full_name
from callerid.core.wording_deals import deals_line
from callerid.models import Dialog, Outcome, Widget

if TYPE_CHECKING:
    from callerid.core.people import Candidate
    from callerid.core.resolution import Resolution
    from callerid.core.wording import Voice
    from callerid.models import Call

Draft = tuple[tuple[str, str], ...]  # (question, answer) in the order given
NOBODY = "nobody"
NO_DEAL = "none"


class Question(StrEnum):
    """The questions, in their order."""

    PERSON = "person"
    OUTCOME = "outcome"
    DEAL = "deal"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it is put: the dialog, and the value behind each of its labels (none for free text)."""

    question: Question
    dialog: Dialog
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that the person said."""

    candidate: Candidate
    outcome: Outcome
    deal_id: str | None
    note: str


@dataclass(frozen=True, slots=True)
class NotThem:
    """The person says that it was none of those whom the number suggests."""


def next_question(call: Call, resolution: Resolution, draft: Draft, voice: Voice) -> Asked | Answer | NotThem:
    """Given a call, who it may have been and the answers so far, return the next question, or the whole answer."""
    given = dict(draft)
    if given.get(Question.PERSON) == NOBODY:
        return NotThem()
    if _must_ask_who(resolution) and _person(resolution, given) is None:
        return _ask_person(call, resolution, voice)
    person = _person(resolution, given) or resolution.people[0]
    if given.get(Question.OUTCOME) not in list(Outcome):
        return _ask_outcome(person, voice)
    if len(person.deals) > 1 and Question.DEAL not in given:
        return _ask_deal(person, voice)
    if Question.NOTE not in given:
        return _ask_note(person, voice)
    return Answer(
        candidate=person,
        outcome=Outcome(given[Question.OUTCOME]),
        deal_id=_deal(person, given),
        note=given[Question.NOTE],
    )


def quick_answer(resolution: Resolution, outcome: Outcome) -> Answer | None:
    """Given who it was and a one-tap outcome, return the answer; None when something must be asked first."""
    if _must_ask_who(resolution) or len(resolution.people[0].deals) > 1:
        return None
    person = resolution.people[0]
    return Answer(candidate=person, outcome=outcome, deal_id=_deal(person, {}), note="")


def chosen(asked: Asked, index: int | None, text: str, draft: Draft) -> Draft:
    """Given a question and what was chosen of it (a label's place, or text), return the draft with that answer."""
    value = asked.values[index] if index is not None else text
    return (*(pair for pair in draft if pair[0] != asked.question), (asked.question.value, value))


def back(draft: Draft) -> Draft | None:
    """Given a draft when Back is pressed, return it without its last answer; None when there is none to take back."""
    return draft[:-1] if draft else None


def _must_ask_who(resolution: Resolution) -> bool:
    return resolution.certainty in (Certainty.SEVERAL, Certainty.PROBABLE)


def _person(resolution: Resolution, given: dict[str, str]) -> Candidate | None:
    return next((p for p in resolution.people if p.id == given.get(Question.PERSON)), None)


def _deal(person: Candidate, given: dict[str, str]) -> str | None:
    ids = [item.id for item in person.deals]
    if len(ids) == 1:
        return ids[0]
    said = given.get(Question.DEAL)
    return said if said in ids else None


def _ask_person(call: Call, resolution: Resolution, voice: Voice) -> Asked:
    texts = voice.texts
    people = resolution.people
    if len(people) == 1:
        title = texts.say("ask.probable", name=full_name(people[0], texts))
        nobody = texts.say("ask.not_them")
    else:
        title = texts.say("ask.person", duration=call_line(call, texts))
        nobody = texts.say("ask.nobody")
    labels = tuple(_label(person, voice) for person in people)
    dialog = Dialog(widget=Widget.SHEET, title=title, labels=(*labels, nobody))
    return Asked(question=Question.PERSON, dialog=dialog, values=(*(p.id for p in people), NOBODY))


def _label(person: Candidate, voice: Voice) -> str:
    name, company = full_name(person, voice.texts), person.company
    return voice.texts.say("ring.title", name=name, company=company) if company else name


def _ask_outcome(person: Candidate, voice: Voice) -> Asked:
    title = voice.texts.say("ask.outcome", name=full_name(person, voice.texts))
    labels = tuple(voice.texts.say(f"outcome.{outcome}") for outcome in Outcome)
    return Asked(
        question=Question.OUTCOME,
        dialog=Dialog(widget=Widget.SHEET, title=title, labels=labels),
        values=tuple(outcome.value for outcome in Outcome),
    )


def _ask_deal(person: Candidate, voice: Voice) -> Asked:
    labels = (*(deals_line((item,), voice) for item in person.deals), voice.texts.say("ask.no_deal"))
    dialog = Dialog(widget=Widget.SHEET, title=voice.texts.say("ask.deal"), labels=labels)
    return Asked(question=Question.DEAL, dialog=dialog, values=(*(item.id for item in person.deals), NO_DEAL))


def _ask_note(person: Candidate, voice: Voice) -> Asked:
    title = voice.texts.say("ask.note", name=full_name(person, voice.texts))
    dialog = Dialog(widget=Widget.TEXT, title=title, hint=voice.texts.say("ask.note_hint"))
    return Asked(question=Question.NOTE, dialog=dialog)
