"""The first ring waits for no module to be loaded, and for no class to be compiled."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from tests.desks import ANA

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desks import SyncedHome


def test_a_ring_loads_and_compiles_nothing_that_the_daemon_had_not_at_its_start(tmp_path: Path, synced_home: SyncedHome) -> None:
    with synced_home.desk(tmp_path) as desk:
        desk.start("status")
        with closing(sqlite3.connect(desk.home / "ledger.db")) as ledger, ledger:
            ledger.execute("INSERT OR REPLACE INTO facts VALUES ('zone', 'Europe/Dublin')")
        words = [sys.executable, "-m", "tests.system.ring_loads", ANA.replace(" ", ""), "087 123 4567", "", "+33145678900"]
        done = subprocess.run(words, env=os.environ | desk.environment(), capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
