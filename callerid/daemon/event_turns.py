"""Turns with events: rings, which must not wait for anything, and taps."""

from __future__ import annotations

import logging
import queue
import time
from functools import partial
from typing import TYPE_CHECKING

from callerid.core.backoff import Backoff, RetryQueue
from callerid.core.inbox_events import HINTS, Idle
from callerid.core.upkeep.health import Source
from callerid.errors import CalleridError, DiskFull, DiskReadOnly, PhoneFault, Stopped
from callerid.logs import log
from callerid.messages import counted
from callerid.phone.inbox import Inbox
from callerid.store.reserve import Reserve
from callerid.turns.context import utc_now
from callerid.turns.inbox.receive import must_stay, receive

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from callerid.core.inbox_events import Event
    from callerid.daemon.shared import SharedState
    from callerid.phone.inbox import ReceivedEvent
    from callerid.phone.screen import CardResult
    from callerid.turns.context import AppContext


_INBOX_POLL = 60.0  # seconds; inotify wakes the loop at once, this is for events that it misses
_AT_ONCE = 0.0
_REMEMBERED = 20_000  # events
_MOST_WAITING = 1000  # events that a loop remembers to handle again; the inbox gives 500 hints and 500 others at a time
# An event that cannot be handled keeps its file, so a restart loses none; the failures themselves cannot be kept, for it is the
# ledger or the inbox that fails. The first pauses are short because a ring lasts for half a minute.
_RETRY_STORE = Backoff.seconds(3, 3, 3, 10, 30, 60, 300)
_RETRY_READ = Backoff.seconds(3, 3, 3, 10, 30, 60)


class _Handling:
    """The events that one loop handles. Those that the store could not take wait in one queue, whose timer is the loop's pause."""

    def __init__(self, shared: SharedState, most: int = _MOST_WAITING) -> None:
        self._shared = shared
        self._waiting: RetryQueue[Callable[[AppContext], None]] = RetryQueue(_RETRY_STORE, most)
        self._fault: Exception | None = None  # since the last line of the log about one

    @property
    def has_waiting(self) -> bool:
        """Whether events wait to be handled again."""
        return bool(self._waiting)

    def handle(self, app: AppContext, event: Callable[[AppContext], None]) -> bool:
        """Handle an event, now or later; return False when it is not done and too many wait already."""
        began = time.monotonic()
        if not self._try(app, event):
            return self._waiting.add(event, time.monotonic(), began)
        self._waiting.make_due(time.monotonic())
        return True

    def handle_again(self, app: AppContext) -> float | None:
        """Handle the events that are due again, and return the seconds until the next are; None when none waits."""
        self._waiting.retry(partial(self._try, app), time.monotonic)
        pause = self._waiting.seconds_until_due(time.monotonic())
        fault, self._fault = self._fault, None
        if fault and pause is not None:
            self._log(fault, pause)
        return pause

    def make_due(self) -> None:
        """Let what waits be handled by the next turn, whatever its pause; from any thread."""
        self._waiting.make_due(time.monotonic())

    def _log(self, fault: Exception, pause: float) -> None:
        """Log one line, or one traceback, however many events failed since the last time."""
        events = counted(len(self._waiting), "{count} event", "{count} events")
        if isinstance(fault, DiskFull | DiskReadOnly):
            self._shared.found_disk_fault(fault)  # which is said once, for all loops
        elif isinstance(fault, CalleridError):
            log.warning("%s Handled again in %.0f s: %s.", fault, pause, events)
        else:
            log.error("unexpected error; handled again in %.0f s: %s", pause, events, exc_info=fault)

    def _try(self, app: AppContext, event: Callable[[AppContext], None]) -> bool:
        try:
            event(app)
        except Stopped:
            raise  # the event's file stays for the next start
        except Exception as fault:  # noqa: BLE001 - it is logged, once for all that wait
            self._fault = fault
            return False
        return True


class EventTurns:
    """The turns of the loops `rings` and `taps`."""

    def __init__(self, shared: SharedState) -> None:
        self._shared = shared
        self._inbox = Inbox(shared.paths.inbox)
        self._taps: queue.SimpleQueue[ReceivedEvent] = queue.SimpleQueue()
        self._handed_over: dict[tuple[str, datetime], None] = {}
        self._finished: queue.SimpleQueue[tuple[str, datetime]] = queue.SimpleQueue()
        self._left: list[tuple[str, datetime]] = []  # handed over, and not handled, because too many waited
        self._hint_handling, self._tap_handling = _Handling(shared), _Handling(shared)
        self._idles = 0  # times that the phone became idle
        self._read_failures = 0  # in a row
        self._card_results: queue.SimpleQueue[CardResult] = queue.SimpleQueue()

    def record_card_result(self, result: CardResult) -> None:
        """Take the result of showing a card from another thread. The next turn of `rings` reports it."""
        self._card_results.put(result)
        if result.fault:
            self._shared.wake("rings")

    def retry_now(self) -> None:
        """Let every event that waits be handled by the next turn of its loop, whatever its pause; from any thread."""
        self._hint_handling.make_due()
        self._tap_handling.make_due()

    def rings(self, app: AppContext) -> float | None:
        """Handle rings at once, and hand taps to the loop `taps`. The file of an event is removed once the event is handled."""
        self._handle_sense_events(app)
        self._forget_finished()
        read = self._inbox.read(utc_now())
        new = [received for received in read if self._is_new(received)]
        self._handle_new(app, new)
        again = self._hint_handling.handle_again(app)
        self._report_card_results(app)
        self._read_failures = self._read_failures + 1 if self._inbox.has_unreadable else 0
        if self._read_failures:
            pause = _RETRY_READ.pause(self._read_failures).total_seconds()
        elif self._take_up_left() or ((new or not read) and self._inbox.has_more):
            pause = _AT_ONCE
        else:
            pause = _INBOX_POLL
        return pause if again is None else min(pause, again)

    def _handle_new(self, app: AppContext, new: Sequence[ReceivedEvent]) -> None:
        idle = [received.event.at for received in new if isinstance(received.event, Idle)]
        self._idles += len(idle)
        for received in new:
            if isinstance(received.event, HINTS):
                over = bool(idle) and received.event.at < max(idle)
                self._receive(app, self._hint_handling, received, over=over)
            else:
                self._taps.put(received)
                self._shared.wake("taps")

    def _handle_sense_events(self, app: AppContext) -> None:
        while not self._shared.sense_events.empty():
            event = self._shared.sense_events.get_nowait()
            self._idles += isinstance(event, Idle)
            self._hint_handling.handle(app, self._handling(event))  # one for which there is no room has no file, and is lost

    def _report_card_results(self, app: AppContext) -> None:
        while not self._card_results.empty():
            result = self._card_results.get_nowait()
            if not (app.screen and app.screen.is_outdated(result)):
                app.report(Source.NOTIFICATIONS, result.fault, utc_now())

    def taps(self, app: AppContext) -> float | None:
        """Handle the taps that `rings` handed over, and those that wait for the store."""
        while not self._shared.stopping.is_set():
            try:
                received = self._taps.get_nowait()
            except queue.Empty:
                again = self._tap_handling.handle_again(app)
                if self._inbox.has_more:  # events that were behind those just removed
                    self._shared.wake("rings")
                return again
            self._receive(app, self._tap_handling, received)
        return None

    def _is_new(self, received: ReceivedEvent) -> bool:
        """Return whether an event was not handed over before. Its file is read again until the event is handled."""
        key = _key(received)
        if key in self._handed_over:
            return False
        self._handed_over[key] = None
        if len(self._handed_over) > _REMEMBERED:
            del self._handed_over[next(iter(self._handed_over))]
        return True

    def _take_up_left(self) -> bool:
        """Return whether events can be read again that were left because too many waited."""
        if not self._left or self._hint_handling.has_waiting or self._tap_handling.has_waiting:
            return False
        left, self._left = self._left, []
        for key in left:
            self._handed_over.pop(key, None)
        return True

    def _handling(
        self, event: Event, *, over: bool = False, done: Callable[[], None] = lambda: None
    ) -> Callable[[AppContext], None]:
        """Return a function that handles an event and then calls `done`. A ring that is handled again after the phone became idle
        is over, whatever the clock said meanwhile."""
        idles = self._idles

        def handle(app: AppContext) -> None:
            self._handle(app, event, over=over or idles < self._idles)
            done()

        return handle

    def _receive(self, app: AppContext, handling: _Handling, received: ReceivedEvent, *, over: bool = False) -> None:
        """Handle an event and remove its file, now or later. One for which there is no room is read again when there is."""
        event = self._handling(received.event, over=over, done=partial(self._finish, received))
        if not handling.handle(app, event) and len(self._left) < _REMEMBERED:
            self._left.append(_key(received))

    def _finish(self, received: ReceivedEvent) -> None:
        """Remove the file of an event that was handled."""
        self._inbox.remove(received)
        self._finished.put(_key(received))
        if Reserve(self._shared.paths.reserve).is_wanting:
            self._shared.wake("disk")  # callerid-event found the disk full

    def _forget_finished(self) -> None:
        """Forget events whose files are gone: what is read from now on cannot have them."""
        while not self._finished.empty():
            self._handed_over.pop(self._finished.get_nowait(), None)

    def _handle(self, app: AppContext, event: Event, *, over: bool = False) -> None:
        """Handle an event; one that fails for good is done too. Raise what failed when it has to be handled again."""
        try:
            self._shared.dispatch(receive(app, event, utc_now(), over=over))
        except Exception as fault:
            if must_stay(event, fault):
                raise
            if isinstance(fault, CalleridError):
                # a PhoneFault was reported
                log.log(logging.DEBUG if isinstance(fault, PhoneFault) else logging.WARNING, "%s", fault)
            else:
                log.exception("unexpected error; the event is dropped")


def _key(received: ReceivedEvent) -> tuple[str, datetime]:
    return received.name, received.event.at
