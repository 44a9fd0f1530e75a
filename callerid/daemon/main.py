"""The daemon: loops that call turns. It decides nothing; it only knows what wakes what.

rings           inbox and senses -> cards    (a ring waits for nothing else)
listen          looks at the phone, and follows its log, to hear it ring
taps            buttons of notifications
watch           call log -> ledger           (slower while nothing happens, at once when the phone went idle)
attend          follow-ups -> notifications
ask             dialogs -> answers           (one at a time; may wait for minutes)
deliver         outbox -> CRM
pull            CRM -> mirror
inquire         an unknown caller -> the CRM, live; and where the number is
contacts        the phone's own contacts -> mirror
speak           the caller's name, aloud
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.config.settings import load as load_config
from callerid.core.upkeep.health import Source
from callerid.daemon.crm_turns import CrmTurns
from callerid.daemon.event_turns import EventTurns
from callerid.daemon.loop import Loop
from callerid.daemon.phone_turns import PhoneTurns
from callerid.daemon.sense_loop import Hearing
from callerid.daemon.shared import Hub
from callerid.daemon.single_instance import only_instance
from callerid.errors import ConfigFault
from callerid.phone.folder_watch import Folders
from callerid.phone.inbox import Inbox
from callerid.phone.screen import Screen
from callerid.places import named_file
from callerid.turns.context import utc_now
from callerid.turns.open_context import open_house, with_config
from callerid.turns.upkeep.after_reboot import show_again_if_lost

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from callerid.config.settings import Config
    from callerid.errors import CalleridError
    from callerid.places import Places
    from callerid.turns.context import House

log = logging.getLogger("callerid")

_SWITCH = 0.0005  # seconds; so soon a ring gets the interpreter from a sync that is calculating (Python's own: ten times as long)
_END_WITHIN = 1.5  # seconds from SIGTERM to the end, whatever hangs


class Daemon:
    """Loops over one home."""

    def __init__(self, places: Places, config: Config, environ: Mapping[str, str]) -> None:
        self._hub = hub = Hub(places, config, environ)
        self._folders: Folders
        self._forget_people: Callable[[], None] | None = None
        self._hearing = Hearing(hub, self._call_log_written)
        events, crm = EventTurns(hub), CrmTurns(hub, self._read_numbers_anew)
        phone = PhoneTurns(hub, self._hearing, self._read_numbers_anew)
        self._screen = Screen(hub.starter, lambda fault: events.shown(Source.NOTIFICATIONS, fault))
        turns: dict[str, Callable[[House], float | None]] = {
            "rings": events.rings,
            "taps": events.taps,
            "listen": self._hearing.listen,
            "watch": phone.watch,
            "attend": phone.attend,
            "ask": phone.ask,
            "contacts": phone.contacts,
            "speak": phone.speak,
            "deliver": crm.deliver,
            "pull": crm.pull,
            "inquire": crm.inquire,
        }
        hub.loops = {name: self._loop(name, turn) for name, turn in turns.items()}

    def _loop(self, name: str, turn: Callable[[House], float | None]) -> Loop:
        opens = self._open_for_rings if name == "rings" else self._open
        return Loop(name=name, open_house=opens, furnish=self._furnish, turn=turn, stopping=self._hub.stopping)

    def _open(self) -> House:
        hub = self._hub
        return replace(open_house(hub.places, hub.config, hub.starter, hub.environ), screen=self._screen)

    def _open_for_rings(self) -> House:
        """What rings write are hints, which a power cut may take: they do not wait for the disk."""
        house = self._open()
        house.ledger.hurry()
        return house

    def _furnish(self, house: House) -> House:
        config = self._hub.config
        return house if house.config is config else with_config(house, config, self._hub.environ)

    def _call_log_written(self) -> None:
        self._hub.eager = min(self._hub.eager, 1)
        self._hub.wake("watch")

    # ---------------------------------------------------------------------------------------- life

    def run(self) -> None:
        """Take turns until SIGTERM or SIGINT; end within two seconds then. Raise AlreadyRunning, StoreFault, CommandMissing."""
        hub = self._hub
        with only_instance(hub.places) as ended_well:
            for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(name, lambda *_: hub.stopping.set())
            self._prepare(ended_well=ended_well)
            self._folders = Folders()
            self._folders.watch_folder(hub.places.inbox, hub.loops["rings"].wake)
            self._folders.watch_file(hub.places.config_file, self._reload)
            self._watch_people()
            for loop in hub.loops.values():
                loop.start()
            log.info("running, pid %d", os.getpid())
            hub.stopping.wait()
            self._end()

    def _watch_people(self) -> None:
        """Hear of it when the file of the provider "file" changes."""
        if self._forget_people:
            self._forget_people()
            self._forget_people = None
        crm = self._hub.config.crm
        path = named_file(self._hub.places, crm.file)
        if crm.provider == "file" and crm.file and path.parent.is_dir():
            self._forget_people = self._folders.watch_file(path, self._people_changed)

    def _people_changed(self) -> None:
        self._hub.sync_wanted = True
        self._hub.wake("pull")

    def _prepare(self, *, ended_well: bool) -> None:
        """Open everything once in this thread, so that what cannot be opened is told to the person and not to a log. The phone is
        not asked for anything here: it may not answer."""
        logging.getLogger("watchdog").setLevel(logging.CRITICAL)  # it complains about events that come while it stops
        sys.setswitchinterval(_SWITCH)
        self._read_numbers_anew()
        house = self._open()
        try:
            booted_at = utc_now() - timedelta(seconds=time.clock_gettime(time.CLOCK_BOOTTIME))
            show_again_if_lost(house, booted_at, ended_well=ended_well)
            Inbox(self._hub.places.inbox).take_up_cut_off()
        finally:
            house.close()

    def _read_numbers_anew(self) -> None:
        """See that the mirror's numbers are read for the region that holds now; who changes one of the two calls this."""
        house = self._open()
        try:
            house.mirror.reindex_when_free(house.region)
        finally:
            house.close()

    def _end(self) -> None:
        log.info("stopping")
        deadline = time.monotonic() + _END_WITHIN
        self._hearing.stop()
        self._hub.starter.stop()
        self._hub.wake(*self._hub.loops)
        self._folders.stop()
        alive = [loop.name for loop in self._hub.loops.values() if not loop.join(deadline - time.monotonic())]
        log.info("stopped%s", f"; still waiting for an answer: {', '.join(alive)}" if alive else "")

    # ---------------------------------------------------------------------------------------- settings

    def _reload(self) -> None:
        """Take new settings at once; keep the old ones when the new are wrong, and say so. Whatever happens, go on listening."""
        try:
            self._take_settings()
        except Exception:
            log.exception("the new settings could not be taken")

    def _take_settings(self) -> None:
        hub = self._hub
        try:
            fresh = load_config(hub.places.config_file)
        except ConfigFault as fault:
            self._tell_settings(fault)
            return
        self._tell_settings(None)
        if fresh != hub.config:
            if fresh.privacy.lock_screen != hub.config.privacy.lock_screen:
                self._show_again()
            elif hub.config.enabled and not fresh.enabled:
                self._end_rings()
            hub.config = fresh
            hub.interval = fresh.log.poll
            log.info("new settings taken")
            hub.wake(*hub.loops)
            self._read_numbers_anew()
            self._watch_people()

    def _show_again(self) -> None:
        """Have what is on the screen shown anew: it tells more, or less, than is wished now."""
        house = self._open()
        try:
            house.ledger.calls.show_again()
            house.ledger.batches.show_again()
        finally:
            house.close()
        self._end_rings()  # a ring is over before it could be shown otherwise

    def _end_rings(self) -> None:
        """Have the cards of rings taken away."""
        house = self._open()
        try:
            for card in house.ledger.rings.open_cards():
                house.ledger.rings.end_early(card, utc_now())
        finally:
            house.close()

    def _tell_settings(self, fault: CalleridError | None) -> None:
        """One line: the whole list is what `callerid config check` prints."""
        told = ConfigFault(" ".join(fault.sentence.split()), remedy=fault.remedy) if fault else None
        house = self._open()
        try:
            house.report(Source.SETTINGS, told, utc_now())
        finally:
            house.close()
