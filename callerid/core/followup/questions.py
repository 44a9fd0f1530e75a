"""The questions about a call, and the dialogs that ask them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.hours import DueIn
from callerid.core.wording.call_text import call_line, when_it_was
from callerid.core.wording.names import full_name
from callerid.core.wording.open_matters import deal_line
from callerid.core.wording.times import day
from callerid.models import Dialog, Widget
from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.callers.candidate import Candidate, OpenDeal
    from callerid.core.callers.resolve import Resolution
    from callerid.core.wording.style import TextStyle
    from callerid.models import Call, CallOutcome

NONE_OF_THEM = "nobody"
NO_DEAL = "none"
UNCHANGED = "as-it-is"  # the follow-up task that there is, or the deal
_NOTE_PREVIEW = 40  # characters


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
    """How a note is entered (setting log.note)."""

    TEXT = "text"
    SPEECH = "speech"
    CHOOSE = "choose"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """A question and the dialog that asks it."""

    question: str
    dialog: Dialog
    values: tuple[str, ...] = ()  # the value behind each label of the dialog; none for free text
    contact_id: str = ""  # of the contact that it is about

    @property
    def people(self) -> tuple[str, ...]:
        """The ids of the contacts whom it names."""
        return self.values if self.question == Question.PERSON else (self.contact_id,)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCall:
    """What is logged of a call already. It stays where a change of it does not say otherwise."""

    contact_id: str
    outcome: str
    deal_id: str | None
    note: str
    due: datetime | None  # of its task


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What there is to choose from, and which questions are asked."""

    outcomes: tuple[CallOutcome, ...]  # the likely one first
    closed_deals: tuple[tuple[str, tuple[OpenDeal, ...]], ...] = ()  # by the contact's id
    note: NoteInput = NoteInput.TEXT
    follow_up: bool = True  # whether to ask for a follow-up task
    can_type: bool = True  # else no day can be given
    logged: LoggedCall | None = None

    def deals_of(self, candidate: Candidate) -> tuple[OpenDeal, ...]:
        """Return a candidate's deals: the one that is logged, then the open ones, then the closed ones."""
        logged = self.logged.deal_id if self.logged else None
        deals = candidate.deals + dict(self.closed_deals).get(candidate.id, ())
        return tuple(sorted(deals, key=lambda deal: deal.id != logged))


def person_question(call: Call, resolution: Resolution, style: TextStyle) -> AskedQuestion:
    """Return the question who it was, of the candidates."""
    texts, candidates = style.texts, resolution.candidates
    if len(candidates) == 1:
        title = texts.say("question.probable", name=full_name(candidates[0], texts))
        none_of_them = texts.say("question.not_them")
    else:
        title = texts.say("question.person", duration=call_line(call, style))
        none_of_them = texts.say("question.none_of_them")
    labels = tuple(_name_and_company(candidate, style) for candidate in candidates)
    values = tuple(candidate.id for candidate in candidates)
    return _choice(Question.PERSON, title, (*labels, none_of_them), (*values, NONE_OF_THEM))


def contact_question(resolution: Resolution, style: TextStyle) -> AskedQuestion:
    """Return the question whose contact to open, of the candidates."""
    candidates = resolution.candidates
    labels = tuple(_name_and_company(candidate, style) for candidate in candidates)
    return _choice(Question.PERSON, style.texts.say("question.contact"), labels, tuple(candidate.id for candidate in candidates))


def _name_and_company(candidate: Candidate, style: TextStyle) -> str:
    name, company = full_name(candidate, style.texts), candidate.company
    return style.texts.say("ring.title", name=name, company=company) if company else name


def outcome_question(call: Call, candidate: Candidate, choices: Choices, style: TextStyle) -> AskedQuestion:
    """Return the question for the outcome. It says when the call was, unless that has just ended."""
    name, when = full_name(candidate, style.texts), when_it_was(call, style)
    title = style.texts.say("question.outcome_at", name=name, time=when) if when else style.texts.say("question.outcome", name=name)
    labels = tuple(outcome.label for outcome in choices.outcomes)
    return _choice(Question.OUTCOME, title, labels, tuple(outcome.id for outcome in choices.outcomes), candidate.id)


def deal_question(candidate: Candidate, choices: Choices, style: TextStyle) -> AskedQuestion:
    """Return the question which deal the call was about."""
    deals = choices.deals_of(candidate)
    labels = (*(deal_line(deal, style, is_open=deal in candidate.deals) for deal in deals), style.texts.say("question.no_deal"))
    values = (*(deal.id for deal in deals), NO_DEAL)
    return _choice(Question.DEAL, style.texts.say("question.deal"), labels, values, candidate.id)


def note_input_question(candidate: Candidate, choices: Choices, style: TextStyle) -> AskedQuestion:
    """Return the question how to enter a note, if any."""
    title = style.texts.say("question.note", name=full_name(candidate, style.texts))
    no_note = "unchanged" if choices.logged and choices.logged.note else str(NoteInput.OFF)
    labels = tuple(style.texts.say(f"note.{key}") for key in (no_note, NoteInput.TEXT, NoteInput.SPEECH))
    return _choice(Question.NOTE_BY, title, labels, (NoteInput.OFF, NoteInput.TEXT, NoteInput.SPEECH), candidate.id)


def note_question(candidate: Candidate, by: NoteInput, choices: Choices, style: TextStyle) -> AskedQuestion:
    """Return the question for a note, to be typed or dictated."""
    title, preview = style.texts.say("question.note", name=full_name(candidate, style.texts)), _note_preview(choices.logged)
    hint = style.texts.say("question.unchanged", value=preview) if preview else style.texts.say("question.note_hint")
    widget = Widget.SPEECH if by is NoteInput.SPEECH else Widget.TEXT
    return AskedQuestion(question=Question.NOTE, dialog=Dialog(widget=widget, title=title, hint=hint), contact_id=candidate.id)


def _note_preview(logged: LoggedCall | None) -> str:
    line = " ".join(logged.note.split()) if logged else ""
    return line if len(line) <= _NOTE_PREVIEW else f"{line[: _NOTE_PREVIEW - 1].rstrip()}…"


def follow_up_question(choices: Choices, style: TextStyle) -> AskedQuestion:
    """Return the question when to follow up. Its first label keeps the task that there is."""
    texts, values = style.texts, tuple(str(due) for due in DueIn if choices.can_type or due is not DueIn.ON_A_DATE)
    labels = tuple(texts.say(f"follow_up.{value}") for value in values)
    if choices.logged and choices.logged.due:
        due_on = day(choices.logged.due.astimezone(style.now.tzinfo).date(), style.now.date(), texts)
        labels, values = (texts.say("follow_up.unchanged", day=due_on), *labels), (UNCHANGED, *values)
    return _choice(Question.FOLLOW_UP, texts.say("question.follow_up"), labels, values)


def date_question(style: TextStyle) -> AskedQuestion:
    """Return the question for the day of a follow-up."""
    return AskedQuestion(question=Question.DATE, dialog=Dialog(widget=Widget.DATE, title=style.texts.say("question.date")))


def _choice(question: str, title: str, labels: tuple[str, ...], values: tuple[str, ...], contact_id: str = "") -> AskedQuestion:
    dialog = Dialog(widget=Widget.SHEET, title=title, labels=labels)
    return AskedQuestion(question=question, dialog=dialog, values=values, contact_id=contact_id)
