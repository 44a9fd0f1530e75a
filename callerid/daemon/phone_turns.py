"""Turns with the phone: its call log, its screen, its contacts, its voice."""

from __future__ import annotations

import logging
import queue
from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.backoff import after_fault, after_poll, is_due
from callerid.daemon.schedule import eager_pause, seconds_until
from callerid.daemon.shared import NO_RECENT_CALL
from callerid.errors import PhoneFault, Stopped
from callerid.turns.calllog.read_new_calls import NewCalls, read_new_calls
from callerid.turns.context import utc_now
from callerid.turns.followup.attend import attend
from callerid.turns.followup.dialogs import AskResult, ask
from callerid.turns.open_context import learn_region
from callerid.turns.ringing.phone_contacts import read_phone_contacts
from callerid.turns.ringing.sense_health import check_senses
from callerid.turns.ringing.speak import speak
from callerid.turns.upkeep.reconcile import EVERY, LAST_RECONCILED, reconcile
from callerid.turns.wake import Wake

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.daemon.sense_loop import SenseLoop
    from callerid.daemon.shared import SharedState
    from callerid.turns.context import AppContext

log = logging.getLogger("callerid")

_DIALOG_BUSY = 5.0  # seconds
_FOLLOWED = 6 * 3600.0  # seconds between looks at a call log whose every change is told


class PhoneTurns:
    """The turns of the loops `watch`, `attend`, `ask`, `contacts` and `speak`."""

    def __init__(self, shared: SharedState, hearing: SenseLoop, read_numbers_anew: Callable[[], None]) -> None:
        self._shared, self._hearing, self._read_numbers_anew = shared, hearing, read_numbers_anew
        self._has_reconciled = False

    def watch(self, app: AppContext) -> float | None:
        """Look at the call log, and return the seconds until the next look."""
        shared, settings = self._shared, self._shared.config.log
        try:
            watched = self._look(self._with_region(app))
        except Stopped:
            return None
        except PhoneFault:
            shared.poll_interval = after_fault(shared.poll_interval, slowest=settings.poll_slowest)
            return shared.poll_interval.total_seconds()
        if watched.baseline:
            log.info("%d calls were in the log already", watched.baseline)
        if watched.new:
            log.info("%d new in the call log", len(watched.new))
            shared.wake("attend")
            shared.looks_since_call = NO_RECENT_CALL
            listening, began = self._hearing.active_senses(app), self._hearing.listening_since
            if check_senses(app, watched.new, listening, began, utc_now(), lost=self._hearing.lost):
                shared.wake("listen")
        if watched.names_changed:
            shared.contacts_stale = True
            shared.wake("contacts")
        return self._until_next_look(found=bool(watched.new))

    def _look(self, app: AppContext) -> NewCalls:
        """Look at the call log; at the start, and once a day, hold everything against it."""
        now, last = utc_now(), app.ledger.key_values.read_time(LAST_RECONCILED)
        due = not self._has_reconciled or is_due(last, EVERY, now)
        watched = read_new_calls(app, now, deep=due)
        if due and not reconcile(app, now, watched).is_clean:
            self._shared.wake("attend", "deliver")
        self._has_reconciled = True
        return watched

    def _until_next_look(self, *, found: bool) -> float:
        shared, settings = self._shared, self._shared.config.log
        shared.poll_interval = after_poll(shared.poll_interval, found=found, fastest=settings.poll, slowest=settings.poll_slowest)
        eager = eager_pause(shared.looks_since_call)
        shared.looks_since_call += 1
        patient = _FOLLOWED if self._hearing.call_log_is_followed else shared.poll_interval.total_seconds()
        return min(eager or patient, patient)

    def _with_region(self, app: AppContext) -> AppContext:
        """Return the house with the phone's region; asked for just now, every other loop is furnished with it too."""
        learnt = learn_region(app, utc_now())
        if learnt is not app:
            self._read_numbers_anew()
            self._shared.config = replace(self._shared.config)  # a new value, though equal: what every loop looks at
            log.info("the phone's region is %s", learnt.region or "unknown")
        return learnt

    def attend(self, app: AppContext) -> float | None:
        """Do what is due with the follow-ups."""
        now = utc_now()
        attended = attend(app, now)
        if attended.ask:
            self._shared.wake("ask")
        if attended.deliver:
            self._shared.wake("deliver")
        return seconds_until(attended.next_at, now)

    def ask(self, app: AppContext) -> float | None:
        """Ask what is to be asked, one dialog at a time."""
        while not self._shared.stopping.is_set():
            end = ask(app, utc_now)
            if end is AskResult.BUSY:
                return _DIALOG_BUSY
            if end is AskResult.NOTHING_TO_ASK:
                return None
            self._shared.dispatch(Wake(attend=True, deliver=end is AskResult.ANSWERED))
        return None

    def contacts(self, app: AppContext) -> float | None:
        """Read the phone's own contacts when that is due."""
        stale, self._shared.contacts_stale = self._shared.contacts_stale, False
        return seconds_until(read_phone_contacts(app, utc_now(), stale=stale), utc_now())

    def speak(self, app: AppContext) -> float | None:
        """Say the newest name that is to be said; an older one is not news any more."""
        words = ""
        while True:
            try:
                words = self._shared.words_to_speak.get_nowait()
            except queue.Empty:
                break
        if words:
            speak(app, words, utc_now(), self._shared.started_speaking)
        return None
