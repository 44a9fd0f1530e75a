"""Reads lists side by side: some threads fetch, the caller's thread gets the pages one by one and can take its time."""

from __future__ import annotations

import contextlib
import queue
import threading
from typing import TYPE_CHECKING, Protocol

from callerid.errors import Refused
from callerid.models import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from callerid.crm.hubspot.reading.stretches import Answer, Board, Run
    from callerid.models import Kind, Stretch

_PAGES_WAITING = 16  # that were read and are not yet taken: they bound the memory
_PLENTY = 10  # pages; below that, whoever writes them lets whoever reads go first
_PATIENCE = 0.2  # seconds between looks whether the walk has ended


class Lists(Protocol):
    """Where the pages come from."""

    def turn(self, kind: Kind) -> float:
        """Grant a request for a page of a kind that is sent now, and return 0; or return the seconds until it may be asked for."""

    def fetch(self, kind: Kind, cursor: int) -> tuple[Page, Answer]:
        """Return the page that begins with the first record whose id is not below `cursor`; its turn was granted."""

    def wait(self, seconds: float) -> None:
        """Sleep."""


class _Ended(Exception):
    """The walk is over; a thread that still wants to hand something over need not."""


class Walk:
    """One walk over a board. Iterate over it, once, within `with`."""

    def __init__(self, board: Board, lists: Lists, workers: Callable[[], int]) -> None:
        self._board, self._lists, self._workers = board, lists, workers
        self._changed = threading.Condition()
        self._pages: queue.Queue[Page | BaseException | None] = queue.Queue(_PAGES_WAITING)
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        self._under_way = 0  # requests that were granted and not yet answered

    def __iter__(self) -> Iterator[Page]:
        """Return the pages as they come. Raise what a request raised, after the pages that came before."""
        try:
            while not self._board.finished or self._threads:
                self._staff()
                self._give_way()
                page = self._pages.get()
                if page is None:
                    return
                if isinstance(page, BaseException):
                    raise page
                yield page
        finally:
            self._ended.set()
            with self._changed:
                self._changed.notify_all()

    def _give_way(self) -> None:
        """Wait while requests are under way: Python runs one thread at a time, and when the limit of requests is reached for some
        seconds there is time enough to write what came."""
        with self._changed:
            self._changed.wait_for(
                lambda: not self._under_way or self._pages.qsize() >= _PLENTY or self._ended.is_set(), timeout=2 * _PATIENCE
            )

    def _staff(self) -> None:
        """See that there are as many threads as the CRM's answers take to come."""
        while not self._ended.is_set() and len(self._threads) < self._workers():
            thread = threading.Thread(target=self._work, name="callerid-walk", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        try:
            while (run := self._take()) is not None:
                self._read(run)
        except _Ended:
            return
        except BaseException as fault:  # noqa: BLE001 - it is raised in the thread that waits for pages
            with contextlib.suppress(_Ended):
                self._hand_over(fault)

    def _take(self) -> Run | None:
        """Wait until a request may be sent, and only then choose for what: what has most left comes first, so all end together."""
        while not self._ended.is_set():
            with self._changed:
                if self._board.finished:
                    return None
                run, pause = self._granted()
                if run is not None:
                    return run
                if pause is None:
                    self._changed.wait()
                    continue
            self._lists.wait(pause)
        return None

    def _granted(self) -> tuple[Run | None, float | None]:
        """Return the run for which a request may be sent now; or the seconds until one may be asked for, None when only an answer
        can tell. A kind whose turn it is not (searches have a narrower limit) does not hold up the others."""
        pauses: dict[Kind, float] = {}
        while (chosen := self._board.choose(pauses)) is not None:
            pause = self._lists.turn(chosen.kind)
            if not pause:
                self._under_way += 1
                return self._board.start(chosen), None
            pauses[chosen.kind] = pause
        return None, min(pauses.values(), default=None)

    def _read(self, run: Run) -> None:
        try:
            changed, page = self._ask(run)
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()
        if changed is not None:
            # before the run is released: a later page of the same stretch must not overtake this one
            self._hand_over(_with_stretches(page, changed))
        with self._changed:
            self._board.release(run)
            over = self._board.finished and not any(other.busy for other in self._board.runs)
            self._changed.notify_all()
        if over:
            self._hand_over(None)

    def _ask(self, run: Run) -> tuple[tuple[Stretch, ...] | None, Page]:
        try:
            page, answer = self._lists.fetch(run.kind, run.cursor)
        except Refused:
            if not run.probe:
                raise
            with self._changed:
                self._board.refused(run)
            return None, Page()
        with self._changed:
            return self._board.took(run, answer), page

    def _hand_over(self, page: Page | BaseException | None) -> None:
        while not self._ended.is_set():
            try:
                self._pages.put(page, timeout=_PATIENCE)
            except queue.Full:
                continue
            else:
                return
        raise _Ended


def _with_stretches(page: Page, changed: tuple[Stretch, ...]) -> Page:
    return Page(contacts=page.contacts, companies=page.companies, deals=page.deals, stretches=changed)
