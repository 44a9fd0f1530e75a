"""How long after the start of the first sync those who called last can be named, whatever the size of the portal."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import syncs

if TYPE_CHECKING:
    from tests.bench.syncs import Portal

_CALLERS = 75  # three searches
_TARGET = 5.0  # seconds
_LOOK = 0.02  # seconds between looks into the mirror


def first_minute(people: int, companies: int, deals: int, latency: float, burst: int) -> None:
    """Print after how many seconds recent callers have names, by lists and by exports."""
    with syncs.portal(people, companies, deals, latency, burst) as there, tempfile.TemporaryDirectory() as folder:
        bin_folder = _phone(Path(folder) / "bin")
        took = {}
        for via in ("list", "export"):
            there.ask("grant crm.export")
            took[via] = _seconds_to_names(Path(folder) / via, there, via, bin_folder)
    print(
        f"the first sync of {people:,} + {deals:,} + {companies:,}, {latency} s, {burst}/10 s: {_CALLERS} recent callers have names "
        + " and ".join(f"{seconds:.1f} s after its start ({via})" for via, seconds in took.items())
        + f" (target {_TARGET:.0f})",
        flush=True,
    )


def _phone(folder: Path) -> Path:
    """Make a `termux-call-log` that prints calls of people whom each portal has."""
    folder.mkdir()
    rows = [
        {
            "name": "UNKNOWN_CALLER",
            "phone_number": f"+35387{1_000_000 + 10 * place:07}",
            "type": "INCOMING",
            "date": f"2026-11-22 {9 + place // 60:02}:{place % 60:02}:00",
            "duration": "01:00",
            "sim_id": "1",
        }
        for place in range(1, _CALLERS + 1)
    ]
    command = folder / "termux-call-log"
    command.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(rows)}\nEND\n")
    command.chmod(0o700)
    return folder


def _seconds_to_names(where: Path, there: Portal, via: str, bin_folder: Path) -> float:
    syncs.home(where, there)
    with (where / "config.toml").open("a") as settings:
        settings.write(f'[sync]\nvia = "{via}"\n')
    began = time.monotonic()
    process = syncs.start(where, bin_folder=bin_folder)
    while process.poll() is None and _named(where / "mirror.db") < _CALLERS:
        time.sleep(_LOOK)
    seconds = time.monotonic() - began
    process.kill()
    process.communicate()
    return seconds


def _named(path: Path) -> int:
    """Return how many contacts the live mirror has."""
    with contextlib.suppress(sqlite3.OperationalError), closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as mirror:
        return int(mirror.execute("SELECT count(*) FROM contacts").fetchone()[0])
    return 0
