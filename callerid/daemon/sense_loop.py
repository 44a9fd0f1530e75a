"""Hears the phone ring by the senses that are not the inbox: a stream of the system's log, and looks at the phone.

It decides nothing: which senses look and how often is core.listening's, what a look means is core.senses'. Its loop waits for one
thing only, a look at the registry; whatever else may hang runs beside it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.ringing.sense_health import is_deaf, remedy
from callerid.core.ringing.sense_polling import SenseAvailability, lost_senses, needs_registry, senses_to_poll, wants_stream
from callerid.core.ringing.senses import Sense
from callerid.core.upkeep.health import Source
from callerid.daemon.phone_access import PhoneAccess
from callerid.daemon.polling import SensePolling
from callerid.daemon.schedule import seconds_until
from callerid.daemon.streams import Streams
from callerid.errors import PhoneFault
from callerid.phone.android import System
from callerid.turns.context import quiet_until, utc_now
from callerid.turns.ringing.notification_access import notifications_readable
from callerid.turns.ringing.sense_health import SENSES_KEY, is_proven, proven_senses, read_sense_health

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.daemon.shared import SharedState
    from callerid.turns.context import AppContext

_LATER = (0.2, 0.4, 0.8)  # seconds between looks for what the registry does not say yet
_AGAIN, _TRIES = 1.0, 10  # seconds; a ring lasts about half a minute


class SenseLoop:
    """What the daemon knows of its senses between two looks."""

    def __init__(self, shared: SharedState, call_log_written: Callable[[], None]) -> None:
        self._shared = shared
        system = System(shared.runner)
        self._access = PhoneAccess(system, self._wake)
        self._streams = Streams(system, self._wake, call_log_written)
        self._looking = SensePolling(shared, system, self._access, self._wake)
        self._tries_left = 0  # looks because the stream told of something, until one has seen it
        self._since: dict[Sense, datetime] = {}
        self._began = utc_now()
        self._was_off = False
        self.lost: tuple[Sense, ...] = ()  # the senses that should listen and cannot

    @property
    def listening_since(self) -> datetime:
        """Since when there is anybody to hear."""
        return self._began

    @property
    def call_log_is_followed(self) -> bool:
        """Is every change of the call log told, so that it need not be polled?"""
        return self._streams.follows_call_log

    def active_senses(self, app: AppContext) -> dict[Sense, datetime]:
        """Return the senses that must hear a ring now, and since when."""
        inbox = Sense.INBOX.value in app.config.ring.senses or read_sense_health(app, Sense.INBOX).ever_heard
        was = {Sense.INBOX: self._began} if inbox else {}
        return was | self._since

    def _wake(self) -> None:
        self._shared.wake("listen")

    def stop(self) -> None:
        """End the streams."""
        self._streams.stop()

    # ---------------------------------------------------------------------------------------- a turn

    def listen(self, app: AppContext) -> float | None:
        """Look at the phone if that is due, and return the seconds until the next look; None: when woken."""
        now = utc_now()
        if not app.config.enabled:
            self.stop()
            self.lost, self._was_off = (), True
            self._note(app, (), now)
            return None
        if self._was_off:  # what rang meanwhile had nobody to hear it
            self._was_off, self._began = False, now
        ability = self._find_out(app, now)
        senses = senses_to_poll(ability)
        self.lost = lost_senses(ability, proven_senses(app))
        until = quiet_until(app.config, app.local_time(now))
        self._note(app, () if until else senses, now)
        self._heed_stream(app)
        self._looking.collect_notifications(app, now)
        pauses = [seconds_until(until, now)] if until else [self._look(app, sense, now) for sense in senses]
        self._report_stream(app, now)
        self._report_lost(app, now)
        search = self._access.seconds_until_search(now, registry=needs_registry(ability), shell=wants_stream(ability.configured))
        pauses += [_AGAIN if self._tries_left else None, self._streams.seconds_until_stable, search]
        return min((pause for pause in pauses if pause is not None), default=None)

    def _look(self, app: AppContext, sense: Sense, now: datetime) -> float:
        """Let a sense look if that is due, and return the seconds until it is due again."""
        if self._looking.seconds_until_due(sense, app, now) <= 0:
            if sense is Sense.TELEPHONY:
                self._looking.poll_registry(app, now, sense)
            else:
                self._looking.start_notification_poll(app)
        return max(0.2, self._looking.seconds_until_due(sense, app, utc_now()))

    def _heed_stream(self, app: AppContext) -> None:
        """Look because the stream told of something; again until that is seen, or its end is told."""
        if self._streams.take_call_signal():
            self._tries_left = _TRIES
            self._looking.make_due(Sense.NOTIFICATIONS, app)
        if self._tries_left:
            self._tries_left = 0 if self._look_for_number(app) else self._tries_left - 1

    def _look_for_number(self, app: AppContext) -> bool:
        """The telecom service is a moment ahead of the registry: look again while it rings without a number, or is said to ring and
        does not. Return whether there is nothing more to see."""
        rings = False
        for pause in (*_LATER, 0.0):
            look = self._looking.poll_registry(app, utc_now(), Sense.STREAM)
            if look is None:
                return False
            rings = bool(look.ringing)
            if any(caller.number for caller in look.ringing) or not (rings or self._streams.reports_ringing):
                return True
            self._shared.pause(pause)
        return rings

    # ---------------------------------------------------------------------------------------- what can be used

    def _find_out(self, app: AppContext, now: datetime) -> SenseAvailability:
        """Look for what is missing, if that is due, follow what can be followed, and return what is possible now."""
        chosen = tuple(Sense(name) for name in app.config.ring.senses)
        wants = wants_stream(chosen)
        if wants:
            self._access.search_shell(now)
        self._streams.follow(self._access.shell if wants else None)
        ability = SenseAvailability(
            configured=chosen,
            hides_number=app.hides_numbers(Sense.TELEPHONY),
            notifications_readable=notifications_readable(app, now),
            stream_running=self._streams.is_alive,
            stream_deaf=is_deaf(read_sense_health(app, Sense.STREAM)),
            inbox_proven=is_proven(app, Sense.INBOX),
        )
        if needs_registry(ability):
            self._access.search_registry(now)
        return replace(ability, registry_readable=self._access.registry_method is not None)

    def _report_stream(self, app: AppContext, now: datetime) -> None:
        wished = Sense.STREAM.value in app.config.ring.senses or Sense.STREAM in self.lost
        if self._streams.is_alive:
            app.report(Source.STREAM, None, now)
        elif self._streams.fault and (wished or self._streams.was_alive):
            said = f"the system's log cannot be followed: {self._streams.fault.sentence}"
            app.report(Source.STREAM, PhoneFault(said, remedy="Type: callerid doctor"), now)
        elif wished and self._access.shell_not_found and not self._streams.was_started:
            fault = PhoneFault("neither root nor Shizuku lets us in.", remedy=remedy(Sense.STREAM, "", lost=True))
            app.report(Source.STREAM, fault, now)

    def _report_lost(self, app: AppContext, now: datetime) -> None:
        if Sense.TELEPHONY in self.lost and self._access.registry_not_found:
            known = any(trouble.source is Source.TELEPHONY for trouble in app.ledger.key_values.troubles())
            if not known:  # in the words of the look that failed
                said = "the telephony registry cannot be read."
                app.report(Source.TELEPHONY, PhoneFault(said, remedy=remedy(Sense.TELEPHONY, "", lost=True)), now)

    def _note(self, app: AppContext, senses: tuple[Sense, ...], now: datetime) -> None:
        """Keep since when each sense listens, for the canary, and tell it to `callerid status`."""
        alive = (Sense.STREAM,) if self._streams.is_alive else ()
        self._since = {sense: self._since.get(sense, now) for sense in (*alive, *senses)}
        inbox = (Sense.INBOX,) if app.config.enabled else ()
        told = " ".join(sense.value for sense in (*alive, *inbox, *senses))
        if app.ledger.key_values.read(SENSES_KEY) != told:
            app.ledger.key_values.write(SENSES_KEY, told)
