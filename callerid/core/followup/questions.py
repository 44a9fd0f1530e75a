"""The questions about a call, and the dialogs that put them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.hours import DueIn
from callerid.core.wording.deals import deals_line
from callerid.core.wording.notifications import call_line, full_name, when_it_was
from callerid.core.wording.times import day
from callerid.models import Dialog, Widget

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.callers.candidate import Candidate, OpenDeal
    from callerid.core.callers.resolve import Resolution
    from callerid.core.wording.notifications import TextStyle
    from callerid.models import Call, CallOutcome

NOBODY = "nobody"
NO_DEAL = "none"
AS_IT_IS = "as-it-is"  # the follow-up that there is
_SHOWN_OF_A_NOTE = 40


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
    """A question as it is put: the dialog, the value behind each of its labels (none for free text), and the id of the contact
    whom it is about, if it is about one."""

    question: str
    dialog: Dialog
    values: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """What is logged of a call already. Whatever a person does not say when they change it stays so."""

    contact_id: str
    outcome: str
    deal_id: str | None
    note: str
    due: datetime | None  # of its task


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What there is to choose from: the outcomes (the likely one first), the closed deals of each person, how a note is taken,
    whether a follow-up is asked about, and what is logged already."""

    outcomes: tuple[CallOutcome, ...]
    closed_deals: tuple[tuple[str, tuple[OpenDeal, ...]], ...] = ()
    note: NoteBy = NoteBy.TEXT
    follow_up: bool = True
    before: Logged | None = None

    def deals_of(self, person: Candidate) -> tuple[OpenDeal, ...]:
        """Given a person, return their deals: the one that is logged, then the open ones."""
        logged = self.before.deal_id if self.before else None
        return tuple(sorted(person.deals + dict(self.closed_deals).get(person.id, ()), key=lambda deal: deal.id != logged))


def ask_person(call: Call, resolution: Resolution, voice: TextStyle) -> Asked:
    """Ask who it was, of those whom the number suggests."""
    texts = voice.texts
    people = resolution.candidates
    if len(people) == 1:
        title = texts.say("ask.probable", name=full_name(people[0], texts))
        nobody = texts.say("ask.not_them")
    else:
        title = texts.say("ask.person", duration=call_line(call, voice))
        nobody = texts.say("ask.nobody")
    labels = tuple(_label(person, voice) for person in people)
    return _sheet(Question.PERSON, title, (*labels, nobody), (*(p.id for p in people), NOBODY))


def ask_which(resolution: Resolution, voice: TextStyle) -> Asked:
    """Ask whose contact to open, of those whom the number suggests."""
    people = resolution.candidates
    labels = tuple(_label(person, voice) for person in people)
    return _sheet(Question.PERSON, voice.texts.say("ask.which"), labels, tuple(person.id for person in people))


def _label(person: Candidate, voice: TextStyle) -> str:
    name, company = full_name(person, voice.texts), person.company
    return voice.texts.say("ring.title", name=name, company=company) if company else name


def ask_outcome(call: Call, person: Candidate, offer: Offer, voice: TextStyle) -> Asked:
    """Ask for the outcome; of a call that has not just ended it says which one it was."""
    name, when = full_name(person, voice.texts), when_it_was(call, voice)
    title = voice.texts.say("ask.outcome_of", name=name, time=when) if when else voice.texts.say("ask.outcome", name=name)
    labels = tuple(outcome.label for outcome in offer.outcomes)
    return _sheet(Question.OUTCOME, title, labels, tuple(outcome.id for outcome in offer.outcomes), person.id)


def ask_deal(person: Candidate, offer: Offer, voice: TextStyle) -> Asked:
    """Ask which deal it was about."""
    deals = offer.deals_of(person)
    labels = (*(deals_line((item,), voice) for item in deals), voice.texts.say("ask.no_deal"))
    return _sheet(Question.DEAL, voice.texts.say("ask.deal"), labels, (*(item.id for item in deals), NO_DEAL), person.id)


def ask_how(person: Candidate, offer: Offer, voice: TextStyle) -> Asked:
    """Ask how a note is taken down."""
    title, has_one = voice.texts.say("ask.note", name=full_name(person, voice.texts)), offer.before and offer.before.note
    ways = (NoteBy.OFF, NoteBy.TEXT, NoteBy.SPEECH)
    labels = [voice.texts.say(f"note.{'as_it_is' if has_one and way is NoteBy.OFF else way}") for way in ways]
    return _sheet(Question.NOTE_BY, title, tuple(labels), tuple(map(str, ways)))


def ask_note(person: Candidate, by: NoteBy, offer: Offer, voice: TextStyle) -> Asked:
    """Ask for a note, to be typed or dictated."""
    title, said = voice.texts.say("ask.note", name=full_name(person, voice.texts)), _shortened(offer.before)
    hint = voice.texts.say("ask.kept", note=said) if said else voice.texts.say("ask.note_hint")
    widget = Widget.SPEECH if by is NoteBy.SPEECH else Widget.TEXT
    return Asked(question=Question.NOTE, dialog=Dialog(widget=widget, title=title, hint=hint))


def _shortened(before: Logged | None) -> str:
    line = " ".join(before.note.split()) if before else ""
    return line if len(line) <= _SHOWN_OF_A_NOTE else f"{line[: _SHOWN_OF_A_NOTE - 1].rstrip()}…"


def ask_follow_up(offer: Offer, voice: TextStyle) -> Asked:
    """Ask when to follow up; first, whether the task that there is stays."""
    texts, values = voice.texts, tuple(map(str, DueIn))
    labels = tuple(texts.say(f"follow_up.{when}") for when in values)
    if offer.before and offer.before.due:
        due_on = day(offer.before.due.astimezone(voice.now.tzinfo).date(), voice.now.date(), texts)
        labels, values = (texts.say("follow_up.as_it_is", day=due_on), *labels), (AS_IT_IS, *values)
    return _sheet(Question.FOLLOW_UP, texts.say("ask.follow_up"), labels, values)


def ask_date(voice: TextStyle) -> Asked:
    """Ask for the day of a follow-up."""
    return Asked(question=Question.DATE, dialog=Dialog(widget=Widget.DATE, title=voice.texts.say("ask.date")))


def _sheet(question: str, title: str, labels: tuple[str, ...], values: tuple[str, ...], about: str = "") -> Asked:
    return Asked(question=question, dialog=Dialog(widget=Widget.SHEET, title=title, labels=labels), values=values, about=about)
