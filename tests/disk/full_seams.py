"""A process whose disk is full from one of its writes on, for a while. The process lives on, and so does what it remembers."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from callerid.errors import DiskFull
from callerid.simulator.portal import SimulatedPortal
from callerid.simulator.portal.limits import Limits
from callerid.store import connection as connection_module
from callerid.store.connection import StoreConnection, StoreCursor, _reported
from callerid.store.reserve import Reserve
from tests.crash.runs import CrashingRun
from tests.turns.world import Beginning

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.crash.scenarios import Scenario

_MOST_ROUNDS = 300
_PAUSE = timedelta(seconds=30)  # of a loop after a fault
_CHANGES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "WITH")


@dataclass
class FullDisk:
    """Counts the writes of a process once it has begun, and lets one of them, and some after it, find no room. `at_commit`: that is
    found out by the commit, else by a statement, after which SQLite has rolled back by itself."""

    begins_at: int | None = None
    lasts: int = 1  # writes
    at_commit: bool = True
    has_begun: bool = False
    writes: int = 0
    failed: list[str] = field(default_factory=list)

    def refuses(self, sql: str) -> bool:
        """Count a write, and return whether there is no room for it."""
        if not self.has_begun:
            return False
        self.writes += 1
        if self.begins_at is None or self.writes - 1 < self.begins_at or len(self.failed) >= self.lasts:
            return False
        self.failed.append(" ".join(sql.split()[:3]))
        return True


@contextlib.contextmanager
def filled(disk: FullDisk) -> Iterator[None]:
    """Have the databases that are opened within on that disk."""

    class Cursor(StoreCursor):
        _last = ""

        @_reported
        def execute(self, sql: str, *values: Any) -> Any:
            own: Any = self.connection
            if sql == "BEGIN IMMEDIATE":
                own.changed = ""
            elif sql.startswith(_CHANGES) and not own.changed:
                own.changed = sql
                if not disk.at_commit and disk.refuses(sql):
                    super().execute("ROLLBACK")
                    raise _full()
            elif sql == "COMMIT" and own.changed and disk.at_commit and disk.refuses(own.changed):
                raise _full()
            return super().execute(sql.replace("synchronous = FULL", "synchronous = OFF"), *values)

    class Connection(StoreConnection):
        changed = ""

        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

    setattr(connection_module, "StoreConnection", Connection)  # noqa: B010 - a type
    try:
        yield
    finally:
        setattr(connection_module, "StoreConnection", StoreConnection)  # noqa: B010


def _full() -> sqlite3.OperationalError:
    fault = sqlite3.OperationalError("database or disk is full")
    fault.sqlite_errorcode, fault.sqlite_errorname = sqlite3.SQLITE_FULL, "SQLITE_FULL"
    return fault


class FullRun(CrashingRun):
    """A world whose disk is full for a while. Nothing crashes; what fails is tried again after the daemon's pause."""

    def play(self) -> None:
        """Let the turns and the person do all there is to do. Raise AssertionError if it never ends."""
        for _ in range(_MOST_ROUNDS):
            try:
                next_at = self._round()
            except DiskFull:
                self._acts()  # a card may go while the loops wait
                self.now += _PAUSE
                self._has_reconciled = False
                continue
            if self._acts():
                continue
            if next_at is None:
                self._read_notes_that_were_shown_again()
                return
            self.now = max(self.now + timedelta(seconds=1), next_at)
        raise AssertionError(f"it is never quiet: {self.titles()}, {self.app.ledger.outbox.all()}")

    def _read_notes_that_were_shown_again(self) -> None:
        for shown in self.phone.notifications():
            if shown.title == self.app.texts.say("disk.not_stored"):
                self.app.termux.remove_notification(shown.id)


class FullRuns:
    """Runs of scenarios from the same beginning, one after the other."""

    def __init__(self, folder: Path, portal: SimulatedPortal) -> None:
        self._folder, self._portal = folder / "run", portal
        self._beginning = Beginning(folder / "beginning", SimulatedPortal(token=portal.token))

    def play(self, scenario: Scenario, disk: FullDisk) -> list[str]:
        """Play a scenario on a disk, and return what is wrong in the end."""
        shutil.rmtree(self._folder, ignore_errors=True)
        state = self._beginning.lay_out(self._folder, self._portal)
        with filled(disk):
            run = FullRun(self._folder, self._portal, self._beginning.now, state, person=scenario.person())
            self._portal.records.clock = run.clock_in_seconds
            self._portal.limits = Limits(self._portal.records.clock)
            scenario.begin(run)
            Reserve(run.where.reserve).keep()
            disk.has_begun = True
            try:
                run.play()
                return scenario.faults(run)
            except AssertionError as fault:
                return [str(fault)]
            finally:
                run.close()
