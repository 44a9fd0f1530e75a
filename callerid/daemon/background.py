"""Work that may hang, in a thread of its own, so that a loop need not wait for it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from callerid.errors import CalleridError
from callerid.logs import log

if TYPE_CHECKING:
    from collections.abc import Callable


class BackgroundTask:
    """A task that runs in a thread of its own, at most once at a time. `start` returns at once, and `done` is called at the end.
    A command that the task runs is killed with the daemon, as every command is."""

    def __init__(self, name: str, done: Callable[[], None]) -> None:
        self._name, self._done = name, done
        self._thread: threading.Thread | None = None
        self.has_finished_once = False

    @property
    def is_running(self) -> bool:
        """Whether it has started and not finished."""
        return self._thread is not None

    def start(self, work: Callable[[], None]) -> None:
        """Run `work`, unless the last run has not finished. Only one thread may call this."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, args=(work,), name=self._name, daemon=True)
            self._thread.start()

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except CalleridError as fault:
            log.debug("%s: %s", self._name, fault)
        except Exception:
            log.exception("%s: unexpected error", self._name)
        self._thread, self.has_finished_once = None, True
        self._done()
