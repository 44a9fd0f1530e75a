"""A secret key in a file, with a copy beside it: one that is lost or damaged is brought back from the other."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from callerid import files
from callerid.messages import message
from callerid.store.faults import store_errors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY_BYTES = 32


class KeyFile:
    """The file and its copy. Both are in one folder, because what they are kept apart from must have neither."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.copy = path.with_name(f"{path.name}.copy")
        self._names = str(self.path), str(self.copy)

    @property
    def exists(self) -> bool:
        """Whether there is a key, or what is left of one."""
        name, copy = self._names  # a ring waits for it: no path is made a text, and no error is made and caught
        return os.access(name, os.F_OK) or os.access(copy, os.F_OK)

    def read(self, fits: Callable[[bytes], bool]) -> bytes | None:
        """Return the key, which has the right length and `fits`; None if neither file has one. The other file is mended."""
        for path in (self.path, self.copy):
            key = _content(path)
            if key is not None and len(key) == KEY_BYTES and fits(key):
                self._mend(key)
                return key
        return None

    def _mend(self, key: bytes) -> None:
        for path in (self.path, self.copy):
            with contextlib.suppress(OSError):  # it is mended when there is room, or the folder in its place is gone
                if _content(path) != key:
                    from callerid.store.journal import replace_file

                    replace_file(path, key)

    def make(self) -> bytes:
        """Make a new key, which gets its name when it is whole. Raise StoreFault."""
        import secrets

        from callerid.store.journal import replace_file

        key = secrets.token_bytes(KEY_BYTES)
        with store_errors(self.path):
            replace_file(self.path, key)
        self._mend(key)
        return key

    def delete(self) -> None:
        """Delete both files, or what is in their place. Raise StoreFault."""
        import shutil

        for path in (self.path, self.copy):
            with store_errors(path):
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)

    def what_is_wrong(self) -> str:
        """Return what is wrong with a key that cannot be read, as the end of a sentence."""
        if not self.exists:
            return message("is gone")
        key = _content(self.path)
        if key is None:
            return message("cannot be read")
        if len(key) != KEY_BYTES:
            return message("has {count} bytes instead of {key_bytes}", count=len(key), key_bytes=KEY_BYTES)
        return message("is not the key of this list")


def _content(path: Path) -> bytes | None:
    with contextlib.suppress(OSError):
        return files.read_bytes(path, KEY_BYTES + 100)
    return None
