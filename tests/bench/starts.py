"""What starting a command costs: processor time of the whole process, beside that of a Python that imports sqlite3 and ends."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from callerid.simulator.desk import Desk
from callerid.simulator.portal import SimulatedPortal

_RUNS = 15
_SQLITE, _DATACLASSES = ("-c", "import sqlite3"), ("-c", "import sqlite3, dataclasses")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What is started, and the most that it may cost as a multiple of the floor (None: it is only told)."""

    name: str
    words: tuple[str, ...]
    most: float | None = None


_CASES = (
    _Case(name='python -c "import sqlite3, dataclasses"', words=_DATACLASSES),
    _Case(name="callerid --version", words=("-P", "-m", "callerid", "--version"), most=1.5),
    _Case(
        name="callerid lookup, a number as the mirror has it", words=("-P", "-m", "callerid", "lookup", "+353871234567"), most=3.0
    ),
    _Case(name="callerid lookup, as it is dialled at home", words=("-P", "-m", "callerid", "lookup", "087 123 4567"), most=3.0),
    _Case(name="callerid status", words=("-P", "-m", "callerid", "status"), most=3.0),
    _Case(name="callerid calls, which click reads", words=("-P", "-m", "callerid", "calls")),
)


def starts() -> None:
    """Print the median of each command, and of its ratio to the floor that was measured beside it in the same round: what else
    runs on the machine slows down both."""
    with tempfile.TemporaryDirectory() as folder, SimulatedPortal() as portal:
        portal.populate(people=200, companies=40, deals=60)
        desk = Desk(Path(folder), portal)
        desk.start("sync")
        environment = os.environ | desk.environment()
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        rounds = [_round(environment) for _ in range(_RUNS + 1)][1:]  # the first one compiles
    print(f"Python {sys.version.split()[0]}, medians of {_RUNS} rounds, processor time of the whole process", flush=True)
    print(f'python -c "import sqlite3": {statistics.median(floor for floor, _ in rounds):.1f} ms', flush=True)
    for place, case in enumerate(_CASES):
        took = statistics.median(costs[place] for _, costs in rounds)
        ratio = statistics.median(costs[place] / floor for floor, costs in rounds)
        wanted = f" (wanted: at most {case.most} x)" if case.most else ""
        print(f"{case.name}: {took:.1f} ms, {ratio:.2f} x{wanted}", flush=True)


def _round(environment: dict[str, str]) -> tuple[float, list[float]]:
    """Return what the floor costs, and what each case does, in milliseconds."""
    return _cost(_SQLITE, environment), [_cost(case.words, environment) for case in _CASES]


def _cost(words: tuple[str, ...], environment: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], env=environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000
