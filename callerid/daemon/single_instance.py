"""One daemon for each installation: a lock that the kernel releases when the process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from callerid import files
from callerid.errors import AlreadyRunning
from callerid.logs import log
from callerid.messages import message
from callerid.store.faults import store_errors, store_fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.paths import Paths


@contextmanager
def only_instance(paths: Paths) -> Iterator[bool]:
    """Hold the daemon's lock and its pid file, and yield whether the previous daemon ended cleanly. Raise AlreadyRunning when
    another daemon holds the lock, StoreFault when its file cannot be used.

    Boot, widget, Tasker and the job scheduler may all start a daemon. The pid file is only a hint for callerid-event.
    """
    with store_errors(paths.lock):
        descriptor = files.opened(paths.lock, os.O_RDWR | os.O_CREAT)
    try:
        _lock(descriptor)
        ended_cleanly = not paths.pid_file.exists()
        try:
            _write_pid(paths)
        except OSError as fault:  # on a full disk, for example, which is no reason not to show who rings
            log.warning("%s cannot be written (%s): each tap also starts callerid", paths.pid_file, fault.strerror)
        try:
            yield ended_cleanly
        finally:
            with suppress(OSError):
                paths.pid_file.unlink()
    finally:
        os.close(descriptor)


def is_running(paths: Paths) -> bool:
    """Return whether a daemon is running, which is whether the lock is held. Raise StoreFault if its file cannot be used."""
    try:
        descriptor = files.opened(paths.lock, os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError as fault:
        raise store_fault(paths.lock, fault) from fault
    try:
        _lock(descriptor)
    except AlreadyRunning:
        return True
    finally:
        os.close(descriptor)
    return False


def interpreter() -> tuple[int, int] | None:
    """Return which file the interpreter of this process is now; None when it is gone. After an upgrade it is another one, and the
    running process no longer finds the modules that it has not imported yet."""
    try:
        status = Path(sys.executable).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as fault:
        raise AlreadyRunning(message("callerid is already running."), remedy=message("See: callerid status")) from fault


def _write_pid(paths: Paths) -> None:
    fresh = paths.pid_file.with_name(f"{paths.pid_file.name}.new")
    with files.to_write(fresh) as file:
        file.write(f"{os.getpid()}\n".encode())
    fresh.replace(paths.pid_file)
