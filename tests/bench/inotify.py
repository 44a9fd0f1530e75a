"""When a file was renamed into a folder or opened to be run, as the kernel itself reports it."""

from __future__ import annotations

import ctypes
import os
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

OPENED, MOVED_IN = 0x20, 0x80
_libc = ctypes.CDLL(None, use_errno=True)


class InotifyWatch:
    """Watches one path for one kind of event."""

    def __init__(self, path: Path, mask: int) -> None:
        self._descriptor = _libc.inotify_init1(os.O_CLOEXEC)
        if self._descriptor < 0 or _libc.inotify_add_watch(self._descriptor, os.fsencode(path), mask) < 0:
            raise OSError(ctypes.get_errno(), "inotify", str(path))

    def wait(self) -> int:
        """Wait for the next events, and return how many came at once."""
        events, count = os.read(self._descriptor, 65536), 0
        while events:
            (length,) = struct.unpack_from("I", events, 12)
            events, count = events[16 + length :], count + 1
        return count

    def fileno(self) -> int:
        """Return the descriptor, to select on."""
        return int(self._descriptor)

    def close(self) -> None:
        """Stop watching."""
        os.close(self._descriptor)
