"""Files of a home, opened so that nothing ever waits: a pipe in place of a file would keep whoever opens it until somebody opens
its other end, which nobody does."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

from callerid.messages import NOT_A_FILE

if TYPE_CHECKING:
    import io
    from pathlib import Path


def opened(path: Path | str, flags: int, *, or_device: bool = False) -> int:
    """Return a descriptor of a file, opened by these flags of os.open; one that is created is for its owner only. With `or_device`,
    it may also be a character device, such as /dev/null. Raise OSError, also for what is no regular file."""
    try:
        descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    except OSError as fault:
        raise _not_a_file(path) if fault.errno == errno.ENXIO else fault from None  # a pipe that nobody reads, or a socket
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode) and not (or_device and stat.S_ISCHR(mode)):
            raise _not_a_file(path)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _not_a_file(path: Path | str) -> OSError:
    return OSError(errno.EINVAL, NOT_A_FILE, str(path))


def to_read(path: Path) -> io.BufferedReader:
    """Return an open file to read. Raise OSError."""
    return os.fdopen(opened(path, os.O_RDONLY), "rb")


def to_change(path: Path) -> io.BufferedRandom:
    """Return an open file, which there must be, to read and to change. Raise OSError."""
    return os.fdopen(opened(path, os.O_RDWR), "r+b")


def to_write(path: Path) -> io.BufferedWriter:
    """Return an open file to write anew, for its owner only if there is none yet. Raise OSError."""
    return os.fdopen(opened(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "wb")


def read_bytes(path: Path, most: int = -1) -> bytes:
    """Return what a file has in it, of a longer one only the first `most` bytes. Raise OSError."""
    with to_read(path) as file:
        return file.read(most)


def read_text(path: Path, *, encoding: str = "utf-8", errors: str = "strict") -> str:
    """Return the text of a file, with line ends as they are. Raise OSError, UnicodeDecodeError."""
    return read_bytes(path).decode(encoding, errors)


def nearest_folder(path: Path) -> Path:
    """Return the innermost folder of a path that is there, in which to look for what is not."""
    return next(folder for folder in (*path.absolute().parents, path.absolute()) if folder.is_dir())
