"""Space that is kept so that a full phone can still take what the person says: a file that is emptied when there is no room, which
needs none, and filled again when there is. bin/callerid-event empties it too, when a tap cannot be written."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid import files

if TYPE_CHECKING:
    from pathlib import Path

# For events' files, for the shared memory of two databases (32 KiB each), and for the pages of an answer in the journal (some 15
# of 4 KiB).
RESERVED = 256 * 1024  # bytes
_ROOM = 1024 * 1024  # bytes that are free besides, before anything is reserved: the reserve must not be what fills the phone


class Reserve:
    """The file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def is_wanting(self) -> bool:
        """Return whether less is reserved than once was: somebody has given it back, or marked the phone as full."""
        return self._size() not in (None, RESERVED)

    @property
    def wanting_since(self) -> datetime | None:
        """Return since when (UTC) `is_wanting` is true, None if it is not."""
        if not self.is_wanting:
            return None
        return datetime.fromtimestamp(self._file.stat().st_mtime, UTC)

    def mark_full(self) -> None:
        """Have every process see that the phone was found full; the space stays reserved."""
        if self._size() == RESERVED:
            self._cut(RESERVED - 1)

    def give_back(self) -> bool:
        """Empty the file, and return whether that made room."""
        return bool(self._size()) and self._cut(0)

    def _cut(self, size: int) -> bool:
        try:
            os.truncate(self._file, size)
        except OSError:
            return False
        return True

    def keep(self) -> bool:
        """Fill the file if it is not full and there is room, and return whether the space is reserved now. Random bytes, because a
        file system may store zeros without using space."""
        if self._size() == RESERVED:
            return True
        try:
            if not has_room(self._file.parent):
                return False
            self._fill()
        except OSError:
            self.give_back()
            return False
        return True

    def _fill(self) -> None:
        import secrets

        with files.to_write(self._file) as file:
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
    import shutil

    return shutil.disk_usage(folder).free >= RESERVED + _ROOM
