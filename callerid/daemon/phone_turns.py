"""Turns with the phone: its call log, its screen, its contacts, its voice."""

from __future__ import annotations

import logging
import queue
from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.backoff import after_fault, after_poll
from callerid.daemon.schedule import eager_pause, seconds_until
from callerid.daemon.shared import PATIENT
from callerid.errors import PhoneFault
from callerid.phone.process import Stopped
from callerid.turns.calllog.read_new_calls import Watched, watch
from callerid.turns.context import utc_now
from callerid.turns.followup.attend import attend
from callerid.turns.followup.dialogs import AskEnd, ask
from callerid.turns.open_context import learn_region
from callerid.turns.ringing.phone_contacts import read_phonebook
from callerid.turns.ringing.sense_health import check_ears
from callerid.turns.ringing.speak import speak
from callerid.turns.upkeep.reconcile import EVERY, LAST_RECONCILED, reconcile
from callerid.turns.wake import Wake

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.daemon.sense_loop import Hearing
    from callerid.daemon.shared import Hub
    from callerid.turns.context import House

log = logging.getLogger("callerid")

_DIALOG_BUSY = 5.0  # seconds
_FOLLOWED = 6 * 3600.0  # seconds between looks at a call log whose every change is told


class PhoneTurns:
    """The turns of the loops `watch`, `attend`, `ask`, `contacts` and `speak`."""

    def __init__(self, hub: Hub, hearing: Hearing, read_numbers_anew: Callable[[], None]) -> None:
        self._hub, self._hearing, self._read_numbers_anew = hub, hearing, read_numbers_anew
        self._has_reconciled = False

    def watch(self, house: House) -> float | None:
        """Look at the call log, and return the seconds until the next look."""
        hub, settings = self._hub, self._hub.config.log
        try:
            watched = self._look(self._with_region(house))
        except Stopped:
            return None
        except PhoneFault:
            hub.interval = after_fault(hub.interval, slowest=settings.poll_slowest)
            return hub.interval.total_seconds()
        if watched.baseline:
            log.info("%d calls were in the log already", watched.baseline)
        if watched.new:
            log.info("%d new in the call log", len(watched.new))
            hub.wake("attend")
            hub.eager = PATIENT
            listening, began = self._hearing.listening(house), self._hearing.began
            if check_ears(house, watched.new, listening, began, utc_now(), lost=self._hearing.lost):
                hub.wake("listen")
        if watched.names_changed:
            hub.contacts_stale = True
            hub.wake("contacts")
        return self._until_next_look(found=bool(watched.new))

    def _look(self, house: House) -> Watched:
        """Look at the call log; at the start, and once a day, hold everything against it."""
        now, last = utc_now(), house.ledger.notebook.read_time(LAST_RECONCILED)
        due = not self._has_reconciled or last is None or abs(now - last) >= EVERY
        watched = watch(house, now, deep=due)
        if due and not reconcile(house, now, watched).is_whole:
            self._hub.wake("attend", "deliver")
        self._has_reconciled = True
        return watched

    def _until_next_look(self, *, found: bool) -> float:
        hub, settings = self._hub, self._hub.config.log
        hub.interval = after_poll(hub.interval, found=found, fastest=settings.poll, slowest=settings.poll_slowest)
        eager = eager_pause(hub.eager)
        hub.eager += 1
        patient = _FOLLOWED if self._hearing.call_log_is_followed else hub.interval.total_seconds()
        return min(eager or patient, patient)

    def _with_region(self, house: House) -> House:
        """Return the house with the phone's region; asked for just now, every other loop is furnished with it too."""
        learnt = learn_region(house, utc_now())
        if learnt is not house:
            self._read_numbers_anew()
            self._hub.config = replace(self._hub.config)  # a new value, though equal: what every loop looks at
            log.info("the phone's region is %s", learnt.region or "unknown")
        return learnt

    def attend(self, house: House) -> float | None:
        """Do what is due with the follow-ups."""
        now = utc_now()
        attended = attend(house, now)
        if attended.ask:
            self._hub.wake("ask")
        if attended.deliver:
            self._hub.wake("deliver")
        return seconds_until(attended.next_at, now)

    def ask(self, house: House) -> float | None:
        """Ask what is to be asked, one dialog at a time."""
        while not self._hub.stopping.is_set():
            end = ask(house, utc_now)
            if end is AskEnd.BUSY:
                return _DIALOG_BUSY
            if end is AskEnd.NOTHING_TO_ASK:
                return None
            self._hub.pass_on(Wake(attend=True, deliver=end is AskEnd.ANSWERED))
        return None

    def contacts(self, house: House) -> float | None:
        """Read the phone's own contacts when that is due."""
        stale, self._hub.contacts_stale = self._hub.contacts_stale, False
        return seconds_until(read_phonebook(house, utc_now(), stale=stale), utc_now())

    def speak(self, house: House) -> float | None:
        """Say the newest name that is to be said; an older one is not news any more."""
        words = ""
        while True:
            try:
                words = self._hub.words.get_nowait()
            except queue.Empty:
                break
        if words:
            speak(house, words, utc_now(), self._hub.speaks)
        return None
