"""A file system of its own that is really full: writing to it fails as on a phone without room."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BLOCK = 4096  # bytes; a tmpfs gives room by pages


class SmallDisk:
    """A mounted file system and the file that fills it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._filler = root / "filler"

    @property
    def free(self) -> int:
        """Return how many bytes are free."""
        return shutil.disk_usage(self.root).free

    def fill(self, leave: int = 0) -> None:
        """Fill the disk but for some bytes, in whole pages."""
        blocks = (self.free - leave) // _BLOCK
        with self._filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            for _ in range(blocks):
                file.write(b"\xff" * _BLOCK)

    def empty(self) -> None:
        """Free the space again."""
        self._filler.unlink(missing_ok=True)


@contextlib.contextmanager
def small_disk(root: Path, size: int) -> Iterator[SmallDisk | None]:
    """Mount a file system of some bytes at a folder, which is made; give None where this user or machine may not mount any."""
    root.mkdir()
    made = os.geteuid() == 0 and shutil.which("mount") is not None
    if made:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(root)]
        made = subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield SmallDisk(root) if made else None
    finally:
        if made:
            subprocess.run(["umount", "--lazy", str(root)], check=True)
