"""What may hang, done beside a loop instead of in it."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from callerid.errors import CalleridError

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("callerid")


class BackgroundTask:
    """One thing at a time, in a thread of its own: whoever begins it goes on at once, and is told by `done` when it has ended. A
    command that it runs ends with the daemon, as every command does."""

    def __init__(self, name: str, done: Callable[[], None]) -> None:
        self._name, self._done = name, done
        self._thread: threading.Thread | None = None
        self.has_finished_once = False

    @property
    def is_running(self) -> bool:
        """Has it been begun, and not ended?"""
        return self._thread is not None

    def start(self, work: Callable[[], None]) -> None:
        """Do it, unless the last is still under way. One thread calls this."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, args=(work,), name=self._name, daemon=True)
            self._thread.start()

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except CalleridError as fault:
            log.debug("%s: %s", self._name, fault)
        except Exception:
            log.exception("%s: an error that nobody foresaw", self._name)
        self._thread, self.has_finished_once = None, True
        self._done()
