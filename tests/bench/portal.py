"""A simulated portal in a process of its own, so that it does not share our interpreter's lock: `python -m tests.bench.portal`.

Arguments: people companies deals latency burst. It prints its address and token; then each line on stdin is a command and is answered by a line.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from callerid.simulator.portal import SimulatedPortal
from tests.turns.sync.portal_and_world import EVERY_EDIT, Editor

if TYPE_CHECKING:
    from tests.turns.sync.portal_and_world import PortalAndWorld

_LONG_AGO = 40 * 86400.0
_LOOK = 0.005  # seconds between looks at how many requests came
_kept: list[bytes] = []  # what the portal held at each "keep"


def main() -> None:
    """Serve until stdin ends."""
    people, companies, deals = map(int, sys.argv[1:4])
    portal = SimulatedPortal(clock=lambda: time.time() - _LONG_AGO)
    portal.populate(people=people, companies=companies, deals=deals)
    portal.records.clock = portal.limits.clock = time.time
    portal.latency, portal.limits.burst = float(sys.argv[4]), int(sys.argv[5])
    with portal:
        print(portal.url, portal.token, flush=True)
        for line in sys.stdin:
            print(json.dumps(_do(portal, line.split())), flush=True)


def _do(portal: SimulatedPortal, words: list[str]) -> object:
    match words:
        case ["change", count]:
            for contact in portal.records.ids["contacts"][: int(count)]:
                portal.records.edit("contacts", contact, {"lastname": "Changed"})
            return count
        case ["edit", count, seed]:
            chance, editor = random.Random(int(seed)), Editor(cast("PortalAndWorld", SimpleNamespace(portal=portal)))
            for _ in range(int(count)):
                editor.do(chance.choice(EVERY_EDIT), chance.randrange(10**6))
            return count
        case ["keep"]:
            _kept.append(portal.records.dump())
            return len(_kept)
        case ["restore"]:
            portal.records.load(_kept[-1])
            return len(_kept)
        case ["grant", scope]:
            portal.scopes.add(scope)
            return scope
        case ["until", count]:
            while len(portal.requests_seen) < int(count):
                time.sleep(_LOOK)
            return count
        case ["latency", seconds]:
            portal.latency = float(seconds)
            return seconds
        case ["everything"]:
            return _everything(portal)
        case _:
            seen, portal.requests_seen = portal.requests_seen, []
            return {"requests": len(seen), "statuses": Counter(str(status) for _, _, status in seen)}


def _everything(portal: SimulatedPortal) -> dict[str, dict[str, list[object]]]:
    """Return what a mirror has to hold, by kind and id."""
    records = portal.records

    def rows(kind: str, *names: str) -> dict[str, list[object]]:
        alive = (record for record in records.by_kind[kind].values() if record.archived_at is None)
        return {str(record.id): [records.value(record, name) or "" for name in names] for record in alive}

    deals = rows("deals", "dealname")
    for deal, row in deals.items():
        row.append(sorted(map(str, records.linked("deals", int(deal), "contacts"))))
    contacts = rows("contacts", "firstname", "lastname", "email", "associatedcompanyid")
    return {"contacts": contacts, "companies": rows("companies", "name"), "deals": deals}


if __name__ == "__main__":
    main()
