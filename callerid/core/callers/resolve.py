"""Who is it? One answer from the mirror's candidates, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.models import Match

if TYPE_CHECKING:
    from callerid.core.callers.candidate import Candidate
    from callerid.models import Company


NOT_THIS_CONTACT = "not-them"  # said of a probable caller: it was not this contact
_MOST_NAMED = 3


class Certainty(StrEnum):
    """How well a caller is known."""

    KNOWN = "known"  # one contact, exact or the same line
    PROBABLE = "probable"  # one contact, probably
    SEVERAL = "several"  # some contacts share the line
    COMPANY = "company"  # a number of a company, or of several, but no contact's
    RANGE = "range"  # nobody's number, but probably of a company's direct-dial range
    UNKNOWN = "unknown"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The caller of one number: candidates best first, empty when nobody is known by it."""

    number: str
    certainty: Certainty
    candidates: tuple[Candidate, ...] = ()
    companies: tuple[Company, ...] = ()
    saved_name: str = ""  # the name under which the phone itself has the number

    @property
    def company(self) -> str:
        """The company's name; those of a parent and its subsidiaries, which share a number, one after the other."""
        return " / ".join(list(dict.fromkeys(company.name for company in self.companies))[:_MOST_NAMED])


def confirmed_as(found: Resolution, person: Candidate) -> Resolution:
    """Given who a number suggests, and who it was as a person said, return it so."""
    alone = [one.id for one in found.candidates] == [person.id]  # else the phone's own name for the number may be another's
    saved = found.saved_name if alone else ""
    return replace(found, certainty=Certainty.KNOWN, candidates=(person,), saved_name=saved)


def with_logged_first(found: Resolution, logged: Candidate | None) -> Resolution:
    """Given who a number suggests, and with whom its call is logged (None: somebody of whom nothing is known here), return who it
    may have been when that is changed: the logged one first, and nobody else unasked."""
    if logged is None:
        return replace(found, certainty=Certainty.PROBABLE) if found.certainty is Certainty.KNOWN else found
    others = tuple(person for person in found.candidates if person.id != logged.id)
    return replace(found, certainty=Certainty.SEVERAL, candidates=(logged, *others)) if others else found


def sure_candidates(found: Resolution) -> tuple[Candidate, ...]:
    """Given who a number suggests, return those of them who surely have it."""
    return () if found.certainty is Certainty.PROBABLE else found.candidates


def without_denied(found: Resolution, said: tuple[tuple[str, str], ...]) -> Resolution:
    """Given who a number suggests, and what was said of the call, return who it may have been: not somebody merely probable of whom
    it was said that it was not them."""
    probable = found.certainty is Certainty.PROBABLE and (NOT_THIS_CONTACT, found.candidates[0].id) in said
    return replace(found, certainty=Certainty.UNKNOWN, candidates=()) if probable else found


def denial_answers(found: Resolution) -> tuple[tuple[str, str], ...]:
    """Given who a number suggests, return what is to be kept when it was none of them."""
    return tuple((NOT_THIS_CONTACT, person.id) for person in found.candidates if found.certainty is Certainty.PROBABLE)


def resolve(number: str, *, hidden: bool, candidates: tuple[Candidate, ...], companies: tuple[Company, ...]) -> Resolution:
    """Given a number and what the mirror has for it, return who it is.

    A false name does harm and no name does none, so a probable match stands only where it is the only one.
    """
    if hidden:
        return Resolution(number=number, certainty=Certainty.HIDDEN)
    certain = tuple(p for p in candidates if p.match.match in (Match.EXACT, Match.SAME_LINE))
    if len(certain) == 1:
        return Resolution(number=number, certainty=Certainty.KNOWN, candidates=certain)
    if certain:
        return Resolution(number=number, certainty=Certainty.SEVERAL, candidates=certain)
    if len(candidates) == 1:
        return Resolution(number=number, certainty=Certainty.PROBABLE, candidates=candidates)
    named = tuple(company for company in companies if company.name)
    if named:
        return Resolution(number=number, certainty=Certainty.COMPANY, companies=named)
    return Resolution(number=number, certainty=Certainty.UNKNOWN)
