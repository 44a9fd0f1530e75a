"""What the card of a ring says. The title is enough by itself: a collapsed notification shows nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.core.callers.resolve import Certainty, Resolution
from callerid.core.wording import times
from callerid.core.wording.deals import deals_line
from callerid.core.wording.notifications import Discretion, TextStyle, full_name, names, shown_saved
from callerid.models import Match

if TYPE_CHECKING:
    from callerid.catalogue import Catalogue
    from callerid.core.callers.candidate import Candidate
    from callerid.models import Owner

_MOST_LISTED = 5
_MASK_FROM = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class RingCardDetails:
    """What is known of a ring besides who it is: the number as a person reads it, how often it called in the last seven days before
    this, where its number is ("" when that is not known), and whether it is this phone that calls."""

    number_shown: str = ""
    calls_this_week: int = 0
    whereabouts: str = ""
    outgoing: bool = False
    number_unavailable: bool = False  # as opposed to a caller who hides it


def ring_title(resolution: Resolution, style: TextStyle, details: RingCardDetails) -> str:
    """Given who rings and what is around it, return the card's title."""
    title = _title(resolution, style, details)
    return style.texts.say("ring.outgoing", who=title) if details.outgoing else title


def _title(resolution: Resolution, style: TextStyle, details: RingCardDetails) -> str:
    if resolution.candidates:
        return names(resolution, style)
    if resolution.saved_name:
        return shown_saved(resolution.saved_name, style)
    if resolution.certainty is Certainty.HIDDEN:
        return style.texts.say("ring.untold" if details.number_unavailable else "ring.hidden")
    if resolution.company and style.discretion is Discretion.NAMES:
        kind = "ring.in_range" if resolution.certainty is Certainty.RANGE else "ring.at_company"
        return style.texts.say(kind, company=resolution.company)
    if style.discretion is Discretion.NOTHING:
        return style.texts.say("ring.stranger")
    number = details.number_shown
    if style.discretion is Discretion.INITIALS and len(number) > _MASK_FROM:
        number = f"…{number[-2:]}"
    return style.texts.say("ring.unknown", number=number)


def ring_body(resolution: Resolution, style: TextStyle, details: RingCardDetails) -> str:
    """Given who rings, return the card's body: the first deal, then when you last spoke, why it matched and how old the data is; of
    somebody whom the CRM does not know, what the phone and the numbering plan know."""
    if style.discretion is not Discretion.NAMES or resolution.certainty is Certainty.HIDDEN:
        return ""
    lines = _of_people(resolution, style) if resolution.candidates else _of_stranger(resolution, style, details)
    return "\n".join(line for line in lines if line)


def _of_people(resolution: Resolution, style: TextStyle) -> list[str]:
    people = resolution.candidates
    if len(people) > 1:
        listed = [full_name(person, style.texts) for person in people[:_MOST_LISTED]]
        more = ["…"] if len(people) > _MOST_LISTED else []
        return [", ".join(listed + more), _facts_line(people[0], style, of_one=False)]
    return [_other_name(resolution, style), deals_line(people[0].deals, style), _facts_line(people[0], style)]


def _other_name(resolution: Resolution, style: TextStyle) -> str:
    """Where phone and CRM name somebody differently, the name that the title does not show."""
    name = full_name(resolution.candidates[0], style.texts)
    if not resolution.saved_name or resolution.saved_name.casefold() == name.casefold():
        return ""
    if style.saved_first:
        probably = resolution.certainty is Certainty.PROBABLE
        shown = style.texts.say("ring.probably", name=name) if probably else name
        return style.texts.say("ring.in_crm_as", provider=style.provider, name=shown)
    return style.texts.say("ring.saved_as", name=resolution.saved_name)


def _of_stranger(resolution: Resolution, style: TextStyle, details: RingCardDetails) -> list[str]:
    texts = style.texts
    named = bool(resolution.saved_name or resolution.company)
    often = ""
    if details.calls_this_week:
        word = "ring.called_once" if details.calls_this_week == 1 else "ring.called_often"
        often = texts.say(word, count=details.calls_this_week)
    known = texts.say("ring.not_in_crm" if style.built_at else "ring.no_mirror")
    if resolution.certainty is Certainty.RANGE:
        known = texts.say("ring.range")
    if resolution.certainty is Certainty.COMPANY and resolution.company:
        known = texts.say("ring.at_company", company=resolution.company) if resolution.saved_name else texts.say("ring.exact")
    if resolution.company and style.built_at:
        age = times.age(style.built_at, style.now, texts)
        known = f"{known} · {texts.say('ring.age', provider=style.provider, age=age)}"
    first = " · ".join(part for part in (details.number_shown if named else "", known, often) if part)
    return [first, details.whereabouts]


def _facts_line(candidate: Candidate, style: TextStyle, *, of_one: bool = True) -> str:
    parts = []
    if candidate.last_contacted and of_one:
        spoke = times.ago(candidate.last_contacted, style.now, style.texts)
        parts.append(style.texts.say("ring.last_spoke", ago=spoke))
    if candidate.owner and of_one:
        parts.append(style.texts.say("ring.owner", name=_owner_name(candidate.owner, style.texts)))
    parts.append(why(candidate, style.texts))
    if style.built_at:
        age = times.age(style.built_at, style.now, style.texts)
        parts.append(style.texts.say("ring.age", provider=style.provider, age=age))
    return " · ".join(part for part in parts if part)


def _owner_name(owner: Owner, texts: Catalogue) -> str:
    if owner.first_name and owner.last_name:
        return texts.say("name.full", first=owner.first_name, last=owner.last_name)
    return owner.first_name or owner.last_name or owner.email


def why(candidate: Candidate, texts: Catalogue) -> str:
    """Given a candidate, return why it matched, in the person's words."""
    if candidate.phone is None:
        return texts.say("ring.by_name")
    if candidate.match.match is Match.EXACT:
        return texts.say("ring.exact")
    if candidate.match.match is Match.SAME_LINE:
        return texts.say("ring.same_line", raw=candidate.phone.raw)
    return texts.say("ring.probable", why=candidate.match.why)


def spoken(resolution: Resolution, style: TextStyle) -> str:
    """Given who rings, return what to say aloud: "" unless exactly one person is known and may be named."""
    if style.discretion is not Discretion.NAMES:
        return ""
    sure = resolution.certainty is Certainty.KNOWN
    name = full_name(resolution.candidates[0], style.texts) if sure else ""
    if resolution.saved_name and (style.saved_first or not name):
        name = resolution.saved_name
    company = resolution.candidates[0].company if sure else ""
    if not name:
        return ""
    word = "ring.speak_company" if company else "ring.speak"
    return style.texts.say(word, name=name, company=company)
