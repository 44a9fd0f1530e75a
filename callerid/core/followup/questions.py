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

NONE_OF_THEM = "nobody"
NO_DEAL = "none"
UNCHANGED = "as-it-is"  # the follow-up that there is
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


class NoteInput(StrEnum):
    """How a note is taken down (setting log.note)."""

    TEXT = "text"
    SPEECH = "speech"
    CHOOSE = "choose"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """A question as it is put: the dialog, the value behind each of its labels (none for free text), and the id of the contact
    whom it is about, if it is about one."""

    question: str
    dialog: Dialog
    values: tuple[str, ...] = ()
    contact_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCall:
    """What is logged of a call already. Whatever a person does not say when they change it stays so."""

    contact_id: str
    outcome: str
    deal_id: str | None
    note: str
    due: datetime | None  # of its task


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What there is to choose from: the outcomes (the likely one first), the closed deals of each person, how a note is taken,
    whether a follow-up is asked about, and what is logged already."""

    outcomes: tuple[CallOutcome, ...]
    closed_deals: tuple[tuple[str, tuple[OpenDeal, ...]], ...] = ()
    note: NoteInput = NoteInput.TEXT
    follow_up: bool = True
    logged: LoggedCall | None = None

    def deals_of(self, person: Candidate) -> tuple[OpenDeal, ...]:
        """Given a person, return their deals: the one that is logged, then the open ones."""
        logged = self.logged.deal_id if self.logged else None
        return tuple(sorted(person.deals + dict(self.closed_deals).get(person.id, ()), key=lambda deal: deal.id != logged))


def person_question(call: Call, resolution: Resolution, style: TextStyle) -> AskedQuestion:
    """Ask who it was, of those whom the number suggests."""
    texts = style.texts
    people = resolution.candidates
    if len(people) == 1:
        title = texts.say("ask.probable", name=full_name(people[0], texts))
        nobody = texts.say("ask.not_them")
    else:
        title = texts.say("ask.person", duration=call_line(call, style))
        nobody = texts.say("ask.nobody")
    labels = tuple(_label(person, style) for person in people)
    return _sheet(Question.PERSON, title, (*labels, nobody), (*(p.id for p in people), NONE_OF_THEM))


def contact_question(resolution: Resolution, style: TextStyle) -> AskedQuestion:
    """Ask whose contact to open, of those whom the number suggests."""
    people = resolution.candidates
    labels = tuple(_label(person, style) for person in people)
    return _sheet(Question.PERSON, style.texts.say("ask.which"), labels, tuple(person.id for person in people))


def _label(person: Candidate, style: TextStyle) -> str:
    name, company = full_name(person, style.texts), person.company
    return style.texts.say("ring.title", name=name, company=company) if company else name


def outcome_question(call: Call, person: Candidate, offer: Choices, style: TextStyle) -> AskedQuestion:
    """Ask for the outcome; of a call that has not just ended it says which one it was."""
    name, when = full_name(person, style.texts), when_it_was(call, style)
    title = style.texts.say("ask.outcome_of", name=name, time=when) if when else style.texts.say("ask.outcome", name=name)
    labels = tuple(outcome.label for outcome in offer.outcomes)
    return _sheet(Question.OUTCOME, title, labels, tuple(outcome.id for outcome in offer.outcomes), person.id)


def deal_question(person: Candidate, offer: Choices, style: TextStyle) -> AskedQuestion:
    """Ask which deal it was about."""
    deals = offer.deals_of(person)
    labels = (*(deals_line((item,), style) for item in deals), style.texts.say("ask.no_deal"))
    return _sheet(Question.DEAL, style.texts.say("ask.deal"), labels, (*(item.id for item in deals), NO_DEAL), person.id)


def note_input_question(person: Candidate, offer: Choices, style: TextStyle) -> AskedQuestion:
    """Ask how a note is taken down."""
    title, has_one = style.texts.say("ask.note", name=full_name(person, style.texts)), offer.logged and offer.logged.note
    ways = (NoteInput.OFF, NoteInput.TEXT, NoteInput.SPEECH)
    labels = [style.texts.say(f"note.{'as_it_is' if has_one and way is NoteInput.OFF else way}") for way in ways]
    return _sheet(Question.NOTE_BY, title, tuple(labels), tuple(map(str, ways)))


def note_question(person: Candidate, by: NoteInput, offer: Choices, style: TextStyle) -> AskedQuestion:
    """Ask for a note, to be typed or dictated."""
    title, said = style.texts.say("ask.note", name=full_name(person, style.texts)), _shortened(offer.logged)
    hint = style.texts.say("ask.kept", note=said) if said else style.texts.say("ask.note_hint")
    widget = Widget.SPEECH if by is NoteInput.SPEECH else Widget.TEXT
    return AskedQuestion(question=Question.NOTE, dialog=Dialog(widget=widget, title=title, hint=hint))


def _shortened(before: LoggedCall | None) -> str:
    line = " ".join(before.note.split()) if before else ""
    return line if len(line) <= _SHOWN_OF_A_NOTE else f"{line[: _SHOWN_OF_A_NOTE - 1].rstrip()}…"


def follow_up_question(offer: Choices, style: TextStyle) -> AskedQuestion:
    """Ask when to follow up; first, whether the task that there is stays."""
    texts, values = style.texts, tuple(map(str, DueIn))
    labels = tuple(texts.say(f"follow_up.{when}") for when in values)
    if offer.logged and offer.logged.due:
        due_on = day(offer.logged.due.astimezone(style.now.tzinfo).date(), style.now.date(), texts)
        labels, values = (texts.say("follow_up.as_it_is", day=due_on), *labels), (UNCHANGED, *values)
    return _sheet(Question.FOLLOW_UP, texts.say("ask.follow_up"), labels, values)


def date_question(style: TextStyle) -> AskedQuestion:
    """Ask for the day of a follow-up."""
    return AskedQuestion(question=Question.DATE, dialog=Dialog(widget=Widget.DATE, title=style.texts.say("ask.date")))


def _sheet(question: str, title: str, labels: tuple[str, ...], values: tuple[str, ...], about: str = "") -> AskedQuestion:
    return AskedQuestion(
        question=question, dialog=Dialog(widget=Widget.SHEET, title=title, labels=labels), values=values, contact_id=about
    )
