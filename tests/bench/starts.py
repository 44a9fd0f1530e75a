"""What starting a command costs: processor time of the whole process, beside that of a Python that imports sqlite3 and ends."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from callerid.simulator.desk import Desk
from callerid.simulator.portal import SimulatedPortal

_RUNS = 15
_FLOOR = ("-c", "import sqlite3")
# the most that each may cost, as a multiple of the floor
_COMMANDS = ((("--version",), 1.5), (("lookup", "+353871234567"), 3.0), (("status",), 3.0))


def starts() -> None:
    """Print the median of each command as a ratio to the floor, with what it may be at the most."""
    with tempfile.TemporaryDirectory() as folder, SimulatedPortal() as portal:
        portal.populate(people=200, companies=40, deals=60)
        desk = Desk(Path(folder), portal)
        desk.start("sync")
        floor = _median(_FLOOR, desk.environment())
        print(f'python -c "import sqlite3": {floor:.1f} ms of processor time', flush=True)
        for words, most in _COMMANDS:
            took = _median(("-P", "-m", "callerid", *words), desk.environment())
            print(f"callerid {' '.join(words)}: {took:.1f} ms, {took / floor:.1f} x (wanted: at most {most} x)", flush=True)


def _median(words: tuple[str, ...], environment: dict[str, str]) -> float:
    """Return the median processor time of a Python with these words, in milliseconds. The first run is not counted: it compiles."""
    environment = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return statistics.median([_cost(words, environment) for _ in range(_RUNS + 1)][1:])


def _cost(words: tuple[str, ...], environment: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], env=os.environ | environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000
