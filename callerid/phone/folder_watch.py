"""Watches folders for files that arrive or change, by inotify."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import TYPE_CHECKING

from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers.inotify import InotifyObserver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from watchdog.observers.api import ObservedWatch

_FILE_ARRIVES: list[type[FileSystemEvent]] = [FileMovedEvent, FileCreatedEvent]
_FOLDER_ARRIVES: list[type[FileSystemEvent]] = [DirMovedEvent, DirCreatedEvent]
_FILE_WRITTEN: list[type[FileSystemEvent]] = [FileMovedEvent, FileCreatedEvent, FileModifiedEvent, FileDeletedEvent]
_FILE_CHANGES: list[type[FileSystemEvent]] = [FileMovedEvent, FileCreatedEvent, FileClosedEvent, FileDeletedEvent]


class _Callback(FileSystemEventHandler):
    def __init__(self, call: Callable[[FileSystemEvent], None]) -> None:
        self._call = call

    def on_any_event(self, event: FileSystemEvent) -> None:
        self._call(event)


class FolderWatch:
    """Watches folders and files until it is stopped. Callbacks run in a thread of its own.

    Watchdog would choose its polling observer where sys.platform is "android" (Termux's Python from 3.13 on), so the inotify
    observer is named here. It is told which events matter: otherwise our own reading of a file would be one. It reports nothing of
    a folder whose name is a symbolic link, as those in Termux's ~/storage are, so links are resolved here.
    """

    def __init__(self) -> None:
        self._observer = InotifyObserver()
        self._callbacks = Counter["ObservedWatch"]()  # of files, for each folder
        self._observer.start()

    def watch_folder(self, folder: Path, wake: Callable[[], None]) -> None:
        """Call `wake` whenever an event file is renamed into a folder, also after the folder was removed and created again
        (callerid-event creates it)."""
        folder = folder.resolve()
        name = str(folder)

        def file_arrived(event: FileSystemEvent) -> None:
            if str(event.dest_path or event.src_path).endswith(".event"):
                wake()

        callback = _Callback(file_arrived)
        watch = self._observer.schedule(callback, name, event_filter=_FILE_ARRIVES)

        def folder_arrived(event: FileSystemEvent) -> None:
            nonlocal watch
            if name in (event.src_path, event.dest_path):
                with contextlib.suppress(KeyError):
                    self._observer.unschedule(watch)  # it watches the folder that is gone
                with contextlib.suppress(OSError):  # gone again: its next arrival is an event too
                    watch = self._observer.schedule(callback, name, event_filter=_FILE_ARRIVES)
                wake()  # for files that arrived before the folder was watched

        self._observer.schedule(_Callback(folder_arrived), str(folder.parent), event_filter=_FOLDER_ARRIVES)

    def watch_file(self, path: Path, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` whenever a file, or what it is a link to, is written, replaced or removed, until the returned function is
        called."""
        places = {path.parent.resolve() / path.name, path.resolve()}
        names = {str(place) for place in places}

        def file_changed(event: FileSystemEvent) -> None:
            if not names.isdisjoint((event.src_path, event.dest_path)):
                changed()

        callback = _Callback(file_changed)
        folders = {str(place.parent) for place in places if place.parent.is_dir()}
        watches = [self._observer.schedule(callback, folder, event_filter=_FILE_CHANGES) for folder in folders]
        self._callbacks.update(watches)

        def unwatch() -> None:
            for watch in watches:
                self._end(callback, watch)

        return unwatch

    def watch_writes(self, paths: Iterable[Path], written: Callable[[], None]) -> None:
        """Call `written` at each write into one of some files, which may stay open, and when one comes or goes."""
        names = {str(path.parent.resolve() / path.name) for path in paths}

        def file_written(event: FileSystemEvent) -> None:
            if not names.isdisjoint((event.src_path, event.dest_path)):
                written()

        for folder in {name.rpartition("/")[0] for name in names}:
            self._observer.schedule(_Callback(file_written), folder, event_filter=_FILE_WRITTEN)

    def _end(self, callback: _Callback, watch: ObservedWatch) -> None:
        """End one callback. To unschedule a folder's watch would end them all."""
        self._callbacks[watch] -= 1
        if self._callbacks[watch]:
            self._observer.remove_handler_for_watch(callback, watch)
        else:
            self._observer.unschedule(watch)

    def stop(self) -> None:
        """Stop watching."""
        self._observer.stop()
        self._observer.join(1.0)
