"""The daemon: loops that call turns. It decides nothing; it only knows what wakes what.

inbox -> rings  a ring becomes a card and waits for nothing else
      -> taps   buttons of notifications
watch           call log -> ledger           (slower while nothing happens, at once when the phone went idle)
attend          follow-ups -> notifications
ask             dialogs -> answers           (one at a time; may wait for minutes)
deliver         outbox -> CRM
pull            CRM -> mirror
inquire         an unknown caller -> the CRM, live
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import threading
import time
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.config import load as load_config
from callerid.core.backoff import after_fault, after_poll
from callerid.core.events import Ring
from callerid.core.health import Source
from callerid.daemon.instance import only_instance
from callerid.daemon.loop import Loop
from callerid.daemon.rhythm import eager_pause, seconds_until, sync_due
from callerid.errors import CalleridError, ConfigFault, PhoneFault, StoreFault
from callerid.phone.process import Starter, Stopped
from callerid.phone.ringing.inbox import Inbox, watch_file, watch_folder
from callerid.places import named_file
from callerid.turns.ask import AskEnd, ask
from callerid.turns.attend import attend
from callerid.turns.deliver import deliver
from callerid.turns.house import House, utc_now
from callerid.turns.inquire import inquire
from callerid.turns.opening import CrmLine, learn_region, open_house, with_config
from callerid.turns.pull import LAST_SYNC, LAST_SYNC_TRY, pull
from callerid.turns.receive import Wake, receive
from callerid.turns.watch import watch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from callerid.config import Config
    from callerid.phone.ringing.inbox import Arrived
    from callerid.places import Places

log = logging.getLogger("callerid")

_INBOX_SAFETY = 60.0  # seconds: inotify tells at once; this is for the day it does not
_REMEMBERED = 1000  # events; more than one look at the inbox can bring
_DIALOG_BUSY = 5.0
_STORE_AGAIN = 3.0
_END_WITHIN = 1.5  # seconds from SIGTERM to the end, whatever hangs


class Daemon:
    """Loops over one home."""

    def __init__(self, places: Places, config: Config, environ: Mapping[str, str]) -> None:
        self._places, self._config, self._environ = places, config, environ
        self._starter = Starter(environment=environ)
        self._stopping = threading.Event()
        self._inbox = Inbox(places.inbox)
        self._rings: queue.SimpleQueue[Arrived] = queue.SimpleQueue()
        self._taps: queue.SimpleQueue[Arrived] = queue.SimpleQueue()
        self._unknown: queue.SimpleQueue[Ring] = queue.SimpleQueue()
        self._handed_over: deque[tuple[str, datetime]] = deque(maxlen=_REMEMBERED)
        self._interval = config.log.poll
        self._eager = 99
        self._sync_failures = 0
        self._sync_wanted = False
        self._people_watches: list[Callable[[], None]] = []
        turns: dict[str, Callable[[House], float | None]] = {
            "inbox": self._take_inbox,
            "rings": lambda house: self._work_off(house, self._rings),
            "taps": lambda house: self._work_off(house, self._taps),
            "watch": self._watch,
            "attend": self._attend,
            "ask": self._ask,
            "deliver": self._deliver,
            "pull": self._pull,
            "inquire": self._inquire,
        }
        self._loops = {name: self._loop(name, turn) for name, turn in turns.items()}

    def _loop(self, name: str, turn: Callable[[House], float | None]) -> Loop:
        return Loop(name=name, open_house=self._open, furnish=self._furnish, turn=turn, stopping=self._stopping)

    def _open(self) -> House:
        return open_house(self._places, self._config, self._starter, self._environ)

    def _furnish(self, house: House) -> House:
        return house if house.config is self._config else with_config(house, self._config, self._environ)

    # ---------------------------------------------------------------------------------------- life

    def run(self) -> None:
        """Take turns until SIGTERM or SIGINT; end within two seconds then. Raise AlreadyRunning, StoreFault, CommandMissing."""
        with only_instance(self._places):
            for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(name, lambda *_: self._stopping.set())
            self._prepare()
            watches = [
                watch_folder(self._places.inbox, self._loops["inbox"].wake),
                watch_file(self._places.config_file, self._reload),
            ]
            self._watch_people()
            for loop in self._loops.values():
                loop.start()
            log.info("running, pid %d", os.getpid())
            self._stopping.wait()
            self._end([*watches, *self._people_watches])

    def _watch_people(self) -> None:
        """Hear of it when the file of the provider "file" changes."""
        for stop in self._people_watches:
            stop()
        self._people_watches = []
        crm = self._config.crm
        path = named_file(self._places, crm.file)
        if crm.provider == "file" and crm.file and path.parent.is_dir():
            self._people_watches = [watch_file(path, self._people_changed)]

    def _people_changed(self) -> None:
        self._sync_wanted = True
        self._loops["pull"].wake()

    def _prepare(self) -> None:
        """Open everything once in this thread, so that what cannot be opened is told to the person and not to a log. The phone is
        not asked for anything here: it may not answer."""
        logging.getLogger("watchdog").setLevel(logging.CRITICAL)  # it complains about events that come while it stops
        self._read_numbers_anew()

    def _read_numbers_anew(self) -> None:
        """See that the mirror's numbers are read for the region that holds now; who changes one of the two calls this."""
        house = self._open()
        try:
            house.mirror.reindex_when_free(house.region)
        finally:
            house.close()

    def _with_region(self, house: House) -> House:
        """Return the house with the phone's region; asked for just now, every other loop is furnished with it too."""
        learnt = learn_region(house, utc_now())
        if learnt is not house:
            self._read_numbers_anew()
            self._config = replace(self._config)  # a new value, though equal: what every loop looks at
            log.info("the phone's region is %s", learnt.region or "unknown")
        return learnt

    def _end(self, watches: list[Callable[[], None]]) -> None:
        log.info("stopping")
        deadline = time.monotonic() + _END_WITHIN
        self._starter.stop()
        for loop in self._loops.values():
            loop.wake()
        for stop in watches:
            stop()
        alive = [loop.name for loop in self._loops.values() if not loop.join(deadline - time.monotonic())]
        log.info("stopped%s", f"; still waiting for an answer: {', '.join(alive)}" if alive else "")

    def _reload(self) -> None:
        """Take new settings at once; keep the old ones when the new are wrong, and say so. Whatever happens, go on listening."""
        try:
            self._take_settings()
        except Exception:
            log.exception("the new settings could not be taken")

    def _take_settings(self) -> None:
        try:
            fresh = load_config(self._places.config_file)
        except ConfigFault as fault:
            self._tell_settings(fault)
            return
        self._tell_settings(None)
        if fresh != self._config:
            self._config = fresh
            self._interval = fresh.log.poll
            log.info("new settings taken")
            for loop in self._loops.values():
                loop.wake()
            self._read_numbers_anew()
            self._watch_people()

    def _tell_settings(self, fault: ConfigFault | None) -> None:
        """One line: the whole list is what `callerid config check` prints."""
        told = ConfigFault(" ".join(fault.sentence.split()), remedy=fault.remedy) if fault else None
        house = self._open()
        try:
            house.report(Source.SETTINGS, told, utc_now())
        finally:
            house.close()

    def _wake(self, wake: Wake) -> None:
        if wake.alert or wake.watch:
            self._interval = self._config.log.poll
        if wake.watch:
            self._eager = 0
        self._sync_wanted = self._sync_wanted or wake.pull
        if wake.inquire:
            self._unknown.put(wake.inquire)
            self._loops["inquire"].wake()
        for name in ("watch", "attend", "ask", "deliver", "pull"):
            if getattr(wake, name):
                self._loops[name].wake()

    # ---------------------------------------------------------------------------------------- turns

    def _take_inbox(self, house: House) -> float | None:
        """Hand what arrived to the loop that it is for. An event's file goes only when the event has been dealt with."""
        del house
        for arrived in self._inbox.take():
            if self._is_new(arrived):
                ring = isinstance(arrived.event, Ring)
                (self._rings if ring else self._taps).put(arrived)
                self._loops["rings" if ring else "taps"].wake()
        return _INBOX_SAFETY

    def _is_new(self, arrived: Arrived) -> bool:
        """An event is handed over once, though its file is seen again until it has been dealt with, and perhaps a moment longer."""
        seen = (arrived.path.name, arrived.event.at)
        if seen in self._handed_over:
            return False
        self._handed_over.append(seen)
        return True

    def _work_off(self, house: House, waiting: queue.SimpleQueue[Arrived]) -> float | None:
        while not self._stopping.is_set():
            try:
                arrived = waiting.get_nowait()
            except queue.Empty:
                return None
            self._receive(house, arrived)
        return None

    def _receive(self, house: House, arrived: Arrived) -> None:
        """Deal with an event. Its file goes when that is done, or cannot be done ever; else it is taken up again."""
        try:
            self._wake(receive(house, arrived.event, utc_now()))
        except Stopped:
            return  # the event's file stays for the next start
        except StoreFault as fault:
            log.warning("%s It is tried again.", fault)
            self._again(arrived)
            return
        except PhoneFault as fault:
            log.debug("%s", fault)  # the command's health has been told already
        except CalleridError as fault:
            log.warning("%s", fault)
        except Exception:
            log.exception("an event could not be dealt with; it is dropped")
        self._inbox.done(arrived)

    def _again(self, arrived: Arrived) -> None:
        self._handed_over.remove((arrived.path.name, arrived.event.at))
        threading.Timer(_STORE_AGAIN, self._loops["inbox"].wake).start()

    def _watch(self, house: House) -> float | None:
        settings = self._config.log
        try:
            watched = watch(self._with_region(house), utc_now())
        except Stopped:
            return None
        except PhoneFault:
            self._interval = after_fault(self._interval, slowest=settings.poll_slowest)
            return self._interval.total_seconds()
        if watched.baseline:
            log.info("%d calls were in the log already", watched.baseline)
        if watched.new:
            log.info("%d new in the call log", len(watched.new))
            self._loops["attend"].wake()
            self._eager = 99
        self._interval = after_poll(self._interval, found=bool(watched.new), fastest=settings.poll, slowest=settings.poll_slowest)
        eager = eager_pause(self._eager)
        self._eager += 1
        return min(eager or self._interval.total_seconds(), self._interval.total_seconds())

    def _attend(self, house: House) -> float | None:
        now = utc_now()
        attended = attend(house, now)
        if attended.ask:
            self._loops["ask"].wake()
        return seconds_until(attended.next_at, now)

    def _ask(self, house: House) -> float | None:
        while not self._stopping.is_set():
            end = ask(house, utc_now)
            if end is AskEnd.BUSY:
                return _DIALOG_BUSY
            if end is AskEnd.NOTHING_TO_ASK:
                return None
            self._wake(Wake(attend=True, deliver=end is AskEnd.ANSWERED))
        return None

    def _deliver(self, house: House) -> float | None:
        with self._crm(house) as crm:
            delivered = deliver(house, crm, utc_now)
        return seconds_until(delivered.next_at, utc_now())

    def _pull(self, house: House) -> float | None:
        due = self._sync_due(house)
        if not self._sync_wanted and (due is None or due > utc_now()):
            return seconds_until(due, utc_now())
        self._sync_wanted = False
        try:
            with self._crm(house) as crm:
                pulled = pull(house, crm.source(), utc_now)
        except Stopped:
            return None
        except CalleridError as fault:
            self._sync_failures += 1
            log.debug("sync: %s", fault)  # its health has been told already
        else:
            self._sync_failures = 0
            log.info("sync: %d contacts, %d companies, %d deals", pulled.contacts, pulled.companies, pulled.deals)
            self._read_numbers_anew()
            self._loops["attend"].wake()
        return seconds_until(self._sync_due(house), utc_now())

    def _inquire(self, house: House) -> float | None:
        while not self._stopping.is_set():
            try:
                ring = self._unknown.get_nowait()
            except queue.Empty:
                return None
            with self._crm(house) as crm:
                inquire(house, crm, ring.number, ring.at, utc_now)
        return None

    def _sync_due(self, house: House) -> datetime | None:
        book = house.ledger.notebook
        last, last_try = book.read_time(LAST_SYNC), book.read_time(LAST_SYNC_TRY)
        return sync_due(last, last_try, self._sync_failures, self._config.sync.every, utc_now())

    def _crm(self, house: House) -> CrmLine:
        return CrmLine(house, self._environ, self._pause, utc_now)

    def _pause(self, seconds: float) -> None:
        """Wait within a turn, but never beyond the daemon's end."""
        if self._stopping.wait(seconds):
            raise Stopped("callerid is stopping.")
