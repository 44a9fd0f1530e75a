"""The loop `listen`: hears the phone ring by every sense but the inbox.

It decides nothing: which senses poll and how often is decided in core.ringing.sense_polling, what a change of the phone's state
means in core.ringing.senses. The loop waits for one command only, reading the registry; everything else that may hang runs in the
background.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.backoff import Backoff
from callerid.core.ringing.hearing import Sense, is_deaf
from callerid.core.ringing.sense_health import remedy
from callerid.core.ringing.sense_polling import SenseAvailability, lost_senses, needs_registry, senses_to_poll, wants_stream
from callerid.core.upkeep.health import Source
from callerid.daemon.phone_access import PhoneAccess
from callerid.daemon.schedule import seconds_until
from callerid.daemon.senses.polling import SensePolling
from callerid.daemon.senses.streams import Streams
from callerid.errors import PhoneFault
from callerid.messages import message
from callerid.phone.android import System
from callerid.store.ledger.key_value import SENSES
from callerid.turns.context import quiet_until, utc_now
from callerid.turns.ringing.hearing import is_proven, proven_senses, read_sense_health
from callerid.turns.ringing.notification_access import notifications_readable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.daemon.shared import SharedState
    from callerid.turns.context import AppContext

_REGISTRY_LAGS = Backoff.seconds(0.2, 0.4, 0.8)  # between polls for what the registry does not show yet
_LATE_POLLS = Backoff.seconds(*[1] * 9)  # after those; a ring lasts about half a minute


class SenseLoop:
    """The senses between two turns: access to the phone, streams, polls, and since when each sense listens."""

    def __init__(self, shared: SharedState, call_log_written: Callable[[], None]) -> None:
        self._shared = shared
        system = System(shared.runner)
        self._access = PhoneAccess(system, self._wake)
        self._streams = Streams(system, self._wake, call_log_written)
        self._polling = SensePolling(shared, system, self._access, self._wake)
        self._late_polls: int | None = None  # after the stream showed a call, None once one of them has seen it
        self._since: dict[Sense, datetime] = {}
        self._listening_since = utc_now()
        self._was_off = False
        self.lost: tuple[Sense, ...] = ()  # senses that heard calls before and no longer can

    @property
    def listening_since(self) -> datetime:
        """When callerid started to listen, or was last turned on (UTC)."""
        return self._listening_since

    @property
    def call_log_is_followed(self) -> bool:
        """Whether every change of the call log's file is seen, so that it need not be polled."""
        return self._streams.follows_call_log

    def active_senses(self, app: AppContext) -> dict[Sense, datetime]:
        """Return the senses that should hear a ring now, and since when (UTC)."""
        inbox = Sense.INBOX.value in app.config.ring.senses or read_sense_health(app.ledger, Sense.INBOX).ever_heard
        always = {Sense.INBOX: self._listening_since} if inbox else {}
        return always | self._since

    def _wake(self) -> None:
        self._shared.wake("listen")

    def stop(self) -> None:
        """Stop the streams."""
        self._streams.stop()

    # ---------------------------------------------------------------------------------------- a turn

    def listen(self, app: AppContext) -> float | None:
        """Poll what is due, and return the seconds until the next poll or search; None to wait until woken."""
        now = utc_now()
        if not app.config.enabled:
            self.stop()
            self.lost, self._was_off = (), True
            self._record_senses(app, (), now)
            return None
        if self._was_off:  # no sense could hear what rang meanwhile
            self._was_off, self._listening_since = False, now
            app.ledger.key_values.forget_failures()
        if self._shared.retry_senses:
            self._shared.retry_senses = False
            self._polling.retry_failed(app)
        available = self._available(app, now)
        senses = senses_to_poll(available)
        self.lost = lost_senses(available, proven_senses(app.ledger))
        until = quiet_until(app.config, app.local_time(now))
        self._record_senses(app, () if until else senses, now)
        self._poll_for_stream(app)
        self._polling.collect_notifications(app, now)
        pauses = [seconds_until(until, now)] if until else [self._poll(app, sense, now) for sense in senses]
        self._streams.keep_failures(app.ledger.key_values, now)
        self._report_stream(app, now)
        self._report_lost(app, now)
        # bandit takes the word "shell" for a command: here it names an access that is searched for
        search = self._access.seconds_until_search(  # nosec B604
            now, registry=needs_registry(available), shell=wants_stream(available.configured)
        )
        late = None if self._late_polls is None else _LATE_POLLS.pause(self._late_polls).total_seconds()
        pauses += [late, self._streams.seconds_until_stable, search]
        return min((pause for pause in pauses if pause is not None), default=None)

    def _poll(self, app: AppContext, sense: Sense, now: datetime) -> float:
        """Let a sense poll if it is due, and return the seconds until it is due again."""
        if self._polling.seconds_until_due(sense, app, now) <= 0:
            if sense is Sense.TELEPHONY:
                self._polling.poll_registry(app, now, sense)
            else:
                self._polling.start_notification_poll(app)
        return max(0.2, self._polling.seconds_until_due(sense, app, utc_now()))

    def _poll_for_stream(self, app: AppContext) -> None:
        """Poll because the stream showed a call, and repeat that until a poll sees the call or its end."""
        if self._streams.take_call_signal():
            self._late_polls = 0
            self._polling.make_due(Sense.NOTIFICATIONS, app)
        if self._late_polls is not None:
            polls = self._late_polls + 1
            self._late_polls = None if self._poll_for_number(app) or _LATE_POLLS.is_exhausted(polls) else polls

    def _poll_for_number(self, app: AppContext) -> bool:
        """Poll the registry until it shows what the stream showed, and return whether it does.

        The telecom service is a moment ahead of the registry: poll again while a call rings without a number, or while none rings
        although the stream says so.
        """
        rings = False
        for pause in (*_REGISTRY_LAGS.pauses, timedelta(0)):
            state = self._polling.poll_registry(app, utc_now(), Sense.STREAM)
            if state is None:
                return False
            rings = bool(state.ringing)
            if any(caller.number for caller in state.ringing) or not (rings or self._streams.reports_ringing):
                return True
            self._shared.pause(pause.total_seconds())
        return rings

    # ---------------------------------------------------------------------------------------- what is available

    def _available(self, app: AppContext, now: datetime) -> SenseAvailability:
        """Search for missing access if that is due, follow what can be followed, and return what is available now."""
        configured = tuple(Sense(name) for name in app.config.ring.senses)
        follows = wants_stream(configured)
        if follows:
            self._access.search_shell(app.ledger.key_values, now)
        self._streams.follow(self._access.shell if follows else None, app.ledger.key_values, now)
        available = SenseAvailability(
            configured=configured,
            hides_number=app.hides_numbers(Sense.TELEPHONY),
            notifications_readable=notifications_readable(app.ledger, now),
            stream_running=self._streams.is_alive,
            stream_deaf=is_deaf(read_sense_health(app.ledger, Sense.STREAM)),
            inbox_proven=is_proven(app.ledger, Sense.INBOX),
        )
        if needs_registry(available):
            self._access.search_registry(app.ledger.key_values, now)
        return replace(available, registry_readable=self._access.registry_method is not None)

    def _report_stream(self, app: AppContext, now: datetime) -> None:
        is_wanted = Sense.STREAM.value in app.config.ring.senses or Sense.STREAM in self.lost
        if self._streams.is_alive:
            app.report(Source.STREAM, None, now)
        elif self._streams.fault and (is_wanted or self._streams.was_alive):
            sentence = message("the system log cannot be followed: {sentence}", sentence=self._streams.fault.sentence)
            app.report(Source.STREAM, PhoneFault(sentence, remedy=message("Type: callerid doctor")), now)
        elif is_wanted and self._access.shell_not_found and not self._streams.was_started:
            fault = PhoneFault(
                message("neither root nor Shizuku gives callerid access."), remedy=remedy(Sense.STREAM, "", lost=True)
            )
            app.report(Source.STREAM, fault, now)

    def _report_lost(self, app: AppContext, now: datetime) -> None:
        if Sense.TELEPHONY in self.lost and self._access.registry_not_found:
            is_reported = any(trouble.source is Source.TELEPHONY for trouble in app.ledger.key_values.troubles())
            if not is_reported:  # a poll that failed has reported more exactly
                sentence = message("the telephony registry cannot be read.")
                app.report(Source.TELEPHONY, PhoneFault(sentence, remedy=remedy(Sense.TELEPHONY, "", lost=True)), now)

    def _record_senses(self, app: AppContext, senses: tuple[Sense, ...], now: datetime) -> None:
        """Remember since when each sense listens, for its sense health, and store the list for `callerid status`."""
        streams = (Sense.STREAM,) if self._streams.is_alive else ()
        self._since = {sense: self._since.get(sense, now) for sense in (*streams, *senses)}
        inbox = (Sense.INBOX,) if app.config.enabled else ()
        names = " ".join(sense.value for sense in (*streams, *inbox, *senses))
        if app.ledger.key_values.read(SENSES) != names:
            app.ledger.key_values.write(SENSES, names)
