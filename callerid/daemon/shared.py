"""What the daemon's loops share: the settings, who is woken, and what one loop hands to another. All of it may be lost with the
process: what matters is in the ledger."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

from callerid.core.backoff import Deadline
from callerid.core.upkeep.wake_lock import AROUND_CALL, WakeLockPolicy
from callerid.errors import DiskReadOnly, Stopped
from callerid.messages import message
from callerid.turns.context import utc_now

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callerid.config.settings import Config
    from callerid.core.inbox_events import Event, Ring
    from callerid.daemon.loop import Loop
    from callerid.errors import DiskFull
    from callerid.paths import Paths
    from callerid.phone.command_runner import CommandRunner, RunningCommand
    from callerid.turns.wake import Wake

NO_RECENT_CALL = 99  # a value of looks_since_call that is beyond the quick looks after a call


class SharedState:
    """The state of one daemon. Any thread may use it."""

    def __init__(self, paths: Paths, config: Config, environ: Mapping[str, str], runner: CommandRunner) -> None:
        self.paths, self.config, self.environ = paths, config, environ
        self.runner = runner
        self.stopping = threading.Event()
        self.loops: dict[str, Loop] = {}
        self.sense_events: queue.SimpleQueue[Event] = queue.SimpleQueue()  # from all senses but the inbox
        self.callers: queue.SimpleQueue[Ring] = queue.SimpleQueue()
        self.words_to_speak: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.poll_interval = config.log.poll
        self.looks_since_call = NO_RECENT_CALL  # looks at the call log since a call ended
        self.sync_requested = False
        self.sync_waits_for_room = False  # a sync found the disk full
        self.contacts_stale = False
        self.look_failed = False  # the last look at the call log
        self.retry_senses = False  # what had no success may work now
        self.around_call: Deadline | None = None  # lasts a while after the last sign of a call
        self.disk_is_full = False  # since the last turn of `disk`
        self.read_only = ""  # which file could not be written, since then; no error, which keeps its connection open
        self._speech: RunningCommand | None = None

    def wake(self, *names: str) -> None:
        """Let loops take a turn now, by their names."""
        for name in names:
            self.loops[name].wake()

    def wake_hooks(self) -> None:
        """Let programs be told of what has happened, if the settings name any."""
        if self.config.hooks.has_program:
            self.wake("hooks")

    def dispatch(self, wake: Wake) -> None:
        """Wake the loops that a turn left something to do for, and hand them what they need."""
        if wake.call_under_way or wake.watch:
            self.poll_interval = self.config.log.poll
            self.around_call = Deadline.after(AROUND_CALL, utc_now())
            if self.config.wake_lock == WakeLockPolicy.WHILE_RINGING:
                self.wake("awake")
        if wake.watch:
            self.looks_since_call = 0
        if wake.listen:
            self.retry_senses = True
        if self.look_failed:  # something works, so the pause after the failure need not be waited for
            self.look_failed, self.poll_interval = False, self.config.log.poll
            self.wake("watch")
        self.sync_requested = self.sync_requested or wake.pull
        if wake.look_up_live:
            self.callers.put(wake.look_up_live)
            self.wake("inquire")
        if wake.stop_speaking or wake.speak:
            self.stop_speaking()
        if wake.speak and self.config.ring.speak != "off":
            self.words_to_speak.put(wake.speak)
            self.wake("speak")
        self.wake(*(name for name in ("watch", "attend", "ask", "deliver", "pull", "listen") if getattr(wake, name)))
        self.wake_hooks()

    def found_disk_fault(self, fault: DiskFull | DiskReadOnly) -> None:
        """Have the loop `disk` say that there is no room, or that nothing can be written."""
        if isinstance(fault, DiskReadOnly):
            self.read_only = str(fault)
        else:
            self.disk_is_full = True
        self.wake("disk")

    def started_speaking(self, running: RunningCommand) -> None:
        """Remember the command that is speaking."""
        self._speech = running

    def stop_speaking(self) -> None:
        """Stop the command that is speaking. It may speak of a call that is over, or hang and block the next one."""
        speech, self._speech = self._speech, None
        if speech:
            speech.stop()

    def put_event(self, event: Event) -> None:
        """Hand an event of a sense to the loop `rings`."""
        self.sense_events.put(event)
        self.wake("rings")

    def pause(self, seconds: float) -> None:
        """Sleep within a turn. Raise Stopped when the daemon stops meanwhile."""
        if self.stopping.wait(seconds):
            raise Stopped(message("callerid is stopping."))
