"""What notifications say. Titles are enough by themselves: a collapsed notification shows nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.callers.resolve import Certainty, Resolution
from callerid.core.wording import times
from callerid.core.wording.deals import deals_line
from callerid.models import CallType, Match

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from callerid.catalogue import Catalogue
    from callerid.core.callers.candidate import Candidate
    from callerid.models import Call

_SEVERAL_NAMED = 2
_JUST_NOW = timedelta(minutes=10)
_UNANSWERED = {
    CallType.MISSED: "incoming_unanswered",
    CallType.REJECTED: "declined",
    CallType.BLOCKED: "declined",
    CallType.VOICEMAIL: "voicemail",
}


class Discretion(StrEnum):
    """How much a notification may tell whoever sees the screen (setting privacy.lock_screen)."""

    NAMES = "names"
    INITIALS = "initials"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStyle:
    """How to speak: in which language, how openly, at which time (aware, in the phone's zone), from which data."""

    texts: Catalogue
    discretion: Discretion
    now: datetime
    provider: str = ""
    has_crm: bool = True
    built_at: datetime | None = None
    saved_first: bool = True  # the phone's own name for a person comes before the CRM's


def full_name(person: Candidate, texts: Catalogue) -> str:
    """Given a person, return the name in the language's order; the e-mail address where there is no name."""
    if person.first_name and person.last_name:
        return texts.say("name.full", first=person.first_name, last=person.last_name)
    return person.first_name or person.last_name or person.email or texts.say("name.nobody")


def shown_name(person: Candidate, style: TextStyle) -> str:
    """Given a person, return as much of the name as may be seen."""
    if style.discretion is Discretion.NOTHING:
        return style.texts.say("name.somebody")
    if style.discretion is Discretion.INITIALS:
        return _initials((person.first_name, person.last_name), style)
    return full_name(person, style.texts)


def shown_saved(name: str, style: TextStyle) -> str:
    """Given a name of the phone's own contacts, return as much of it as may be seen."""
    if style.discretion is Discretion.NAMES:
        return name
    if style.discretion is Discretion.NOTHING:
        return style.texts.say("name.somebody")
    return _initials(name.split()[:3], style)


def _initials(words: Iterable[str], style: TextStyle) -> str:
    """The first letter of each word that has one: signs, digits and pictures stand for nobody."""
    letters = (next(filter(str.isalpha, word), "") for word in words)
    shown = " ".join(style.texts.say("name.initial", letter=letter) for letter in letters if letter)
    return shown or style.texts.say("name.somebody")


def who(candidate: Candidate, style: TextStyle) -> str:
    """Given a candidate, return `Ana López · Acme GmbH`, with "Probably" before a probable one."""
    name = shown_name(candidate, style)
    if candidate.match.match is Match.PROBABLE:
        name = style.texts.say("ring.probably", name=name)
    company = candidate.company if style.discretion is Discretion.NAMES else ""
    return style.texts.say("ring.title", name=name, company=company) if company else name


def names(resolution: Resolution, style: TextStyle) -> str:
    """Given a resolution with people, return one line that names them, the company first when they share it; the phone's own name
    for them, if it has one and it comes first."""
    people = resolution.candidates
    if resolution.saved_name and style.saved_first:
        return _saved_with_company(resolution, style)
    if len(people) == 1:
        return who(people[0], style)
    if style.discretion is Discretion.NOTHING:
        return style.texts.say("name.somebody")
    if len(people) == _SEVERAL_NAMED:
        first, second = (shown_name(person, style) for person in people)
        title = style.texts.say("ring.several", first=first, second=second)
    else:
        title = style.texts.say("ring.many", count=len(people))
    companies = {person.company for person in people}
    shared = companies.pop() if len(companies) == 1 and style.discretion is Discretion.NAMES else ""
    return f"{shared}: {title}" if shared else title


def _saved_with_company(resolution: Resolution, style: TextStyle) -> str:
    name, companies = shown_saved(resolution.saved_name, style), {person.company for person in resolution.candidates}
    sure = resolution.certainty is not Certainty.PROBABLE and len(companies) == 1 and style.discretion is Discretion.NAMES
    company = companies.pop() if sure else ""
    return style.texts.say("ring.title", name=name, company=company) if company else name


def missed_title(call: Call, resolution: Resolution, count: int, style: TextStyle) -> str:
    """Given a missed call, who it was and how many there were, return `Missed (3): Ana López · Acme GmbH`."""
    shown = names(resolution, style)
    if count > 1:
        return style.texts.say("missed.more", count=count, who=shown)
    word = {CallType.REJECTED: "missed.rejected", CallType.VOICEMAIL: "missed.voicemail"}.get(call.type, "missed.one")
    return style.texts.say(word, who=shown)


def missed_body(call: Call, resolution: Resolution, style: TextStyle) -> str:
    """Given a missed call, return when it was, and the first deal."""
    at = times.moment(call.start, style.now, style.texts)
    deals = resolution.candidates[0].deals if len(resolution.candidates) == 1 and style.discretion is Discretion.NAMES else ()
    return " · ".join(part for part in (at, deals_line(deals, style)) if part)


def after_title(resolution: Resolution, style: TextStyle) -> str:
    """Given who was on the phone, return `Log call with Ana López?`."""
    if len(resolution.candidates) > 1:
        return style.texts.say("after.title_several", names=names(resolution, style))
    name = shown_name(resolution.candidates[0], style)
    sure = resolution.certainty is Certainty.KNOWN
    return style.texts.say("after.title" if sure else "after.title_sure", name=name)


def after_body(call: Call, resolution: Resolution, style: TextStyle) -> str:
    """Given an ended call, return `incoming, 3 min 12 s · Renewal 2027`."""
    parts = [call_line(call, style)]
    if len(resolution.candidates) == 1 and style.discretion is Discretion.NAMES and resolution.candidates[0].deals:
        parts.append(resolution.candidates[0].deals[0].name)
    return " · ".join(part for part in parts if part)


def call_line(call: Call, style: TextStyle) -> str:
    """Given a call, return `incoming, 3 min 12 s`, and when it was unless it has just ended."""
    return " · ".join(part for part in (_how_it_went(call, style.texts), when_it_was(call, style)) if part)


def when_it_was(call: Call, style: TextStyle) -> str:
    """Given a call, return `at 14:05`, or "" for one that has just ended: nobody mistakes it for another."""
    ended = call.start + timedelta(seconds=call.duration)
    return "" if style.now - ended <= _JUST_NOW else times.moment(call.start, style.now, style.texts)


def _how_it_went(call: Call, texts: Catalogue) -> str:
    direction = "outgoing" if call.type is CallType.OUTGOING else "incoming"
    if call.type in _UNANSWERED:
        return texts.say(f"after.{_UNANSWERED[call.type]}")
    if not call.duration:
        return texts.say(f"after.{direction}_unanswered")
    return texts.say(f"after.{direction}", duration=times.duration(call.duration, texts))
