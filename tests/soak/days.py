"""Lives through days, and measures after each."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.crm.hubspot.http import send
from tests.crash.seams import seamed_databases
from tests.soak.footprint import Footprint, footprint
from tests.soak.hostile import READ_TIMEOUT, FaultyPortal, NextSeam
from tests.soak.life import Life
from tests.soak.verdict import Tally, end_day
from tests.turns.world import Beginning

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

_DAY = timedelta(days=1)


@dataclass(slots=True)
class Soaked:
    """What came of it."""

    applied: Counter[str]
    tally: Tally
    footprints: list[Footprint] = field(default_factory=list)  # after each day


def soak(days: int, calls: int, seed: int, *, every: int = 2, each_day: Callable[[int, Soaked], None] = lambda *_: None) -> Soaked:
    """Live through days of so many calls, with a fault before every so-and-so-manieth call, and return what came of it."""
    timeout, send._READ_TIMEOUT = send._READ_TIMEOUT, READ_TIMEOUT
    try:
        with tempfile.TemporaryDirectory() as folder:
            return _soak(Path(folder), days, calls, seed, every, each_day)
    finally:
        send._READ_TIMEOUT = timeout


def _soak(folder: Path, days: int, calls: int, seed: int, every: int, each_day: Callable[[int, Soaked], None]) -> Soaked:
    seams = NextSeam()
    with FaultyPortal() as portal, seamed_databases(seams):
        beginning = Beginning(folder / "beginning", FaultyPortal(token=portal.token))
        state = beginning.lay_out(folder / "life", portal)
        life = Life(folder / "life", portal, beginning.now, state, seed=seed, seams=seams)
        portal.applied = life.count
        portal.records.clock = portal.limits.clock = life.true_time
        portal.limits.searches = portal.limits.burst = 10_000
        soaked = Soaked(life.applied, Tally())
        try:
            for day in range(days):
                _live_a_day(life, calls, every)
                life.calm_down()
                end_day(life, soaked.tally)
                life.hang_up()
                soaked.footprints.append(footprint(life.where.ledger.parent))
                each_day(day + 1, soaked)
        finally:
            life.close()
    return soaked


def _live_a_day(life: Life, calls: int, every: int) -> None:
    morning = life.now
    for number in range(calls):
        if number % every == 0:
            life.go_wrong()
        life.call()
        life.live(timedelta(minutes=1))
        life.live(_DAY / calls * life.chance.uniform(0.3, 0.9))
    life.now = max(life.now, morning + _DAY) if not life.offset else life.now
