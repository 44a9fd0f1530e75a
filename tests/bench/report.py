"""What a report of a busy year costs: processor time of this process, and the size of the file."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests.desks import SyncedHome
from tests.report.pages_made import busy_app, html

_CALLS, _DAYS, _ROUNDS = 50_000, 365, 3


def report_of_a_year() -> None:
    """Print the seconds and bytes of a report of 50,000 calls; the first round also loads and translates the template."""
    with tempfile.TemporaryDirectory() as scratch:
        home = SyncedHome(Path(scratch) / "home", people=5, companies=1, deals=1)
        with home.desk(Path(scratch) / "desk") as desk, busy_app(desk, _CALLS, _DAYS, people=2_000) as app:
            for _ in range(_ROUNDS):
                before = time.process_time()
                size = len(html(app, days=_DAYS).encode())
                took = time.process_time() - before
                print(f"a report of {_CALLS:,} calls: {took:.2f} s of the processor (at most 3), {size / 1000:.0f} KB", flush=True)
