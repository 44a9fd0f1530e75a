"""What the daemon's loops share: the settings, what wakes what, and what one hands to another. It holds nothing that matters:
whatever is lost with it, the ledger still knows."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

from callerid.errors import Stopped
from callerid.phone.process import ProcessRunner

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callerid.config.settings import Config
    from callerid.core.inbox_events import Event, Ring
    from callerid.daemon.loop import Loop
    from callerid.paths import Paths
    from callerid.phone.command_runner import RunningCommand
    from callerid.turns.wake import Wake

NO_RECENT_CALL = 99  # looks at the call log since a call ended: so many that there is no hurry


class SharedState:
    """One a daemon; any thread may use it."""

    def __init__(self, paths: Paths, config: Config, environ: Mapping[str, str]) -> None:
        self.paths, self.config, self.environ = paths, config, environ
        self.runner = ProcessRunner(environment=environ)
        self.stopping = threading.Event()
        self.loops: dict[str, Loop] = {}
        self.sense_events: queue.SimpleQueue[Event] = queue.SimpleQueue()  # from the senses that are not the inbox
        self.unknown_callers: queue.SimpleQueue[Ring] = queue.SimpleQueue()
        self.words_to_speak: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.poll_interval = config.log.poll
        self.looks_since_call = NO_RECENT_CALL
        self.sync_requested = False
        self.contacts_stale = False
        self._speaking: RunningCommand | None = None

    def wake(self, *names: str) -> None:
        """Have loops take a turn now."""
        for name in names:
            self.loops[name].wake()

    def dispatch(self, wake: Wake) -> None:
        """Wake the loops for which a turn left something to do, and hand them what they need for it."""
        if wake.call_under_way or wake.watch:
            self.poll_interval = self.config.log.poll
        if wake.watch:
            self.looks_since_call = 0
        self.sync_requested = self.sync_requested or wake.pull
        if wake.look_up_live:
            self.unknown_callers.put(wake.look_up_live)
            self.wake("inquire")
        if wake.stop_speaking or wake.speak:
            self.stop_speaking()
        if wake.speak and self.config.ring.speak != "off":
            self.words_to_speak.put(wake.speak)
            self.wake("speak")
        self.wake(*(name for name in ("watch", "attend", "ask", "deliver", "pull") if getattr(wake, name)))

    def started_speaking(self, running: RunningCommand) -> None:
        """A name is being said."""
        self._speaking = running

    def stop_speaking(self) -> None:
        """Let no voice go on that is of another moment, nor one that hangs keep the next from speaking."""
        speaking, self._speaking = self._speaking, None
        if speaking:
            speaking.stop()

    def put_event(self, event: Event) -> None:
        """Take up what a sense heard."""
        self.sense_events.put(event)
        self.wake("rings")

    def pause(self, seconds: float) -> None:
        """Wait within a turn, but never beyond the daemon's end. Raise Stopped."""
        if self.stopping.wait(seconds):
            raise Stopped("callerid is stopping.")
