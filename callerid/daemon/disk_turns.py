"""Turns with the disk: reserve space on it, say once that it is full or takes no writes, and let everything go on afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.errors import DiskReadOnly
from callerid.logs import log
from callerid.store.faults import takes_no_writes
from callerid.store.reserve import Reserve
from callerid.turns.context import utc_now
from callerid.turns.full_disk import keep_reserve, report_full_disk
from callerid.turns.read_only_disk import end_read_only_report, report_read_only_disk

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.daemon.shared import SharedState
    from callerid.turns.context import AppContext

_LAST_TRIED = "disk_tried"  # the fact that is written to see whether anything can be
_LOOK = 900.0  # seconds
_WHILE_FULL = 30.0  # seconds; never less, or a disk that is full in a way that cannot be foreseen would keep all loops busy


class DiskTurns:
    """The turns of the loop `disk`."""

    def __init__(self, shared: SharedState, retry_events: Callable[[], None]) -> None:
        """`retry_events` has the events handled again that could not be stored."""
        self._shared, self._retry_events = shared, retry_events
        self._is_told = self._is_told_read_only = False

    def disk(self, app: AppContext) -> float:
        """Say that the disk is full, or takes no writes, if somebody found it so, and return the seconds until the next look."""
        if self._takes_no_writes(app):
            return _WHILE_FULL
        found_full, self._shared.disk_is_full = self._shared.disk_is_full, False
        if not found_full and keep_reserve(app.paths, app.termux):
            self._is_told = False
            self._go_on()
        elif found_full or Reserve(app.paths.reserve).is_wanting:
            if not self._is_told:
                self._is_told = True
                report_full_disk(app.paths, app.termux, app.texts)
            return _WHILE_FULL
        return _LOOK

    def _takes_no_writes(self, app: AppContext) -> bool:
        """Return whether nothing can be written into the ledger, which is tried if there is a sign of it; say so, once."""
        found, self._shared.read_only = self._shared.read_only, ""
        if not (found or self._is_told_read_only or takes_no_writes(app.paths.ledger.parent)):
            return False
        try:
            app.ledger.key_values.write_time(_LAST_TRIED, utc_now())
        except DiskReadOnly as fault:
            if not self._is_told_read_only:
                self._is_told_read_only = True
                report_read_only_disk(app.termux, app.texts, fault)
            return True
        if self._is_told_read_only:
            self._is_told_read_only = False
            end_read_only_report(app.termux)
            self._go_on()
        elif found:  # another file than the ledger
            log.warning("%s", found)
        return False

    def _go_on(self) -> None:
        """Let everything be done that has waited for the disk."""
        shared = self._shared
        self._retry_events()
        shared.sync_requested, shared.sync_waits_for_room = (shared.sync_requested or shared.sync_waits_for_room, False)
        shared.wake(*shared.loops)
