"""Names of callers in one line, as openly as the style's discretion allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.callers.resolve import Certainty
from callerid.core.callers.typed_name import in_any_order
from callerid.core.wording.style import Discretion
from callerid.models import Match
from callerid.models.name_order import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callerid.catalogue import Catalogue
    from callerid.core.callers.candidate import Candidate
    from callerid.core.callers.resolve import Resolution
    from callerid.core.wording.style import TextStyle
    from callerid.models import Contact, Owner

_NAMED_BOTH = 2
_INITIALS = 3  # of a name of the phone contacts, whose parts are not known


def full_name(candidate: Candidate | Contact, texts: Catalogue) -> str:
    """Return the name in the order of its own letters, whatever the language; the e-mail address where there is no name."""
    return in_order(candidate.first_name, candidate.last_name) or candidate.email or texts.say("name.nameless")


def owner_name(owner: Owner) -> str:
    """Return an owner's name as `full_name` orders it; the e-mail address where there is no name."""
    return in_order(owner.first_name, owner.last_name) or owner.email


def shown_name(candidate: Candidate, style: TextStyle) -> str:
    """Return as much of a candidate's name as may be seen."""
    if style.discretion is Discretion.NOTHING:
        return style.texts.say("name.discreet")
    if style.discretion is Discretion.INITIALS:
        return _initials((candidate.first_name, candidate.last_name), style)
    return full_name(candidate, style.texts)


def shown_saved_name(name: str, style: TextStyle) -> str:
    """Return as much of a name from the phone contacts as may be seen."""
    if style.discretion is Discretion.NAMES:
        return name
    if style.discretion is Discretion.NOTHING:
        return style.texts.say("name.discreet")
    return _initials(name.split()[:_INITIALS], style)


def _initials(words: Iterable[str], style: TextStyle) -> str:
    """Return the first letter of each word that has one: a word of signs, digits or pictures has none."""
    letters = (next(filter(str.isalpha, word), "") for word in words)
    shown = " ".join(style.texts.say("name.initial", letter=letter) for letter in letters if letter)
    return shown or style.texts.say("name.discreet")


def with_company(candidate: Candidate, style: TextStyle, *, politely: bool = False) -> str:
    """Return `Ana López · Acme GmbH`, marked as probable where the match is."""
    name = _named(shown_name(candidate, style), style, politely=politely)
    if candidate.match.match is Match.PROBABLE:
        name = style.texts.say("ring.probably", name=name)
    company = candidate.company if style.discretion is Discretion.NAMES else ""
    return _joined(name, company, style)


def names_line(resolution: Resolution, style: TextStyle, *, politely: bool = False) -> str:
    """Return one line that names the candidates of a resolution that has some, the company first when they share it. Where the
    phone contacts have a name and it comes first, that name stands for all. In a sentence people are named politely."""
    candidates = resolution.candidates
    if resolution.saved_name and style.saved_first:
        return _saved_name_with_company(resolution, style, politely=politely)
    if len(candidates) == 1:
        return with_company(candidates[0], style, politely=politely)
    if style.discretion is Discretion.NOTHING:
        return style.texts.say("name.discreet")
    company = _shared_company(resolution, style)
    if have_one_name(candidates, style.texts):
        return _joined(_named(shown_name(candidates[0], style), style, politely=politely), company, style)
    if len(candidates) == _NAMED_BOTH:
        first, second = (_named(shown_name(candidate, style), style, politely=politely) for candidate in candidates)
        line = style.texts.say("ring.several", first=first, second=second)
    else:
        line = style.texts.say("ring.many", count=len(candidates))
    return f"{company}: {line}" if company else line


def have_one_name(candidates: Iterable[Candidate], texts: Catalogue) -> bool:
    """Return whether candidates are all called the same, as a person is who is in the CRM twice: whatever accents, marks, blanks
    and order each is written with."""
    return len(different_names(candidates, texts)) == 1


def different_names(candidates: Iterable[Candidate], texts: Catalogue) -> list[str]:
    """Return the names of candidates, each once, as the first of those who have it writes it."""
    names: dict[str, str] = {}
    for name in (full_name(candidate, texts) for candidate in candidates):
        names.setdefault(in_any_order(name), name)
    return list(names.values())


def _saved_name_with_company(resolution: Resolution, style: TextStyle, *, politely: bool) -> str:
    is_sure = resolution.certainty is not Certainty.PROBABLE
    company = _shared_company(resolution, style) if is_sure else ""
    return _joined(_named(shown_saved_name(resolution.saved_name, style), style, politely=politely), company, style)


def _named(name: str, style: TextStyle, *, politely: bool) -> str:
    return style.texts.say("name.polite", name=name) if politely else name


def _shared_company(resolution: Resolution, style: TextStyle) -> str:
    companies = {candidate.company for candidate in resolution.candidates}
    return companies.pop() if len(companies) == 1 and style.discretion is Discretion.NAMES else ""


def _joined(name: str, company: str, style: TextStyle) -> str:
    return style.texts.say("ring.title", name=name, company=company) if company else name
