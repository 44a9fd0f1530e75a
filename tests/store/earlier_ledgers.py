"""Ledgers as earlier versions of callerid left them."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

STEPS = re.split(r"^-- version \d+\n", Path(__file__).with_name("ledger_history.sql").read_text("utf-8"), flags=re.MULTILINE)[1:]


def ledger_of_version(path: Path, version: int) -> sqlite3.Connection:
    """Make a ledger as a version left it, without rows, and return a connection to it that commits each statement."""
    connection = sqlite3.connect(path, isolation_level=None)
    for step in STEPS[:version]:
        connection.executescript(step)
    connection.execute(f"PRAGMA user_version = {version}")
    return connection
