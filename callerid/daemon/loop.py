"""A loop: one thread that takes turns and sleeps on an event between them, so that it can be woken or stopped at once."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from callerid.core.backoff import Backoff, Failures
from callerid.errors import CalleridError, DatabaseDamaged, DiskFull, DiskReadOnly, PhoneFault, StoreFault
from callerid.logs import log
from callerid.turns.context import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.turns.context import AppContext

# so that an error that repeats does not use up the battery
_AFTER_FAULT = Backoff.seconds(30)  # what raises a fault that was expected has a back-off of its own
_AT_ONCE = 0.0
_AFTER_UNEXPECTED = Backoff.seconds(30, 60, 300, 900)


@dataclass(slots=True)
class Loop:
    """A thread that takes turns with an application context of its own. A turn returns the seconds until the next one, or None to
    wait until the loop is woken. `refresh` returns the context for the current settings, `repair` restores or replaces a damaged
    database, `end_turn` reports what the turn left to report.

    While it sleeps, it keeps no page of the databases in memory, of which each loop would have its own; with `keeps_pages` it does,
    so that the next turn need not read them.

    An unexpected error that repeats pauses the loop longer and longer. How often it came is kept in the ledger: a daemon that is
    started again tries once, for an update may have fixed it, and goes on with the pause that follows.
    """

    name: str
    open_app: Callable[[], AppContext]
    refresh: Callable[[AppContext], AppContext]
    turn: Callable[[AppContext], float | None]
    stopping: threading.Event
    found_disk_fault: Callable[[DiskFull | DiskReadOnly], None] = lambda _fault: None
    repair: Callable[[AppContext, DatabaseDamaged], object] = lambda _app, _fault: None
    end_turn: Callable[[AppContext], None] = lambda _app: None
    keeps_pages: bool = False
    _wake: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _failures: Failures = field(default_factory=Failures)

    def start(self) -> None:
        """Start to take turns."""
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Take a turn now, or right after the current one."""
        self._wake.set()

    def join(self, seconds: float) -> bool:
        """Wait for the loop's end, at most so many seconds, and return whether it has ended."""
        if self._thread is None:
            return True
        self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()

    def _run(self) -> None:
        app: AppContext | None = None
        has_repaired = False  # since the last turn that worked: what is damaged again at once must not keep the phone busy
        try:
            while not self.stopping.is_set():
                self._wake.clear()
                pause: float | None = _AFTER_FAULT.pause(1).total_seconds()
                try:
                    if app and app.ledger.is_outdated:
                        _close(app)
                        app = None
                    app = self.refresh(app) if app else self._open()
                    pause = self.turn(app)
                    self.end_turn(app)
                    if not self.keeps_pages:
                        app.release_memory()
                    has_repaired = False
                    if self._failures.count:
                        self._count(app, Failures())
                except PhoneFault as fault:
                    log.debug("%s: %s", self.name, fault)  # it was reported already
                except (DiskFull, DiskReadOnly) as fault:
                    log.debug("%s: %s", self.name, fault)  # said once, for all loops
                    self.found_disk_fault(fault)
                except DatabaseDamaged as fault:
                    log.warning("%s: %s", self.name, fault)
                    pause, has_repaired = (pause if has_repaired else _AT_ONCE), True
                    self._heal(app, fault)
                    app = None
                except CalleridError as fault:
                    if not self.stopping.is_set():
                        log.warning("%s: %s", self.name, fault)
                except Exception:
                    log.exception("%s: unexpected error; the loop goes on", self.name)
                    self._count(app, self._failures.one_more(_AFTER_UNEXPECTED, utc_now()))
                    pause = _AFTER_UNEXPECTED.pause(self._failures.count).total_seconds()
                self._sleep(pause)
        finally:
            if app:
                app.close()

    def _heal(self, app: AppContext | None, fault: DatabaseDamaged) -> None:
        """Put a damaged database right, and close the context, which may be of the damaged one."""
        if app:
            try:
                self.repair(app, fault)
                self.end_turn(app)
            except StoreFault as again:
                log.warning("%s: %s", self.name, again)
            _close(app)

    def _open(self) -> AppContext:
        app = self.open_app()
        try:
            self._failures = app.ledger.key_values.read_failures(self._key)
        except BaseException:
            app.close()
            raise
        return app

    @property
    def _key(self) -> str:
        return f"the loop {self.name}"

    def _count(self, app: AppContext | None, failures: Failures) -> None:
        """Take over how often the turn has failed in a row, and store it, unless it is the ledger that fails."""
        self._failures = failures
        with contextlib.suppress(CalleridError):
            if app:
                app.ledger.key_values.write_failures(self._key, failures)

    def _sleep(self, pause: float | None) -> None:
        if not self.stopping.is_set():
            self._wake.wait(pause)


def _close(app: AppContext) -> None:
    with contextlib.suppress(StoreFault):
        app.close()
