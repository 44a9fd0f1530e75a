"""A loop: one thread that takes turns and sleeps on an event between them, so that it can be woken or stopped at once."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from callerid.errors import CalleridError, PhoneFault

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.turns.context import AppContext

log = logging.getLogger("callerid")
_AFTER_UNEXPECTED = 30.0  # seconds, so that an error that repeats does not use up the battery


@dataclass(slots=True)
class Loop:
    """A thread that takes turns with an application context of its own. A turn returns the seconds until the next one, or None to
    wait until the loop is woken. `refresh` returns the context for the current settings."""

    name: str
    open_app: Callable[[], AppContext]
    refresh: Callable[[AppContext], AppContext]
    turn: Callable[[AppContext], float | None]
    stopping: threading.Event
    _wake: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

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
        try:
            while not self.stopping.is_set():
                self._wake.clear()
                pause: float | None = _AFTER_UNEXPECTED
                try:
                    app = self.refresh(app) if app else self.open_app()
                    pause = self.turn(app)
                except PhoneFault as fault:
                    log.debug("%s: %s", self.name, fault)  # it was reported already
                except CalleridError as fault:
                    if not self.stopping.is_set():
                        log.warning("%s: %s", self.name, fault)
                except Exception:
                    log.exception("%s: unexpected error; the loop goes on", self.name)
                self._sleep(pause)
        finally:
            if app:
                app.close()

    def _sleep(self, pause: float | None) -> None:
        if not self.stopping.is_set():
            self._wake.wait(pause)
