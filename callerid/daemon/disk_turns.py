"""Turns with the disk: reserve space on it, say once that it is full, and let everything go on when there is room again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.store.reserve import Reserve
from callerid.turns.full_disk import keep_reserve, report_full_disk

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.daemon.shared import SharedState
    from callerid.turns.context import AppContext

_LOOK = 900.0  # seconds
_WHILE_FULL = 30.0  # seconds; never less, or a disk that is full in a way that cannot be foreseen would keep all loops busy


class DiskTurns:
    """The turns of the loop `disk`."""

    def __init__(self, shared: SharedState, retry_events: Callable[[], None]) -> None:
        """`retry_events` has the events handled again that could not be stored."""
        self._shared, self._retry_events = shared, retry_events
        self._is_told = False

    def disk(self, app: AppContext) -> float:
        """Say that the disk is full if somebody found it full, and return the seconds until the next look."""
        found_full, self._shared.disk_is_full = self._shared.disk_is_full, False
        if not found_full and keep_reserve(app.paths, app.termux):
            self._is_told = False
            self._retry_events()
            self._shared.sync_requested, self._shared.sync_waits_for_room = (
                self._shared.sync_requested or self._shared.sync_waits_for_room,
                False,
            )
            self._shared.wake(*self._shared.loops)
        elif found_full or Reserve(app.paths.reserve).is_wanting:
            if not self._is_told:
                self._is_told = True
                report_full_disk(app.paths, app.termux, app.texts)
            return _WHILE_FULL
        return _LOOK
