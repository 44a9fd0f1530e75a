"""A simulated portal in a process of its own, so that it does not share our interpreter's lock: `python -m tests.bench.portal`.

Arguments: people companies deals latency burst. It prints its address; then each line on stdin is a command and is answered by a line.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter

from callerid.simulator.portal import SimulatedPortal

_LONG_AGO = 40 * 86400.0


def main() -> None:
    """Serve until stdin ends."""
    people, companies, deals = map(int, sys.argv[1:4])
    portal = SimulatedPortal(clock=lambda: time.time() - _LONG_AGO)
    portal.populate(people=people, companies=companies, deals=deals)
    portal.records.clock = portal.limits.clock = time.time
    portal.latency, portal.limits.burst = float(sys.argv[4]), int(sys.argv[5])
    with portal:
        print(portal.url, flush=True)
        for line in sys.stdin:
            print(json.dumps(_do(portal, line.split())), flush=True)


def _do(portal: SimulatedPortal, words: list[str]) -> object:
    match words:
        case ["change", count]:
            for contact in portal.records.ids["contacts"][: int(count)]:
                portal.records.edit("contacts", contact, {"lastname": "Changed"})
            return count
        case ["latency", seconds]:
            portal.latency = float(seconds)
            return seconds
        case ["names"]:
            records = portal.records
            return {str(i): records.by_kind["contacts"][i].properties["lastname"] for i in records.ids["contacts"]}
        case _:
            seen, portal.requests_seen = portal.requests_seen, []
            return {"requests": len(seen), "statuses": Counter(str(status) for _, _, status in seen)}


if __name__ == "__main__":
    main()
