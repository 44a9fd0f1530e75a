"""The journal of answers: what was decided about calls since the backups of the ledger, in a text file beside it.

A ledger that is damaged is restored from a backup, which may be a day old. The journal has what came since then, entry by entry as
it was committed, so that no answer is lost with the file that held it. A backup leaves a mark, after which what it lacks follows.
An entry is one line of JSON that begins with a line break: a line that a full disk or a power cut has torn spoils no other.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MARK = "mark"
_MOST_BYTES = 16 * 1024 * 1024  # months of answers; only a phone on which no backup succeeds gets there

Entry = tuple[str, dict[str, Any]]


def journal_of(path: Path) -> Path:
    """Return the path of a database's journal of answers."""
    return path.with_name(f"{path.name}.answers")


def entry(kind: str, values: dict[str, Any]) -> str:
    """Return an entry as its line."""
    return json.dumps([kind, values], ensure_ascii=True)


def append_entries(path: Path, entries: Sequence[str]) -> None:
    """Append entries to the journal of a database, and wait until the disk has them. What cannot be written is left out: the
    database has it, and the journal only matters when that is damaged too."""
    lines = "".join(f"\n{line}" for line in entries).encode("ascii")
    with contextlib.suppress(OSError):
        descriptor = os.open(journal_of(path), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(descriptor).st_size < _MOST_BYTES:
                os.write(descriptor, lines)
                os.fdatasync(descriptor)
        finally:
            os.close(descriptor)


def size(path: Path) -> int:
    """Return how many bytes the journal of a database has."""
    with contextlib.suppress(FileNotFoundError):
        return journal_of(path).stat().st_size
    return 0


def entries_since(path: Path, mark: str) -> list[Entry] | None:
    """Return the entries that follow a backup's mark; all of them for "", and None where the journal lacks the mark or cannot be
    read, so that nothing is known. A torn line is left out."""
    try:
        entries = _read(path)
    except OSError:
        return None
    if not mark:
        return [each for each in entries if each[0] != MARK]
    places = [place for place, each in enumerate(entries) if each == (MARK, {"id": mark})]
    return [each for each in entries[places[-1] + 1 :] if each[0] != MARK] if places else None


def cut_before(path: Path, mark: str) -> None:
    """Drop what precedes a mark. The caller holds the write lock of the database, so that nobody appends meanwhile."""
    entries = _read(path)
    places = [place for place, each in enumerate(entries) if each == (MARK, {"id": mark})]
    if places and places[-1] > 0:
        replace_file(journal_of(path), "".join(f"\n{entry(*each)}" for each in entries[places[-1] :]).encode("ascii"))


def _read(path: Path) -> list[Entry]:
    try:
        lines = journal_of(path).read_text(encoding="ascii", errors="replace").split("\n")
    except FileNotFoundError:
        return []
    entries = []
    for line in lines:
        with contextlib.suppress(ValueError):
            match json.loads(line):
                case [str(kind), dict(values)]:
                    entries.append((kind, values))
    return entries


def unfinished(path: Path) -> Path:
    """Return where the next content of a file is written by `replace_file`, and left by a process that is killed meanwhile."""
    return path.with_name(f"{path.name}.new")


def replace_file(path: Path, content: bytes) -> None:
    """Write a file for its owner only, and put it in the place of the one before when it is whole. Raise OSError."""
    fresh = unfinished(path)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
