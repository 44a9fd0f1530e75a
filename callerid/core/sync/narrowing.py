"""Find which records only one of two sides has, by counting ranges of their ids, down to those whose counts differ.

One side, the CRM, tells for a range of ids how many records it has and shows the first of them; what the other has is known. A few
differences among twenty thousand records take a few dozen searches, where a comparison of every record takes two hundred.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SHOWN = 200  # ids of a range that one search shows
READ_BY_IDS = 100  # records in a request
_LINKS_READ = 1000  # records in a request for their links
_FEW_SEARCHES = 2
_MOST_SEARCHES = 300


class Ids(Protocol):
    """The ids that the mirror has, from `low` to before `stop` (None: to the end)."""

    def count(self, low: int, stop: int | None) -> int:
        """Return how many there are."""

    def ids(self, low: int, stop: int | None) -> Sequence[int]:
        """Return them."""

    def middle(self, low: int, stop: int | None) -> int | None:
        """Return one in their middle, above the first; None if there are fewer than two."""


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


def is_short(count: int) -> bool:
    """Return whether so many ids are shown by so few searches that nothing else finds differences more cheaply."""
    return count <= _FEW_SEARCHES * SHOWN


def is_read_by_ids(unsure: int, searched: int) -> bool:
    """Return whether reading the records that may be gone by their ids takes no more requests than searches that show `searched`
    records, of which those that are gone are read then, and few anyway."""
    return math.ceil(unsure / READ_BY_IDS) <= min(_FEW_SEARCHES, math.ceil(searched / SHOWN) + 1)


def is_found_by_links(unread: int, unlinked: int, gone: int, unseen: int) -> bool:
    """Return whether fewer requests find the records that are `gone` by links than by counts: who has a link in the CRM is there.

    By links, those of `unread` records are asked for, and then the records without any are read by their ids: the `unlinked` ones,
    and those that are gone. By counts, ranges of the `unseen` records are halved until one search shows them.
    """
    by_links = math.ceil(unread / _LINKS_READ) + math.ceil((unlinked + gone) / READ_BY_IDS)
    pages = math.ceil(unseen / SHOWN)
    return by_links < min(pages, gone * (1 + math.ceil(math.log2(max(1, pages))))) + math.ceil(gone / READ_BY_IDS)


def find_differences(
    mirror: Ids, counted: int, search: Callable[[int, int | None], tuple[Sequence[int], int]], shown: Sequence[int] = ()
) -> Differences:
    """Return which ids only one side has, given how many the CRM has, and perhaps its first ids, which it has shown. `search`
    returns its first `SHOWN` ids from one to before another (None: to the end), and how many it has there.

    Two ranges that differ by as many in both directions are taken for equal.
    """
    only_mirrored, only_in_crm, searches, is_complete = set[int](), set[int](), 0, False
    ranges = [_Range(0, None, counted)]
    if shown and mirror.count(0, None) != counted:
        shown_to = max(shown) + 1 if len(shown) < counted else None
        mirrored = set(mirror.ids(0, shown_to))
        only_mirrored, only_in_crm = mirrored.difference(shown), set(shown) - mirrored
        ranges = [] if shown_to is None else [_Range(shown_to, None, counted - len(shown))]
    while ranges and searches < _MOST_SEARCHES:
        part = ranges.pop()
        if mirror.count(part.low, part.stop) == part.counted:
            continue
        stop = part.stop if part.counted <= SHOWN else mirror.middle(part.low, part.stop) or part.stop
        ids, total = search(part.low, stop)
        searches += 1
        if total and not ids:
            break  # an index that counts what it does not show, for a moment
        shown_to = max(ids) + 1 if ids and len(ids) < total else stop
        mirrored = set(mirror.ids(part.low, shown_to))
        only_mirrored |= mirrored.difference(ids)
        only_in_crm |= set(ids) - mirrored
        ranges += [_Range(stop, part.stop, part.counted - total)] if stop is not None and stop != part.stop else []
        ranges += [_Range(shown_to, stop, total - len(ids))] if shown_to is not None and shown_to != stop else []
    else:
        is_complete = not ranges
    return Differences(only_mirrored=frozenset(only_mirrored), only_in_crm=frozenset(only_in_crm), complete=is_complete)
