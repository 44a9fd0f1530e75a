"""Hears the phone ring by the senses that are not the inbox: a stream of the system's log, and looks at the phone.

It decides nothing: which senses look and how often is core.listening's, what a look means is core.senses'. Its loop waits for one
thing only, a look at the registry; whatever else may hang runs beside it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.ringing.poll_interval import Ability, lost, polled, wants_registry, wants_stream
from callerid.core.ringing.sense_health import is_deaf, remedy
from callerid.core.ringing.senses import Sense
from callerid.core.upkeep.health import Source
from callerid.daemon.phone_access import Ways
from callerid.daemon.polling import Looking
from callerid.daemon.schedule import seconds_until
from callerid.daemon.streams import Streams
from callerid.errors import PhoneFault
from callerid.phone.android import System
from callerid.turns.context import quiet_hours, utc_now
from callerid.turns.ringing.notification_access import list_works
from callerid.turns.ringing.sense_health import SENSES, deafness, is_proven, proven

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.daemon.shared import Hub
    from callerid.turns.context import House

_LATER = (0.2, 0.4, 0.8)  # seconds between looks for what the registry does not say yet
_AGAIN, _TRIES = 1.0, 10  # seconds; a ring lasts about half a minute


class Hearing:
    """What the daemon knows of its senses between two looks."""

    def __init__(self, hub: Hub, call_log_written: Callable[[], None]) -> None:
        self._hub = hub
        system = System(hub.starter)
        self._ways = Ways(system, self._wake)
        self._streams = Streams(system, self._wake, call_log_written)
        self._looking = Looking(hub, system, self._ways, self._wake)
        self._tries_left = 0  # looks because the stream told of something, until one has seen it
        self._since: dict[Sense, datetime] = {}
        self._began = utc_now()
        self._was_off = False
        self.lost: tuple[Sense, ...] = ()  # the senses that should listen and cannot

    @property
    def began(self) -> datetime:
        """Since when there is anybody to hear."""
        return self._began

    @property
    def call_log_is_followed(self) -> bool:
        """Is every change of the call log told, so that it need not be polled?"""
        return self._streams.follows_call_log

    def listening(self, house: House) -> dict[Sense, datetime]:
        """Return the senses that must hear a ring now, and since when."""
        inbox = Sense.INBOX.value in house.config.ring.senses or deafness(house, Sense.INBOX).heard_ever
        was = {Sense.INBOX: self._began} if inbox else {}
        return was | self._since

    def _wake(self) -> None:
        self._hub.wake("listen")

    def stop(self) -> None:
        """End the streams."""
        self._streams.stop()

    # ---------------------------------------------------------------------------------------- a turn

    def listen(self, house: House) -> float | None:
        """Look at the phone if that is due, and return the seconds until the next look; None: when woken."""
        now = utc_now()
        if not house.config.enabled:
            self.stop()
            self.lost, self._was_off = (), True
            self._note(house, (), now)
            return None
        if self._was_off:  # what rang meanwhile had nobody to hear it
            self._was_off, self._began = False, now
        ability = self._find_out(house, now)
        senses = polled(ability)
        self.lost = lost(ability, proven(house))
        quiet = quiet_hours(house)
        quiet_until = quiet.until(house.local(now)) if quiet else None
        self._note(house, () if quiet_until else senses, now)
        self._heed_stream(house)
        self._looking.take_up_notices(house, now)
        pauses = [seconds_until(quiet_until, now)] if quiet_until else [self._look(house, sense, now) for sense in senses]
        self._report_stream(house, now)
        self._report_lost(house, now)
        search = self._ways.until_next_search(now, registry=wants_registry(ability), shell=wants_stream(ability.chosen))
        pauses += [_AGAIN if self._tries_left else None, self._streams.settles_in, search]
        return min((pause for pause in pauses if pause is not None), default=None)

    def _look(self, house: House, sense: Sense, now: datetime) -> float:
        """Let a sense look if that is due, and return the seconds until it is due again."""
        if self._looking.seconds_until(sense, house, now) <= 0:
            if sense is Sense.TELEPHONY:
                self._looking.at_registry(house, now, sense)
            else:
                self._looking.ask_for_notices(house)
        return max(0.2, self._looking.seconds_until(sense, house, utc_now()))

    def _heed_stream(self, house: House) -> None:
        """Look because the stream told of something; again until that is seen, or its end is told."""
        if self._streams.take_news():
            self._tries_left = _TRIES
            self._looking.hurry(Sense.NOTIFICATIONS, house)
        if self._tries_left:
            self._tries_left = 0 if self._look_for_number(house) else self._tries_left - 1

    def _look_for_number(self, house: House) -> bool:
        """The telecom service is a moment ahead of the registry: look again while it rings without a number, or is said to ring and
        does not. Return whether there is nothing more to see."""
        rings = False
        for pause in (*_LATER, 0.0):
            look = self._looking.at_registry(house, utc_now(), Sense.STREAM)
            if look is None:
                return False
            rings = bool(look.ringing)
            if any(caller.number for caller in look.ringing) or not (rings or self._streams.says_it_rings):
                return True
            self._hub.pause(pause)
        return rings

    # ---------------------------------------------------------------------------------------- what can be used

    def _find_out(self, house: House, now: datetime) -> Ability:
        """Look for what is missing, if that is due, follow what can be followed, and return what is possible now."""
        chosen = tuple(Sense(name) for name in house.config.ring.senses)
        wants = wants_stream(chosen)
        if wants:
            self._ways.find_shell(now)
        self._streams.keep(self._ways.shell if wants else None)
        ability = Ability(
            chosen=chosen,
            hides_number=house.hides_numbers(Sense.TELEPHONY),
            list_works=list_works(house, now),
            stream_alive=self._streams.is_alive,
            stream_deaf=is_deaf(deafness(house, Sense.STREAM)),
            inbox_proven=is_proven(house, Sense.INBOX),
        )
        if wants_registry(ability):
            self._ways.find_registry(now)
        return replace(ability, can_look=self._ways.to_registry is not None)

    def _report_stream(self, house: House, now: datetime) -> None:
        wished = Sense.STREAM.value in house.config.ring.senses or Sense.STREAM in self.lost
        if self._streams.is_alive:
            house.report(Source.STREAM, None, now)
        elif self._streams.fault and (wished or self._streams.was_alive):
            said = f"the system's log cannot be followed: {self._streams.fault.sentence}"
            house.report(Source.STREAM, PhoneFault(said, remedy="Type: callerid doctor"), now)
        elif wished and self._ways.has_no_shell and not self._streams.has_begun:
            fault = PhoneFault("neither root nor Shizuku lets us in.", remedy=remedy(Sense.STREAM, "", lost=True))
            house.report(Source.STREAM, fault, now)

    def _report_lost(self, house: House, now: datetime) -> None:
        if Sense.TELEPHONY in self.lost and self._ways.has_no_registry:
            known = any(trouble.source is Source.TELEPHONY for trouble in house.ledger.notebook.troubles())
            if not known:  # in the words of the look that failed
                said = "the telephony registry cannot be read."
                house.report(Source.TELEPHONY, PhoneFault(said, remedy=remedy(Sense.TELEPHONY, "", lost=True)), now)

    def _note(self, house: House, senses: tuple[Sense, ...], now: datetime) -> None:
        """Keep since when each sense listens, for the canary, and tell it to `callerid status`."""
        alive = (Sense.STREAM,) if self._streams.is_alive else ()
        self._since = {sense: self._since.get(sense, now) for sense in (*alive, *senses)}
        inbox = (Sense.INBOX,) if house.config.enabled else ()
        told = " ".join(sense.value for sense in (*alive, *inbox, *senses))
        if house.ledger.notebook.read(SENSES) != told:
            house.ledger.notebook.write(SENSES, told)
