"""The inbox folder: everything from outside arrives here, as small files that callerid-event writes and renames."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from callerid import files
from callerid.core.inbox_events import HEADER, HINTS, Event, EventFault, parse
from callerid.logs import log
from callerid.messages import counted
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


_MOST_AT_ONCE = 500
_HINT_NAMES = ("ring-", "dial-", "offhook-", "idle-")  # the names of callerid-event for events that must be handled at once
_MOST_BYTES = 192 * 1024  # more than the longest reply (see bin/callerid-event)
_MOST_REFUSED_LOGGED = 3
_LATEST = 250_000_000_000.0  # seconds since 1970, in the year 9892
_NEVER_AN_EVENT = (
    errno.ELOOP,
    errno.EISDIR,
    errno.EACCES,
    errno.EPERM,
    errno.EINVAL,
)  # a link, a folder, a file of another user, a pipe or a socket


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedEvent:
    """An event and the name of its file, which is removed once the event is handled.

    The name is no Path: pathlib interns each part of a path, and early releases of Python 3.12 never free an interned string.
    """

    event: Event
    name: str


class Inbox:
    """The inbox folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.has_more = False  # are there more events than the last `read` returned?
        self.has_unreadable = False  # did the last `read` meet a file that could not be read for now?
        self._stuck: set[str] = (
            set()
        )  # names of files that are not events and cannot be deleted: they must not take the place of others

    @property
    def has_stuck(self) -> bool:
        """Whether there are files that could not be deleted."""
        return bool(self._stuck)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the inbox: wait until no other process holds it, and let others wait meanwhile."""
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
        with files.to_write(fresh) as file:
            file.write(f"{HEADER}\n{verb}\n".encode())
        fresh.replace(self._folder / f"{name}.event")

    def read(self, now: datetime | None = None, *, most: int | None = None) -> list[ReceivedEvent]:
        """Return the events that arrived: first hints about the phone, which are urgent, then the rest, both oldest first.

        At most `most` (500) of each; of more hints the newest: older ones are history. No event is later than `now`, whatever the
        time of its file. Files that are not events are deleted and logged. Files that cannot be read for now stay and set
        `has_unreadable`.
        """
        received: list[ReceivedEvent] = []
        refused: list[tuple[str, str]] = []
        unread: list[str] = []
        for name, written in self._files(most or _MOST_AT_ONCE):
            try:
                received.append(ReceivedEvent(event=parse(_content(self._path(name)), _written_at(written, now)), name=name))
            except FileNotFoundError:
                continue
            except EventFault as fault:
                refused.append((name, str(fault)))  # as text: the error itself would keep the content in memory
            except OSError as fault:
                if fault.errno in _NEVER_AN_EVENT:
                    refused.append((name, str(fault)))
                else:
                    unread.append(str(fault.strerror))
        self._refuse(refused)
        self._note_unreadable(unread)
        return sorted(received, key=lambda item: not isinstance(item.event, HINTS))

    def _note_unreadable(self, unread: Sequence[str]) -> None:
        if unread and not self.has_unreadable:
            log.warning(
                "inbox: %s cannot be read for now (%s); tried again later",
                counted(len(unread), "{count} file", "{count} files"),
                unread[0],
            )
        self.has_unreadable = bool(unread)

    def _refuse(self, refused: Sequence[tuple[str, str]]) -> None:
        for name, fault in refused[:_MOST_REFUSED_LOGGED]:
            log.warning("inbox: %r is not an event (%s)", name[:60], fault)
        if len(refused) > _MOST_REFUSED_LOGGED:
            log.warning("inbox: %s in all were not events", counted(len(refused), "{count} file", "{count} files"))
        for name, _ in refused:
            self._delete(name)

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name}"

    def _files(self, most: int) -> list[tuple[str, int]]:
        hints: list[tuple[int, str]] = []
        others: list[tuple[int, str]] = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.name.endswith(".event") and not entry.name.startswith(".") and entry.name not in self._stuck:
                    with contextlib.suppress(FileNotFoundError):
                        written = entry.stat(follow_symlinks=False).st_mtime_ns
                        (hints if entry.name.startswith(_HINT_NAMES) else others).append((written, entry.name))
        hints.sort(reverse=True)
        others.sort()
        self.has_more = max(len(hints), len(others)) > most
        chosen = (*reversed(hints[:most]), *others[:most])
        return [(name, written) for written, name in chosen]

    def recover_interrupted(self) -> None:
        """Rename taps and replies that callerid-event wrote but could not rename, because the phone was switched off. Other files
        that it left are too old to be of use, and are removed."""
        for path in self._folder.parent.glob(".*-*-*.new"):
            verb, writer = path.name[1:].split("-")[:2]
            if not writer.isdigit() or Path("/proc", writer).exists():
                continue
            with contextlib.suppress(OSError):
                if verb in ("tap", "reply"):
                    path.rename(self._folder / f"{path.stem[1:]}-cut-off.event")
                else:
                    path.unlink()

    def remove(self, received: ReceivedEvent) -> None:
        """Delete the file of an event that was handled."""
        self._delete(received.name)

    def _delete(self, name: str) -> None:
        try:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path(name))  # noqa: PTH108 - see ReceivedEvent
        except OSError as fault:
            self._stuck.add(name)
            log.log(
                logging.WARNING if len(self._stuck) <= _MOST_REFUSED_LOGGED else logging.DEBUG,
                "inbox: %r cannot be deleted and is skipped from now on: %s",
                name[:60],
                fault.strerror,
            )


def _written_at(nanoseconds: int, now: datetime | None) -> datetime:
    """Return when a file was written (UTC), at most `now`: anyone can set a file's time to anything."""
    seconds = min(max(nanoseconds / 1e9, 0.0), now.timestamp() if now else _LATEST)
    return datetime.fromtimestamp(seconds, UTC)


def _content(path: str) -> str:
    """Read a regular file of limited size. Raise EventFault for anything else, such as a folder, link or pipe, OSError."""
    with os.fdopen(files.opened(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise EventFault("too large")
    return content.decode("utf-8", "replace")
