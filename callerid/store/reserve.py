"""Space that is kept so that a full phone can still take what the person says: a file that is emptied when there is no room, which
needs none, and filled again when there is. bin/callerid-event empties it too, when a tap cannot be written."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# For the event's file, for SQLite's shared memory (32 KiB), and for the pages of an answer in the journal (some 15 of 4 KiB).
RESERVED = 128 * 1024  # bytes
_ROOM = 1024 * 1024  # bytes that are free besides, before anything is reserved: the reserve must not be what fills the phone


class Reserve:
    """The file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def is_given_back(self) -> bool:
        """Return whether it was there and has been emptied, so that the phone was full, and nothing is reserved."""
        return self._size() == 0

    def give_back(self) -> bool:
        """Empty the file, and return whether that made room."""
        if self._size() in (None, 0):
            return False
        try:
            os.truncate(self._file, 0)
        except OSError:
            return False
        return True

    def keep(self) -> bool:
        """Fill the file if it is not full and there is room, and return whether the space is reserved now. Random bytes, because a
        file system may store zeros without using space."""
        if self._size() == RESERVED:
            return True
        with contextlib.suppress(OSError):
            if has_room(self._file.parent):
                self._fill()
                return True
        self.give_back()
        return False

    def _fill(self) -> None:
        with os.fdopen(os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(secrets.token_bytes(RESERVED))
            file.flush()
            os.fsync(file.fileno())

    def _size(self) -> int | None:
        try:
            return self._file.stat().st_size
        except OSError:
            return None


def has_room(folder: Path) -> bool:
    """Return whether there is room on a folder's disk beyond what is reserved. Raise OSError."""
    return shutil.disk_usage(folder).free >= RESERVED + _ROOM
