"""Reads lists in parallel: some threads fetch pages, the caller's thread gets them one by one and can take its time."""

from __future__ import annotations

import contextlib
import queue
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from callerid.errors import Refused
from callerid.models import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from callerid.crm.hubspot.reading.plan import ReadPlan
    from callerid.crm.hubspot.reading.stretches import OpenStretch, PageIds
    from callerid.models import Kind, Stretch

_PAGES_WAITING = 16  # that were read and not yet taken: the bound of memory
_PAGES_TO_START_WITH = 10  # with fewer pages waiting, the thread that writes them lets the threads that read go first
_FEWEST_OPEN = 3
_LOST_SHARE = 20  # a reading that is killed loses the pages that are not stored yet: at the most one of so many
_CHECK_INTERVAL = 0.2  # seconds between checks whether the reading has stopped


class PageSource(Protocol):
    """Where the pages come from."""

    def reserve(self, kind: Kind) -> float:
        """Grant a request for a page of a kind that is sent now, and return 0; or return the seconds until it may be asked for."""

    def fetch(self, kind: Kind, cursor: int) -> tuple[Page, PageIds]:
        """Return the page that begins with the first record whose id is not below `cursor`; `reserve` has granted it."""

    def wait(self, seconds: float) -> None:
        """Sleep."""


class _Stopped(Exception):
    """The reading has stopped; what a thread still has is not wanted."""


class ParallelReader:
    """One reading of all stretches of a plan, with as many threads as `readers` returns. Iterate over it once."""

    def __init__(self, plan: ReadPlan, source: PageSource, readers: Callable[[], int], pages: int) -> None:
        """`pages` is about how many the whole reading has, before any interruption."""
        self._plan, self._source, self._readers = plan, source, readers
        self._most_open = max(_FEWEST_OPEN, pages // _LOST_SHARE)
        self._waits_for = min(_PAGES_TO_START_WITH, self._most_open // 2)
        self._changed = threading.Condition()
        self._pages: queue.Queue[tuple[OpenStretch, Page] | BaseException | None] = queue.Queue(_PAGES_WAITING)
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._under_way = 0  # requests that were granted and not yet answered

    def __iter__(self) -> Iterator[Page]:
        """Return the pages as they come. Raise what a request raised, after the pages that came before.

        The next page of a stretch is requested when the caller has asked for another page, so that it has stored this one: a
        reading that is killed loses one page of each stretch at the most.
        """
        try:
            while not self._is_over():
                self._start_threads()
                self._let_threads_read()
                item = self._pages.get()
                if item is None:
                    return
                if isinstance(item, BaseException):
                    raise item
                stretch, page = item
                yield page
                self._release(stretch)
        finally:
            self._stopped.set()
            with self._changed:
                self._changed.notify_all()

    def _let_threads_read(self) -> None:
        """Wait while requests are under way: Python runs one thread at a time, and when the limit of requests is reached for some
        seconds there is time enough to write what came."""
        with self._changed:
            self._changed.wait_for(
                lambda: not self._under_way or self._pages.qsize() >= self._waits_for or self._stopped.is_set(),
                timeout=2 * _CHECK_INTERVAL,
            )

    def _start_threads(self) -> None:
        while not self._stopped.is_set() and len(self._threads) < self._readers():
            thread = threading.Thread(target=self._work, name="callerid-read", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        try:
            while (stretch := self._next()) is not None:
                self._read(stretch)
        except _Stopped:
            return
        except BaseException as fault:  # noqa: BLE001 - it is raised in the thread that waits for pages
            with contextlib.suppress(_Stopped):
                self._hand_over(fault)

    def _next(self) -> OpenStretch | None:
        """Wait until a request may be sent, and only then choose for which stretch: the one with the most left, so that all end
        together."""
        while not self._stopped.is_set():
            with self._changed:
                if self._plan.finished:
                    return None
                stretch, pause = self._granted()
                if stretch is not None:
                    return stretch
                if pause is None:
                    self._changed.wait()
                    continue
            self._source.wait(pause)
        return None

    def _granted(self) -> tuple[OpenStretch | None, float | None]:
        """Return the stretch for which a request may be sent now; or the seconds until one may be asked for, None when only a
        response can tell. A kind that has to wait (searches have a lower limit) does not hold up the others."""
        if sum(stretch.busy for stretch in self._plan.stretches) >= self._most_open:
            return None, None
        pauses: dict[Kind, float] = {}
        while (chosen := self._plan.choose(pauses)) is not None:
            pause = self._source.reserve(chosen.kind)
            if not pause:
                self._under_way += 1
                return self._plan.start(chosen), None
            pauses[chosen.kind] = pause
        return None, min(pauses.values(), default=None)

    def _read(self, stretch: OpenStretch) -> None:
        try:
            reached, page = self._fetch(stretch)
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()
        if reached is not None:
            self._hand_over((stretch, replace(page, stretches=(reached,))))
            return
        self._release(stretch)
        if self._is_over():
            self._hand_over(None)

    def _release(self, stretch: OpenStretch) -> None:
        """Let the next request of a stretch be sent: its page was stored, or is not wanted."""
        with self._changed:
            self._plan.release(stretch)
            self._changed.notify_all()

    def _is_over(self) -> bool:
        """Return whether everything has been read, and stored."""
        with self._changed:
            return self._plan.finished and not any(stretch.busy for stretch in self._plan.stretches)

    def _fetch(self, stretch: OpenStretch) -> tuple[Stretch | None, Page]:
        try:
            page, ids = self._source.fetch(stretch.kind, stretch.cursor)
        except Refused:
            if not stretch.is_jump:
                raise
            with self._changed:
                self._plan.jump_refused(stretch)
            return None, Page()
        with self._changed:
            return self._plan.accept(stretch, ids), page

    def _hand_over(self, item: tuple[OpenStretch, Page] | BaseException | None) -> None:
        while not self._stopped.is_set():
            try:
                self._pages.put(item, timeout=_CHECK_INTERVAL)
            except queue.Full:
                continue
            else:
                return
        raise _Stopped
