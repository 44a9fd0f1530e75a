"""Restore a ledger, and replace a mirror, in processes that are killed at every step, and print what the next process finds.

Usage: python -m tests.store.killed_restores restore|replace HOME FOLDER. HOME has a damaged ledger or mirror; FOLDER is for copies
of it. A step is every opening, renaming and deleting of a file in the home.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callerid.errors import DatabaseDamaged
from callerid.store.damage import find_damage
from callerid.store.ledger import schema  # noqa: F401 - so that not each process imports it
from callerid.store.ledger.database import open_ledger, restore_ledger
from callerid.store.ledger.replay.take_over import TOLD
from callerid.store.mirror import migrations  # noqa: F401 - likewise
from callerid.store.mirror.database import Mirror

if TYPE_CHECKING:
    from collections.abc import Callable

_STEPS = ("open", "os.rename", "os.remove", "os.truncate", "shutil.rmtree", "sqlite3.connect")
_NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
_MOST_STEPS = 200


def killed_at(step: int, home: Path, work: Callable[[Path], object]) -> bool:
    """Do some work in a process that is killed at a step; return whether it was, and not over before."""
    process = os.fork()
    if process == 0:
        left = step

        def count(event: str, words: tuple[Any, ...]) -> None:
            nonlocal left
            if event in _STEPS and str(home) in str(words[0]):
                left -= 1
                if left == 0:
                    os._exit(9)

        sys.addaudithook(count)
        try:
            work(home)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 9


def restore(home: Path) -> None:
    """Restore the ledger as any process does that meets the damage."""
    restore_ledger(home / "ledger.db", home / "marks.key", _NOW)


def replace(home: Path) -> None:
    """Replace the mirror as any process does that meets the damage."""
    mirror = Mirror(home / "mirror.db")
    mirror.file.replace_if_damaged(DatabaseDamaged("damaged", path=home / "mirror.db"))
    mirror.close()


def ledger_after(home: Path) -> dict[str, Any]:
    """Return what the next process has in the ledger: it looks after the databases, and then reads."""
    path = home / "ledger.db"
    with closing(open_ledger(path, home / "marks.key")):
        pass
    restore(home)
    with closing(open_ledger(path, home / "marks.key")) as ledger:
        states = ledger.connection.execute("SELECT state, count(*) FROM followups GROUP BY state").fetchall()
        return {
            "damage": find_damage(path),
            "states": {row[0]: row[1] for row in states},
            "marks": ledger.connection.execute("SELECT count(*) FROM marks WHERE kind <> 'key'").fetchone()[0],
            "installation": ledger.key_values.read("installation"),
            "told": bool(told := ledger.key_values.read(TOLD)),
            "gone": "the file is gone" in (told or ""),
            "put aside": path.with_name("ledger.db.damaged").exists(),
        }


def mirror_after(home: Path) -> dict[str, Any]:
    """Return what the next process has in the mirror."""
    mirror = Mirror(home / "mirror.db")
    mirror.candidates("+353871234567", "IE")
    contacts = mirror.facts().contacts
    mirror.close()
    return {"damage": find_damage(home / "mirror.db"), "contacts": contacts}


def main(what: str, home: Path, folder: Path) -> None:
    """Print the findings, each with the steps after which it was made."""
    work, look = {"restore": (restore, ledger_after), "replace": (replace, mirror_after)}[what]
    findings: dict[str, list[int]] = {}
    for step in range(1, _MOST_STEPS):
        copy = folder / str(step)
        shutil.copytree(home, copy)
        was_killed = killed_at(step, copy, work)
        try:
            finding = json.dumps(look(copy))
        except Exception as fault:  # noqa: BLE001 - it is printed
            finding = repr(fault)
        findings.setdefault(finding, []).append(step)
        if not was_killed:
            break
    print(json.dumps(findings))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
