"""How sure it is that two numbers are one line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Match(StrEnum):
    """How sure it is that two numbers are one line."""

    EXACT = "exact"
    SAME_LINE = "same-line"
    PROBABLE = "probable"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberMatch:
    """A match and, in one English phrase, why."""

    match: Match
    why: str
