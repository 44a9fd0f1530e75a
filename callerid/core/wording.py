"""What notifications say. Titles are enough by themselves: a collapsed notification shows nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core import wording_time
from callerid.core.resolution import Certainty, Resolution
from callerid.models import CallType, Match

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.catalogue import Catalogue
    from callerid.core.people import Candidate, OpenDeal
    from callerid.models import Call, Owner

_SEVERAL_NAMED = 2


class Discretion(StrEnum):
    """How much a notification may tell whoever sees the screen (setting privacy.lock_screen)."""

    NAMES = "names"
    INITIALS = "initials"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How to speak: in which language, how openly, at which time (aware, in the phone's zone), from which data."""

    texts: Catalogue
    discretion: Discretion
    now: datetime
    provider: str = ""
    has_crm: bool = True
    built_at: datetime | None = None


def full_name(person: Candidate, texts: Catalogue) -> str:
    """Given a person, return the name in the language's order; the e-mail address where there is no name."""
    if person.first_name and person.last_name:
        return texts.say("name.full", first=person.first_name, last=person.last_name)
    return person.first_name or person.last_name or person.email or texts.say("name.nobody")


def shown_name(person: Candidate, voice: Voice) -> str:
    """Given a person, return as much of the name as may be seen."""
    if voice.discretion is Discretion.NOTHING:
        return voice.texts.say("name.somebody")
    if voice.discretion is Discretion.INITIALS:
        parts = [part for part in (person.first_name, person.last_name) if part]
        return " ".join(voice.texts.say("name.initial", letter=part[0]) for part in parts) or voice.texts.say("name.somebody")
    return full_name(person, voice.texts)


def who(candidate: Candidate, voice: Voice) -> str:
    """Given a candidate, return `Ana López · Acme GmbH`, with "Probably" before a probable one."""
    name = shown_name(candidate, voice)
    if candidate.match.match is Match.PROBABLE:
        name = voice.texts.say("ring.probably", name=name)
    company = candidate.company if voice.discretion is Discretion.NAMES else ""
    return voice.texts.say("ring.title", name=name, company=company) if company else name


def names(resolution: Resolution, voice: Voice) -> str:
    """Given a resolution with people, return one line that names them, the company first when they share it."""
    people = resolution.people
    if len(people) == 1:
        return who(people[0], voice)
    if len(people) == _SEVERAL_NAMED:
        first, second = (shown_name(person, voice) for person in people)
        title = voice.texts.say("ring.several", first=first, second=second)
    else:
        title = voice.texts.say("ring.many", count=len(people))
    companies = {person.company for person in people}
    shared = companies.pop() if len(companies) == 1 and voice.discretion is Discretion.NAMES else ""
    return f"{shared}: {title}" if shared else title


def ring_title(resolution: Resolution, voice: Voice, number_shown: str) -> str:
    """Given who rings and the number as a person reads it, return the card's title."""
    if resolution.people:
        return names(resolution, voice)
    if resolution.certainty is Certainty.HIDDEN:
        return voice.texts.say("ring.hidden")
    if resolution.company and voice.discretion is Discretion.NAMES:
        return voice.texts.say("ring.at_company", company=resolution.company.name)
    return voice.texts.say("ring.unknown", number=number_shown)


def ring_body(resolution: Resolution, voice: Voice) -> str:
    """Given who rings, return the card's body: the first deal, then when you last spoke, why it matched and how old the data is."""
    if voice.discretion is not Discretion.NAMES:
        return ""
    if resolution.certainty is Certainty.HIDDEN:
        return ""
    if not resolution.people:
        return voice.texts.say("ring.not_in_crm" if voice.built_at else "ring.no_mirror")
    best = resolution.people[0]
    deals = deals_line(best.deals, voice) if len(resolution.people) == 1 else ""
    return "\n".join(line for line in (deals, _facts_line(best, voice)) if line)


def deals_line(deals: tuple[OpenDeal, ...], voice: Voice) -> str:
    """Given open deals, the most urgent first, return `Renewal 2027 · €12,000 · Contract sent · closes 30 Nov  (+1 deal)`."""
    if not deals:
        return ""
    line = " · ".join(_deal_parts(deals[0], voice))
    if len(deals) == 1:
        return line
    more = "ring.more_deals" if len(deals) == _SEVERAL_NAMED else "ring.more_deals_plural"
    return f"{line}  {voice.texts.say(more, count=len(deals) - 1)}"


def _deal_parts(deal: OpenDeal, voice: Voice) -> list[str]:
    parts = [deal.name or voice.texts.say("name.nobody")]
    if deal.amount is not None:
        parts.append(wording_time.amount(deal.amount, deal.currency))
    if deal.stage_label:
        parts.append(deal.stage_label)
    if deal.closes:
        parts.append(voice.texts.say("ring.closes", date=wording_time.day(deal.closes, voice.now.date(), voice.texts)))
    return parts


def _facts_line(candidate: Candidate, voice: Voice) -> str:
    parts = []
    if candidate.last_contacted:
        spoke = wording_time.ago(candidate.last_contacted, voice.now, voice.texts)
        parts.append(voice.texts.say("ring.last_spoke", ago=spoke))
    if candidate.owner:
        parts.append(voice.texts.say("ring.owner", name=_owner_name(candidate.owner, voice.texts)))
    parts.append(why(candidate, voice.texts))
    if voice.built_at:
        age = wording_time.age(voice.built_at, voice.now, voice.texts)
        parts.append(voice.texts.say("ring.age", provider=voice.provider, age=age))
    return " · ".join(part for part in parts if part)


def _owner_name(owner: Owner, texts: Catalogue) -> str:
    if owner.first_name and owner.last_name:
        return texts.say("name.full", first=owner.first_name, last=owner.last_name)
    return owner.first_name or owner.last_name or owner.email


def why(candidate: Candidate, texts: Catalogue) -> str:
    """Given a candidate, return why it matched, in the person's words."""
    if candidate.match.match is Match.EXACT:
        return texts.say("ring.exact")
    if candidate.match.match is Match.SAME_LINE:
        return texts.say("ring.same_line", raw=candidate.phone.raw if candidate.phone else "")
    return texts.say("ring.probable", why=candidate.match.why)


def spoken(resolution: Resolution, voice: Voice) -> str:
    """Given who rings, return what to say aloud: "" unless exactly one person is known and may be named."""
    if resolution.certainty is not Certainty.KNOWN or voice.discretion is not Discretion.NAMES:
        return ""
    best = resolution.people[0]
    name, company = full_name(best, voice.texts), best.company
    return (
        voice.texts.say("ring.speak_company", name=name, company=company) if company else voice.texts.say("ring.speak", name=name)
    )


def missed_title(call: Call, resolution: Resolution, count: int, voice: Voice) -> str:
    """Given a missed call, who it was and how many there were, return `Missed (3): Ana López · Acme GmbH`."""
    shown = names(resolution, voice)
    if count > 1:
        return voice.texts.say("missed.more", count=count, who=shown)
    word = {CallType.REJECTED: "missed.rejected", CallType.VOICEMAIL: "missed.voicemail"}.get(call.type, "missed.one")
    return voice.texts.say(word, who=shown)


def missed_body(call: Call, resolution: Resolution, voice: Voice) -> str:
    """Given a missed call, return when it was, and the first deal."""
    local = call.start.astimezone(voice.now.tzinfo)
    at = voice.texts.say("missed.at", time=f"{local:%H:%M}")
    deals = deals_line(resolution.people[0].deals, voice) if len(resolution.people) == 1 else ""
    return " · ".join(part for part in (at, deals if voice.discretion is Discretion.NAMES else "") if part)


def after_title(resolution: Resolution, voice: Voice) -> str:
    """Given who was on the phone, return `Log call with Ana López?`."""
    if len(resolution.people) > 1:
        return voice.texts.say("after.title_several", names=names(resolution, voice))
    name = shown_name(resolution.people[0], voice)
    sure = resolution.certainty is Certainty.KNOWN
    return voice.texts.say("after.title" if sure else "after.title_sure", name=name)


def after_body(call: Call, resolution: Resolution, voice: Voice) -> str:
    """Given an ended call, return `incoming, 3 min 12 s · Renewal 2027`."""
    parts = [call_line(call, voice.texts)]
    if len(resolution.people) == 1 and voice.discretion is Discretion.NAMES and resolution.people[0].deals:
        parts.append(resolution.people[0].deals[0].name)
    return " · ".join(part for part in parts if part)


def call_line(call: Call, texts: Catalogue) -> str:
    """Given a call, return `incoming, 3 min 12 s`."""
    if call.type is CallType.OUTGOING and not call.duration:
        return texts.say("after.unanswered")
    direction = "after.outgoing" if call.type is CallType.OUTGOING else "after.incoming"
    return texts.say(direction, duration=wording_time.duration(call.duration, texts))
