"""Ends the commands that a callerid left running when it was killed: each can hang for ever (termux-api.c), and Android ends
programs where there are too many.

A command knows by its environment which process has started it: its number alone may be another's after a while, so the time of its
start is there too. Nothing else has that variable, and a process that runs is never taken for one that was killed.
"""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.logs import log
from callerid.messages import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

STARTED_BY = "STARTED_BY_CALLERID"  # a name of which callerid would not say that it does not know it
_STARTED_AT = 19  # the place among what follows the name in /proc/PID/stat (proc_pid_stat(5), field 22)


def started_by_us(home: Path) -> str:
    """Return the variable's value for what this process starts. `home` is a file of the installation."""
    return f"{os.getpid()} {_started_at(os.getpid())} {home}"


def end_orphans(home: Path) -> int:
    """Kill what processes of this installation have started that run no longer, and return how much that was."""
    kept = {os.getpid(), os.getppid()}  # a hook may have started what started this
    orphans = [process for process, starter in _started(home) if process not in kept and not _runs(*starter)]
    for process in orphans:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process, signal.SIGKILL)
    if orphans:
        ended = counted(len(orphans), "{count} command ended", "{count} commands ended")
        log.info("%s, left running by a callerid that was killed", ended)
    return len(orphans)


def _started(home: Path) -> Iterator[tuple[int, tuple[str, str]]]:
    """Return the processes that were started by this installation, each with the number of its starter and when that began."""
    begin = f"{STARTED_BY}=".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            found = next((line for line in (folder / "environ").read_bytes().split(b"\0") if line.startswith(begin)), b"")
            process, _, rest = os.fsdecode(found[len(begin) :]).partition(" ")
            started_at, _, place = rest.partition(" ")
            if place == str(home):
                yield int(folder.name), (process, started_at)


def _runs(process: str, started_at: str) -> bool:
    return not process.isdecimal() or _started_at(int(process)) == started_at


def _started_at(process: int) -> str:
    """Return when a process was started, in clock ticks since the start of the phone; "" when it runs no longer."""
    with contextlib.suppress(OSError, IndexError):
        state, *more = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
        return "" if state in (b"Z", b"X") else more[_STARTED_AT - 1].decode()
    return ""
