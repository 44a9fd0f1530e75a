"""Pairs of numbers with the right answer: how often callerid, libphonenumber's own matching and the last seven digits are right."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import phonenumbers
from phonenumbers import MatchType, NumberParseException

from callerid.core import numbers
from callerid.models import Match

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

DATA = Path(__file__).parents[1] / "data"
SUFFIX = 7
VERDICTS = ("right", "wrong person", "wrongly probable", "missed")
_OF_LIBPHONENUMBER = {
    MatchType.EXACT_MATCH: Match.EXACT,
    MatchType.NSN_MATCH: Match.SAME_LINE,
    MatchType.SHORT_NSN_MATCH: Match.PROBABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two raw numbers, the region they are read in, and whether they are one line: same, different, or at the most probable."""

    kind: str
    region: str
    a: str
    b: str
    truth: str

    @property
    def is_digit_changed(self) -> bool:
        """Tell whether the pair differs in one digit only."""
        return "digit-changed" in self.kind or self.kind.endswith("shared-code-changed")


def known_pairs() -> Iterator[Pair]:
    """Yield the pairs of AOSP's tests and those made by rule."""
    for row in _rows(DATA / "number-pairs.jsonl"):
        truth = "same" if row["same_line"] else "different"
        yield Pair(kind="AOSP's tests", region=row["region"], a=row["a"], b=row["b"], truth=truth)
    for row in _rows(DATA / "number-pairs-by-rule.jsonl"):
        yield Pair(kind=row["kind"], region=row["region"], a=row["a"], b=row["b"], truth=row["truth"])


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def verdict(truth: str, match: Match) -> str:
    """Return what a match is worth, given the truth: one of VERDICTS. What may be probable may also be none."""
    if truth == "same":
        return "missed" if match is Match.NONE else "right"
    if match in (Match.EXACT, Match.SAME_LINE):
        return "wrong person"
    return "wrongly probable" if truth == "different" and match is Match.PROBABLE else "right"


def tally(pairs: Iterable[Pair], matching: Callable[[Pair], Match]) -> Counter[tuple[str, str]]:
    """Return how many pairs of each kind got each verdict, by (kind, verdict)."""
    return Counter((pair.kind, verdict(pair.truth, matching(pair))) for pair in pairs)


def by_callerid(pair: Pair) -> Match:
    """Match as callerid does."""
    return numbers.match(pair.a, pair.b, pair.region).match


def by_libphonenumber(pair: Pair) -> Match:
    """Match as phonenumbers.is_number_match does, each number read in the pair's region."""
    try:
        first, second = phonenumbers.parse(pair.a, pair.region), phonenumbers.parse(pair.b, pair.region)
    except NumberParseException:
        return Match.NONE
    return _OF_LIBPHONENUMBER.get(phonenumbers.is_number_match(first, second), Match.NONE)


def by_suffix(pair: Pair) -> Match:
    """Match as many dialers do: the last seven digits."""
    first, second = ("".join(filter(str.isdigit, text))[-SUFFIX:] for text in (pair.a, pair.b))
    return Match.EXACT if first and first == second else Match.NONE
