"""The folder into which everything from outside comes, as small files that callerid-event writes and renames."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import logging
import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.core.inbox_events import HEADER, HINTS, Event, EventFault, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

log = logging.getLogger("callerid")

_MOST_AT_ONCE = 500
_HURRIED = ("ring-", "dial-", "offhook-", "idle-")  # as callerid-event names its files
_MOST_BYTES = 192 * 1024  # more than a reply can have (see bin/callerid-event)
_MOST_REFUSED_LOGGED = 3
_LAST_SECOND = 250_000_000_000.0  # of the year 9892
_NEVER_AN_EVENT = (errno.ELOOP, errno.ENXIO, errno.EISDIR, errno.EACCES, errno.EPERM)  # a link, a socket, a folder, another's file


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedEvent:
    """An event and the file that brought it; the file goes when the event has been dealt with."""

    event: Event
    path: Path


class Inbox:
    """The inbox folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.has_more = False  # than the last look took, and not because nothing could be taken
        self.has_unreadable = False  # was there something that only could not be read just then?
        self._stuck: set[str] = set()  # what is no event and cannot be deleted: it must not keep others from their place

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Wait until no other process deals with this inbox, and keep others waiting meanwhile."""
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def put(self, verb: str) -> None:
        """Put an event without words into the inbox, as callerid-event does. Raise OSError."""
        name = f"{verb}-{os.getpid()}-0"
        fresh = self._folder.parent / f".{name}.new"
        fresh.write_text(f"{HEADER}\n{verb}\n", encoding="utf-8")
        fresh.replace(self._folder / f"{name}.event")

    def read(self, now: datetime | None = None) -> list[ReceivedEvent]:
        """Return what has arrived, so many at once at the most: first what tells of the phone, which is in a hurry (of too much,
        the newest), then the rest; both by age. Nothing is younger than `now`, whatever its file says. What is no event is
        deleted, with a line; what cannot be read just now stays, and `unread` tells of it."""
        arrived: list[ReceivedEvent] = []
        refused: list[tuple[Path, str]] = []
        unread: list[str] = []
        for path, written in self._files():
            try:
                arrived.append(ReceivedEvent(event=parse(_content(path), _written_at(written, now)), path=path))
            except FileNotFoundError:
                continue
            except EventFault as fault:
                refused.append((path, str(fault)))  # the error itself would hold on to all that was read
            except OSError as fault:
                if fault.errno in _NEVER_AN_EVENT:
                    refused.append((path, str(fault)))
                else:
                    unread.append(str(fault.strerror))
        self._refuse(refused)
        self._leave(unread)
        return sorted(arrived, key=lambda one: not isinstance(one.event, HINTS))

    def _leave(self, unread: Sequence[str]) -> None:
        if unread and not self.has_unreadable:
            log.warning("inbox: %d files cannot be read just now (%s); they stay", len(unread), unread[0])
        self.has_unreadable = bool(unread)

    def _refuse(self, refused: Sequence[tuple[Path, str]]) -> None:
        for path, fault in refused[:_MOST_REFUSED_LOGGED]:
            log.warning("inbox: %r is no event (%s)", path.name[:60], fault)
        if len(refused) > _MOST_REFUSED_LOGGED:
            log.warning("inbox: %d files were no events", len(refused))
        for path, _ in refused:
            self._delete(path)

    def _files(self) -> list[tuple[Path, int]]:
        hints: list[tuple[int, str]] = []
        others: list[tuple[int, str]] = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.name.endswith(".event") and not entry.name.startswith(".") and entry.name not in self._stuck:
                    with contextlib.suppress(FileNotFoundError):
                        written = entry.stat(follow_symlinks=False).st_mtime_ns
                        (hints if entry.name.startswith(_HURRIED) else others).append((written, entry.name))
        hints.sort(reverse=True)
        others.sort()
        self.has_more = max(len(hints), len(others)) > _MOST_AT_ONCE
        chosen = (*reversed(hints[:_MOST_AT_ONCE]), *others[:_MOST_AT_ONCE])
        return [(self._folder / name, written) for written, name in chosen]

    def recover_interrupted(self) -> None:
        """Bring in taps that callerid-event wrote and, cut off by the end of everything, did not rename. What else it left is old
        by then, and goes."""
        for path in self._folder.parent.glob(".*-*-*.new"):
            verb, writer = path.name[1:].split("-")[:2]
            if not writer.isdigit() or Path("/proc", writer).exists():
                continue
            with contextlib.suppress(OSError):
                if verb in ("tap", "reply"):
                    path.rename(self._folder / f"{path.stem[1:]}-cut-off.event")
                else:
                    path.unlink()

    def remove(self, arrived: ReceivedEvent) -> None:
        """Take away the file of an event that has been dealt with."""
        self._delete(arrived.path)

    def _delete(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError as fault:
            self._stuck.add(path.name)
            log.log(
                logging.WARNING if len(self._stuck) <= _MOST_REFUSED_LOGGED else logging.DEBUG,
                "inbox: %r cannot be deleted, and is passed over from now on: %s",
                path.name[:60],
                fault.strerror,
            )


def _written_at(nanoseconds: int, now: datetime | None) -> datetime:
    """Given when a file was written, which anybody can set to anything, return that as a time."""
    seconds = min(max(nanoseconds / 1e9, 0.0), now.timestamp() if now else _LAST_SECOND)
    return datetime.fromtimestamp(seconds, UTC)


def _content(path: Path) -> str:
    """Read a plain file of bounded size; a folder, link or pipe put there by somebody is no event."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise EventFault("it is no plain file")
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(_MOST_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(content) > _MOST_BYTES:
        raise EventFault("it is too large")
    return content.decode("utf-8", "replace")
