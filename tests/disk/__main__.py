"""`make disk`: the disk is full at every write of every scenario, found by a statement or by the commit, for one write or several.
What must hold when there is room again is counted; exit status 1 when it does not."""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.simulator.portal import SimulatedPortal
from tests.crash.scenarios import SCENARIOS
from tests.disk.full_seams import FullDisk, FullRuns

if TYPE_CHECKING:
    from tests.crash.scenarios import Scenario

_LASTS = (1, 2, 6)  # writes


def main() -> int:
    """Print a line for each scenario, and return the exit status."""
    logging.getLogger("callerid").addHandler(logging.NullHandler())
    print("The disk is full at each write, for 1, 2 or 6 writes\n  times  wrong  scenario", flush=True)
    began, times, wrong = time.monotonic(), 0, 0
    with SimulatedPortal() as portal, tempfile.TemporaryDirectory() as folder:
        runs = FullRuns(Path(folder), portal)
        for scenario in SCENARIOS:
            tried, faults = _fill_everywhere(runs, scenario)
            times, wrong = times + tried, wrong + len(faults)
            print(f"  {tried:5}  {len(faults):5}  {scenario.name}", *faults, sep="\n         ", flush=True)
    print(f"\n{times} times in {time.monotonic() - began:.0f} s: {wrong or 'none'} wrong")
    return 1 if wrong else 0


def _fill_everywhere(runs: FullRuns, scenario: Scenario) -> tuple[int, list[str]]:
    """Fill the disk at each write of a scenario, and return how often that was, and what went wrong."""
    counting = FullDisk()
    wrong = [f"with room: {fault}" for fault in runs.play(scenario, counting)]
    tried = 0
    for begins_at, lasts, at_commit in product(range(counting.writes), _LASTS, (True, False)):
        disk = FullDisk(begins_at, lasts=lasts, at_commit=at_commit)
        wrong += [f"{disk}: {fault}" for fault in runs.play(scenario, disk)]
        tried += bool(disk.failed)
    return tried, wrong


if __name__ == "__main__":
    sys.exit(main())
