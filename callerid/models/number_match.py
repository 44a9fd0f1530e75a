"""How certain it is that two numbers belong to the same line."""

from __future__ import annotations

from enum import StrEnum

from callerid.messages import template
from callerid.records import dataclass


class Match(StrEnum):
    """How certain it is that two numbers belong to the same line."""

    EXACT = "exact"
    SAME_LINE = "same-line"
    PROBABLE = "probable"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberMatch:
    """A match, and the reason in one English phrase."""

    match: Match
    why: str


SAME_NUMBER = NumberMatch(match=Match.EXACT, why=template("the same number"))
