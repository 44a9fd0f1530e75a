"""Who a number belongs to, and how sure that is, by the candidates of the mirror."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.models import Match
from callerid.records import dataclass

if TYPE_CHECKING:
    from callerid.core.callers.candidate import Candidate
    from callerid.models import Company


NOT_THIS_CONTACT = "not-them"  # an answer about a probable caller
_MOST_COMPANIES = 3


class Certainty(StrEnum):
    """How sure it is who a caller is."""

    KNOWN = "known"  # one contact, exact or the same line
    PROBABLE = "probable"  # one contact, by a probable match
    SEVERAL = "several"  # some contacts share the line
    COMPANY = "company"  # a number of one or several companies, and of no contact
    RANGE = "range"  # an unknown number, probably in a company's direct-dial range
    UNKNOWN = "unknown"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Who a number belongs to, and how sure that is."""

    number: str  # raw
    certainty: Certainty
    candidates: tuple[Candidate, ...] = ()  # best match first
    companies: tuple[Company, ...] = ()
    saved_name: str = ""  # of the number in the phone contacts
    line: str = ""  # of the number, where it is known without the numbering plans

    @property
    def company(self) -> str:
        """The name of the company, or the names of several that share the number, such as a parent and its subsidiaries."""
        return " / ".join(list(dict.fromkeys(company.name for company in self.companies))[:_MOST_COMPANIES])


def confirmed_as(resolution: Resolution, contact: Candidate) -> Resolution:
    """Return the resolution of a call after a person answered that it was this contact."""
    is_only_candidate = [candidate.id for candidate in resolution.candidates] == [contact.id]
    saved_name = resolution.saved_name if is_only_candidate else ""  # it may be another candidate's
    return replace(resolution, certainty=Certainty.KNOWN, candidates=(contact,), saved_name=saved_name)


def with_logged_first(resolution: Resolution, logged: Candidate | None) -> Resolution:
    """Return the choice of contacts for changing a logged call: the logged one first, and none of them taken as sure.

    `logged` is None if the contact is not in the mirror any more.
    """
    if logged is None:
        is_known = resolution.certainty is Certainty.KNOWN
        return replace(resolution, certainty=Certainty.PROBABLE) if is_known else resolution
    others = tuple(candidate for candidate in resolution.candidates if candidate.id != logged.id)
    return replace(resolution, certainty=Certainty.SEVERAL, candidates=(logged, *others)) if others else resolution


def sure_candidates(resolution: Resolution) -> tuple[Candidate, ...]:
    """Return the candidates that surely have the number."""
    return () if resolution.certainty is Certainty.PROBABLE else resolution.candidates


def without_denied(resolution: Resolution, answers: tuple[tuple[str, str], ...]) -> Resolution:
    """Return a resolution without its probable candidate, if the answers about the call deny that it was this contact."""
    is_denied = resolution.certainty is Certainty.PROBABLE and (NOT_THIS_CONTACT, resolution.candidates[0].id) in answers
    return replace(resolution, certainty=Certainty.UNKNOWN, candidates=()) if is_denied else resolution


def denial_answers(resolution: Resolution) -> tuple[tuple[str, str], ...]:
    """Return the answers to keep when the call was with none of the candidates."""
    is_probable = resolution.certainty is Certainty.PROBABLE
    return tuple((NOT_THIS_CONTACT, candidate.id) for candidate in resolution.candidates) if is_probable else ()


def resolve(
    number: str, *, hidden: bool, candidates: tuple[Candidate, ...], companies: tuple[Company, ...], line: str = ""
) -> Resolution:
    """Return who a raw number belongs to, by the candidates and companies that the mirror has for it. `line` is the number's, where
    the mirror has told it: of a contact who surely has it.

    A false name does harm and no name does none, so a probable match counts only if it is the only one.
    """
    if hidden:
        return Resolution(number=number, certainty=Certainty.HIDDEN)
    sure = tuple(candidate for candidate in candidates if candidate.match.match in (Match.EXACT, Match.SAME_LINE))
    if len(sure) == 1:
        return Resolution(number=number, certainty=Certainty.KNOWN, candidates=sure, line=line)
    if sure:
        return Resolution(number=number, certainty=Certainty.SEVERAL, candidates=sure)
    if len(candidates) == 1:
        return Resolution(number=number, certainty=Certainty.PROBABLE, candidates=candidates)
    named = tuple(company for company in companies if company.name)
    if named:
        return Resolution(number=number, certainty=Certainty.COMPANY, companies=named)
    return Resolution(number=number, certainty=Certainty.UNKNOWN)
