"""The journal of answers: what was decided about calls since the backups of the ledger, in a text file beside it.

A ledger that is damaged is restored from a backup, which may be a day old. The journal has what came since then, entry by entry as
it was committed, so that no answer is lost with the file that held it. A backup leaves a mark, after which what it lacks follows.
What a transaction appends ends with its position, which the ledger has as well: so a ledger that lacks its newest transactions, or
to which the journal does not belong, is told from one that is in step.
An entry is one line of JSON that begins with a line break: a line that a full disk or a power cut has torn spoils no other.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any

from callerid import files
from callerid.paths import journal_of
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MARK = "mark"
POSITION = "position"
_MARKS_AND_POSITIONS = (MARK, POSITION)
_END_OF_FILE = 4096  # bytes, in which the last position nearly always is
_MOST_BYTES = 16 * 1024 * 1024  # months of answers; only a phone on which no backup succeeds gets there

Entry = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Position:
    """Where the journal, or a ledger, stands after a transaction."""

    value: int  # 0 before the first transaction
    installation: str  # the id of the installation whose ledger it is, "" while it has none


@dataclass(frozen=True, slots=True)
class Transaction:
    """What one transaction of the ledger appended."""

    position: Position
    entries: tuple[Entry, ...]


def entry(kind: str, values: dict[str, Any]) -> str:
    """Return an entry as its line."""
    return json.dumps([kind, values], ensure_ascii=True)


def append_entries(path: Path, entries: Sequence[str]) -> tuple[int, int] | None:
    """Append entries to the journal of a database, wait until the disk has them, and return the sizes of the journal before and
    after (bytes). What cannot be written is left out (None): the database has it, and the journal only matters when that is damaged
    too."""
    lines = "".join(f"\n{line}" for line in entries).encode("ascii")
    with contextlib.suppress(OSError):
        descriptor = files.opened(journal_of(path), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            before = os.fstat(descriptor).st_size
            if before < _MOST_BYTES:
                written = os.write(descriptor, lines)
                os.fdatasync(descriptor)
                return before, before + written
        finally:
            os.close(descriptor)
    return None


def withdraw_entries(path: Path, sizes: tuple[int, int]) -> None:
    """Take back what `append_entries` appended last, unless others have appended since. The caller holds the write lock of the
    database, whose transaction failed."""
    before, after = sizes
    with contextlib.suppress(OSError):
        if size(path) == after:
            os.truncate(journal_of(path), before)


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
        return [each for each in entries if each[0] not in _MARKS_AND_POSITIONS]
    places = [place for place, each in enumerate(entries) if each == (MARK, {"id": mark})]
    return [each for each in entries[places[-1] + 1 :] if each[0] not in _MARKS_AND_POSITIONS] if places else None


def read_since(path: Path, mark: str) -> list[Entry | None]:
    """Return what follows a backup's mark ("": everything), marks and positions too; None in place of each line that cannot be
    read."""
    try:
        lines = files.read_text(journal_of(path), encoding="ascii", errors="replace").split("\n")
    except OSError:
        return []
    found = [_parse(line) for line in lines if line.strip()]
    places = [place for place, each in enumerate(found) if each == (MARK, {"id": mark})]
    return found[places[-1] + 1 :] if places else found


def position_entry(position: Position) -> str:
    """Return the entry that ends what a transaction appends, as its line."""
    return entry(POSITION, {"value": position.value, "of": position.installation})


def last_position(path: Path) -> Position | None:
    """Return where the journal stands, None if it has no position or cannot be read. Mostly it reads only the end of the file: each
    command waits for this."""
    with contextlib.suppress(OSError), files.to_read(journal_of(path)) as file:
        end = file.seek(0, os.SEEK_END)
        for start in (max(0, end - _END_OF_FILE), 0):
            file.seek(start)
            for line in reversed(file.read(end - start).split(b"\n")):
                position = position_of(_parse(line.decode("ascii", "replace"))) if POSITION.encode() in line else None
                if position:
                    return position
    return None


def transactions(path: Path) -> list[Transaction]:
    """Return what is in the journal, transaction by transaction, oldest first. What has no position belongs to the one after it.
    Raise OSError."""
    found: list[Transaction] = []
    entries: list[Entry] = []
    for each in _read(path):
        position = position_of(each)
        if position:
            found.append(Transaction(position, tuple(entries)))
            entries = []
        elif each[0] not in _MARKS_AND_POSITIONS:
            entries.append(each)
    return found


def position_of(each: Entry | None) -> Position | None:
    """Return the position that an entry tells, None if it tells none."""
    match each:
        case (kind, {"value": int(value), "of": str(installation)}) if kind == POSITION:
            return Position(value, installation)
    return None


def put_aside(path: Path) -> Path:
    """Rename the journal of a database, and return its new path. One that was put aside before is kept, at its beginning. Raise
    OSError."""
    journal, aside = journal_of(path), journal_put_aside(path)
    if aside.exists():
        replace_file(aside, files.read_bytes(aside) + files.read_bytes(journal))
        journal.unlink()
    else:
        journal.rename(aside)
    return aside


def journal_put_aside(path: Path) -> Path:
    """Return to where a journal is put aside that belongs to the database of another installation."""
    return path.with_name(f"{path.name}.answers-of-another")


def cut_before(path: Path, mark: str) -> None:
    """Drop what precedes a mark. The caller holds the write lock of the database, so that nobody appends meanwhile."""
    entries = _read(path)
    places = [place for place, each in enumerate(entries) if each == (MARK, {"id": mark})]
    if places and places[-1] > 0:
        replace_file(journal_of(path), "".join(f"\n{entry(*each)}" for each in entries[places[-1] :]).encode("ascii"))


def _read(path: Path) -> list[Entry]:
    try:
        lines = files.read_text(journal_of(path), encoding="ascii", errors="replace").split("\n")
    except FileNotFoundError:
        return []
    return [entry for entry in map(_parse, lines) if entry]


def _parse(line: str) -> Entry | None:
    """Return the entry of a line, None if it was torn."""
    with contextlib.suppress(ValueError):
        match json.loads(line):
            case [str(kind), dict(values)]:
                return kind, values
    return None


def unfinished(path: Path) -> Path:
    """Return where the next content of a file is written by `replace_file`, and left by a process that is killed meanwhile."""
    return path.with_name(f"{path.name}.new")


def replace_file(path: Path, content: bytes) -> None:
    """Write a file for its owner only, and put it in the place of the one before when it is whole. Raise OSError."""
    fresh = unfinished(path)
    with files.to_write(fresh) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
