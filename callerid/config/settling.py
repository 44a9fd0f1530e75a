"""A settings file that somebody is writing: it is empty, or not there, before it is whole, and must not count as without any."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from callerid.config.load import settings_text
from callerid.config.settings import Config
from callerid.errors import ConfigFault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SETTLES_WITHIN = 0.5  # seconds in which whoever writes the file goes on, as a rule


class SettlingFile:
    """Has a settings file read when it was written: at once, but one without any settings only when it has stayed so for a moment.
    All that follows from the defaults would be done and undone."""

    def __init__(self, path: Path, read: Callable[[], None]) -> None:
        """`read` is called by whoever calls `written`, or by a thread of its own, never by both at once."""
        self._path, self._read = path, read
        self._reading = threading.Lock()
        self._timer: threading.Timer | None = None

    def written(self, config: Config) -> None:
        """Have the file read, which was written; `config` is what holds until then."""
        self.stop()
        if config == Config() or not self._has_none():
            self._read_alone()
            return
        self._timer = threading.Timer(SETTLES_WITHIN, self._read_alone)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        """Wait no longer."""
        if self._timer:
            self._timer.cancel()

    def _read_alone(self) -> None:
        with self._reading:
            self._read()

    def _has_none(self) -> bool:
        with suppress(ConfigFault):
            return not settings_text(self._path).strip()
        return False
