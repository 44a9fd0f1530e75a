"""What a process holds: files, descriptors, threads, memory."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_JOURNALS = ("-wal", "-shm")  # of SQLite, which come and go
_ARENA_MAX = -8  # M_ARENA_MAX (Source: glibc's malloc.h)
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What this process holds, and what is in callerid's folder."""

    files: int
    folder: int  # bytes
    descriptors: int
    threads: int
    memory: int  # bytes that are resident
    objects: int  # blocks of Python's allocator that are in use
    allocated: int  # bytes of the C library's that are in use, where it tells (glibc); 0 elsewhere

    @property
    def shown(self) -> Mapping[str, str]:
        """The figures as they are printed, by their names."""
        return {
            "files": str(self.files),
            "descriptors": str(self.descriptors),
            "threads": str(self.threads),
            "memory": f"{self.memory / 1e6:.1f} MB",
            "objects": str(self.objects),
            "allocated": f"{self.allocated / 1e6:.1f} MB",
            "folder": f"{self.folder / 1e6:.2f} MB",
        }


class _Mallinfo(ctypes.Structure):
    """What glibc tells of its allocator (Source: mallinfo2 in malloc.h, since 2.33)."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")
    )


def use_one_arena() -> None:
    """Let the C library allocate for all threads in one arena from now on, where it can (glibc): it has one for each of the portal's
    threads too, and what is free in those is given back to nobody."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(_ARENA_MAX, 1)


def _give_back_memory() -> None:
    """Let the C library give back what it keeps of memory that is free, where it can (glibc): how much is chance."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)


def _allocated() -> int:
    mallinfo = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if not mallinfo:
        return 0
    mallinfo.restype = _Mallinfo
    told = mallinfo()
    return int(told.uordblks + told.hblkhd)


def footprint(folder: Path) -> Footprint:
    """Measure this process and a folder."""
    gc.collect()
    _give_back_memory()
    files = [path for path in folder.rglob("*") if path.is_file()]
    return Footprint(
        files=sum(not path.name.endswith(_JOURNALS) for path in files),
        folder=sum(path.stat().st_size for path in files),
        descriptors=sum(1 for _ in Path("/proc/self/fd").iterdir()),
        threads=threading.active_count(),
        memory=int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE,
        objects=sys.getallocatedblocks(),
        allocated=_allocated(),
    )
