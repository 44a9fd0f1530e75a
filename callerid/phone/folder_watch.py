"""Hears of files that come into folders or change there, by sleeping in the kernel."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers.inotify import InotifyObserver

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_COMES: list[type[FileSystemEvent]] = [FileMovedEvent, FileCreatedEvent]
_FOLDER_COMES: list[type[FileSystemEvent]] = [DirMovedEvent, DirCreatedEvent]
_CHANGES: list[type[FileSystemEvent]] = [FileMovedEvent, FileCreatedEvent, FileClosedEvent, FileDeletedEvent]


class _Ear(FileSystemEventHandler):
    def __init__(self, heard: Callable[[FileSystemEvent], None]) -> None:
        self._heard = heard

    def on_any_event(self, event: FileSystemEvent) -> None:
        self._heard(event)


class FolderWatch:
    """Watches folders until it is stopped.

    Watchdog would choose its polling observer where sys.platform is "android" (Termux's Python from 3.13), so the one that sleeps
    in the kernel is taken by name. It is asked only for what matters: our own reading of a file would wake it too.
    """

    def __init__(self) -> None:
        self._observer = InotifyObserver()
        self._observer.start()

    def watch_folder(self, folder: Path, wake: Callable[[], None]) -> None:
        """Call `wake` whenever an event file is renamed into a folder; into the one that takes its place, too, when it was removed
        and is made again (callerid-event makes it)."""
        name = str(folder)

        def heard(event: FileSystemEvent) -> None:
            if str(event.dest_path or event.src_path).endswith(".event"):
                wake()

        ear = _Ear(heard)
        watch = self._observer.schedule(ear, name, event_filter=_COMES)

        def came_again(event: FileSystemEvent) -> None:
            nonlocal watch
            if name in (event.src_path, event.dest_path):
                with contextlib.suppress(KeyError):
                    self._observer.unschedule(watch)  # it hears of the folder that is gone
                with contextlib.suppress(OSError):  # gone again: when it comes, that is told
                    watch = self._observer.schedule(ear, name, event_filter=_COMES)
                wake()  # for what came before anybody listened

        self._observer.schedule(_Ear(came_again), str(folder.parent), event_filter=_FOLDER_COMES)

    def watch_file(self, path: Path, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` whenever a file is written anew or replaced, until the returned function is called."""
        name = str(path)

        def heard(event: FileSystemEvent) -> None:
            if name in (event.src_path, event.dest_path):
                changed()

        watch = self._observer.schedule(_Ear(heard), str(path.parent), event_filter=_CHANGES)
        return lambda: self._observer.unschedule(watch)

    def stop(self) -> None:
        """Hear no more."""
        self._observer.stop()
        self._observer.join(1.0)
