"""Prints the CPU seconds that a delta sync takes when nothing has changed and Python has started: `python -m
tests.bench.idle_delta`."""

from __future__ import annotations

import time

from callerid.cli.session import crm_connection, open_session
from callerid.core.sync.plan import SyncKind
from callerid.turns.context import utc_now
from callerid.turns.sync.pull import pull


def main() -> None:
    """Sync twice, and measure the second time."""
    with open_session() as app, crm_connection(app) as connection:
        source = connection.source()
        pull(app, source, utc_now, requested=SyncKind.DELTA)
        began = time.process_time()
        pull(app, source, utc_now, requested=SyncKind.DELTA)
        print(time.process_time() - began)


if __name__ == "__main__":
    main()
