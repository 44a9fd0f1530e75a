"""Who is it? One answer from the mirror's candidates, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.models import Match

if TYPE_CHECKING:
    from callerid.core.people import Candidate
    from callerid.models import Company


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
    people: tuple[Candidate, ...] = ()
    companies: tuple[Company, ...] = ()
    saved: str = ""  # the name under which the phone itself has the number

    @property
    def company(self) -> str:
        """The company's name; those of a parent and its subsidiaries, which share a number, one after the other."""
        return " / ".join(list(dict.fromkeys(company.name for company in self.companies))[:_MOST_NAMED])


def resolve(number: str, *, hidden: bool, people: tuple[Candidate, ...], companies: tuple[Company, ...]) -> Resolution:
    """Given a number and what the mirror has for it, return who it is.

    A false name does harm and no name does none, so a probable match stands only where it is the only one.
    """
    if hidden:
        return Resolution(number=number, certainty=Certainty.HIDDEN)
    sure = tuple(p for p in people if p.match.match in (Match.EXACT, Match.SAME_LINE))
    if len(sure) == 1:
        return Resolution(number=number, certainty=Certainty.KNOWN, people=sure)
    if sure:
        return Resolution(number=number, certainty=Certainty.SEVERAL, people=sure)
    if len(people) == 1:
        return Resolution(number=number, certainty=Certainty.PROBABLE, people=people)
    named = tuple(company for company in companies if company.name)
    if named:
        return Resolution(number=number, certainty=Certainty.COMPANY, companies=named)
    return Resolution(number=number, certainty=Certainty.UNKNOWN)
