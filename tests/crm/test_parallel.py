"""However many threads read a list, few of its pages are under way or wait to be stored: a kill loses no more."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from callerid.crm.hubspot.reading.parallel import ParallelReader
from callerid.crm.hubspot.reading.plan import ReadPlan
from callerid.crm.hubspot.reading.stretches import Extent, PageIds
from callerid.models import Kind, Page, Stretch

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = 100


class Lists:
    """A list of contacts, which counts the pages that it has sent."""

    def __init__(self, ids: Sequence[int]) -> None:
        self.ids, self.sent, self._lock = ids, 0, threading.Lock()

    def reserve(self, _kind: Kind) -> float:
        return 0.0

    def wait(self, seconds: float) -> None:
        """Never: there is no limit."""

    def fetch(self, _kind: Kind, cursor: int) -> tuple[Page, PageIds]:
        with self._lock:
            self.sent += 1
        page = tuple(i for i in self.ids if i >= cursor)[: PAGE + 1]
        return Page(), PageIds(ids=page[:PAGE], after=page[PAGE] if len(page) > PAGE else None)


@pytest.mark.parametrize(("pages", "open_at_most"), [(30, 3), (120, 6)])
def test_one_page_in_twenty_is_not_stored_yet_at_the_most(pages: int, open_at_most: int) -> None:
    lists = Lists(range(1, pages * PAGE + 1))
    extents = {Kind.CONTACTS: Extent(high=lists.ids[-1], low=1, count=len(lists.ids))}
    plan = ReadPlan.of([Stretch(kind=Kind.CONTACTS, start=0, cursor=0)], extents)
    most = 0
    for stored, _ in enumerate(ParallelReader(plan, lists, lambda: 24, pages)):
        time.sleep(0.001)  # storing takes a moment, in which the threads go on
        most = max(most, lists.sent - stored)
    assert plan.finished
    assert 1 < most <= open_at_most + sum(plan.missed_jumps.values())
