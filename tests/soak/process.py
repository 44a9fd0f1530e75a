"""A process of callerid whose turns are taken one by one, in stepped time, as the daemon takes them. It dies with every effect that
it has."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from callerid.core.backoff import is_due
from callerid.daemon.disk_turns import DiskTurns
from callerid.errors import CalleridError, DatabaseDamaged, DiskFull, DiskReadOnly, PhoneFault, StoreFault
from callerid.phone.inbox import Inbox
from callerid.store.ledger.replay.take_over import TOLD
from callerid.turns.delivery.outbox_round import deliver
from callerid.turns.followup.attend import attend
from callerid.turns.followup.dialogs import AskResult, ask
from callerid.turns.followup.late_matches import offer_late_matches
from callerid.turns.inbox.receive import receive
from callerid.turns.repair import repair, report_replaced_mirror
from callerid.turns.upkeep import maintenance, reconcile
from callerid.turns.upkeep.after_reboot import show_again_if_lost
from tests.crash.seams import seamed_requests
from tests.soak.hostile import FaultyPortal, FaultyRunner, NextSeam, let_refuse
from tests.turns.world import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.simulator.phone.handset import ShownDialog
    from callerid.turns.context import AppContext

_HOUR = timedelta(hours=1)
_SOON = timedelta(seconds=30)  # as long a loop pauses after a fault


@dataclass
class Process(World):
    """A world whose process takes the daemon's turns. `offset` is by how much the phone's clock is wrong."""

    seams: NextSeam = field(default_factory=NextSeam)

    def __post_init__(self) -> None:
        self.offset = timedelta(0)
        self.refuses = ""  # the kind of disk, while it refuses what is written
        self._booted_at = self._next_sync = self._next_upkeep = self._next_look_at_disk = self.now
        self._has_reconciled, self._rows_seen = False, -1
        self._disk = _disk_turns()
        super().__post_init__()
        assert isinstance(self.portal, FaultyPortal)
        self.faulty_portal = self.portal
        seamed_requests(self.hub, self.seams)

    # what a life adds

    def count(self, kind: str) -> None:
        """Note that a fault has happened."""
        raise NotImplementedError

    def answer(self, dialog: ShownDialog) -> None:
        """Let the person answer a dialog."""
        raise NotImplementedError

    def rows_of_phone(self) -> int:
        """Return a number that is another one when the phone's log has changed."""
        return len(self.phone.state.read()["calls"])

    def refused(self, fault: CalleridError) -> None:
        """Note that the store has refused something."""

    # ---------------------------------------------------------------------------------------- process and clock

    def open(self) -> AppContext:
        """Open an application context as after a restart, on a phone that dies with it."""
        runner = FaultyRunner(self.phone, self.seams, person=self.answer, time_passes=lambda seconds: self.later(seconds=seconds))
        runner.applied = self.count
        app = replace(super().open(), runner=runner)
        let_refuse(app.ledger.connection, self.refuses)
        if app.ledger.key_values.read(TOLD):  # it was restored
            self._next_upkeep, self._rows_seen = self.now, -1
        return app

    def restart(self) -> None:
        """Open the context anew."""
        with contextlib.suppress(StoreFault):
            self.app.close()
        self.app = self.open()

    def wait(self, seconds: float) -> None:
        """Let a request wait."""
        self.waited[:] = [sum(self.waited) + seconds]

    def true_time(self) -> float:
        """What the portal's clock says."""
        return (self.now - self.offset).timestamp()

    def start(self, *, rebooted: bool = False) -> None:
        """Start the process again, as the daemon does it."""
        refuses, self.refuses = self.refuses, ""  # what the start itself stores is not the matter here
        self.seams.start()
        self.restart()
        if rebooted:
            self._booted_at = self.now
            self.phone.change(notifications=[], dialog=None)
        show_again_if_lost(self.app.ledger, self._booted_at, ended_cleanly=False)
        self.app.mirror.reindex_when_free(self.app.region)
        Inbox(self.where.inbox).recover_interrupted()
        self._has_reconciled, self._rows_seen = False, -1
        self._next_upkeep = self._next_look_at_disk = self.now
        self._disk = _disk_turns()
        self.let_disk_refuse(refuses)

    def let_disk_refuse(self, kind: str) -> None:
        """Let the disk refuse what is written into the ledger, or take it again ("")."""
        self.refuses = kind
        with contextlib.suppress(DatabaseDamaged):  # the next turn finds that, and opens it anew
            let_refuse(self.app.ledger.connection, kind)

    # ---------------------------------------------------------------------------------------- turns

    def turns(self) -> datetime | None:
        """Take each turn once, and return when there is more to do; None for never. Raise Crash."""
        times: list[datetime | None] = []
        for turn in (
            self._look,
            self._take_events,
            self._attend_turn,
            self._ask_turn,
            self._deliver_turn,
            self._sync_turn,
            self._upkeep_turn,
            self._disk_turn,
        ):
            try:
                times.append(self._turn(turn))
            except DatabaseDamaged as fault:
                self._repair(fault)
                times.append(self.now)
            except CalleridError as fault:
                self._note_refused(fault)
                times.append(self.now + _SOON)
        return min((at for at in times if at), default=None)

    def _turn(self, turn: Callable[[], datetime | None]) -> datetime | None:
        """Take one turn, as a loop of the daemon does."""
        if self.app.ledger.is_outdated:
            self.restart()
        next_at = turn()
        return self.now if self._end_turn() else next_at

    def _repair(self, fault: DatabaseDamaged) -> None:
        with contextlib.suppress(StoreFault):
            repair(self.app, fault, self.now)
            self._end_turn()
        self.restart()

    def _end_turn(self) -> bool:
        is_due = report_replaced_mirror(self.app, self.now)
        if is_due:
            self._next_sync = self.now
        return is_due

    def _note_refused(self, fault: CalleridError) -> None:
        if isinstance(fault, DiskFull):
            self._disk_state.disk_is_full = True
            self._next_look_at_disk = self.now
        elif isinstance(fault, DiskReadOnly):
            self._disk_state.read_only = str(fault)
            self._next_look_at_disk = self.now
        self.refused(fault)

    @property
    def _disk_state(self) -> Any:
        return self._disk._shared

    def _look(self) -> datetime | None:
        rows = self.rows_of_phone()
        last = self.app.ledger.key_values.read_time(reconcile.LAST_RECONCILED)
        if not self._has_reconciled or is_due(last, reconcile.EVERY, self.now):
            reconcile.reconcile(self.app, self.now)
        elif rows != self._rows_seen:
            self.watch()
        self._has_reconciled, self._rows_seen = True, rows
        return None

    def _take_events(self) -> datetime | None:
        inbox = Inbox(self.where.inbox)
        for arrived in inbox.read(self.now):
            try:
                receive(self.app, arrived.event, self.now)
            except DatabaseDamaged:
                raise
            except StoreFault as fault:
                self._note_refused(fault)
                return self.now + timedelta(seconds=10)  # its file stays
            except PhoneFault:
                pass
            with self.seams.around("the end of an event's file"):
                inbox.remove(arrived)
        return None

    def _attend_turn(self) -> datetime | None:
        return attend(self.app, self.now).next_at

    def _ask_turn(self) -> datetime | None:
        for _ in range(20):
            if ask(self.app, self.clock) in (AskResult.NOTHING_TO_ASK, AskResult.BUSY):
                return None
        return self.now

    def _deliver_turn(self) -> datetime | None:
        result = deliver(self.app, lambda: self.hub, self.clock)
        if result.added:
            offer_late_matches(self.app, self.now)
        return self.now if result.settled else result.next_at

    def _sync_turn(self) -> datetime | None:
        if self.now < self._next_sync <= self.now + _HOUR:
            return None
        self._next_sync = self.now + timedelta(minutes=5)
        self.sync()
        self._next_sync = self.now + _HOUR
        offer_late_matches(self.app, self.now)
        return self.now

    def _upkeep_turn(self) -> datetime | None:
        if not self.now < self._next_upkeep <= self.now + maintenance.EVERY:
            self._next_upkeep = self.now + _SOON
            maintenance.maintain_databases(self.app, self.now)
            self._next_upkeep = self.now + maintenance.EVERY
        return None

    def _disk_turn(self) -> datetime | None:
        """Say that the disk is full or takes no writes, or look whether that is still so: not as long as it is, because the real one
        has room."""
        if (
            self._disk_state.disk_is_full
            or self._disk_state.read_only
            or not (self.refuses or self.now < self._next_look_at_disk <= self.now + _HOUR)
        ):
            self._next_look_at_disk = self.now + timedelta(seconds=self._disk.disk(self.app))
        if self._disk_state.sync_requested:
            self._disk_state.sync_requested, self._next_sync = False, self.now
        return None


def _disk_turns() -> DiskTurns:
    shared = SimpleNamespace(
        disk_is_full=False, read_only="", sync_requested=False, sync_waits_for_room=False, loops={}, wake=lambda *_: None
    )
    return DiskTurns(cast("Any", shared), lambda: None)
