"""Prints the ids of callerid's cards that are on the screen, one a line: `python3 cards.py LEDGER`.

install.sh runs it when callerid is removed, with the system's Python: the environment may not fit it. Cards have names on them.
"""

import contextlib
import sqlite3
import sys

_OF_CALLS = "SELECT notification_id FROM followups WHERE notification_out"
_OF_RINGS = "SELECT notification_id FROM rings WHERE open"
_OF_BATCHES = "SELECT notification_id FROM batches WHERE shown"
_OF_NOTES = "SELECT value FROM facts WHERE name = 'notes_on_screen'"  # which could not be kept: ids with spaces between
_OF_REFUSALS = "SELECT 'callerid-dead-' || id FROM outbox WHERE notification_out"

with contextlib.closing(sqlite3.connect(sys.argv[1])) as ledger:
    for query in (_OF_CALLS, _OF_RINGS, _OF_BATCHES, _OF_REFUSALS, _OF_NOTES):
        for (notification_id,) in ledger.execute(query):
            sys.stdout.write("".join(f"{each}\n" for each in notification_id.split()))
