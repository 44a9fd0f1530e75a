"""Find which records only one of two sides has, by counting ranges of their ids, down to those whose counts differ.

One side, the CRM, tells for a range of ids how many records it has, and shows 200 of them from any place; what the other has is
known. A search that shows the middle of a part of a range divides it into four: what is shown, what is before that (as many as were
passed over), what is after it, and the rest of the range. So one record among 200, 800, 2,600 or 8,000 is found by one, two, three
or four searches, where a comparison of every record takes one for each 200 (100 in a list).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SHOWN = 200  # ids of a range that one search shows
READ_BY_IDS = 100  # records in a request
LINKS_READ = 1000  # records in a request for their links
_FEW_SEARCHES = 2
_MOST_SEARCHES = 300
_MOST_PASSED = 9_800  # records that a search passes over: it ends at the ten-thousandth (HubSpot search guide)


class Ids(Protocol):
    """The ids that the mirror has, from `low` to before `stop` (None: to the end)."""

    def count(self, low: int, stop: int | None) -> int:
        """Return how many there are."""

    def ids(self, low: int, stop: int | None) -> Sequence[int]:
        """Return them."""

    def at(self, place: int, low: int, stop: int | None) -> int | None:
        """Return the one that has so many before it; None if there are not as many."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a search of the CRM tells of a range: ids from a place on, and how many there are in all."""

    ids: Sequence[int]
    total: int
    passed: int = 0  # ids before those


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """The ids that only one side has. Not `complete` if there were too many to be found."""

    only_mirrored: frozenset[int]
    only_in_crm: frozenset[int]
    complete: bool

    @property
    def ids(self) -> frozenset[int]:
        """Both."""
        return self.only_mirrored | self.only_in_crm


@dataclass(frozen=True, slots=True)
class _Range:
    low: int
    stop: int | None
    counted: int  # in the CRM


def is_read_by_ids(unsure: int, searched: int) -> bool:
    """Return whether reading the records that may be gone by their ids takes no more requests than searches that show `searched`
    records, of which those that are gone are read then, and few anyway."""
    return math.ceil(unsure / READ_BY_IDS) <= min(_FEW_SEARCHES, math.ceil(searched / SHOWN) + 1)


def is_found_by_links(unread: int, unlinked: int, gone: int, unseen: int) -> bool:
    """Return whether fewer requests find the records that are `gone` by links than by counts: who has a link in the CRM is there.

    By links, those of `unread` records are asked for, and then the records without any are read by their ids: the `unlinked` ones,
    and those that are gone. By counts, ranges of the `unseen` records are divided until one search shows them.
    """
    by_links = math.ceil(unread / LINKS_READ) + math.ceil((unlinked + gone) / READ_BY_IDS)
    pages = math.ceil(unseen / SHOWN)
    return by_links < min(pages, gone * _searches_for_one(pages)) + math.ceil(gone / READ_BY_IDS)


def _searches_for_one(pages: int) -> int:
    return math.ceil(math.log(2 * pages + 1, 3))


def passed_to_the_middle(count: int) -> int:
    """Return how many of so many records are to be passed over, so that a search shows the middle of them."""
    return min(_MOST_PASSED, SHOWN * (max(0, math.ceil(count / SHOWN) - 1) // 2))


def find_differences(
    mirror: Ids, counted: int, search: Callable[[int, int | None, int], Shown], shown: Shown | None = None
) -> Differences:
    """Return which ids only one side has, given how many the CRM has, and perhaps what it has shown of them. `search` tells what
    it has from one id to before another (None: to the end), and shows ids after so many that are passed over.

    Two ranges that differ by as many in both directions are taken for equal.
    """
    only_mirrored, only_in_crm, answers, is_complete = set[int](), set[int](), 0, False
    ranges = [_Range(0, None, counted)]
    while ranges and answers < _MOST_SEARCHES:
        part = ranges.pop()
        if mirror.count(part.low, part.stop) == part.counted:
            continue
        stop, passed = (part.stop, 0) if shown else _part_to_search(mirror, part)
        answer, shown = shown or search(part.low, stop, passed), None
        answers += 1
        if answer.total > answer.passed and not answer.ids:
            break  # an index that counts what it does not show, for a moment
        window, rest = _divide(part, stop, answer)
        mirrored = set(mirror.ids(window.low, window.stop))
        only_mirrored |= mirrored.difference(answer.ids)
        only_in_crm |= set(answer.ids) - mirrored
        ranges += rest
    else:
        is_complete = not ranges
    return Differences(only_mirrored=frozenset(only_mirrored), only_in_crm=frozenset(only_in_crm), complete=is_complete)


def _part_to_search(mirror: Ids, part: _Range) -> tuple[int | None, int]:
    """Return the end of what a search is to count, and how many it is to pass over, so that what is before and after the records
    that it shows, and beyond its end, is about the same."""
    pages = math.ceil(part.counted / SHOWN)
    side = math.ceil((pages - 1) / 3)
    searched = 1 + 2 * side
    stop = mirror.at(searched * SHOWN, part.low, part.stop) if searched < pages else None
    if stop is None:
        return part.stop, passed_to_the_middle(part.counted)
    return stop, min(_MOST_PASSED, side * SHOWN)


def _divide(part: _Range, stop: int | None, shown: Shown) -> tuple[_Range, list[_Range]]:
    """Return the range of which a search has shown all ids, and the ranges that are left, each with how many the CRM has."""
    rest = [_Range(stop, part.stop, part.counted - shown.total)] if stop is not None and stop != part.stop else []
    if not shown.total:
        return _Range(part.low, stop, 0), rest
    if not shown.ids:  # fewer than were passed over
        return _Range(part.low, part.low, 0), [*rest, _Range(part.low, stop, shown.total)]
    seen = shown.passed + len(shown.ids)
    low = min(shown.ids) if shown.passed else part.low
    shown_to = max(shown.ids) + 1 if seen < shown.total else stop
    rest += [_Range(part.low, low, shown.passed)] if shown.passed else []
    rest += [_Range(shown_to, stop, shown.total - seen)] if shown_to is not None and shown_to != stop else []
    return _Range(low, shown_to, len(shown.ids)), rest
