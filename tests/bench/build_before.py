"""From a ring to its card, by this build and by the checkout of an earlier one (BEFORE=FOLDER): two daemons of one run, ring by ring.

Each ring is over before the next one begins, as on a phone: what rings again and again is measured by `flood`.
"""

from __future__ import annotations

import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from callerid.core.wording.ring_card import CardLine
from callerid.models import ActivityKind
from callerid.store.connection import writing
from callerid.store.ledger.database import open_ledger
from callerid.store.mirror.database import Mirror
from tests.bench.card_lines import TEXT, fill
from tests.bench.inotify import OPENED, InotifyWatch
from tests.bench.lookups import FIRST_CONTACT, number
from tests.bench.rings import ROOT, daemon, home, phone, seconds_to_start

_PEOPLE, _ROUNDS, _WARM = 20_000, 250, 10
_SETTLES = 0.3  # seconds
_A_DAY_AGO, _TALKED = 86_400, 180  # seconds
_AS_LOGGED = {"direction": "INBOUND", "status": "COMPLETED", "title": "Incoming call", "outcome": "connected"}
_EVERY_LINE = f"[card]\nlines = {json.dumps(list(CardLine))}\n"
_HOME_OF = "import sys, pathlib; from tests.bench.rings import home; home(pathlib.Path(sys.argv[1]), int(sys.argv[2]))"


def build_before() -> None:
    """Print the ratio of both medians: as the settings are at first, and with all that a card can say of an earlier call, notes,
    tasks and tickets."""
    _compare("a contact with a logged call and its note", with_activities=False)
    _compare("the same with every line, a note of the CRM, two tasks and a ticket", with_activities=True)


def _compare(who: str, *, with_activities: bool) -> None:
    before = Path(
        os.environ.get("BEFORE") or sys.exit("Name the checkout of an earlier build: make bench BENCH=before BEFORE=FOLDER")
    )
    with tempfile.TemporaryDirectory() as name:
        ours, theirs = Path(name) / "ours", Path(name) / "before"
        for folder in (ours, theirs):
            folder.mkdir()
        where = home(ours, _PEOPLE, _EVERY_LINE if with_activities else "")
        _log_calls(where / "ledger.db")
        if with_activities:
            _fill(where / "mirror.db")
        subprocess.run([sys.executable, "-c", _HOME_OF, str(theirs), str(_PEOPLE)], cwd=before, check=True)
        taken = _taken((ours, ROOT), (theirs, before))
    here, there = (statistics.median(each) * 1000 for each in zip(*taken, strict=True))
    print(
        f"ring to card, {_PEOPLE:,} contacts, {who}, {len(taken)} pairs: {here:.2f} ms, the build before {there:.2f} ms: {here / there:.3f} x",
        flush=True,
    )


def _fill(file: Path) -> None:
    with closing(Mirror(file)) as mirror:
        for kind, each in {ActivityKind.CALLS: 1, ActivityKind.TASKS: 2, ActivityKind.TICKETS: 1}.items():
            fill(mirror, kind, each, _PEOPLE)


def _log_calls(file: Path) -> None:
    """Give each contact who will ring a call of yesterday, logged with a note."""
    start = int(time.time()) - _A_DAY_AGO
    ledger = open_ledger(file)
    with writing(ledger.connection):
        for place in range(0, 10 * (_ROUNDS + _WARM), 10):
            key, line, contact = f"{start}-{place}", number(place).replace(" ", ""), str(FIRST_CONTACT + 3 * place)
            content = {"external_id": key, "start": start, "duration_ms": _TALKED * 1000, "contact_id": contact, "note": TEXT}
            call = (key, start, number(place), "INCOMING", _TALKED, "1", 0, "", line, start + 1)
            ledger.connection.execute("INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)", call)
            ledger.connection.execute("INSERT INTO followups (call_key, state, settled_at) VALUES (?, 'logged', ?)", (key, start))
            ledger.connection.execute(
                "INSERT INTO outbox (call_key, kind, external_id, content, state, attempts, created_at, settled_at)"
                " VALUES (?, 'call', ?, ?, 'delivered', 1, ?, ?)",
                (key, f"x:{key}", json.dumps(content | _AS_LOGGED), start, start),
            )
    ledger.close()


def _taken(*builds: tuple[Path, Path]) -> list[list[float]]:
    """Return the seconds that each build takes, for each round; who is first in a round is drawn."""
    commands = [phone(folder) for folder, _ in builds]
    with (
        daemon(builds[0][0] / "home", commands[0], builds[0][1]),
        daemon(builds[1][0] / "home", commands[1], builds[1][1]),
    ):
        watches = [InotifyWatch(folder / "termux-notification", OPENED) for folder in commands]
        chance, taken = random.Random(1), []
        for round_ in range(_ROUNDS + _WARM):
            took = [0.0, 0.0]
            text = f"callerid-event 1\nring\n{number(10 * round_)}\n"
            for place in chance.sample((0, 1), 2):
                inbox = builds[place][0] / "home" / "inbox"
                took[place] = seconds_to_start(watches[place], inbox, text) or math.inf
                _hang_up(inbox)
            taken.append(took)
        for watch in watches:
            watch.close()
    return taken[_WARM:]


def _hang_up(inbox: Path) -> None:
    """Let the phone be idle, and what follows be done."""
    fresh = inbox.parent / ".new"
    fresh.write_text("callerid-event 1\nidle\n")
    fresh.rename(inbox / f"idle-{os.getpid()}-{time.time_ns()}.event")
    time.sleep(_SETTLES)
