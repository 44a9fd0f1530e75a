"""What the card of a ring says. The title is enough by itself: a collapsed notification shows nothing else."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.callers.contact_history import NO_HISTORY
from callerid.core.callers.resolve import Certainty
from callerid.core.callers.typed_name import Closeness, TypedName
from callerid.core.wording import times
from callerid.core.wording.names import different_names, full_name, have_one_name, names_line, owner_name, shown_saved_name
from callerid.core.wording.open_matters import deals_line, tasks_line, tickets_line
from callerid.core.wording.past_calls import crm_note_line, is_crm_note_newer, last_call_line, note_line
from callerid.core.wording.style import Discretion
from callerid.models import Match
from callerid.records import dataclass
from callerid.translation import in_language

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from callerid.catalogue import Catalogue
    from callerid.core.callers.candidate import Candidate
    from callerid.core.callers.contact_history import ContactHistory
    from callerid.core.callers.resolve import Resolution
    from callerid.core.wording.style import TextStyle

_MOST_LISTED = 5
_MASK_FROM = 6  # characters: a shorter number is a service, as 112


class CardLine(StrEnum):
    """The lines below the title of a known caller's card (setting card.lines)."""

    NAME = "name"  # the other one, where the phone contacts and the CRM have different names
    DEAL = "deal"
    LAST_CALL = "last-call"
    NOTE = "note"
    CRM_NOTE = "crm-note"
    TASKS = "tasks"
    TICKETS = "tickets"
    FACTS = "facts"


_USUAL_LINES = (CardLine.NAME, CardLine.DEAL, CardLine.LAST_CALL, CardLine.NOTE, CardLine.FACTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class RingCardDetails:
    """What a ring's card says in addition to the resolution."""

    number_shown: str = ""  # spaced as a person reads it
    calls_this_week: int = 0  # in the seven days before this call
    whereabouts: str = ""  # of the number; "" when not known
    outgoing: bool = False
    number_unavailable: bool = False  # no number came with the call, as opposed to a caller who hides it
    lines: tuple[CardLine, ...] = _USUAL_LINES  # of a known caller's card, in their order
    history: ContactHistory = NO_HISTORY  # with a caller who is the only candidate
    by_typed_name: bool = False  # nothing rang: somebody typed the name
    last_outcome: str = ""  # the label of the last call's outcome, where that says more than its row


def ring_title(resolution: Resolution, style: TextStyle, details: RingCardDetails) -> str:
    """Return the title of a ring's card: who it is."""
    title = _who(resolution, style, details)
    return style.texts.say("ring.outgoing", who=title) if details.outgoing else title


def _who(resolution: Resolution, style: TextStyle, details: RingCardDetails) -> str:
    if resolution.candidates:
        return names_line(resolution, style)
    if resolution.saved_name:
        return shown_saved_name(resolution.saved_name, style)
    if resolution.certainty is Certainty.HIDDEN:
        return style.texts.say("ring.number_unavailable" if details.number_unavailable else "ring.hidden")
    if resolution.company and style.discretion is Discretion.NAMES:
        key = "ring.in_range" if resolution.certainty is Certainty.RANGE else "ring.at_company"
        return style.texts.say(key, company=resolution.company)
    if style.discretion is Discretion.NOTHING:
        return style.texts.say("ring.stranger")
    number = details.number_shown
    if style.discretion is Discretion.INITIALS and len(number) > _MASK_FROM:
        number = f"…{number[-2:]}"
    return style.texts.say("ring.unknown", number=number)


def ring_body(resolution: Resolution, style: TextStyle, details: RingCardDetails) -> str:
    """Return the body of a ring's card, "" where it may not be seen. For candidates: the lines that are chosen, such as the first
    deal, the last call, the last note, why the number matched and how old the data is. For anybody else: what the phone and the
    numbering plan know."""
    if style.discretion is not Discretion.NAMES or resolution.certainty is Certainty.HIDDEN:
        return ""
    of_whom = _lines_of_candidates if resolution.candidates else _lines_of_stranger
    lines = of_whom(resolution, style, details)
    return "\n".join(line for line in lines if line)


def _lines_of_candidates(resolution: Resolution, style: TextStyle, details: RingCardDetails) -> list[str]:
    candidates = resolution.candidates
    if len(candidates) > 1:
        facts = [_facts_line(candidates[0], style, details, alone=False)] if CardLine.FACTS in details.lines else []
        return [_list_of_candidates(candidates, style.texts), *facts]
    shows_crm_note = _shows_crm_note(candidates[0], details)
    return [_line_of_candidate(line, resolution, style, details, shows_crm_note=shows_crm_note) for line in details.lines]


def _list_of_candidates(candidates: Sequence[Candidate], texts: Catalogue) -> str:
    if have_one_name(candidates, texts):
        companies = dict.fromkeys(candidate.company for candidate in candidates)
        if len(companies) == 1:
            return texts.say("ring.namesakes", count=len(candidates))
        listed = texts.listed(list(filter(None, companies))[:_MOST_LISTED])
        return texts.say("ring.namesakes_at", count=len(candidates), companies=listed)
    names = different_names(candidates, texts)
    return texts.listed([*names[:_MOST_LISTED], "…"] if len(names) > _MOST_LISTED else names)


def _line_of_candidate(
    line: CardLine, resolution: Resolution, style: TextStyle, details: RingCardDetails, *, shows_crm_note: bool
) -> str:
    candidate, history = resolution.candidates[0], details.history
    match line:
        case CardLine.NAME:
            return _other_name(resolution, style)
        case CardLine.DEAL:
            return deals_line(candidate.deals, style)
        case CardLine.LAST_CALL:
            return last_call_line(history.last_call, details.last_outcome, style)
        case CardLine.NOTE:
            return "" if shows_crm_note else note_line(history.last_note, style)
        case CardLine.CRM_NOTE:
            return crm_note_line(candidate.activities, style) if shows_crm_note else ""
        case CardLine.TASKS:
            return tasks_line(candidate.activities, style)
        case CardLine.TICKETS:
            return tickets_line(candidate.activities, style)
    return _facts_line(candidate, style, details)


def _shows_crm_note(candidate: Candidate, details: RingCardDetails) -> bool:
    """Return whether the CRM's note is shown: of two notes only the newer one is, and a note of ours is in the CRM, too."""
    own = details.history.last_note if CardLine.NOTE in details.lines else None
    return CardLine.CRM_NOTE in details.lines and is_crm_note_newer(candidate.activities, own)


def _other_name(resolution: Resolution, style: TextStyle) -> str:
    """Return the name that the title does not show, where the phone contacts and the CRM have different ones."""
    if not resolution.saved_name:
        return ""
    candidate = resolution.candidates[0]
    name = full_name(candidate, style.texts)
    if resolution.saved_name == name or _are_one_name(resolution.saved_name, candidate):
        return ""
    if style.saved_first:
        is_probable = resolution.certainty is Certainty.PROBABLE
        shown = style.texts.say("ring.probably", name=name) if is_probable else name
        return style.texts.say("ring.in_crm_as", provider=style.provider, name=shown)
    return style.texts.say("ring.saved_as", name=resolution.saved_name)


def _are_one_name(saved: str, candidate: Candidate) -> bool:
    return TypedName(saved).closeness(candidate.first_name, candidate.last_name) <= Closeness.WHOLE


def _lines_of_stranger(resolution: Resolution, style: TextStyle, details: RingCardDetails) -> list[str]:
    number = details.number_shown if resolution.saved_name or resolution.company else ""  # else it is the title
    parts = (number, _known_of_stranger(resolution, style), _how_often(details.calls_this_week, style.texts))
    return [" · ".join(part for part in parts if part), details.whereabouts]


def _known_of_stranger(resolution: Resolution, style: TextStyle) -> str:
    texts = style.texts
    known = texts.say("ring.not_in_crm" if style.built_at else "ring.no_mirror")
    if resolution.certainty is Certainty.RANGE:
        known = texts.say("ring.range")
    if resolution.certainty is Certainty.COMPANY and resolution.company:
        # without a saved name, the title names the company
        known = texts.say("ring.at_company", company=resolution.company) if resolution.saved_name else texts.say("ring.exact")
    if not (resolution.company and style.built_at):
        return known
    return f"{known} · {_data_age(style)}"


def _how_often(calls_this_week: int, texts: Catalogue) -> str:
    if not calls_this_week:
        return ""
    return texts.say("ring.called_once" if calls_this_week == 1 else "ring.called_often", count=calls_this_week)


def _facts_line(candidate: Candidate, style: TextStyle, details: RingCardDetails, *, alone: bool = True) -> str:
    parts = []
    if alone and (last_spoke := _last_spoke(candidate, details)):
        parts.append(style.texts.say("ring.last_spoke", ago=times.ago(last_spoke, style.now, style.texts)))
    if candidate.owner and alone:
        parts.append(style.texts.say("ring.owner", name=owner_name(candidate.owner)))
    parts.append(match_reason(candidate, style.texts, by_typed_name=details.by_typed_name))
    parts.append(_data_age(style, with_deals=alone and bool(candidate.deals)))
    return " · ".join(part for part in parts if part)


def _last_spoke(candidate: Candidate, details: RingCardDetails) -> datetime | None:
    """Return when somebody last spoke with a contact: what the CRM says, or a later call of this phone, of which the mirror does
    not know yet. None where that is not known, or the line of the last call says it already."""
    call, talk, contacted = details.history.last_call, details.history.last_talk, candidate.last_contacted
    if talk is None or (contacted and talk.start <= contacted):
        return contacted
    return None if call and call.connected and CardLine.LAST_CALL in details.lines else talk.start


def _data_age(style: TextStyle, *, with_deals: bool = False) -> str:
    """Return how old what a card shows is: the name, and the deals if it shows some and they are older."""
    if not style.built_at:
        return ""
    age = times.age(style.built_at, style.now, style.texts)
    deals = times.age(min(style.deals_at or style.built_at, style.built_at), style.now, style.texts) if with_deals else age
    key = "ring.age" if deals == age else "ring.age_of_parts"
    return style.texts.say(key, provider=style.provider, age=age, deals=deals)


def match_reason(candidate: Candidate, texts: Catalogue, *, by_typed_name: bool = False) -> str:
    """Return why a candidate matched, in the person's words."""
    if candidate.phone is None:
        return texts.say("ring.by_typed_name" if by_typed_name else "ring.by_name")
    if candidate.match.match is Match.EXACT:
        return texts.say("ring.exact")
    if candidate.match.match is Match.SAME_LINE:
        return texts.say("ring.same_line", raw=candidate.phone.raw)
    return texts.say("ring.probable", why=in_language(candidate.match.why, texts.language))


def spoken_text(resolution: Resolution, style: TextStyle) -> str:
    """Return what to say aloud of a ring: "" unless exactly one person is known and may be named."""
    if style.discretion is not Discretion.NAMES:
        return ""
    is_sure = resolution.certainty is Certainty.KNOWN
    name = full_name(resolution.candidates[0], style.texts) if is_sure else ""
    if resolution.saved_name and (style.saved_first or not name):
        name = resolution.saved_name
    if not name:
        return ""
    company = resolution.candidates[0].company if is_sure else ""
    return style.texts.say("ring.spoken_company" if company else "ring.spoken", name=name, company=company)
