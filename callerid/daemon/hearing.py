"""Hears the phone ring by the senses that are not the inbox: a stream of the system's log, and looks at the phone.

It decides nothing: which senses look and how often is core.listening's, what a look means is core.senses'.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core import call_notices, telecom_log
from callerid.core.canary import is_deaf
from callerid.core.health import Source
from callerid.core.listening import Ability, Conditions, next_look, polled, wants_registry, wants_stream
from callerid.core.senses import SILENCE, Look, Sense, changes
from callerid.daemon.ways import Ways
from callerid.errors import CommandHung, PermissionDenied, PhoneFault
from callerid.phone.process import Stopped
from callerid.phone.ringing.stream import Stream
from callerid.phone.system import System, Way
from callerid.turns.ears import DIALERS, LIST_WORKS, SENSES, deafness, is_proven
from callerid.turns.house import hides_fact, quiet_hours, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.daemon.hub import Hub
    from callerid.phone.termux import Termux
    from callerid.turns.house import House

log = logging.getLogger("callerid")

_BATTERY_AGAIN = timedelta(minutes=15)
_LIST_AGAIN, _LIST_SOON = timedelta(days=1), timedelta(seconds=30)
_HANGS, _MOST_HANGS = 2, 6  # the place of their count in what is noted, and after how many the list is given up for a day
_NUMBER_LATER = (0.2, 0.4, 0.8, 1.0, 1.0)  # seconds between looks for a number that is not there yet
_NEW_NOTICE = timedelta(minutes=2)  # a dialer's notification that stays longer is no ring
_TRIGGER_AGAIN, _TRIGGER_TRIES = 1.0, 10  # seconds; a ring lasts about half a minute
_LONGEST_PAUSE = timedelta(hours=25)  # of quiet hours; a later time was written by a clock that was wrong
_STARTING = 3.5  # seconds until a stream is known to live


_HIDDEN = PhoneFault(
    "this phone's maker leaves the caller's number out of what the registry says.",
    remedy="Let an automation app tell it (docs/hearing-a-ring.md), or try: callerid doctor --notifications",
)


class Hearing:
    """What the daemon knows of its senses between two looks."""

    def __init__(self, hub: Hub, call_log_written: Callable[[], None]) -> None:
        self._hub, self._call_log_written = hub, call_log_written
        self._system = System(hub.starter)
        self._ways = Ways(self._system)
        self._tries = 0  # looks in a row that failed since the stream told of something
        self._triggered = threading.Event()
        self._telecom: Stream | None = None
        self._log_file: Stream | None = None
        self._before: dict[Sense, Look] = {}
        self._seen: dict[str, datetime] = {}
        self._faults: dict[Sense, int] = {}
        self._since: dict[Sense, datetime] = {}
        self._began = utc_now()
        self._was_off = False
        self._due: dict[Sense, datetime] = {}
        self._rings_by_trigger = False  # the stream has told of a ring, and of no end since
        self._shell_searched = threading.Event()
        self._shell_searched.set()
        self._last_call: datetime | None = None
        self._battery: int | None = None
        self._battery_at: datetime | None = None

    @property
    def began(self) -> datetime:
        """Since when there is anybody to hear."""
        return self._began

    @property
    def call_log_is_followed(self) -> bool:
        """Is every change of the call log told, so that it need not be polled?"""
        return self._log_file is not None and self._log_file.is_alive

    def listening(self, house: House) -> dict[Sense, datetime]:
        """Return the senses that must hear a ring now, and since when."""
        inbox = Sense.INBOX.value in house.config.ring.senses or deafness(house, Sense.INBOX).heard_ever
        now = ({Sense.INBOX: self._began} if inbox else {}) | self._since
        return now if any(is_proven(house, sense) for sense in now) else self._lost(house) | now

    def _lost(self, house: House) -> dict[Sense, datetime]:
        """Senses that heard once and cannot any more: a grant that an update took, Shizuku after a restart of the phone. Nothing
        else tells, so they are missed."""
        able = _chosen(house) or tuple(Sense)
        return {sense: self._began for sense in able if deafness(house, sense).heard_ever}

    def _wake(self) -> None:
        self._hub.wake("listen")

    def stop(self) -> None:
        """End the streams."""
        for stream in (self._telecom, self._log_file):
            if stream:
                stream.stop()
        self._telecom = self._log_file = None

    # ---------------------------------------------------------------------------------------- a turn

    def listen(self, house: House) -> float | None:
        """Look at the phone if that is due, and return the seconds until the next look; None: when woken."""
        now = utc_now()
        if not house.config.enabled:
            self.stop()
            self._note(house, (), now)
            self._was_off = True
            return None
        if self._was_off:
            self._was_off, self._began = False, now
        if wants_stream(_chosen(house)):
            self._search_shell(now)
        self._keep_streams(house)
        ability = self._ability(house, now)
        if wants_registry(ability):
            self._ways.find_registry(now)
            ability = replace(ability, can_look=self._ways.to_registry is not None)
        senses = polled(ability)
        quiet = quiet_hours(house)
        quiet_until = quiet.until(house.local(now)) if quiet else None
        self._note(house, () if quiet_until else senses, now)
        self._look_at(house, senses, now, quiet=quiet_until is not None)
        self._report_stream(house, now)
        if self._triggered.is_set():
            return _TRIGGER_AGAIN
        if not senses:
            return self._until_next_try(ability, now)
        return self._plan(house, senses, now, quiet_until)

    def _plan(self, house: House, senses: tuple[Sense, ...], now: datetime, quiet_until: datetime | None) -> float:
        """Note when each sense is due next, one that fails later than the others, and return the seconds until the first is."""
        if any(look.talking for look in self._before.values()):
            self._last_call = now  # a second call may come in
        conditions = Conditions(
            interval=house.config.ring.poll,
            busy=any(look.ringing or look.dialling for look in self._before.values()),
            last_call=self._last_call,
            battery=self._charge(house, now),
            quiet_until=quiet_until,
        )
        after = utc_now()
        for sense in senses:
            if self._is_due(sense, now):
                faults = self._faults.get(sense, 0)
                self._due[sense] = after + next_look(replace(conditions, faults=faults), after)
        return max(0.2, min((self._due[sense] - after).total_seconds() for sense in senses))

    def _is_due(self, sense: Sense, now: datetime) -> bool:
        due = self._due.get(sense)
        return due is None or due <= now or due - now > _LONGEST_PAUSE

    def _look_at(self, house: House, senses: tuple[Sense, ...], now: datetime, *, quiet: bool) -> None:
        triggered = self._triggered.is_set()
        self._triggered.clear()
        if quiet and not triggered:
            return
        if triggered and not self._look_for_number(house):
            self._tries += 1
            if self._tries < _TRIGGER_TRIES:
                self._triggered.set()  # a look that failed is taken again: it still rings
        if triggered:
            senses = tuple(sense for sense in senses if sense is not Sense.TELEPHONY)
        for sense in senses:
            if self._is_due(sense, now):
                self._look(house, sense, now, sense)

    def _look_for_number(self, house: House) -> bool:
        """The telecom service is a moment ahead of the registry: look again while it rings without a number. Return whether a look
        succeeded."""
        for pause in (*_NUMBER_LATER, 0.0):
            look = self._look(house, Sense.TELEPHONY, utc_now(), Sense.STREAM)
            if look is None:
                return False
            if any(caller.number for caller in look.ringing) or not (look.ringing or self._rings_by_trigger):
                break
            self._hub.pause(pause)
        self._tries = 0
        return True

    def _look(self, house: House, sense: Sense, now: datetime, told_by: Sense) -> Look | None:
        try:
            look = self._registry(house, now) if sense is Sense.TELEPHONY else self._notices(house, now)
        except Stopped:
            raise
        except PhoneFault as fault:
            self._failed(house, sense, fault, now)
            return None
        self._faults[sense] = 0
        before = self._before.get(sense)
        if before is None and sense is Sense.NOTIFICATIONS:
            before = Look(ringing=look.ringing, dialling=look.dialling)  # what was there before us is no news
        for event in changes(before or SILENCE, look, told_by, now):
            self._last_call = now
            self._hub.hear(event)
        self._before[sense] = look
        return look

    def _registry(self, house: House, now: datetime) -> Look:
        way = self._ways.to_registry or self._ways.shell
        if way is None:
            raise PermissionDenied("the telephony registry may not be read any more.", remedy="Type: callerid doctor")
        found = self._system.registry(way)
        if found.look.ringing and (found.hides_number or any(caller.number for caller in found.look.ringing)):
            _write(house, hides_fact(Sense.TELEPHONY), "1" if found.hides_number else "")
        house.report(Source.TELEPHONY, _HIDDEN if house.hides_numbers(Sense.TELEPHONY) else None, now)
        return found.look

    def _notices(self, house: House, now: datetime) -> Look:
        notices = call_notices.read(house.termux.notification_list())
        _write(house, LIST_WORKS, "yes")
        house.report(Source.NOTIFICATION_LIST, None, now)
        self._seen = {notice.key: self._seen.get(notice.key, now) for notice in notices}
        fresh = [
            notice
            for notice in notices
            if now - self._seen[notice.key] <= _NEW_NOTICE or call_notices.state(notice) is call_notices.State.TALKING
        ]
        learned = (house.ledger.notebook.read(DIALERS) or "").split()
        return call_notices.look(fresh, call_notices.DIALERS.union(learned))

    def _failed(self, house: House, sense: Sense, fault: PhoneFault, now: datetime) -> None:
        self._faults[sense] = self._faults.get(sense, 0) + 1
        source = Source.TELEPHONY if sense is Sense.TELEPHONY else Source.NOTIFICATION_LIST
        house.report(source, fault, now)
        if sense is Sense.TELEPHONY and isinstance(fault, PermissionDenied):
            self._ways.lost_registry(now)
        if sense is Sense.NOTIFICATIONS and isinstance(fault, CommandHung):
            _write(house, LIST_WORKS, _after_hang(house.ledger.notebook.read(LIST_WORKS) or "", now))

    # ---------------------------------------------------------------------------------------- what can be used

    def _ability(self, house: House, now: datetime) -> Ability:
        return Ability(
            chosen=_chosen(house),
            can_look=self._ways.to_registry is not None,
            hides_number=house.hides_numbers(Sense.TELEPHONY),
            list_works=_list_works(house, now),
            stream_alive=self._stream_tells(house),
            inbox_proven=is_proven(house, Sense.INBOX),
        )

    def _stream_tells(self, house: House) -> bool:
        """Does the stream live, and has it heard the last calls? Some builds write nothing into it."""
        alive = self._telecom is not None and self._telecom.is_alive
        return alive and not is_deaf(deafness(house, Sense.STREAM))

    def _search_shell(self, now: datetime) -> None:
        """Look for root or Shizuku beside everything else: a `su` that waits for a finger must not make anybody deaf."""
        if self._ways.shell is not None or not self._shell_searched.is_set():
            return

        def search() -> None:
            try:
                self._ways.find_shell(now)
            except PhoneFault as fault:
                log.debug("%s", fault)
            finally:
                self._shell_searched.set()
            if self._ways.shell is not None:
                self._wake()

        if self._ways.shell_is_due(now):
            self._shell_searched.clear()
            threading.Thread(target=search, name="callerid-shell", daemon=True).start()

    def _until_next_try(self, ability: Ability, now: datetime) -> float | None:
        """How long until something is tried again while nothing has to be looked at; None when there is nothing to try."""
        starting = self._telecom is not None and not self._telecom.is_alive and self._telecom.fault is None
        registry, shell = wants_registry(ability), wants_stream(ability.chosen)
        waits = (_STARTING if starting else None, self._ways.until_next_search(now, registry=registry, shell=shell))
        return min((wait for wait in waits if wait is not None), default=None)

    def _keep_streams(self, house: House) -> None:
        way = self._ways.shell
        if not wants_stream(_chosen(house)) or way is None:
            self.stop()
            return
        if self._telecom is None:
            self._telecom = Stream(lambda: self._system.follow_telecom(way), self._telecom_said, self._wake)
        if self._log_file is None and way is Way.ROOT:
            self._log_file = Stream(self._system.follow_call_log, lambda _: self._call_log_written(), self._wake)

    def _telecom_said(self, line: str) -> None:
        heard = telecom_log.read(line)
        if heard and telecom_log.is_new(heard, utc_now()):
            self._tries = 0
            self._rings_by_trigger = heard.trigger is telecom_log.Trigger.RINGING
            self._triggered.set()
            self._wake()
            if heard.trigger is telecom_log.Trigger.ENDED:
                self._call_log_written()  # a ring may have been too short for any look

    def _report_stream(self, house: House, now: datetime) -> None:
        stream = self._telecom
        wished = Sense.STREAM.value in house.config.ring.senses
        if stream is None:
            if wished:
                fault = PhoneFault(
                    "neither root nor Shizuku lets us in.", remedy="Root the phone, or set Shizuku's rish up in Termux."
                )
                house.report(Source.STREAM, fault, now)
            return
        if stream.is_alive:
            house.report(Source.STREAM, None, now)
        elif stream.fault and (wished or stream.was_alive):
            fault = PhoneFault(f"the system's log cannot be followed: {stream.fault.sentence}", remedy="Type: callerid doctor")
            house.report(Source.STREAM, fault, now)

    def _note(self, house: House, senses: tuple[Sense, ...], now: datetime) -> None:
        """Keep since when each sense listens, for the canary, and tell it to `callerid status`."""
        alive = (Sense.STREAM,) if self._telecom is not None and self._telecom.is_alive else ()
        self._since = {sense: self._since.get(sense, now) for sense in (*alive, *senses)}
        inbox = (Sense.INBOX,) if house.config.enabled else ()
        _write(house, SENSES, " ".join(sense.value for sense in (*alive, *inbox, *senses)))

    def _charge(self, house: House, now: datetime) -> int | None:
        if self._battery_at is None or abs(now - self._battery_at) >= _BATTERY_AGAIN:
            self._battery_at = now
            threading.Thread(target=self._ask_battery, args=(house.termux,), name="callerid-battery", daemon=True).start()
        return self._battery

    def _ask_battery(self, termux: Termux) -> None:
        """Beside everything else, because the answer may never come."""
        try:
            self._battery = termux.battery()
        except PhoneFault:
            self._battery = None


def _chosen(house: House) -> tuple[Sense, ...]:
    return tuple(Sense(name) for name in house.config.ring.senses)


def _list_works(house: House, now: datetime) -> bool | None:
    said = (house.ledger.notebook.read(LIST_WORKS) or "").split()
    if not said:
        return None
    if said[0] == "yes":
        return True
    if int(said[1]) > now.timestamp():
        return False
    return True if len(said) > _HANGS and said[_HANGS] != "0" else None


def _after_hang(said: str, now: datetime) -> str:
    """Given what is noted of the list of notifications, which just hung, return what is to be noted: where it worked before, it is
    tried again soon, and after some hangs no more; else it is not, for a day."""
    words = said.split()
    before = int(words[_HANGS]) if len(words) > _HANGS else 1 if words[:1] == ["yes"] else 0
    if not before or before > _MOST_HANGS:
        return f"no {int((now + _LIST_AGAIN).timestamp())} 0"
    return f"no {int((now + _LIST_SOON * (1 << before)).timestamp())} {before + 1}"


def _write(house: House, name: str, value: str) -> None:
    """Keep a fact, if it is another one than before: a look every two seconds must not write every two seconds."""
    if house.ledger.notebook.read(name) != value:
        house.ledger.notebook.write(name, value)
