"""Lives through days, and measures after each."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from callerid.crm.hubspot.http import send
from callerid.store.ledger import database
from tests.crash.seams import seamed_databases
from tests.soak.footprint import Footprint, footprint
from tests.soak.hostile import READ_TIMEOUT, FaultyPortal, NextSeam
from tests.soak.life import Life
from tests.soak.verdict import Tally, end_day
from tests.turns.world import Beginning

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator

_DAY = timedelta(days=1)
AnyLife = TypeVar("AnyLife", bound=Life)


@dataclass(slots=True)
class Soaked:
    """What came of it."""

    applied: Counter[str]
    tally: Tally
    footprints: list[Footprint] = field(default_factory=list)  # after each day
    _told: int = 0

    def new_faults(self) -> list[str]:
        """Return what is wrong and was not returned before."""
        before, self._told = self._told, len(self.tally.wrong)
        return self.tally.wrong[before:]


def soak(days: int, calls: int, seed: int, *, every: int = 2, each_day: Callable[[int, Soaked], None] = lambda *_: None) -> Soaked:
    """Live through days of so many calls, with a fault before every so-and-so-manieth call, and return what came of it."""
    timeout, send._READ_TIMEOUT = send._READ_TIMEOUT, READ_TIMEOUT
    try:
        with tempfile.TemporaryDirectory() as folder:
            return _soak(Path(folder), days, calls, seed, every, each_day)
    finally:
        send._READ_TIMEOUT = timeout


def _soak(folder: Path, days: int, calls: int, seed: int, every: int, each_day: Callable[[int, Soaked], None]) -> Soaked:
    with FaultyPortal() as portal:
        beginning = Beginning(folder / "beginning", FaultyPortal(token=portal.token))
        with begin_life(Life, beginning, folder / "life", portal, seed=seed) as life:
            soaked = Soaked(life.applied, Tally())
            for day in range(days):
                _live_a_day(life, calls, every)
                life.calm_down()
                end_day(life, soaked.tally)
                life.hang_up()
                soaked.footprints.append(footprint(life.where.ledger.parent))
                each_day(day + 1, soaked)
    return soaked


@contextlib.contextmanager
def begin_life(kind: type[AnyLife], beginning: Beginning, folder: Path, portal: FaultyPortal, **more: Any) -> Iterator[AnyLife]:
    """Return a life in an empty folder, by whose clock everything runs."""
    seams = NextSeam()
    with seamed_databases(seams):
        life = kind(folder, portal, beginning.now, beginning.lay_out(folder, portal), seams=seams, **more)
        portal.applied = life.count
        portal.records.clock = portal.limits.clock = life.true_time
        portal.limits.searches = portal.limits.burst = 10_000
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(database, "datetime", SimpleNamespace(now=lambda _zone: life.now))  # opening the ledger may restore it
            try:
                yield life
            finally:
                life.close()


def _live_a_day(life: Life, calls: int, every: int) -> None:
    morning = life.now
    for number in range(calls):
        if number % every == 0:
            life.go_wrong()
        life.call()
        life.live(timedelta(minutes=1))
        life.live(_DAY / calls * life.chance.uniform(0.3, 0.9))
    life.now = max(life.now, morning + _DAY) if not life.offset else life.now
