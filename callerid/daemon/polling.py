"""Looks at the phone, and when the next is due: each sense by itself, so that one that fails or hangs slows no other."""

from __future__ import annotations

import queue
import time
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.ringing import dialer_notifications
from callerid.core.ringing.dialer_texts import CallState
from callerid.core.ringing.dialer_words import dialer_words
from callerid.core.ringing.sense_polling import PollConditions, next_interval
from callerid.core.ringing.senses import IDLE, PhoneState, Sense, events_between
from callerid.core.upkeep.health import Source
from callerid.daemon.background import BackgroundTask
from callerid.dialer_strings import load_dialer_strings
from callerid.errors import CommandHung, PermissionDenied, PhoneFault, Stopped
from callerid.models import Match
from callerid.turns.context import hides_numbers_key
from callerid.turns.ringing.notification_access import hang_count, note_list_answered, note_list_hung
from callerid.turns.ringing.sense_health import DIALERS_KEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.daemon.phone_access import PhoneAccess
    from callerid.daemon.shared import SharedState
    from callerid.phone.android import System
    from callerid.phone.termux import Termux
    from callerid.turns.context import AppContext

_BATTERY_AGAIN = 15 * 60.0  # seconds
_NEW_NOTICE = 120.0  # seconds; a dialer's notification that stays longer is no ring
_OLD = 3  # failures in a row after which the last look says nothing of now

_HIDDEN = PhoneFault(
    "this phone's maker leaves the caller's number out of what the registry says.",
    remedy="Let an automation app tell it (docs/hearing-a-ring.md), or try: callerid doctor --notifications",
)


class SensePolling:
    """What was seen at the last looks. The registry is looked at in the loop's own thread. The list of notifications and the
    battery, which may hang, are asked for beside it: an answer is taken up when it is there, which `answered` tells."""

    def __init__(self, shared: SharedState, system: System, access: PhoneAccess, answered: Callable[[], None]) -> None:
        self._shared, self._system, self._access = shared, system, access
        self._list = BackgroundTask("notification list", answered)
        self._listed: queue.SimpleQueue[list[object] | PhoneFault] = queue.SimpleQueue()
        self._battery_aside = BackgroundTask("battery", lambda: None)
        self._battery: int | None = None
        self._battery_at: float | None = None
        self._looked_at: dict[Sense, float] = {}
        self._before: dict[Sense, PhoneState] = {}
        self._faults: dict[Sense, int] = {}
        self._seen: dict[str, float] = {}  # notifications by key
        self._were: dict[dialer_notifications.Identity, CallState] = {}  # what they were about
        self._last_call: datetime | None = None

    # ---------------------------------------------------------------------------------------- when

    def seconds_until_due(self, sense: Sense, app: AppContext, now: datetime) -> float:
        """Return how long it is until a sense has to look; no more than nothing when it has to now."""
        looked_at = self._looked_at.get(sense)
        if looked_at is None:
            return 0.0
        seen = self._before.values()
        conditions = PollConditions(
            interval=app.config.ring.poll,
            busy=any(look.ringing or look.dialling for look in seen),
            talking=any(look.talking for look in seen),
            last_call=self._last_call,
            battery=self._charge(app.termux),
            faults=self._faults.get(sense, 0),
            hangs=hang_count(app) if sense is Sense.NOTIFICATIONS else 0,
        )
        return looked_at + next_interval(conditions, now).total_seconds() - time.monotonic()

    def make_due(self, sense: Sense, app: AppContext) -> None:
        """Let a sense look now, unless it is known to hang."""
        if sense is not Sense.NOTIFICATIONS or not hang_count(app):
            self._looked_at.pop(sense, None)

    def _charge(self, termux: Termux) -> int | None:
        """Return what the battery said last."""
        if self._battery_at is None or time.monotonic() - self._battery_at >= _BATTERY_AGAIN:
            self._battery_at = time.monotonic()
            self._battery_aside.start(lambda: self._ask_battery(termux))
        return self._battery

    def _ask_battery(self, termux: Termux) -> None:
        self._battery = None
        self._battery = termux.battery()

    # ---------------------------------------------------------------------------------------- looks

    def poll_registry(self, app: AppContext, now: datetime, told_by: Sense) -> PhoneState | None:
        """Look at the registry, let what changed be heard, and return the look; None when it failed."""
        self._looked_at[Sense.TELEPHONY] = time.monotonic()
        try:
            look = self._registry(app, now)
        except Stopped:
            raise
        except PhoneFault as fault:
            self._failed(app, Sense.TELEPHONY, fault, now)
            if isinstance(fault, PermissionDenied):
                self._access.forget_registry(now)
            return None
        self._compare(Sense.TELEPHONY, look, told_by, now)
        return look

    def _registry(self, app: AppContext, now: datetime) -> PhoneState:
        way = self._access.registry_method or self._access.shell
        if way is None:
            raise PermissionDenied("the telephony registry may not be read any more.", remedy="Type: callerid doctor")
        found = self._system.read_registry(way)
        if found.state.ringing and (found.hides_number or any(caller.number for caller in found.state.ringing)):
            hides, fact = "1" if found.hides_number else "", hides_numbers_key(Sense.TELEPHONY)
            if app.ledger.key_values.read(fact) != hides:
                app.ledger.key_values.write(fact, hides)
        app.report(Source.TELEPHONY, _HIDDEN if app.hides_numbers(Sense.TELEPHONY) else None, now)
        return found.state

    def start_notification_poll(self, app: AppContext) -> None:
        """Begin to look at the notifications, unless the last look still waits for its answer."""
        if not self._list.is_running:
            termux = app.termux
            self._looked_at[Sense.NOTIFICATIONS] = time.monotonic()
            self._list.start(lambda: self._ask_list(termux))

    def _ask_list(self, termux: Termux) -> None:
        try:
            self._listed.put(termux.notification_list())
        except Stopped:
            raise
        except PhoneFault as fault:
            self._listed.put(fault)

    def collect_notifications(self, app: AppContext, now: datetime) -> None:
        """Let be heard what changed among the notifications, if they have been told since this was asked last."""
        while not self._listed.empty():
            listed = self._listed.get()
            if isinstance(listed, PhoneFault):
                self._failed(app, Sense.NOTIFICATIONS, listed, now)
                if isinstance(listed, CommandHung):
                    self._looked_at[Sense.NOTIFICATIONS] = time.monotonic()
                    note_list_hung(app, now)
                continue
            note_list_answered(app)
            app.report(Source.NOTIFICATION_LIST, None, now)
            look = self._notices(app, listed)
            # what was there before us is no news
            self._before.setdefault(Sense.NOTIFICATIONS, PhoneState(ringing=look.ringing, dialling=look.dialling))
            self._compare(Sense.NOTIFICATIONS, look, Sense.NOTIFICATIONS, now)

    def _notices(self, app: AppContext, listed: list[object]) -> PhoneState:
        at, notices, words = time.monotonic(), dialer_notifications.parse(listed), dialer_words(load_dialer_strings())
        self._seen = {notice.key: self._seen.get(notice.key, at) for notice in notices}
        was, self._were = (
            self._were,
            {
                notice.identity: dialer_notifications.call_state(notice, self._were.get(notice.identity), words)
                for notice in notices
            },
        )
        fresh = [
            notice
            for notice in notices
            if at - self._seen[notice.key] <= _NEW_NOTICE or self._were[notice.identity] is CallState.TALKING
        ]
        learned = (app.ledger.key_values.read(DIALERS_KEY) or "").split()
        own = app.config.log.own_number

        def is_own(number: str) -> bool:
            return bool(own) and numbers.match(number, own, app.region).match in (Match.EXACT, Match.SAME_LINE)

        return dialer_notifications.phone_state(fresh, dialer_notifications.DIALER_PACKAGES.union(learned), is_own, was, words)

    def _compare(self, sense: Sense, look: PhoneState, told_by: Sense, now: datetime) -> None:
        self._faults[sense] = 0
        for event in events_between(self._before.get(sense, IDLE), look, told_by, now):
            self._last_call = now
            self._shared.put_event(event)
        self._before[sense] = look

    def _failed(self, app: AppContext, sense: Sense, fault: PhoneFault, now: datetime) -> None:
        self._faults[sense] = self._faults.get(sense, 0) + 1
        if self._faults[sense] >= _OLD:
            self._before.pop(sense, None)
        app.report(Source.TELEPHONY if sense is Sense.TELEPHONY else Source.NOTIFICATION_LIST, fault, now)
