"""Damage to the file of a database, as worn-out memory, a cut, a person or another app may do it."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGE = 4096


def with_journal(path: Path) -> list[Path]:
    return [path.with_name(f"{path.name}{suffix}") for suffix in ("", "-wal", "-shm")]


def overwrite_middle(path: Path) -> None:
    """Overwrite every page but the first with noise."""
    noise = random.Random(7)
    with path.open("r+b") as file:
        file.seek(PAGE)
        file.write(noise.randbytes(path.stat().st_size - PAGE))


def overwrite_calls(path: Path) -> None:
    """Overwrite the first page of the table of calls only."""
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'calls'").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(random.Random(7).randbytes(PAGE))


def overwrite_header(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"once upon a time " * 300)


def cut_in_half(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2 // PAGE * PAGE + 100)


def cut_to_nothing(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(0)


def delete(path: Path) -> None:
    path.unlink()


def delete_with_journal(path: Path) -> None:
    for file in with_journal(path):
        file.unlink(missing_ok=True)


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: tuple[Callable[[Path], None], ...] = (
    overwrite_middle,
    overwrite_header,
    cut_in_half,
    cut_to_nothing,
    delete,
    delete_with_journal,
    replace_by_folder,
)


def flush(path: Path) -> None:
    """Write the journal of a database into it, while others have it open."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
