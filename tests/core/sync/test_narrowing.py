"""Counts of ranges lead to the records that only one side has, in far fewer searches than there are pages."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from callerid.core.sync.narrowing import (
    SHOWN,
    Shown,
    find_differences,
    is_found_by_links,
    is_read_by_ids,
    is_short,
    passed_to_the_middle,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class Side:
    """Ids, by range."""

    def __init__(self, ids: Collection[int]) -> None:
        self.sorted = sorted(ids)
        self.searches = 0

    def ids(self, low: int, stop: int | None) -> Sequence[int]:
        end = len(self.sorted) if stop is None else bisect.bisect_left(self.sorted, stop)
        return self.sorted[bisect.bisect_left(self.sorted, low) : end]

    def count(self, low: int, stop: int | None) -> int:
        return len(self.ids(low, stop))

    def at(self, place: int, low: int, stop: int | None) -> int | None:
        ids = self.ids(low, stop)
        return ids[place] if place < len(ids) else None

    def search(self, low: int, stop: int | None, passed: int) -> Shown:
        self.searches += 1
        ids = self.ids(low, stop)
        return Shown(ids[passed : passed + SHOWN], len(ids), passed)


EVERYBODY = frozenset(range(512_000, 532_000))


def test_one_record_of_twenty_thousand_that_is_gone_is_found_in_five_searches_wherever_it_was() -> None:
    for gone in (512_000, 514_321, 520_123, 527_654, 531_999):
        crm = Side(EVERYBODY - {gone})
        found = find_differences(Side(EVERYBODY), len(crm.sorted), crm.search)
        assert (found.only_mirrored, found.ids, found.complete) == (frozenset({gone}), frozenset({gone}), True)
        assert crm.searches <= 5


def test_sixteen_that_are_gone_take_fewer_searches_than_a_list_has_pages() -> None:
    gone = frozenset(range(512_700, 531_000, 1_200))
    crm = Side(EVERYBODY - gone)
    assert find_differences(Side(EVERYBODY), len(crm.sorted), crm.search).only_mirrored == gone
    assert crm.searches <= 50


def test_equal_counts_take_no_search() -> None:
    crm = Side(EVERYBODY)
    assert find_differences(Side(EVERYBODY), len(crm.sorted), crm.search).ids == frozenset()
    assert crm.searches == 0


def test_a_search_that_shows_nothing_of_what_it_counts_proves_nothing() -> None:
    found = find_differences(Side(EVERYBODY), 10**6, lambda _low, _stop, passed: Shown((), 10**6, passed))
    assert not found.ids
    assert not found.complete


def test_a_range_with_fewer_records_than_a_search_passes_over_is_searched_again_from_its_beginning() -> None:
    mirrored, left = frozenset(range(1_500)), frozenset((3, 700, 1_499))
    crm = Side(left)
    shown = crm.search(0, None, passed_to_the_middle(len(mirrored)))
    assert (list(shown.ids), shown.total) == ([], 3)
    found = find_differences(Side(mirrored), shown.total, crm.search, shown)
    assert (found.only_mirrored, found.complete) == (mirrored - left, True)


def test_whoever_is_in_a_range_where_the_crm_has_nobody_is_gone() -> None:
    mirrored, anew = frozenset(range(2_000)), frozenset(range(5_000, 6_500))
    crm = Side(anew)
    found = find_differences(Side(mirrored), len(anew), crm.search)
    assert frozenset(range(1_000)) <= found.only_mirrored <= mirrored
    assert found.only_in_crm <= anew


def test_what_was_shown_with_the_count_is_not_searched_again() -> None:
    few, more = frozenset(range(1, 150)), frozenset(range(1, 350))
    for mirrored, gone, searches in ((few, frozenset({3, 149}), 0), (more, frozenset({3, 149, 340}), 1)):
        crm = Side(mirrored - gone)
        found = find_differences(Side(mirrored), len(crm.sorted), crm.search, Shown(crm.sorted[:SHOWN], len(crm.sorted)))
        assert (found.only_mirrored, found.only_in_crm, found.complete) == (gone, frozenset[int](), True)
        assert crm.searches == searches


def test_a_few_who_may_be_gone_are_read_by_their_ids_and_more_are_searched_for() -> None:
    assert is_read_by_ids(0, 0)
    assert is_read_by_ids(200, 400)
    assert not is_read_by_ids(201, 4000)
    assert is_short(400)
    assert not is_short(401)


def test_who_has_no_link_is_read_by_id_where_that_takes_fewer_requests_than_counts() -> None:
    assert is_found_by_links(1600, 20, 16, 4000)
    assert is_found_by_links(0, 0, 1, 4000)
    assert not is_found_by_links(1600, 20, 0, 4000)
    assert not is_found_by_links(0, 3000, 2, 4000)  # a portal whose deals have companies only
    assert not is_found_by_links(90_000, 0, 1, 100_000)
    assert not is_found_by_links(0, 0, 5, 0)  # all were shown


@given(
    mirrored=st.frozensets(st.integers(1, 3000), max_size=900),
    gone=st.frozensets(st.integers(1, 3000), max_size=40),
    new=st.frozensets(st.integers(3001, 9000), max_size=700),
    is_middle_shown=st.booleans(),
)
def test_whatever_is_gone_or_new_is_found(
    mirrored: frozenset[int], gone: frozenset[int], new: frozenset[int], *, is_middle_shown: bool
) -> None:
    """New ids are above all others, so that no range hides one that is gone behind one that came."""
    crm = Side((mirrored - gone) | new)
    shown = crm.search(0, None, passed_to_the_middle(len(mirrored))) if is_middle_shown else None
    found = find_differences(Side(mirrored), len(crm.sorted), crm.search, shown)
    if len(new) == len(mirrored & gone):
        return  # equal counts: nothing is searched
    in_the_end = (mirrored - found.only_mirrored) | found.only_in_crm
    assert found.only_mirrored <= gone
    assert found.only_in_crm <= new
    assert len(in_the_end) == len(crm.sorted)
