"""Turns over what comes in: rings, which are in a hurry and wait for nothing, and taps."""

from __future__ import annotations

import logging
import queue
import threading
from typing import TYPE_CHECKING

from callerid.core.inbox_events import HINTS, Idle
from callerid.errors import CalleridError, PhoneFault, Stopped, StoreFault
from callerid.phone.inbox import Inbox
from callerid.turns.context import utc_now
from callerid.turns.inbox.receive import receive

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.inbox_events import Event
    from callerid.core.upkeep.health import Source
    from callerid.daemon.shared import SharedState
    from callerid.phone.inbox import ReceivedEvent
    from callerid.turns.context import AppContext

log = logging.getLogger("callerid")

_INBOX_SAFETY = 60.0  # seconds: inotify tells at once; this is for the day it does not
_MORE_TO_READ = 0.0
_REMEMBERED = 20_000  # events
_STORE_AGAIN = 3.0
_UNREAD_AGAIN = 3.0


class EventTurns:
    """The turns of the loops `rings` and `taps`."""

    def __init__(self, shared: SharedState) -> None:
        self._shared = shared
        self._inbox = Inbox(shared.paths.inbox)
        self._taps: queue.SimpleQueue[ReceivedEvent] = queue.SimpleQueue()
        self._handed_over: dict[tuple[str, datetime], None] = {}
        self._shown: queue.SimpleQueue[tuple[Source, CalleridError | None]] = queue.SimpleQueue()

    def record_card_result(self, source: Source, fault: CalleridError | None) -> None:
        """Hear from another thread how a card's notification ended; it is written down with the next turn."""
        self._shown.put((source, fault))
        if fault:
            self._shared.wake("rings")

    def rings(self, app: AppContext) -> float | None:
        """Make cards of rings at once; hand taps over. An event's file goes only when the event has been dealt with."""
        self._take_heard(app)
        taken = self._inbox.read(utc_now())
        fresh = [arrived for arrived in taken if self._is_new(arrived)]
        idle_at = max((arrived.event.at for arrived in fresh if isinstance(arrived.event, Idle)), default=None)
        for arrived in fresh:
            if isinstance(arrived.event, HINTS):
                self._receive(app, arrived, over=idle_at is not None and arrived.event.at < idle_at)
            else:
                self._taps.put(arrived)
                self._shared.wake("taps")
        self._write_down(app)
        if self._inbox.has_unreadable:
            return _UNREAD_AGAIN
        return _MORE_TO_READ if (fresh or not taken) and self._inbox.has_more else _INBOX_SAFETY

    def _take_heard(self, app: AppContext) -> None:
        while not self._shared.sense_events.empty():
            event = self._shared.sense_events.get_nowait()
            if not self._deal_with(app, event):
                threading.Timer(_STORE_AGAIN, self._shared.put_event, (event,)).start()
                return

    def _write_down(self, app: AppContext) -> None:
        while not self._shown.empty():
            source, fault = self._shown.get_nowait()
            app.report(source, fault, utc_now())

    def taps(self, app: AppContext) -> float | None:
        """Deal with the taps that have been handed over."""
        while not self._shared.stopping.is_set():
            try:
                arrived = self._taps.get_nowait()
            except queue.Empty:
                if self._inbox.has_more:  # what stands behind those that have just gone
                    self._shared.wake("rings")
                return None
            self._receive(app, arrived)
        return None

    def _is_new(self, arrived: ReceivedEvent) -> bool:
        """An event is handed over once, though its file is seen again until it has been dealt with, and perhaps a moment longer."""
        seen = (arrived.path.name, arrived.event.at)
        if seen in self._handed_over:
            return False
        self._handed_over[seen] = None
        if len(self._handed_over) > _REMEMBERED:
            del self._handed_over[next(iter(self._handed_over))]
        return True

    def _receive(self, app: AppContext, arrived: ReceivedEvent, *, over: bool = False) -> None:
        """Deal with an event. Its file goes when that is done, or cannot be done ever; else it is taken up again."""
        if self._deal_with(app, arrived.event, over=over):
            self._inbox.remove(arrived)
        elif not self._shared.stopping.is_set():
            self._handed_over.pop((arrived.path.name, arrived.event.at), None)
            threading.Timer(_STORE_AGAIN, lambda: self._shared.wake("rings")).start()

    def _deal_with(self, app: AppContext, event: Event, *, over: bool = False) -> bool:
        """Deal with an event, and say whether that is done for good."""
        try:
            self._shared.dispatch(receive(app, event, utc_now(), over=over))
        except Stopped:
            return False  # the event's file stays for the next start
        except StoreFault as fault:
            log.warning("%s It is tried again.", fault)
            return False
        except PhoneFault as fault:
            log.debug("%s", fault)  # the command's health has been told already
        except CalleridError as fault:
            log.warning("%s", fault)
        except Exception:
            log.exception("an event could not be dealt with; it is dropped")
        return True
