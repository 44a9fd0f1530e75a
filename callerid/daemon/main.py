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

from callerid.config.load import load_config
from callerid.core.upkeep.health import Source
from callerid.daemon.crm_turns import CrmTurns
from callerid.daemon.event_turns import EventTurns
from callerid.daemon.loop import Loop
from callerid.daemon.phone_turns import PhoneTurns
from callerid.daemon.sense_loop import SenseLoop
from callerid.daemon.shared import SharedState
from callerid.daemon.single_instance import only_instance
from callerid.errors import ConfigFault
from callerid.paths import beside_settings
from callerid.phone.folder_watch import FolderWatch
from callerid.phone.inbox import Inbox
from callerid.phone.screen import Screen
from callerid.turns.context import utc_now
from callerid.turns.open_context import open_app, with_config
from callerid.turns.upkeep.after_reboot import show_again_if_lost

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from callerid.config.settings import Config
    from callerid.errors import CalleridError
    from callerid.paths import Paths
    from callerid.turns.context import AppContext

log = logging.getLogger("callerid")

_SWITCH = 0.0005  # seconds; so soon a ring gets the interpreter from a sync that is calculating (Python's own: ten times as long)
_END_WITHIN = 1.5  # seconds from SIGTERM to the end, whatever hangs


class Daemon:
    """Loops over one home."""

    def __init__(self, paths: Paths, config: Config, environ: Mapping[str, str]) -> None:
        self._shared = shared = SharedState(paths, config, environ)
        self._folders: FolderWatch
        self._forget_people: Callable[[], None] | None = None
        self._hearing = SenseLoop(shared, self._call_log_written)
        events, crm = EventTurns(shared), CrmTurns(shared, self._read_numbers_anew)
        phone = PhoneTurns(shared, self._hearing, self._read_numbers_anew)
        self._screen = Screen(shared.runner, lambda fault: events.record_card_result(Source.NOTIFICATIONS, fault))
        turns: dict[str, Callable[[AppContext], float | None]] = {
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
            "inquire": crm.look_up_live,
        }
        shared.loops = {name: self._loop(name, turn) for name, turn in turns.items()}

    def _loop(self, name: str, turn: Callable[[AppContext], float | None]) -> Loop:
        opens = self._open_for_rings if name == "rings" else self._open
        return Loop(name=name, open_app=opens, refresh=self._furnish, turn=turn, stopping=self._shared.stopping)

    def _open(self) -> AppContext:
        shared = self._shared
        return replace(open_app(shared.paths, shared.config, shared.runner, shared.environ), screen=self._screen)

    def _open_for_rings(self) -> AppContext:
        """What rings write are hints, which a power cut may take: they do not wait for the disk."""
        app = self._open()
        app.ledger.hurry()
        return app

    def _furnish(self, app: AppContext) -> AppContext:
        config = self._shared.config
        return app if app.config is config else with_config(app, config, self._shared.environ)

    def _call_log_written(self) -> None:
        self._shared.looks_since_call = min(self._shared.looks_since_call, 1)
        self._shared.wake("watch")

    # ---------------------------------------------------------------------------------------- life

    def run(self) -> None:
        """Take turns until SIGTERM or SIGINT; end within two seconds then. Raise AlreadyRunning, StoreFault, CommandMissing."""
        shared = self._shared
        with only_instance(shared.paths) as ended_well:
            for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(name, lambda *_: shared.stopping.set())
            self._prepare(ended_well=ended_well)
            self._folders = FolderWatch()
            self._folders.watch_folder(shared.paths.inbox, shared.loops["rings"].wake)
            self._folders.watch_file(shared.paths.config_file, self._reload)
            self._watch_people()
            for loop in shared.loops.values():
                loop.start()
            log.info("running, pid %d", os.getpid())
            shared.stopping.wait()
            self._end()

    def _watch_people(self) -> None:
        """Hear of it when the file of the provider "file" changes."""
        if self._forget_people:
            self._forget_people()
            self._forget_people = None
        crm = self._shared.config.crm
        path = beside_settings(self._shared.paths, crm.file)
        if crm.provider == "file" and crm.file and path.parent.is_dir():
            self._forget_people = self._folders.watch_file(path, self._people_changed)

    def _people_changed(self) -> None:
        self._shared.sync_requested = True
        self._shared.wake("pull")

    def _prepare(self, *, ended_well: bool) -> None:
        """Open everything once in this thread, so that what cannot be opened is told to the person and not to a log. The phone is
        not asked for anything here: it may not answer."""
        logging.getLogger("watchdog").setLevel(logging.CRITICAL)  # it complains about events that come while it stops
        sys.setswitchinterval(_SWITCH)
        self._read_numbers_anew()
        app = self._open()
        try:
            booted_at = utc_now() - timedelta(seconds=time.clock_gettime(time.CLOCK_BOOTTIME))
            show_again_if_lost(app, booted_at, ended_well=ended_well)
            Inbox(self._shared.paths.inbox).recover_interrupted()
        finally:
            app.close()

    def _read_numbers_anew(self) -> None:
        """See that the mirror's numbers are read for the region that holds now; who changes one of the two calls this."""
        app = self._open()
        try:
            app.mirror.reindex_when_free(app.region)
        finally:
            app.close()

    def _end(self) -> None:
        log.info("stopping")
        deadline = time.monotonic() + _END_WITHIN
        self._hearing.stop()
        self._shared.runner.stop()
        self._shared.wake(*self._shared.loops)
        self._folders.stop()
        alive = [loop.name for loop in self._shared.loops.values() if not loop.join(deadline - time.monotonic())]
        log.info("stopped%s", f"; still waiting for an answer: {', '.join(alive)}" if alive else "")

    # ---------------------------------------------------------------------------------------- settings

    def _reload(self) -> None:
        """Take new settings at once; keep the old ones when the new are wrong, and say so. Whatever happens, go on listening."""
        try:
            self._take_settings()
        except Exception:
            log.exception("the new settings could not be taken")

    def _take_settings(self) -> None:
        shared = self._shared
        try:
            fresh = load_config(shared.paths.config_file)
        except ConfigFault as fault:
            self._tell_settings(fault)
            return
        self._tell_settings(None)
        if fresh != shared.config:
            if fresh.privacy.lock_screen != shared.config.privacy.lock_screen:
                self._show_again()
            elif shared.config.enabled and not fresh.enabled:
                self._end_rings()
            shared.config = fresh
            shared.poll_interval = fresh.log.poll
            log.info("new settings taken")
            shared.wake(*shared.loops)
            self._read_numbers_anew()
            self._watch_people()

    def _show_again(self) -> None:
        """Have what is on the screen shown anew: it tells more, or less, than is wished now."""
        app = self._open()
        try:
            app.ledger.calls.show_again()
            app.ledger.batches.show_again()
        finally:
            app.close()
        self._end_rings()  # a ring is over before it could be shown otherwise

    def _end_rings(self) -> None:
        """Have the cards of rings taken away."""
        app = self._open()
        try:
            for card in app.ledger.rings.open_cards():
                app.ledger.rings.end_early(card, utc_now())
        finally:
            app.close()

    def _tell_settings(self, fault: CalleridError | None) -> None:
        """One line: the whole list is what `callerid config check` prints."""
        told = ConfigFault(" ".join(fault.sentence.split()), remedy=fault.remedy) if fault else None
        app = self._open()
        try:
            app.report(Source.SETTINGS, told, utc_now())
        finally:
            app.close()
