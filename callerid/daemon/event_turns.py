"""Turns with events: rings, which must not wait for anything, and taps."""

from __future__ import annotations

import logging
import queue
import threading
from functools import partial
from typing import TYPE_CHECKING

from callerid.core.backoff import Backoff
from callerid.core.inbox_events import HINTS, Idle
from callerid.errors import CalleridError, DiskFull, PhoneFault, Stopped
from callerid.phone.inbox import Inbox
from callerid.store.reserve import Reserve
from callerid.turns.context import utc_now
from callerid.turns.inbox.receive import must_stay, receive

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.core.inbox_events import Event
    from callerid.core.upkeep.health import Source
    from callerid.daemon.shared import SharedState
    from callerid.phone.inbox import ReceivedEvent
    from callerid.turns.context import AppContext

log = logging.getLogger("callerid")

_INBOX_POLL = 60.0  # seconds; inotify wakes the loop at once, this is for events that it misses
_AT_ONCE = 0.0
_REMEMBERED = 20_000  # events
# An event that cannot be handled keeps its file, so a restart loses none; the failures themselves cannot be kept, for it is the
# ledger or the inbox that fails. The first pauses are short because a ring lasts for half a minute.
_RETRY_STORE = Backoff.seconds(3, 3, 3, 10, 30, 60, 300)
_RETRY_READ = Backoff.seconds(3, 3, 3, 10, 30, 60)


class EventTurns:
    """The turns of the loops `rings` and `taps`."""

    def __init__(self, shared: SharedState) -> None:
        self._shared = shared
        self._inbox = Inbox(shared.paths.inbox)
        self._taps: queue.SimpleQueue[ReceivedEvent] = queue.SimpleQueue()
        self._handed_over: dict[tuple[str, datetime], None] = {}
        self._store_failures = self._read_failures = 0  # in a row
        self._card_results: queue.SimpleQueue[tuple[Source, CalleridError | None]] = queue.SimpleQueue()

    def record_card_result(self, source: Source, fault: CalleridError | None) -> None:
        """Take the result of showing a card from another thread. The next turn of `rings` reports it."""
        self._card_results.put((source, fault))
        if fault:
            self._shared.wake("rings")

    def rings(self, app: AppContext) -> float | None:
        """Handle rings at once, and hand taps to the loop `taps`. The file of an event is removed once the event is handled."""
        self._handle_sense_events(app)
        read = self._inbox.read(utc_now())
        new = [received for received in read if self._is_new(received)]
        idle_at = max((received.event.at for received in new if isinstance(received.event, Idle)), default=None)
        for received in new:
            if isinstance(received.event, HINTS):
                self._receive(app, received, over=idle_at is not None and received.event.at < idle_at)
            else:
                self._taps.put(received)
                self._shared.wake("taps")
        self._report_card_results(app)
        self._read_failures = self._read_failures + 1 if self._inbox.has_unreadable else 0
        if self._read_failures:
            return _RETRY_READ.pause(self._read_failures).total_seconds()
        return _AT_ONCE if (new or not read) and self._inbox.has_more else _INBOX_POLL

    def _handle_sense_events(self, app: AppContext) -> None:
        while not self._shared.sense_events.empty():
            event = self._shared.sense_events.get_nowait()
            if not self._handle(app, event):
                self._retry_store(partial(self._shared.put_event, event))
                return

    def _report_card_results(self, app: AppContext) -> None:
        while not self._card_results.empty():
            source, fault = self._card_results.get_nowait()
            app.report(source, fault, utc_now())

    def taps(self, app: AppContext) -> float | None:
        """Handle the taps that `rings` handed over."""
        while not self._shared.stopping.is_set():
            try:
                received = self._taps.get_nowait()
            except queue.Empty:
                if self._inbox.has_more:  # events that were behind those just removed
                    self._shared.wake("rings")
                return None
            self._receive(app, received)
        return None

    def _is_new(self, received: ReceivedEvent) -> bool:
        """Return whether an event was not handed over before. Its file is read again until the event is handled."""
        key = (received.path.name, received.event.at)
        if key in self._handed_over:
            return False
        self._handed_over[key] = None
        if len(self._handed_over) > _REMEMBERED:
            del self._handed_over[next(iter(self._handed_over))]
        return True

    def _retry_store(self, again: Callable[[], None]) -> None:
        """Have an event handled again after the pause that follows so many failures of the store."""
        timer = threading.Timer(_RETRY_STORE.pause(self._store_failures).total_seconds(), again)
        timer.daemon = True
        timer.start()

    def retry_now(self) -> None:
        """Have every event whose file is still there read again by the next turn of `rings`, whatever its pause. One that is being
        handled just now is handled twice, which changes nothing: a token is good for one tap."""
        self._store_failures = 0
        self._handed_over.clear()

    def _hand_over_again(self, received: ReceivedEvent) -> None:
        self._handed_over.pop((received.path.name, received.event.at), None)
        self._shared.wake("rings")

    def _receive(self, app: AppContext, received: ReceivedEvent, *, over: bool = False) -> None:
        """Handle an event and remove its file; if it could not be handled yet, read it again later."""
        if self._handle(app, received.event, over=over):
            self._inbox.remove(received)
            if Reserve(self._shared.paths.reserve).is_wanting:
                self._shared.wake("disk")  # callerid-event found the disk full
        elif not self._shared.stopping.is_set():
            self._retry_store(partial(self._hand_over_again, received))

    def _handle(self, app: AppContext, event: Event, *, over: bool = False) -> bool:
        """Handle an event, and return whether it is done, also when it failed for good."""
        try:
            self._shared.dispatch(receive(app, event, utc_now(), over=over))
        except Exception as fault:
            if must_stay(event, fault):
                self._note_failure(fault)
                return False
            if isinstance(fault, CalleridError):
                log.log(
                    logging.DEBUG if isinstance(fault, PhoneFault) else logging.WARNING, "%s", fault
                )  # a PhoneFault was reported
            else:
                log.exception("unexpected error; the event is dropped")
        self._store_failures = 0
        return True

    def _note_failure(self, fault: Exception) -> None:
        """Count and log a failure after which the event is handled again."""
        if isinstance(fault, Stopped):
            return
        self._store_failures += 1
        if isinstance(fault, DiskFull):
            self._shared.found_full_disk()
        elif isinstance(fault, CalleridError):
            log.warning("%s The event is handled again later.", fault)
        else:
            log.error("unexpected error; the event is handled again later", exc_info=fault)
