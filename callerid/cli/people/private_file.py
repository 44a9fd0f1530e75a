"""Files that a command writes where the person says: they have names and numbers."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.errors import UsageFault
from callerid.messages import message, os_reason

if TYPE_CHECKING:
    from typing import Literal


def write_private(file: Path, text: str, encoding: Literal["utf-8", "utf-8-sig"] = "utf-8") -> None:
    """Write a file that its owner alone may read, whoever could read the one that it replaces: all of it, or nothing. Line breaks
    stay as they are. Raise UsageFault when it cannot be written."""
    fresh: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)  # of mode 0600
        fresh = Path(name)
        with os.fdopen(descriptor, "w", encoding=encoding, newline="", errors="replace") as out:
            out.write(text)
        fresh.replace(file)
    except OSError as fault:
        if fresh:
            fresh.unlink(missing_ok=True)
        raise UsageFault(
            message("{file} cannot be written: {reason}.", file=file, reason=os_reason(fault)), remedy=message("Name another file.")
        ) from fault
