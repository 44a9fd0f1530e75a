"""`make steady`: what a daemon holds after 20,000 rings and 5,000 calls, beside what it held after 1,000 of each, with stages between
that tell whether it still grows. Exit status 1 when descriptors, threads or memory have grown by more than 5 %."""

from __future__ import annotations

import argparse
import itertools
import logging
import os
import statistics
import sys
import tempfile
import time
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.core.followup.states import State
from callerid.models import CallType
from callerid.simulator.portal import SimulatedPortal
from callerid.store.ledger.database import open_ledger
from tests.desks import QuickDesk, ready
from tests.soak.footprint import Footprint, footprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.store.ledger.database import Ledger

_TOLERANCE = 0.05
_COMPARED = ("descriptors", "threads", "memory")
_RINGS_AT_ONCE, _CALLS_AT_ONCE = 40, 25
_PATIENCE = 60.0  # seconds
_STAGES = (0.25, 0.5, 1.0)  # of all rings: when the daemon is measured, after the first ones
_SAMPLES = 9  # measurements a second apart, of which the middle one counts: a loop may be in the middle of a turn


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
        self._wait(lambda: not os.listdir(self._inbox))  # noqa: PTH208 - see `_event`
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
    def _inbox(self) -> str:
        return f"{self._desk.home}/inbox"

    def _event(self, *lines: str) -> None:
        """Write what callerid-event writes. Without pathlib, which has Python keep each name: it is the daemon that is measured."""
        self._events += 1
        fresh = f"{self._desk.home}/.{self._events}.part"
        with open(fresh, "w", encoding="utf-8") as file:  # noqa: PTH123
            file.write("\n".join(("callerid-event 1", *lines, "")))
        os.rename(fresh, f"{self._inbox}/{lines[0]}-{self._events}.event")  # noqa: PTH104

    def _wait(self, until: object) -> None:
        self._desk.phone.wait(until, _PATIENCE)  # type: ignore[arg-type]

    def _forget(self) -> None:
        self._desk.phone.change(notifications=[])
        self._desk.portal.requests_seen.clear()
        for log in ("journal", "telecom"):
            (self._desk.phone.folder / f"{log}.log").unlink(missing_ok=True)


def stages(rings: int, calls: int, first: int) -> list[tuple[int, int]]:
    """Return after how many rings and calls the daemon is measured: the first ones, then parts of them, then all."""
    shares = [(round(rings * share) - first) / (rings - first) for share in _STAGES if rings * share > first]
    return [(first, first), *((first + round((rings - first) * share), first + round((calls - first) * share)) for share in shares)]


def measure(after: Sequence[tuple[int, int]]) -> list[Footprint]:
    """Return what the daemon holds after each of these counts of rings and calls."""
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
                parts = [(rings - rung, calls - called) for (rung, called), (rings, calls) in itertools.pairwise([(0, 0), *after])]
                return [_after(steady, desk, *part) for part in parts]
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
    print(f"  {rung:6} rings, {called:5} calls in {time.monotonic() - began:.0f} s", flush=True)
    return _at_rest(desk)


def _at_rest(desk: QuickDesk) -> Footprint:
    """Return the middle of several measurements, each figure by itself."""
    samples = []
    for _ in range(_SAMPLES):
        time.sleep(1.0)  # threads that show cards end
        samples.append(footprint(desk.home))
    return Footprint(
        **{field.name: statistics.median_low(getattr(sample, field.name) for sample in samples) for field in fields(Footprint)}
    )


def main() -> int:
    """Print the table, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.steady", description=__doc__)
    parser.add_argument("--rings", type=int, default=20_000)
    parser.add_argument("--calls", type=int, default=5_000)
    parser.add_argument("--first", type=int, default=1_000)
    args = parser.parse_args()
    logger = logging.getLogger("callerid")
    logger.propagate = False
    after_each = stages(args.rings, args.calls, args.first)
    held = measure(after_each)
    print(f"\n  {'rings, calls':>12}  " + "  ".join(f"{f'{rings}, {calls}':>14}" for rings, calls in after_each))
    for name in held[0].shown:
        print(f"  {name:>12}  " + "  ".join(f"{each.shown[name]:>14}" for each in held))
    before, after = held[0], held[-1]
    grown = [name for name in _COMPARED if getattr(after, name) > getattr(before, name) * (1 + _TOLERANCE)]
    print(f"\n{'All of it stays.' if not grown else 'GROWN BY MORE THAN 5 %: ' + ', '.join(grown)}")
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
