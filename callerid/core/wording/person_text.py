"""A person as the phone knows them, in lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.callers.resolve import Certainty
from callerid.core.wording import safe_text, times
from callerid.core.wording.names import owner_name
from callerid.core.wording.open_matters import deal_line, task_text, ticket_text
from callerid.core.wording.past_calls import direction_and_length
from callerid.models import ActivityKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.catalogue import Catalogue
    from callerid.core.callers.contact_activity import ContactActivity
    from callerid.core.callers.listed_call import ListedCall
    from callerid.core.callers.person import Person, PersonNumber, PersonTask
    from callerid.core.wording.style import TextStyle


def person_lines(person: Person, style: TextStyle) -> list[str]:
    """Return the lines that tell all that is known of a person, without control characters; what is empty is left out."""
    texts = style.texts
    sections = (
        ("numbers", [_number_line(number, texts) for number in person.numbers]),
        ("deals", _deal_lines(person, style)),
        ("tasks", [line for task in person.tasks for line in _task_lines(task, style)]),
        ("crm_tasks", _of_kind(person, ActivityKind.TASKS, task_text, style)),
        ("tickets", _of_kind(person, ActivityKind.TICKETS, ticket_text, style)),
        ("crm_note", _of_kind(person, ActivityKind.CALLS, _note_text, style)),
        ("calls", [line for call in person.calls for line in call_lines(call, person, texts)]),
    )
    lines = [_heading(person, texts), *_facts(person, style)]
    for name, listed in sections:
        lines += ["", texts.say(f"person.{name}", provider=style.provider), *(f"  {line}" for line in listed)] if listed else []
    return [safe_text.clean(line, keep="").rstrip() for line in lines]


def _heading(person: Person, texts: Catalogue) -> str:
    company = person.contact.company if person.contact else ""
    return texts.say("ring.title", name=person.name, company=company) if company else person.name


def _facts(person: Person, style: TextStyle) -> list[str]:
    texts, contact = style.texts, person.contact
    if contact is None:
        return [f"  {texts.say('ring.not_in_crm')}"]
    facts = (
        contact.email,
        texts.say("ring.owner", name=owner_name(contact.owner)) if contact.owner else "",
        _last_spoke(person, style),
        person.links.contact,
    )
    return [f"  {fact}" for fact in facts if fact]


def _last_spoke(person: Person, style: TextStyle) -> str:
    """Return when somebody last spoke with a person: as the CRM has it, or in a later one of the calls that are listed."""
    talks = [call.start for call in person.calls if call.type.is_talk(call.duration)]
    known = [person.contact.last_contacted] if person.contact and person.contact.last_contacted else []
    last = max([*talks, *known], default=None)
    return style.texts.say("ring.last_spoke", ago=times.ago(last, style.now, style.texts)) if last else ""


def _number_line(number: PersonNumber, texts: Catalogue) -> str:
    """Return a number with whom a call from it would show."""
    written = number.shown if number.shown == number.raw else texts.say("person.written_as", number=number.shown, raw=number.raw)
    parts = (written, number.property, _whom_it_shows(number, texts))
    return " · ".join(part for part in parts if part)


def _whom_it_shows(number: PersonNumber, texts: Catalogue) -> str:
    """Return whom a call from a number would show, and that it comes without the extension, where the number has one; of a masked
    number, that none comes from it."""
    if number.is_masked:
        return texts.say("person.masked")
    prefix, names = "person.extension_" if number.has_extension else "person.", texts.listed(number.others)
    if names and (number.why or not number.has_extension):
        return texts.say("person.shared", names=names)
    if names:
        return texts.say("person.extension_others", names=names)
    match number.certainty:
        case Certainty.KNOWN:
            return texts.say(f"{prefix}matches")
        case Certainty.PROBABLE:
            return texts.say(f"{prefix}matches_probably")
        case Certainty.COMPANY | Certainty.RANGE:
            return texts.say(f"{prefix}matches_company")
        case _:
            return texts.say(f"{prefix}matches_nobody")


def _deal_lines(person: Person, style: TextStyle) -> list[str]:
    deals = person.contact.deals if person.contact else ()
    closed = (style.texts.say("person.closed", deal=deal_line(deal, style, is_open=False)) for deal in person.closed_deals)
    return [*(deal_line(deal, style) for deal in deals), *closed]


def _of_kind(person: Person, kind: ActivityKind, text: Callable[[ContactActivity, TextStyle], str], style: TextStyle) -> list[str]:
    """Return what the CRM has of a kind, with whose it is, or who noted it."""
    whose = "person.noted_by" if kind is ActivityKind.CALLS else "ring.owner"
    shown = [activity for activity in person.contact.activities if activity.kind is kind] if person.contact else []
    return [
        f"{text(one, style)} · {style.texts.say(whose, name=owner_name(one.owner))}" if one.owner else text(one, style)
        for one in shown
    ]


def _note_text(note: ContactActivity, style: TextStyle) -> str:
    at = f"{note.at.astimezone(style.now.tzinfo):%Y-%m-%d %H:%M}" if note.at else ""
    return " · ".join(filter(None, (at, note.text)))


def _task_lines(task: PersonTask, style: TextStyle) -> list[str]:
    due = times.moment(task.due, style.now, style.texts)
    return [f"{due} · {task.title}", *([f"  {task.note}"] if task.note else [])]


def call_lines(call: ListedCall, person: Person, texts: Catalogue) -> list[str]:
    """Return a call's time, how it ended, its outcome and its state, and below that its note; and who it may have been where that
    is not surely the person."""
    how = direction_and_length(call.type, call.duration, texts)
    who = call.who if person.contact and call.contact_id != person.contact.id else ""
    parts = (f"{call.local:%Y-%m-%d %H:%M}", how, who, call.outcome, texts.say(f"state.{call.shown_state}"))
    return [" · ".join(part for part in parts if part), *([f"  {call.note}"] if call.note else [])]
