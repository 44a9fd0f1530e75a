"""Changing one setting in a file that belongs to the person: their comments and layout stay."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from callerid.config.settings import check_key, read
from callerid.errors import ConfigFault


def set_value(text: str, key: str, typed: str) -> str:
    """Given a file's text, a dotted key and what a person typed, return the text with that key set.

    Raise ConfigFault when there is no such key, when the value is not one of its kind, or when the file is faulty anyway.
    """
    import tomlkit

    reader = check_key(key)
    try:
        value = reader.typed(typed)
        reader.read(value)
    except ValueError as wrong:
        raise ConfigFault(f"{key}: {wrong}.", remedy="See what it may be with: callerid config sample") from wrong
    read(text)  # the faults that are there already are told before anything is written
    document = tomlkit.parse(text)
    room, _, name = key.rpartition(".")
    if room and room not in document:
        document[room] = tomlkit.table()
    table = document[room] if room else document
    table[name] = value
    changed = tomlkit.dumps(document)
    read(changed)
    return changed


def save(path: Path, text: str) -> None:
    """Put text into a file all at once, for its owner only; a link keeps pointing where it does. Raise ConfigFault."""
    target = path.resolve()
    try:
        descriptor, fresh = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(fresh).replace(target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(fresh).unlink()
            raise
    except OSError as fault:
        raise ConfigFault(
            f"{target} cannot be written: {fault.strerror}.", remedy=f"See who may: ls -ld '{target.parent}'"
        ) from fault
