"""Turns with the phone: call log, notifications, dialogs, contacts, speech."""

from __future__ import annotations

import queue
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.backoff import is_due
from callerid.core.calllog.poll_interval import after_fault, after_poll
from callerid.core.upkeep import heartbeat
from callerid.core.upkeep.wake_lock import AROUND_CALL, WakeLockPolicy, is_wanted
from callerid.daemon.schedule import pause_after_call, seconds_until
from callerid.daemon.shared import NO_RECENT_CALL
from callerid.daemon.single_instance import interpreter
from callerid.errors import PhoneFault, Stopped
from callerid.logs import log
from callerid.messages import counted
from callerid.phone.wake_lock import WakeLock
from callerid.turns.calllog.read_new_calls import NewCalls, read_new_calls
from callerid.turns.context import utc_now
from callerid.turns.followup.attend import attend
from callerid.turns.followup.dialogs import AskResult, ask
from callerid.turns.region import learn_region
from callerid.turns.ringing.live_lookup import known_callers
from callerid.turns.ringing.phone_contacts import read_phone_contacts
from callerid.turns.ringing.sense_health import check_senses
from callerid.turns.ringing.speak import speak
from callerid.turns.upkeep import maintenance
from callerid.turns.upkeep.heart import beat, beat_now
from callerid.turns.upkeep.maintenance import maintain_databases
from callerid.turns.upkeep.reconcile import EVERY, LAST_RECONCILED, reconcile
from callerid.turns.wake import Wake

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.daemon.senses.loop import SenseLoop
    from callerid.daemon.shared import SharedState
    from callerid.turns.context import AppContext


_DIALOG_BUSY = 5.0  # seconds
_LOOK_AWAKE = (
    heartbeat.EVERY
)  # seconds between looks whether Python was upgraded; after a command that failed, also until it is tried again
NOT_STARTED = "callerid-not-started"  # the notification of bin/not-started.sh
_WHILE_FOLLOWED = 6 * 3600.0  # seconds between looks at a call log of which every change is seen


class PhoneTurns:
    """The turns of the loops `watch`, `attend`, `ask`, `contacts`, `speak`, `upkeep` and `awake`."""

    def __init__(
        self, shared: SharedState, senses: SenseLoop, reindex_mirror: Callable[[], None], start_anew: Callable[[], None]
    ) -> None:
        """`start_anew` ends the daemon so that it is started again, by the Python that is there then."""
        self._shared, self._senses, self._reindex_mirror = shared, senses, reindex_mirror
        self._start_anew, self._interpreter = start_anew, interpreter()
        self.wake_lock = WakeLock(shared.runner)
        self._has_reconciled = self._has_beaten = False

    def watch(self, app: AppContext) -> float | None:
        """Read the call log, and return the seconds until the next look."""
        shared, settings = self._shared, self._shared.config.log
        try:
            calls = self._read_calls(self._with_region(app))
        except Stopped:
            return None
        except PhoneFault:
            shared.look_failed, shared.poll_interval = True, after_fault(shared.poll_interval, slowest=settings.poll_slowest)
            return shared.poll_interval.total_seconds()
        shared.look_failed = False
        if calls.baseline:
            log.info("%s in the call log from before callerid", counted(calls.baseline, "{count} call", "{count} calls"))
        if calls.new:
            log.info("%s in the call log", counted(len(calls.new), "{count} new call", "{count} new calls"))
            shared.wake("attend")
            shared.wake_hooks()
            for call in known_callers(app, calls.new, utc_now()):
                shared.dispatch(Wake(look_up_live=call))
            shared.looks_since_call = NO_RECENT_CALL
            active, since = self._senses.active_senses(app), self._senses.listening_since
            if check_senses(app, calls.new, active, since, utc_now(), lost=self._senses.lost):
                shared.wake("listen")
        if calls.names_changed:
            shared.contacts_stale = True
            shared.wake("contacts")
        return self._until_next_look(has_new_calls=bool(calls.new))

    def _read_calls(self, app: AppContext) -> NewCalls:
        """Read the call log; at the start and once a day, also reconcile the ledger with it."""
        now, last = utc_now(), app.ledger.key_values.read_time(LAST_RECONCILED)
        due = not self._has_reconciled or is_due(last, EVERY, now)
        calls = read_new_calls(app, now, deep=due)
        if due and not reconcile(app, now, calls).is_clean:
            self._shared.wake("attend", "deliver")
        if not self._has_reconciled and app.ledger.key_values.read(maintenance.LAST_BACKUP) is None:
            self._shared.wake("upkeep")  # the first backup waits for the first look
        self._has_reconciled = True
        return calls

    def _until_next_look(self, *, has_new_calls: bool) -> float:
        shared, settings = self._shared, self._shared.config.log
        shared.poll_interval = after_poll(
            shared.poll_interval, has_new_calls=has_new_calls, fastest=settings.poll, slowest=settings.poll_slowest
        )
        after_call = pause_after_call(shared.looks_since_call)
        shared.looks_since_call += 1
        usual = _WHILE_FOLLOWED if self._senses.call_log_is_followed else shared.poll_interval.total_seconds()
        return min(after_call or usual, usual)

    def _with_region(self, app: AppContext) -> AppContext:
        """Return the context with the phone's region. Other loops get a region that is learned here with their next turn."""
        learned = learn_region(app, utc_now())
        if learned is not app:
            self._reindex_mirror()
            self._shared.config = replace(
                self._shared.config
            )  # an equal value, but a new object: so the loops refresh their contexts
            log.info("the phone's region is %s", learned.region or "unknown")
        return learned

    def attend(self, app: AppContext) -> float | None:
        """Do what is due for the follow-ups."""
        now = utc_now()
        result = attend(app, now)
        if result.ask:
            self._shared.wake("ask")
        if result.deliver:
            self._shared.wake("deliver")
        return seconds_until(result.next_at, now)

    def ask(self, app: AppContext) -> float | None:
        """Ask the open questions, one dialog at a time."""
        while not self._shared.stopping.is_set():
            result = ask(app, utc_now)
            if result is AskResult.BUSY:
                return _DIALOG_BUSY
            if result is AskResult.NOTHING_TO_ASK:
                return None
            self._shared.dispatch(Wake(attend=True, deliver=result is AskResult.ANSWERED))
        return None

    def contacts(self, app: AppContext) -> float | None:
        """Read the phone's own contacts when that is due."""
        stale, self._shared.contacts_stale = self._shared.contacts_stale, False
        return seconds_until(read_phone_contacts(app, utc_now(), stale=stale), utc_now())

    def upkeep(self, app: AppContext) -> float | None:
        """Look after the databases, and return the seconds until the next time."""
        maintain_databases(app, utc_now())
        return maintenance.EVERY.total_seconds()

    def awake(self, app: AppContext) -> float:
        """Hold the wake lock as the settings want it, and have the daemon started anew once Python was upgraded under it. Return
        the seconds until the next look."""
        now = utc_now()
        beat(app.ledger.key_values, beat_now(), is_first=not self._has_beaten)
        self._has_beaten = True
        if interpreter() != self._interpreter:
            log.info("Python was upgraded")
            self._start_anew()
        self._take_back_not_started(app)
        policy, around_call = WakeLockPolicy(app.config.wake_lock), self._shared.around_call
        with suppress(PhoneFault):  # tried again at the next look
            self.wake_lock.hold(is_wanted(policy, enabled=app.config.enabled, around_call=around_call, now=now))
        until_end = (around_call.next_try(now, AROUND_CALL) - now).total_seconds() if around_call else 0.0
        return until_end if policy is WakeLockPolicy.WHILE_RINGING and until_end > 0 else _LOOK_AWAKE

    def _take_back_not_started(self, app: AppContext) -> None:
        """Remove the notification by which bin/not-started.sh said that callerid does not start."""
        if app.paths.not_started.exists():
            app.paths.not_started.unlink(missing_ok=True)
            app.termux.remove_notification(NOT_STARTED)

    def speak(self, app: AppContext) -> float | None:
        """Speak the newest text; older ones are about calls that are over."""
        words = ""
        while True:
            try:
                words = self._shared.words_to_speak.get_nowait()
            except queue.Empty:
                break
        if words:
            speak(app, words, utc_now(), self._shared.started_speaking)
        return None
