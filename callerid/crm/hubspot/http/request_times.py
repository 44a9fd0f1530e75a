"""When requests were sent, by whomever of this installation: the limits count all that carry the token, not those of one process.

Times are seconds of the system's monotonic clock, which all processes share until the phone restarts.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import struct
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

log = logging.getLogger("callerid")

_ENTRY = struct.Struct("<d?")  # when, and whether it was a search
_BEHIND = 5.0  # seconds
_MOST_BYTES = 4096 * _ENTRY.size


@dataclass(slots=True)
class Sent:
    """Requests, the oldest first; and of those that were searches, once more."""

    all: list[float] = field(default_factory=list)
    searches: list[float] = field(default_factory=list)

    def forget(self, before: float, now: float) -> None:
        """Forget what is older than a time, and what is of an earlier start of the phone. Whoever waited for the record has a `now`
        that is a little behind."""
        self.all = sorted(at for at in self.all if before < at <= now + _BEHIND)
        self.searches = sorted(at for at in self.searches if before < at <= now + _BEHIND)


class Record(Protocol):
    """Where requests are written down."""

    def open(self) -> contextlib.AbstractContextManager[Sent]:
        """Return what was sent, for reading and changing, while nobody else does."""


class InMemory:
    """Of this process alone."""

    def __init__(self) -> None:
        self._lock, self._sent = threading.Lock(), Sent()

    @contextlib.contextmanager
    def open(self) -> Iterator[Sent]:
        """Return what was sent, for reading and changing, while no other thread does."""
        with self._lock:
            yield self._sent


class InFile:
    """Of all processes that name one file. One that cannot be used is as good as an empty one: HubSpot tells what is left."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()

    @contextlib.contextmanager
    def open(self) -> Iterator[Sent]:
        """Return what was sent, for reading and changing, while nobody else does."""
        with self._lock, contextlib.ExitStack() as ended:
            sent, descriptor = Sent(), None
            try:
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                ended.callback(os.close, descriptor)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                sent = _read(descriptor)
            except OSError as fault:
                log.debug("%s cannot be used: %s", self._path.name, fault)
            yield sent
            if descriptor is not None:
                _write(descriptor, sent)


def _read(descriptor: int) -> Sent:
    data = os.pread(descriptor, _MOST_BYTES, 0)
    entries = list(_ENTRY.iter_unpack(data[: len(data) // _ENTRY.size * _ENTRY.size]))
    return Sent(all=[at for at, _ in entries], searches=[at for at, search in entries if search])


def _write(descriptor: int, sent: Sent) -> None:
    searches = set(sent.searches)
    data = b"".join(_ENTRY.pack(at, at in searches) for at in sent.all)
    with contextlib.suppress(OSError):
        os.pwrite(descriptor, data, 0)
        os.ftruncate(descriptor, len(data))
