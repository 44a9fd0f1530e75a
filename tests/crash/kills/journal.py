"""What happened in a run, in its order, so that a run that went wrong can be understood afterwards."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Journal:
    """A file of JSON lines, each with the seconds since the run began. Any thread may write."""

    def __init__(self, file: Path) -> None:
        self._file, self._lock, self._began = file, threading.Lock(), time.monotonic()

    def write(self, what: str, **details: object) -> None:
        """Add a line."""
        line = json.dumps({"at": round(time.monotonic() - self._began, 3), "what": what} | details, ensure_ascii=False)
        with self._lock, self._file.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
