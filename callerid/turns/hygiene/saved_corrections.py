"""The file from which corrections can be reverted: a line of JSON for each field, written before the CRM is."""

from __future__ import annotations

import io
import json
import os
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from callerid import files
from callerid.errors import UsageFault
from callerid.messages import as_typed, message
from callerid.records import dataclass
from callerid.store.faults import store_errors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Correction:
    """A field of a contact, what it held (raw), and what is written instead (E.164)."""

    contact: str
    property: str
    before: str
    after: str


def new_file(folder: Path, now: datetime) -> Path:
    """Return the path of a new file of corrections. Raise StoreFault when its folder cannot be created."""
    with store_errors(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{now:%Y-%m-%d-%H%M%S}.jsonl"


def save(file: Path, corrections: Iterable[Correction]) -> int:
    """Append corrections, for the owner's eyes only, and return, when they are on the disk, how long the file was before, in bytes.
    Raise StoreFault."""
    text = "".join(f"{json.dumps(asdict(correction), ensure_ascii=False)}\n" for correction in corrections)
    with (
        store_errors(file),
        os.fdopen(files.opened(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "w", encoding="utf-8") as stream,
    ):
        before = os.fstat(stream.fileno()).st_size  # the position is 0 until something was written
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    return before


def cut_back(file: Path, size: int) -> None:
    """Take out of a file what `save` has added to so many bytes; a file of which nothing is left goes. Raise StoreFault."""
    with store_errors(file):
        os.truncate(file, size) if size else file.unlink()


def saved(file: Path) -> tuple[tuple[Correction, ...], tuple[int, ...]]:
    """Return the corrections of a file, the first of each field, and the numbers of the lines that are none: the last one may have
    been cut off by an interruption, before anything of it was written to the CRM. Raise StoreFault, UsageFault for another file."""
    corrections: dict[tuple[str, str], Correction] = {}
    unread = []
    with store_errors(file):
        for place, line in enumerate(_lines(file), start=1):
            correction = _correction(line)
            if correction:
                corrections.setdefault((correction.contact, correction.property), correction)
            else:
                unread.append(place)
    if unread and not corrections:
        raise UsageFault(
            message("{file} has no corrections.", file=file),
            remedy=message("See which there are: ls {parent}", parent=as_typed(file.parent)),
        )
    return tuple(corrections.values()), tuple(unread)


def _lines(file: Path) -> io.StringIO:
    return io.StringIO(files.read_text(file, errors="replace"), newline=None)


def _correction(line: str) -> Correction | None:
    with suppress(ValueError, TypeError, RecursionError):
        correction = Correction(**json.loads(line))
        if all(isinstance(value, str) for value in asdict(correction).values()) and correction.contact.isdigit():
            return correction
    return None


def saved_files(folder: Path) -> list[Path]:
    """Return the files of corrections, oldest first."""
    return sorted(folder.glob("*.jsonl"))


def forget_saved(file: Path, contacts: Collection[str]) -> None:
    """Delete the corrections of these contacts (ids) from a file. Raise OSError."""
    kept = list(_lines_of_others(file, contacts))
    if not kept:
        file.unlink()
        return
    with files.to_change(file) as stream:  # the same bytes are overwritten, and none is left elsewhere
        stream.write("".join(kept).encode())
        stream.truncate()


def _lines_of_others(file: Path, contacts: Collection[str]) -> Iterator[str]:
    for line in _lines(file):
        correction = _correction(line)
        if correction and correction.contact not in contacts:
            yield line
