"""The log conversation: which question comes next, and what an answer means. Back goes one question back, not out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.hours import DueIn, due
from callerid.core.resolution import Certainty
from callerid.core.wording import call_line, full_name, when_it_was
from callerid.core.wording_deals import deals_line
from callerid.models import Dialog, Widget

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.people import Candidate, OpenDeal
    from callerid.core.resolution import Resolution
    from callerid.core.wording import Voice
    from callerid.models import Call, CallOutcome

Draft = tuple[tuple[str, str], ...]  # (question, answer) in the order given
NOBODY = "nobody"
NO_DEAL = "none"


class Question(StrEnum):
    """The questions, in their order."""

    PERSON = "person"
    OUTCOME = "outcome"
    DEAL = "deal"
    NOTE_BY = "note-by"
    NOTE = "note"
    FOLLOW_UP = "follow-up"
    DATE = "date"


class NoteBy(StrEnum):
    """How a note is taken down (setting log.note)."""

    TEXT = "text"
    SPEECH = "speech"
    CHOOSE = "choose"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it is put: the dialog, and the value behind each of its labels (none for free text)."""

    question: str
    dialog: Dialog
    values: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What there is to choose from: the outcomes (the likely one first), the closed deals of each person, how a note is taken, and
    whether a follow-up is asked about."""

    outcomes: tuple[CallOutcome, ...]
    closed_deals: tuple[tuple[str, tuple[OpenDeal, ...]], ...] = ()
    note: NoteBy = NoteBy.TEXT
    follow_up: bool = True

    def deals_of(self, person: Candidate) -> tuple[OpenDeal, ...]:
        """Given a person, return their deals, the open ones first."""
        return person.deals + dict(self.closed_deals).get(person.id, ())


def next_question(call: Call, resolution: Resolution, draft: Draft, offer: Offer, voice: Voice) -> Asked | Answer | NotThem:
    """Given a call, who it may have been, the answers so far and what there is to choose from, return the next question, or the
    whole answer. There must be somebody."""
    given = dict(draft)
    if given.get(Question.PERSON) == NOBODY:
        return NotThem()
    if _must_ask_who(resolution) and _person(resolution, given) is None:
        return _ask_person(call, resolution, voice)
    person = _person(resolution, given) or resolution.people[0]
    return _about_the_call(call, person, given, offer, voice) or Answer(
        candidate=person,
        outcome=given[Question.OUTCOME],
        deal_id=_deal(person, given, offer),
        note=given.get(Question.NOTE, ""),
        due=_due(given, voice.now),
    )


def _about_the_call(call: Call, person: Candidate, given: dict[str, str], offer: Offer, voice: Voice) -> Asked | None:
    if given.get(Question.OUTCOME) not in [outcome.id for outcome in offer.outcomes]:
        return _ask_outcome(call, person, offer, voice)
    if len(person.deals) > 1 and Question.DEAL not in given:
        return _ask_deal(person, offer, voice)
    return _about_the_note(person, given, offer.note, voice) or _about_what_follows(given, offer, voice)


def _about_the_note(person: Candidate, given: dict[str, str], by: NoteBy, voice: Voice) -> Asked | None:
    if by is NoteBy.OFF or Question.NOTE in given:
        return None
    if by is NoteBy.CHOOSE:
        if Question.NOTE_BY not in given:
            return _ask_how(person, voice)
        by = NoteBy(given[Question.NOTE_BY])
    if by is NoteBy.OFF:
        return None
    return _ask_note(person, by, voice)


def _about_what_follows(given: dict[str, str], offer: Offer, voice: Voice) -> Asked | None:
    if not offer.follow_up:
        return None
    if Question.FOLLOW_UP not in given:
        return _ask_follow_up(voice)
    wants_a_date = given[Question.FOLLOW_UP] == DueIn.ON_A_DATE
    return _ask_date(voice) if wants_a_date and _due(given, voice.now) is None else None


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
        return person.deals[0].id if len(person.deals) == 1 else None
    said = given[Question.DEAL]
    return said if said in [deal.id for deal in offer.deals_of(person)] else None


def _due(given: dict[str, str], now: datetime) -> datetime | None:
    said = given.get(Question.FOLLOW_UP, DueIn.NEVER)
    return due(DueIn(said), given.get(Question.DATE, ""), now) if said in list(DueIn) else None


# ------------------------------------------------------------------------------------------------ the dialogs


def _ask_person(call: Call, resolution: Resolution, voice: Voice) -> Asked:
    texts = voice.texts
    people = resolution.people
    if len(people) == 1:
        title = texts.say("ask.probable", name=full_name(people[0], texts))
        nobody = texts.say("ask.not_them")
    else:
        title = texts.say("ask.person", duration=call_line(call, voice))
        nobody = texts.say("ask.nobody")
    labels = tuple(_label(person, voice) for person in people)
    return _sheet(Question.PERSON, title, (*labels, nobody), (*(p.id for p in people), NOBODY))


def _label(person: Candidate, voice: Voice) -> str:
    name, company = full_name(person, voice.texts), person.company
    return voice.texts.say("ring.title", name=name, company=company) if company else name


def _ask_outcome(call: Call, person: Candidate, offer: Offer, voice: Voice) -> Asked:
    name, when = full_name(person, voice.texts), when_it_was(call, voice)
    title = voice.texts.say("ask.outcome_of", name=name, time=when) if when else voice.texts.say("ask.outcome", name=name)
    labels = tuple(outcome.label for outcome in offer.outcomes)
    return _sheet(Question.OUTCOME, title, labels, tuple(outcome.id for outcome in offer.outcomes))


def _ask_deal(person: Candidate, offer: Offer, voice: Voice) -> Asked:
    deals = offer.deals_of(person)
    labels = (*(deals_line((item,), voice) for item in deals), voice.texts.say("ask.no_deal"))
    return _sheet(Question.DEAL, voice.texts.say("ask.deal"), labels, (*(item.id for item in deals), NO_DEAL))


def _ask_how(person: Candidate, voice: Voice) -> Asked:
    ways = (NoteBy.OFF, NoteBy.TEXT, NoteBy.SPEECH)
    title = voice.texts.say("ask.note", name=full_name(person, voice.texts))
    return _sheet(Question.NOTE_BY, title, tuple(voice.texts.say(f"note.{way}") for way in ways), tuple(map(str, ways)))


def _ask_note(person: Candidate, by: NoteBy, voice: Voice) -> Asked:
    title = voice.texts.say("ask.note", name=full_name(person, voice.texts))
    widget = Widget.SPEECH if by is NoteBy.SPEECH else Widget.TEXT
    return Asked(question=Question.NOTE, dialog=Dialog(widget=widget, title=title, hint=voice.texts.say("ask.note_hint")))


def _ask_follow_up(voice: Voice) -> Asked:
    labels = tuple(voice.texts.say(f"follow_up.{when}") for when in DueIn)
    return _sheet(Question.FOLLOW_UP, voice.texts.say("ask.follow_up"), labels, tuple(map(str, DueIn)))


def _ask_date(voice: Voice) -> Asked:
    return Asked(question=Question.DATE, dialog=Dialog(widget=Widget.DATE, title=voice.texts.say("ask.date")))


def _sheet(question: str, title: str, labels: tuple[str, ...], values: tuple[str, ...]) -> Asked:
    return Asked(question=question, dialog=Dialog(widget=Widget.SHEET, title=title, labels=labels), values=values)
