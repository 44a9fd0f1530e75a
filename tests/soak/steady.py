"""`make steady`: what a daemon holds after 20,000 rings and 5,000 calls, beside what it held after 1,000 of each. Exit status 1 when
descriptors, threads or memory have grown by more than 5 %."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.core.followup.state import State
from callerid.models import CallType
from callerid.simulator.portal import SimulatedPortal
from callerid.store.ledger.database import open_ledger
from tests.desks import QuickDesk, ready
from tests.soak.footprint import Footprint, footprint

if TYPE_CHECKING:
    from callerid.store.ledger.database import Ledger

_TOLERANCE = 0.05
_COMPARED = ("descriptors", "threads", "memory")
_RINGS_AT_ONCE, _CALLS_AT_ONCE = 40, 25
_PATIENCE = 60.0  # seconds


class SteadyDesk:
    """A desk whose daemon gets rings and calls, as fast as it handles them. What the simulation keeps of them is thrown away."""

    def __init__(self, desk: QuickDesk, ledger: Ledger) -> None:
        self._desk, self._ledger, self._events = desk, ledger, 0
        contacts = desk.portal.records.by_kind["contacts"].values()
        self._numbers = [number for contact in contacts if (number := contact.properties.get("phone"))]
        self._last_start = datetime.now(UTC) + timedelta(seconds=1)
        self._called = 0

    def ring(self) -> None:
        """Let some calls ring and end."""
        for place in range(_RINGS_AT_ONCE):
            self._event("ring", self._numbers[place % len(self._numbers)])
        self._event("idle")
        self._wait(lambda: not any(self._inbox.iterdir()))
        self._forget()

    def call(self) -> None:
        """Let some calls happen, answer each by a tap, and wait until the CRM has them."""
        with self._desk.phone.state.changing() as state:
            for place in range(_CALLS_AT_ONCE):
                self._last_start += timedelta(seconds=1)
                number = self._numbers[place % len(self._numbers)]
                row = {"number": number, "type": CallType.INCOMING.value, "start": self._last_start.timestamp()}
                state["calls"].append(row | {"duration": 60, "sim": "1", "name": None})
            state["calls"] = state["calls"][-4 * _CALLS_AT_ONCE :]
        self._called += _CALLS_AT_ONCE
        self._event("idle")
        self._wait(lambda: self._ledger.history.count() >= self._called)
        tapped: set[str] = set()
        self._wait(lambda: self._tap(tapped) or self._in_state(State.LOGGED) + self._unanswerable() >= self._called)
        for kind in ("calls", "tasks"):
            for record_id in list(self._desk.portal.records.by_kind[kind]):
                self._desk.portal.records.purge(kind, record_id)
        self._forget()

    def _tap(self, tapped: set[str]) -> bool:
        for followup in self._ledger.calls.in_state(State.NOTIFIED):
            if followup.token and followup.token not in tapped:
                tapped.add(followup.token)
                self._event("tap", followup.token, "connected")
        return False

    def _in_state(self, state: State) -> int:
        return self._ledger.history.count_by_state().get(state, 0)

    def _unanswerable(self) -> int:
        return sum(self._in_state(state) for state in (State.NOT_IN_CRM, State.IGNORED, State.DEAD, State.BASELINE))

    @property
    def _inbox(self) -> Path:
        return self._desk.home / "inbox"

    def _event(self, *lines: str) -> None:
        self._events += 1
        fresh = self._desk.home / f".{self._events}.part"
        fresh.write_text("\n".join(("callerid-event 1", *lines, "")))
        fresh.rename(self._inbox / f"{lines[0]}-{self._events}.event")

    def _wait(self, until: object) -> None:
        self._desk.phone.wait(until, _PATIENCE)  # type: ignore[arg-type]

    def _forget(self) -> None:
        self._desk.phone.change(notifications=[])
        self._desk.portal.requests_seen.clear()
        for log in ("journal", "telecom"):
            (self._desk.phone.folder / f"{log}.log").unlink(missing_ok=True)


def measure(rings: int, calls: int, first: int) -> tuple[Footprint, Footprint]:
    """Return what the daemon holds after the first rings and calls, and after all of them."""
    with tempfile.TemporaryDirectory() as folder, SimulatedPortal() as portal:
        portal.populate(people=60, companies=8, deals=0)
        portal.limits.burst = portal.limits.searches = 100_000
        desk = QuickDesk(Path(folder), portal)
        desk.phone.no_automation()
        desk.settings('via = "notification"\n')
        assert desk.start("sync").returncode == 0
        assert desk.start("run", "--once", "watch").returncode == 0
        with desk.daemon_here():
            ready(desk)
            ledger = open_ledger(desk.home / "ledger.db")
            try:
                steady = SteadyDesk(desk, ledger)
                before = _after(steady, desk, first, first)
                return before, _after(steady, desk, rings - first, calls - first)
            finally:
                ledger.close()


def _after(steady: SteadyDesk, desk: QuickDesk, rings: int, calls: int) -> Footprint:
    began = time.monotonic()
    parts = max(rings // _RINGS_AT_ONCE, calls // _CALLS_AT_ONCE)
    rung = called = 0
    for part in range(1, parts + 1):
        while rung < rings * part // parts:
            steady.ring()
            rung += _RINGS_AT_ONCE
        while called < calls * part // parts:
            steady.call()
            called += _CALLS_AT_ONCE
    desk.phone.wait(lambda: True)
    time.sleep(2.0)  # threads that show cards end
    print(f"  {rung:6} rings, {called:5} calls in {time.monotonic() - began:.0f} s", flush=True)
    return footprint(desk.home)


def main() -> int:
    """Print the table, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.steady", description=__doc__)
    parser.add_argument("--rings", type=int, default=20_000)
    parser.add_argument("--calls", type=int, default=5_000)
    parser.add_argument("--first", type=int, default=1_000)
    args = parser.parse_args()
    logger = logging.getLogger("callerid")
    logger.propagate = False
    before, after = measure(args.rings, args.calls, args.first)
    print(f"\n  {'':>12}  {args.first:>6} of each  {args.rings} and {args.calls}")
    for name, was in before.shown.items():
        print(f"  {name:>12}  {was:>14}  {after.shown[name]:>14}")
    grown = [name for name in _COMPARED if getattr(after, name) > getattr(before, name) * (1 + _TOLERANCE)]
    print(f"\n{'All of it stays.' if not grown else 'GROWN BY MORE THAN 5 %: ' + ', '.join(grown)}")
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
