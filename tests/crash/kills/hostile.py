"""A portal that fails a share of what is written to it, in every way in which a network and a server can."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from callerid.simulator.portal import SimulatedPortal
from callerid.simulator.portal.limits import Fault

if TYPE_CHECKING:
    import random

    from tests.crash.kills.journal import Journal

_SHARE = 0.22  # of the requests that are not GETs
_LAG = 5.0  # seconds by which its search is behind
_CHANGING = re.compile(r"(POST|PATCH|PUT|DELETE) /crm/")
_FAULTS = {"cut_after": 5, "cut_before": 3, "truncated_json": 1, "html": 2, "status 500": 2, "status 429": 2}


class HostilePortal(SimulatedPortal):
    """A simulated portal, hostile from the moment it is told to be, until it is told to be well."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance
        self._journal: Journal | None = None
        self.search_lag = _LAG
        self.met: Counter[str] = Counter()

    def be_hostile(self, journal: Journal) -> None:
        """Fail requests from now on, and write each failure into a journal."""
        self._journal = journal

    def be_well(self) -> None:
        """Fail no request from now on."""
        self._journal = None

    def next_fault(self, request: str) -> Fault | None:
        """Return the fault that a request, "METHOD path", meets, if any."""
        if not self._journal or not _CHANGING.match(request) or self._chance.random() >= _SHARE:
            return None
        (name,) = self._chance.choices(list(_FAULTS), list(_FAULTS.values()))
        self.met[name] += 1
        self._journal.write("request failed", fault=name, request=request)
        kind, _, status = name.partition(" ")
        return Fault(kind=kind, status=int(status or 500), retry_after="1" if status == "429" else "")
