"""Polls the phone's state. Each sense has a schedule of its own, so that one that fails or hangs does not slow the others."""

from __future__ import annotations

import queue
import time
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.ringing import dialer_notifications, dialer_packages
from callerid.core.ringing.dialer_dictionary import build_dictionary
from callerid.core.ringing.dialer_notifications import EarlierReading
from callerid.core.ringing.dialer_texts import CallState
from callerid.core.ringing.hearing import Sense
from callerid.core.ringing.sense_polling import PollConditions, next_interval
from callerid.core.ringing.senses import IDLE, PhoneState, events_between
from callerid.core.upkeep.health import Source
from callerid.daemon.background import BackgroundTask
from callerid.dialer_strings import load_dialer_strings
from callerid.errors import CommandHung, ListenerNotConnected, PermissionDenied, PhoneFault, Stopped
from callerid.messages import message
from callerid.models import Match
from callerid.turns.context import hides_numbers_key
from callerid.turns.ringing.notification_access import failure_count, note_list_answered, note_list_failed
from callerid.turns.ringing.sense_health import DIALERS_KEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.daemon.phone_access import PhoneAccess
    from callerid.daemon.shared import SharedState
    from callerid.phone.android import System
    from callerid.phone.termux import Termux
    from callerid.turns.context import AppContext

_BATTERY_EVERY = 15 * 60.0  # seconds
_RINGS_AT_MOST = 120.0  # seconds; a dialer's notification that stays longer is not a ring
_OUTDATED_AFTER = 3  # failures in a row after which the last known state is outdated

_NUMBER_MISSING = PhoneFault(
    message("the telephony registry of this phone does not show the caller's number."),
    remedy=message("Let an automation app report it (docs/hearing-a-ring.md), or try: callerid doctor --notifications"),
)


class SensePolling:
    """The senses that poll, telephony and notifications, and what they last saw. The registry is read in the loop's own thread.
    The list of notifications and the battery are read in the background, because they may hang; `answered` is called when the list
    is there."""

    def __init__(self, shared: SharedState, system: System, access: PhoneAccess, answered: Callable[[], None]) -> None:
        self._shared, self._system, self._access = shared, system, access
        self._list_task = BackgroundTask("notification list", answered)
        self._list_results: queue.SimpleQueue[list[object] | PhoneFault] = queue.SimpleQueue()
        self._battery_task = BackgroundTask("battery", lambda: None)
        self._battery: int | None = None
        self._battery_at: float | None = None
        self._polled_at: dict[Sense, float] = {}  # monotonic seconds
        self._last_state: dict[Sense, PhoneState] = {}
        self._faults: dict[Sense, int] = {}  # in a row
        self._first_seen: dict[str, float] = {}  # monotonic seconds, by a notification's key
        self._readings: dict[dialer_notifications.Identity, EarlierReading] = {}
        self._last_call: datetime | None = None

    # ---------------------------------------------------------------------------------------- schedule

    def seconds_until_due(self, sense: Sense, app: AppContext, now: datetime) -> float:
        """Return the seconds until a sense is to poll; zero or less when it is due."""
        polled_at = self._polled_at.get(sense)
        if polled_at is None:
            return 0.0
        states = self._last_state.values()
        conditions = PollConditions(
            interval=app.config.ring.poll,
            busy=any(state.ringing or state.dialling for state in states),
            talking=any(state.talking for state in states),
            last_call=self._last_call,
            battery=self._battery_charge(app.termux),
            faults=self._faults.get(sense, 0),
            hangs=failure_count(app.ledger) if sense is Sense.NOTIFICATIONS else 0,
        )
        return polled_at + next_interval(conditions, now).total_seconds() - time.monotonic()

    def make_due(self, sense: Sense, app: AppContext) -> None:
        """Let a sense poll now, unless it is known to hang."""
        if sense is not Sense.NOTIFICATIONS or not failure_count(app.ledger):
            self._polled_at.pop(sense, None)

    def retry_failed(self, app: AppContext) -> None:
        """Let each sense whose last poll failed poll now, unless it is known to hang."""
        for sense in [sense for sense, faults in self._faults.items() if faults]:
            self._faults[sense] = 0
            self.make_due(sense, app)

    def _battery_charge(self, termux: Termux) -> int | None:
        """Return the last known charge in per cent; None while the phone is charging or the charge is unknown."""
        if self._battery_at is None or time.monotonic() - self._battery_at >= _BATTERY_EVERY:
            self._battery_at = time.monotonic()
            self._battery_task.start(lambda: self._read_battery(termux))
        return self._battery

    def _read_battery(self, termux: Termux) -> None:
        self._battery = None
        self._battery = termux.battery()

    # ---------------------------------------------------------------------------------------- polls

    def poll_registry(self, app: AppContext, now: datetime, reported_by: Sense) -> PhoneState | None:
        """Read the registry, send the events since the last state, and return the state; None when reading failed."""
        self._polled_at[Sense.TELEPHONY] = time.monotonic()
        try:
            state = self._registry_state(app, now)
        except Stopped:
            raise
        except PhoneFault as fault:
            self._failed(app, Sense.TELEPHONY, fault, now)
            if isinstance(fault, PermissionDenied):
                self._access.forget_registry(app.ledger.key_values, now)
            return None
        self._send_events(Sense.TELEPHONY, state, reported_by, now)
        return state

    def _registry_state(self, app: AppContext, now: datetime) -> PhoneState:
        method = self._access.registry_method or self._access.shell
        if method is None:
            raise PermissionDenied(
                message("the telephony registry can no longer be read."), remedy=message("Type: callerid doctor")
            )
        dump = self._system.read_registry(method)
        if dump.state.ringing and (dump.hides_number or any(caller.number for caller in dump.state.ringing)):
            hides, key = "1" if dump.hides_number else "", hides_numbers_key(Sense.TELEPHONY)
            if app.ledger.key_values.read(key) != hides:
                app.ledger.key_values.write(key, hides)
        app.report(Source.TELEPHONY, _NUMBER_MISSING if app.hides_numbers(Sense.TELEPHONY) else None, now)
        return dump.state

    def start_notification_poll(self, app: AppContext) -> None:
        """Start to read the list of notifications, unless the last read has not finished."""
        if not self._list_task.is_running:
            termux = app.termux
            self._polled_at[Sense.NOTIFICATIONS] = time.monotonic()
            self._list_task.start(lambda: self._read_list(termux))

    def _read_list(self, termux: Termux) -> None:
        try:
            self._list_results.put(termux.notification_list())
        except Stopped:
            raise
        except PhoneFault as fault:
            self._list_results.put(fault)

    def collect_notifications(self, app: AppContext, now: datetime) -> None:
        """Send the events of the lists of notifications that were read since the last time this was called."""
        while not self._list_results.empty():
            result = self._list_results.get()
            if isinstance(result, PhoneFault):
                self._failed(app, Sense.NOTIFICATIONS, result, now)
                if isinstance(result, CommandHung | ListenerNotConnected):
                    self._polled_at[Sense.NOTIFICATIONS] = time.monotonic()
                    note_list_failed(app.ledger, now)
                continue
            note_list_answered(app.ledger)
            app.report(Source.NOTIFICATION_LIST, None, now)
            state = self._notification_state(app, result)
            # calls that ring when callerid starts are not new
            self._last_state.setdefault(Sense.NOTIFICATIONS, PhoneState(ringing=state.ringing, dialling=state.dialling))
            self._send_events(Sense.NOTIFICATIONS, state, Sense.NOTIFICATIONS, now)

    def _notification_state(self, app: AppContext, listed: list[object]) -> PhoneState:
        at, notices, dictionary = time.monotonic(), dialer_notifications.parse(listed), build_dictionary(load_dialer_strings())
        self._first_seen = {notice.key: self._first_seen.get(notice.key, at) for notice in notices}
        before = self._readings
        self._readings = {
            notice.identity: EarlierReading(
                state=dialer_notifications.call_state(notice, before.get(notice.identity), dictionary), texts=notice.texts
            )
            for notice in notices
        }
        relevant = [
            notice
            for notice in notices
            if at - self._first_seen[notice.key] <= _RINGS_AT_MOST or self._readings[notice.identity].state is CallState.TALKING
        ]
        learned = (app.ledger.key_values.read(DIALERS_KEY) or "").split()
        own = app.config.log.own_number

        def is_own(number: str) -> bool:
            return bool(own) and numbers.match(number, own, app.region).match in (Match.EXACT, Match.SAME_LINE)

        return dialer_notifications.phone_state(
            relevant, dialer_packages.DIALER_PACKAGES.union(learned), is_own, before, dictionary
        )

    def _send_events(self, sense: Sense, state: PhoneState, reported_by: Sense, now: datetime) -> None:
        self._faults[sense] = 0
        for event in events_between(self._last_state.get(sense, IDLE), state, reported_by, now):
            self._last_call = now
            self._shared.put_event(event)
        self._last_state[sense] = state

    def _failed(self, app: AppContext, sense: Sense, fault: PhoneFault, now: datetime) -> None:
        self._faults[sense] = self._faults.get(sense, 0) + 1
        if self._faults[sense] >= _OUTDATED_AFTER:
            self._last_state.pop(sense, None)
        app.report(Source.TELEPHONY if sense is Sense.TELEPHONY else Source.NOTIFICATION_LIST, fault, now)
