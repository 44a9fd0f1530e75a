"""From a ring to its card, by this build and by the checkout of an earlier one (BEFORE=FOLDER): two daemons of one run, ring by ring."""

from __future__ import annotations

import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from callerid.models import ActivityKind
from callerid.store.mirror.database import Mirror
from tests.bench.card_lines import fill
from tests.bench.inotify import OPENED, InotifyWatch
from tests.bench.lookups import number
from tests.bench.rings import ROOT, daemon, home, phone, seconds_to_start

_PEOPLE, _ROUNDS, _WARM = 20_000, 500, 20
_HOME_OF = "import sys, pathlib; from tests.bench.rings import home; home(pathlib.Path(sys.argv[1]), int(sys.argv[2]))"


def build_before() -> None:
    """Print the ratio of both medians. This build's contacts have a note, two tasks and a ticket each, which its card says."""
    before = Path(
        os.environ.get("BEFORE") or sys.exit("Name the checkout of an earlier build: make bench BENCH=before BEFORE=FOLDER")
    )
    with tempfile.TemporaryDirectory() as name:
        ours, theirs = Path(name) / "ours", Path(name) / "before"
        for folder in (ours, theirs):
            folder.mkdir()
        _fill(home(ours, _PEOPLE) / "mirror.db")
        subprocess.run([sys.executable, "-c", _HOME_OF, str(theirs), str(_PEOPLE)], cwd=before, check=True)
        taken = _taken((ours, ROOT), (theirs, before))
    here, there = (statistics.median(each) * 1000 for each in zip(*taken, strict=True))
    print(
        f"ring to card, {_PEOPLE:,} contacts, {len(taken)} pairs: {here:.2f} ms, the build before {there:.2f} ms: {here / there:.3f} x",
        flush=True,
    )


def _fill(file: Path) -> None:
    with closing(Mirror(file)) as mirror:
        for kind, each in {ActivityKind.CALLS: 1, ActivityKind.TASKS: 2, ActivityKind.TICKETS: 1}.items():
            fill(mirror, kind, each, _PEOPLE)


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
                took[place] = seconds_to_start(watches[place], builds[place][0] / "home" / "inbox", text) or math.inf
            taken.append(took)
        for watch in watches:
            watch.close()
    return taken[_WARM:]
