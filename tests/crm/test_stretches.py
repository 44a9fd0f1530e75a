"""However lists are cut, however responses are delayed and whatever their cursors mean, every record is read."""

from __future__ import annotations

import bisect
import itertools
import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid.crm.hubspot.reading.plan import ReadPlan
from callerid.crm.hubspot.reading.stretches import Extent, PageIds, contiguous
from callerid.errors import Refused
from callerid.models import Kind, Stretch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.crm.hubspot.reading.stretches import OpenStretch

PAGE = 5


class List:
    """A list of ids whose cursors are the next page's first id, as HubSpot's are today. One that is not lenient accepts only the
    cursors that it gave."""

    def __init__(self, ids: Sequence[int], *, lenient: bool) -> None:
        self.ids, self.lenient, self.given = ids, lenient, {0}

    def page(self, cursor: int) -> PageIds:
        if not self.lenient and cursor not in self.given:
            raise Refused("no such cursor")
        place = bisect.bisect_left(self.ids, cursor)
        after = self.ids[place + PAGE] if place + PAGE < len(self.ids) else None
        self.given |= {after} if after else set()
        return PageIds(ids=tuple(self.ids[place : place + PAGE]), after=after)


def read(plan: ReadPlan, lists: dict[Kind, List], readers: int, choices: Sequence[int]) -> tuple[dict[Kind, set[int]], int]:
    """Read with so many readers whose responses come in a random order; return the ids, and how many requests it took."""
    ids_read: dict[Kind, set[int]] = {kind: set() for kind in lists}
    under_way: list[OpenStretch] = []
    requests = 0
    while not plan.finished or under_way:
        chosen = plan.choose() if len(under_way) < readers and not plan.finished else None
        if chosen is not None:
            under_way.append(plan.start(chosen))
            requests += 1
            continue
        assert under_way, "no request can be sent, and it is not finished"
        stretch = under_way.pop(choices[requests % len(choices)] % len(under_way))
        try:
            page = lists[stretch.kind].page(stretch.cursor)
        except Refused:
            assert stretch.is_jump
            plan.jump_refused(stretch)
            continue
        if plan.accept(stretch, page) is not None:
            ids_read[stretch.kind] |= set(page.ids)
        plan.release(stretch)
    return ids_read, requests


@st.composite
def all_ids(draw: st.DrawFn) -> list[int]:
    """Return rising ids: evenly spread, or in clusters with wide gaps."""
    gaps = draw(st.lists(st.sampled_from([1, 2, 13, 1000, 100_000]), max_size=150))
    ids, last = [], draw(st.sampled_from([1, 512_000_000_000]))
    for gap in gaps:
        last += gap
        ids.append(last)
    return ids


@given(
    contacts=all_ids(),
    deals=all_ids(),
    readers=st.integers(1, 12),
    choices=st.lists(st.integers(0, 30), min_size=1, max_size=30),
    lenient=st.booleans(),
    known=st.sampled_from(["nothing", "high", "both", "wrong"]),
)
def test_every_record_is_read(
    contacts: list[int], deals: list[int], readers: int, choices: list[int], *, lenient: bool, known: str
) -> None:
    lists = {Kind.CONTACTS: List(contacts, lenient=lenient), Kind.DEALS: List(deals, lenient=lenient)}
    extents = {kind: _extent(listed.ids, known) for kind, listed in lists.items() if listed.ids and known != "nothing"}
    plan = ReadPlan.of([Stretch(kind=kind, start=0, cursor=0) for kind in lists], extents)
    ids_read, _ = read(plan, lists, readers, choices)
    assert ids_read == {Kind.CONTACTS: set(contacts), Kind.DEALS: set(deals)}


def _extent(ids: Sequence[int], known: str) -> Extent:
    if known == "high":
        return Extent(high=ids[-1])
    if known == "wrong":  # an index that lags, and a wrong count
        return Extent(high=ids[len(ids) // 2], low=ids[len(ids) // 3], count=7 * len(ids))
    return Extent(high=ids[-1], low=ids[0], count=len(ids) * 100 // PAGE)


def test_a_long_list_is_read_in_parallel_with_hardly_more_requests_than_it_has_pages() -> None:
    ids = [512_000_000_000 + 7 * place for place in range(1000)]
    plan = ReadPlan.of([Stretch(kind=Kind.CONTACTS, start=0, cursor=0)], {Kind.CONTACTS: _extent(ids, "both")})
    ids_read, requests = read(plan, {Kind.CONTACTS: List(ids, lenient=True)}, 10, [3])
    assert ids_read[Kind.CONTACTS] == set(ids)
    assert requests <= 1.15 * len(ids) / PAGE


def test_a_list_that_allows_no_jumps_is_read_from_its_start_to_its_end() -> None:
    ids = [512_000_000_000 + 7 * place for place in range(500)]
    plan = ReadPlan.of([Stretch(kind=Kind.CONTACTS, start=0, cursor=0)], {Kind.CONTACTS: _extent(ids, "both")})
    ids_read, requests = read(plan, {Kind.CONTACTS: List(ids, lenient=False)}, 10, [3])
    assert ids_read[Kind.CONTACTS] == set(ids)
    assert requests <= len(ids) / PAGE + 10


def test_a_stretch_waits_where_a_jump_led_until_that_is_answered() -> None:
    """However late its answer comes, a jump brings records that no stretch has read meanwhile."""
    ids = [512_000_000_000 + 7 * place for place in range(500)]
    whole_list = List(ids, lenient=True)
    plan = ReadPlan.of([Stretch(kind=Kind.CONTACTS, start=0, cursor=0)], {Kind.CONTACTS: _extent(ids, "both")})
    first = plan.start(_chosen(plan))
    plan.accept(first, whole_list.page(first.cursor))
    jump = plan.start(_chosen(plan))
    assert jump.is_jump
    plan.release(first)
    while _chosen(plan) is first:
        plan.start(first)
        plan.accept(first, whole_list.page(first.cursor))
        plan.release(first)
    assert first.cursor > jump.start - 2 * 7 * PAGE
    assert plan.accept(jump, whole_list.page(jump.start)) is not None
    assert plan.choose() is first


def test_a_page_that_is_denser_than_the_others_leads_to_no_jump_into_the_next_page() -> None:
    begun = Stretch(kind=Kind.CONTACTS, start=1000, cursor=1000, stop=1160)
    plan = ReadPlan.of(
        [Stretch(kind=Kind.CONTACTS, start=0, cursor=0, stop=1000, done=True), begun],
        {Kind.CONTACTS: Extent(high=1160, low=1, count=2300)},
    )
    stretch = plan.start(_chosen(plan))
    plan.accept(stretch, PageIds(ids=(1000, 1003, 1006, 1010), after=1015))
    assert plan.choose() is None


def _chosen(plan: ReadPlan) -> OpenStretch:
    chosen = plan.choose()
    assert chosen
    return chosen


@pytest.mark.parametrize("done", [False, True])
def test_a_stretch_whose_following_one_was_never_stored_reads_on_through_its_place(*, done: bool) -> None:
    """Pages come from several threads: a stretch that was cut may be stored with its new end before the one that begins there, and
    the sync may be interrupted between the two. What lies beyond must not count as read."""
    cut = Stretch(kind=Kind.CONTACTS, start=0, cursor=300, stop=600, done=done)
    later = Stretch(kind=Kind.CONTACTS, start=900, cursor=950)
    deals = Stretch(kind=Kind.DEALS, start=600, cursor=600)
    plan = ReadPlan.of([cut, later, deals], {})
    first = plan.stretches[0]
    assert (first.stop, first.done, first.cursor) == (900, False, 300)
    (alone,) = ReadPlan.of([cut], {}).stretches
    assert (alone.stop, alone.done) == (None, False)


def test_stretches_that_meet_are_continued_as_they_were_left() -> None:
    left = [
        Stretch(kind=Kind.CONTACTS, start=0, cursor=500, stop=600, done=True),
        Stretch(kind=Kind.CONTACTS, start=600, cursor=700, stop=900),
        Stretch(kind=Kind.CONTACTS, start=900, cursor=950, done=True),
    ]
    assert [(stretch.stop, stretch.done) for stretch in ReadPlan.of(left, {}).stretches] == [
        (600, True),
        (900, False),
        (None, True),
    ]


def interrupted(
    plan: ReadPlan, ids: List, readers: int, choices: Sequence[int], stored_at_most: int
) -> tuple[set[int], list[Stretch], int]:
    """Read with readers whose pages are stored in any order, each reader's own in theirs, until so many were stored; return what a
    later reading finds, the records and the stretches, and how many requests there were."""
    records: set[int] = set()
    stretches = {s.start: s for s in (stretch.reached() for stretch in plan.stretches) if s.cursor}  # what earlier readings stored
    requested: list[OpenStretch] = []
    waiting: list[tuple[OpenStretch, tuple[int, ...], Stretch]] = []
    stored = step = requests = 0
    while stored < stored_at_most and (not plan.finished or requested or waiting):
        step += 1
        chosen = plan.choose() if len(requested) + len(waiting) < readers and not plan.finished else None
        if chosen is not None:
            requested.append(plan.start(chosen))
            requests += 1
            continue
        choice = choices[step % len(choices)]
        if waiting and (choice % 2 or not requested):
            stretch, ids_read, reached = waiting.pop(choice // 2 % len(waiting))
            records |= set(ids_read)
            stretches[reached.start] = reached
            stored += 1
            plan.release(stretch)
            continue
        stretch = requested.pop(choice // 2 % len(requested))
        page = ids.page(stretch.cursor)
        accepted = plan.accept(stretch, page)
        if accepted is None:
            plan.release(stretch)
        else:
            waiting.append((stretch, page.ids, accepted))
    return records, list(stretches.values()), requests


@given(
    st.lists(st.integers(1, 2000), unique=True, min_size=40, max_size=200).map(sorted),
    st.integers(2, 8),
    st.lists(st.integers(0, 99), min_size=5, max_size=40),
    st.lists(st.integers(0, 25), min_size=1, max_size=3),
)
def test_a_reading_that_is_interrupted_anywhere_loses_nothing(
    ids: list[int], readers: int, choices: list[int], interruptions: list[int]
) -> None:
    whole_list = List(ids, lenient=True)
    extents = {Kind.CONTACTS: Extent(high=ids[-1], low=ids[0], count=len(ids))}
    stretches, ids_read = list[Stretch](), set[int]()
    for stored_at_most in (*interruptions, 10_000):
        plan = ReadPlan.of(stretches or [Stretch(kind=Kind.CONTACTS, start=0, cursor=0)], extents)
        records, stretches, _ = interrupted(plan, whole_list, readers, choices, stored_at_most)
        ids_read |= records
    assert ids_read == set(ids)


@given(
    gaps=st.lists(st.integers(1, 13), min_size=60, max_size=300),
    readers=st.integers(1, 8),
    choices=st.lists(st.integers(0, 99), min_size=5, max_size=40),
    kill=st.integers(0, 60),
)
def test_a_reading_that_is_killed_at_any_moment_costs_what_was_left_and_a_page_for_each_stretch(
    gaps: list[int], readers: int, choices: list[int], kill: int
) -> None:
    """For every order of answers: no page that was stored is requested again, no stretch is read through its neighbour, and no jump
    leads to where a stretch has come meanwhile.

    What a kill loses is one page of each stretch at the most, and what follows takes the pages that were left, and one more for each
    stretch that it begins: its last page reaches into the next stretch, because nobody knows where pages end before they came. So
    both readings take one page for each stretch of either more than a fresh one. With the stretches of the killed one alone that
    would not be so for every order: where they meet is left to chance, and of a fresh reading every stretch may end with a full page.
    """
    ids = [512_000_000_000 + place for place in itertools.accumulate(gaps)]
    whole_list, begin = List(ids, lenient=True), [Stretch(kind=Kind.CONTACTS, start=0, cursor=0)]
    extents = {Kind.CONTACTS: Extent(high=ids[-1], low=ids[0], count=len(ids) * 100 // PAGE)}
    _, _, fresh = interrupted(ReadPlan.of(begin, extents), whole_list, readers, choices, 10_000)
    killed = ReadPlan.of(begin, extents)
    before, left, requests = interrupted(killed, whole_list, readers, choices, kill)
    left = left or begin
    continued = ReadPlan.of(left, extents)
    needed = sum(_pages_left(ids, stretch) for stretch in continued.stretches)
    after, _, more = interrupted(continued, whole_list, readers, choices, 10_000)
    begun_since = len(continued.stretches) - len(left)
    assert before | after == set(ids)
    assert before == set(ids) or requests - kill <= len(killed.stretches) + sum(killed.missed_jumps.values())
    assert more <= needed + begun_since + sum(continued.missed_jumps.values())
    assert requests + more <= fresh + len(killed.stretches) + begun_since


def _pages_left(ids: Sequence[int], stretch: OpenStretch) -> int:
    """Return how many pages a stretch takes to its end if nothing else begins in it."""
    stop = bisect.bisect_left(ids, stretch.stop) if stretch.stop else len(ids)
    return 0 if stretch.done else max(1, math.ceil((stop - bisect.bisect_left(ids, stretch.cursor)) / PAGE))


def test_where_nothing_of_a_lists_beginning_was_stored_it_is_read() -> None:
    left = contiguous([Stretch(kind=Kind.CONTACTS, start=500, cursor=600)])
    assert {(stretch.start, stretch.stop) for stretch in left} == {(0, 500), (500, None)}
