"""When requests were sent, by any process of this installation: the limits count all requests with the token.

Times are seconds of the system's monotonic clock, which all processes share until the phone restarts.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from callerid import files
from callerid.logs import log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_ENTRY = struct.Struct("<d?")  # when, and whether it was a search
_WAITED_FOR_THE_LOCK = 5.0  # seconds at most
_MOST_BYTES = 4096 * _ENTRY.size


@dataclass(slots=True)
class RequestTimes:
    """When requests were sent, oldest first: all, and once more those that were searches."""

    all: list[float] = field(default_factory=list)
    searches: list[float] = field(default_factory=list)

    def drop_before(self, oldest: float, now: float) -> None:
        """Drop what is older than a time, and times of before the phone restarted, which lie in the future.

        A time a little after `now` is another process's: its request was logged while this one waited for the lock.
        """
        self.all = sorted(at for at in self.all if oldest < at <= now + _WAITED_FOR_THE_LOCK)
        self.searches = sorted(at for at in self.searches if oldest < at <= now + _WAITED_FOR_THE_LOCK)


class RequestLog(Protocol):
    """Where the times of requests are kept."""

    def open(self) -> contextlib.AbstractContextManager[RequestTimes]:
        """Return the times for reading and changing, locked against everyone else."""


class MemoryRequestLog:
    """The requests of this process alone."""

    def __init__(self) -> None:
        self._lock, self._times = threading.Lock(), RequestTimes()

    @contextlib.contextmanager
    def open(self) -> Iterator[RequestTimes]:
        """Return the times for reading and changing, locked against other threads."""
        with self._lock:
            yield self._times


class FileRequestLog:
    """The requests of all processes that share a file. A file that cannot be used counts as empty: HubSpot's headers also say
    how much of the limit is left."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()

    @contextlib.contextmanager
    def open(self) -> Iterator[RequestTimes]:
        """Return the times for reading and changing, locked against other threads and processes."""
        with self._lock, contextlib.ExitStack() as at_end:
            times, descriptor = RequestTimes(), None
            try:
                descriptor = files.opened(self._path, os.O_RDWR | os.O_CREAT)
                at_end.callback(os.close, descriptor)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                times = _read(descriptor)
            except OSError as fault:
                log.debug("%s cannot be used: %s", self._path.name, fault)
            yield times
            if descriptor is not None:
                _write(descriptor, times)


def _read(descriptor: int) -> RequestTimes:
    data = os.pread(descriptor, _MOST_BYTES, 0)
    entries = list(_ENTRY.iter_unpack(data[: len(data) // _ENTRY.size * _ENTRY.size]))
    return RequestTimes(all=[at for at, _ in entries], searches=[at for at, search in entries if search])


def _write(descriptor: int, times: RequestTimes) -> None:
    searches = set(times.searches)
    data = b"".join(_ENTRY.pack(at, at in searches) for at in times.all)
    with contextlib.suppress(OSError):
        os.pwrite(descriptor, data, 0)
        os.ftruncate(descriptor, len(data))
