"""The daemon: loops that take turns. It decides nothing; it only knows which loops there are and what wakes them (see
docs/architecture.md).

rings           inbox and senses -> cards     (waits for nothing else)
listen          polls the phone's state and follows its log, to hear it ring
taps            buttons of notifications
watch           call log -> ledger            (at once when the phone went idle, less often while nothing happens)
attend          follow-ups -> notifications
ask             dialogs -> answers            (one at a time; may wait for minutes)
deliver         outbox -> CRM
pull            CRM -> mirror
inquire         caller -> live lookup in the CRM, and where an unknown number is
contacts        phone contacts -> mirror
speak           the caller's name, aloud
addressbook     mirror -> the address book on a server that the settings name
hooks           what happened -> the programs that the settings name
disk            reserves space, and says when there is none
upkeep          looks whether the databases are whole, and backs the ledger up
awake           holds the wake lock, and starts the daemon anew after an upgrade of Python
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.config.load import load_config
from callerid.config.settling import SettlingFile
from callerid.core.upkeep.health import Source
from callerid.daemon.crm_turns import CrmTurns
from callerid.daemon.disk_turns import DiskTurns
from callerid.daemon.event_turns import EventTurns
from callerid.daemon.hook_turns import HookTurns
from callerid.daemon.loop import Loop
from callerid.daemon.phone_turns import PhoneTurns
from callerid.daemon.senses.loop import SenseLoop
from callerid.daemon.shared import SharedState
from callerid.daemon.single_instance import only_instance
from callerid.daemon.stop_request import StopRequest
from callerid.errors import ConfigFault, StoreFault
from callerid.logs import log
from callerid.paths import beside_settings
from callerid.phone.folder_watch import FolderWatch
from callerid.phone.inbox import Inbox
from callerid.phone.screen import Screen
from callerid.records import compile_all
from callerid.store.ledger.replay.take_over import TOLD
from callerid.turns.context import utc_now
from callerid.turns.open_context import open_app, with_config
from callerid.turns.orphans import end_orphans
from callerid.turns.repair import repair, report_replaced_mirror
from callerid.turns.upkeep.after_reboot import show_again_if_lost
from callerid.turns.upkeep.changed_settings import follow_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from callerid.config.settings import Config
    from callerid.errors import CalleridError, DatabaseDamaged
    from callerid.paths import Paths
    from callerid.phone.command_runner import CommandRunner
    from callerid.turns.context import AppContext


_SWITCH_INTERVAL = 0.0005  # seconds until a ring gets the interpreter from a sync that computes; Python's default is ten times that
# Objects more than before, until Python looks for what it may free, which takes as long as a look-up. A few rings make its own 700,
# or 2,000 from Python 3.13 on.
_COLLECT_AFTER = 5_000
_STOP_WITHIN = 1.5  # seconds from SIGTERM to the end, whatever hangs


class Daemon:
    """The daemon of one installation."""

    def __init__(self, paths: Paths, config: Config, environ: Mapping[str, str], runner: CommandRunner) -> None:
        self._shared = shared = SharedState(paths, config, environ, runner)
        self._folders: FolderWatch
        self._unwatch_contacts: Callable[[], None] | None = None
        self._senses = SenseLoop(shared, self._call_log_written)
        events, crm = EventTurns(shared), CrmTurns(shared, self._reindex_mirror)
        disk = DiskTurns(shared, events.retry_now)
        self._phone = phone = PhoneTurns(shared, self._senses, self._reindex_mirror, self.start_anew)
        self.is_to_start_anew = False
        self._stop_request = StopRequest()
        self._settings_file = SettlingFile(paths.config_file, self._reload)
        self._screen = Screen(shared.runner, events.record_card_result)
        turns: dict[str, Callable[[AppContext], float | None]] = {
            "rings": events.rings,
            "taps": events.taps,
            "listen": self._senses.listen,
            "watch": phone.watch,
            "attend": phone.attend,
            "ask": phone.ask,
            "contacts": phone.contacts,
            "speak": phone.speak,
            "deliver": crm.deliver,
            "pull": crm.pull,
            "inquire": crm.look_up_live,
            "addressbook": crm.keep_book,
            "hooks": HookTurns(shared).hooks,
            "disk": disk.disk,
            "upkeep": phone.upkeep,
            "awake": phone.awake,
        }
        shared.loops = {name: self._loop(name, turn) for name, turn in turns.items()}

    def _loop(self, name: str, turn: Callable[[AppContext], float | None]) -> Loop:
        open_app = self._open_for_rings if name == "rings" else self._open
        shared = self._shared
        return Loop(
            name=name,
            open_app=open_app,
            refresh=self._refresh,
            turn=turn,
            stopping=shared.stopping,
            found_disk_fault=shared.found_disk_fault,
            repair=self._repair,
            end_turn=self._end_turn,
            keeps_pages=name == "rings",
        )

    def _repair(self, app: AppContext, fault: DatabaseDamaged) -> None:
        """Restore or replace a damaged database. Every loop then takes a turn with the one that is there now."""
        repair(app, fault, utc_now())
        self._shared.wake(*self._shared.loops)

    def _end_turn(self, app: AppContext) -> None:
        """Have the mirror filled again if the turn had to put it aside, or somebody has deleted it."""
        if report_replaced_mirror(app, utc_now()):
            self._shared.sync_requested = True
            self._shared.wake("pull", "contacts")

    def _open(self) -> AppContext:
        shared = self._shared
        app = replace(open_app(shared.paths, shared.config, shared.runner, shared.environ), screen=self._screen)
        if app.ledger.key_values.read(
            TOLD
        ):  # the ledger was restored: the person is to be told, and the calls since are to be read
            shared.wake("upkeep", "watch", "attend", "deliver")
        return app

    def _open_for_rings(self) -> AppContext:
        """Open a context whose writing does not wait for the disk: a ring is a hint, which a power cut may lose."""
        import callerid.daemon.loaded_at_start  # noqa: F401 - loaded now: the first ring must not wait for it

        app = self._open()
        app.ledger.relax_durability()
        compile_all()
        return app

    def _refresh(self, app: AppContext) -> AppContext:
        config = self._shared.config
        return app if app.config is config else with_config(app, config, self._shared.environ)

    def _call_log_written(self) -> None:
        self._shared.looks_since_call = min(self._shared.looks_since_call, 1)
        self._shared.wake("watch")

    # ---------------------------------------------------------------------------------------- life

    def run(self) -> None:
        """Serve until SIGTERM, SIGINT or SIGHUP, or SIGUSR1, which also sets `is_to_start_anew`; then stop within two seconds.
        Raise as `serve` does."""
        stops = dict.fromkeys((signal.SIGTERM, signal.SIGINT, signal.SIGHUP), self.stop)
        self._stop_request.make_on_signals({**stops, signal.SIGUSR1: self.start_anew})
        gc.freeze()  # what is loaded by now stays, and is never looked through
        gc.set_threshold(_COLLECT_AFTER)
        self.serve()

    def start_anew(self) -> None:
        """End `serve`, from any thread, and have whoever called `run` start the daemon again."""
        self.is_to_start_anew = True
        self.stop()

    def stop(self) -> None:
        """End `serve`, from any thread."""
        self._stop_request.make()

    def serve(self) -> None:
        """Take turns until `stop`. Raise AlreadyRunning, StoreFault, CommandMissing."""
        shared = self._shared
        with only_instance(shared.paths) as ended_cleanly:
            if not ended_cleanly:
                end_orphans(shared.paths.lock)
            self._prepare(ended_cleanly=ended_cleanly)
            self._folders = FolderWatch()
            self._folders.watch_folder(shared.paths.inbox, shared.loops["rings"].wake)
            self._folders.watch_file(shared.paths.config_file, lambda: self._settings_file.written(shared.config))
            self._reload()  # what was changed before the file was watched, and mended while no daemon ran
            self._watch_contacts_file()
            for loop in shared.loops.values():
                loop.start()
            log.info("running, pid %d", os.getpid())
            self._stop_request.wait()
            shared.stopping.set()
            self._end()

    def _watch_contacts_file(self) -> None:
        """Sync when the file of the provider "file" changes."""
        if self._unwatch_contacts:
            self._unwatch_contacts()
            self._unwatch_contacts = None
        crm = self._shared.config.crm
        path = beside_settings(self._shared.paths, crm.file)
        if crm.provider == "file" and crm.file and path.parent.is_dir():
            self._unwatch_contacts = self._folders.watch_file(path, self._contacts_file_changed)

    def _contacts_file_changed(self) -> None:
        self._shared.sync_requested = True
        self._shared.wake("pull")

    def _prepare(self, *, ended_cleanly: bool) -> None:
        """Open everything once in this thread, so that a failure is printed for the person and not only logged. No termux command
        is run here: it may hang."""
        logging.getLogger("watchdog").setLevel(logging.CRITICAL)  # it logs errors about events that come while it stops
        sys.setswitchinterval(_SWITCH_INTERVAL)
        self._reindex_mirror()
        app = self._open()
        try:
            follow_settings(app, utc_now())
            booted_at = utc_now() - timedelta(seconds=time.clock_gettime(time.CLOCK_BOOTTIME))
            show_again_if_lost(app.ledger, booted_at, ended_cleanly=ended_cleanly)
            Inbox(self._shared.paths.inbox).recover_interrupted()
        finally:
            app.close()

    def _reindex_mirror(self) -> None:
        """Index the mirror's numbers for the current region. To be called after each change of the mirror or the region."""
        app = self._open()
        try:
            app.mirror.reindex_when_free(app.region)
        finally:
            app.close()

    def _end(self) -> None:
        log.info("stopping")
        deadline = time.monotonic() + _STOP_WITHIN
        self._settings_file.stop()
        self._senses.stop()
        if not self.is_to_start_anew:
            self._phone.wake_lock.release_at_end()
        self._shared.runner.stop()
        self._shared.wake(*self._shared.loops)
        self._folders.stop()
        alive = [loop.name for loop in self._shared.loops.values() if not loop.join(deadline - time.monotonic())]
        log.info("stopped%s", f"; still waiting for an answer: {', '.join(alive)}" if alive else "")

    # ---------------------------------------------------------------------------------------- settings

    def _reload(self) -> None:
        """Apply new settings at once. Keep the old ones, and report it, when the new ones have faults."""
        try:
            self._apply_settings()
        except StoreFault as fault:
            log.warning("the new settings: %s", fault)
        except Exception:  # whatever happens, the file is still watched
            log.exception("unexpected error; the new settings may not be applied")

    def _apply_settings(self) -> None:
        shared = self._shared
        try:
            new = load_config(shared.paths.config_file)
        except ConfigFault as fault:
            self._report_settings(fault)
            return
        old, shared.config = shared.config, new  # they hold, whatever the ledger refuses below
        if new == old:
            self._report_settings(None)
            return
        shared.poll_interval = new.log.poll
        log.info("new settings applied")
        try:
            self._change_cards(old, new)
        finally:
            shared.retry_senses = True
            shared.wake(*shared.loops)
            self._watch_contacts_file()

    def _change_cards(self, old: Config, new: Config) -> None:
        """Have ring cards and the mirror follow a change of the settings. Raise StoreFault. Other cards: `turns/worded_anew.py`."""
        self._report_settings(None)
        self._forget_failures()
        if new.privacy.lock_screen != old.privacy.lock_screen or (old.enabled and not new.enabled):
            self._end_rings()
        self._reindex_mirror()

    def _forget_failures(self) -> None:
        """Let everything be tried now that failed and waits: it may be just what the new settings are about."""
        app = self._open()
        try:
            app.ledger.key_values.forget_failures()
        finally:
            app.close()

    def _end_rings(self) -> None:
        """Remove the ring cards."""
        app = self._open()
        try:
            for card in app.ledger.rings.open_cards():
                app.ledger.rings.end_early(card, utc_now())
        finally:
            app.close()

    def _report_settings(self, fault: CalleridError | None) -> None:
        """Report on one line; `callerid config check` prints the whole list of faults."""
        one_line = ConfigFault(" ".join(fault.sentence.split()), remedy=fault.remedy) if fault else None
        app = self._open()
        try:
            app.report(Source.SETTINGS, one_line, utc_now())
        finally:
            app.close()
