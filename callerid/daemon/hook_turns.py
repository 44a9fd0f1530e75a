"""Turns with hooks: the programs that the settings name, one at a time, in a thread for which no card waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.turns.context import utc_now
from callerid.turns.hooks.report_event import check_programs, choose_events, report_next_event

if TYPE_CHECKING:
    from callerid.config.settings import Config
    from callerid.daemon.shared import SharedState
    from callerid.turns.context import AppContext


class HookTurns:
    """The turn of the loop `hooks`."""

    def __init__(self, shared: SharedState) -> None:
        self._shared = shared
        self._checked: Config | None = None  # the settings whose programs were looked at

    def hooks(self, app: AppContext) -> float | None:
        """Tell programs of what happened, until nothing waits."""
        if app.config is not self._checked:
            choose_events(app)
            check_programs(app, utc_now())
            self._checked = app.config
        while not self._shared.stopping.is_set() and report_next_event(app, utc_now()):
            pass
        return None
