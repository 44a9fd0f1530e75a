"""Write a report about a bug: one archive, readable by its owner alone, in a folder that the person can reach."""

from __future__ import annotations

import io
import os
import zipfile
from typing import TYPE_CHECKING

from callerid.errors import StoreFault
from callerid.messages import message, os_reason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from callerid.phone.command_runner import CommandRunner

_MOST_ALIKE = 100


def reachable_folder(runner: CommandRunner, home: Path) -> Path:
    """Return the phone's downloads if Termux may write there (termux-setup-storage makes the link), else the home of Termux."""
    downloads = home / "storage" / "downloads"
    return downloads if runner.variable("TERMUX_VERSION") and os.access(downloads, os.W_OK | os.X_OK) else home


def packed_archive(parts: Mapping[str, str], now: datetime) -> bytes:
    """Return an archive of the parts, by the names of their files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, now.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, text)
    return packed.getvalue()


def write_archive(folder: Path, content: bytes, now: datetime) -> Path:
    """Write a new archive into a folder, and return its path. Raise StoreFault."""
    stem = f"callerid-report-{now:%Y-%m-%d-%H%M}"
    try:
        for number in range(_MOST_ALIKE):
            path = folder / (f"{stem}-{number}.zip" if number else f"{stem}.zip")
            if not path.exists():
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                return path
    except OSError as fault:
        raise StoreFault(
            message("The report cannot be written into {folder}: {reason}.", folder=folder, reason=os_reason(fault)),
            remedy=message("Name another: callerid report-bug --to FOLDER"),
        ) from fault
    raise StoreFault(
        message("{folder} has {most_alike} reports of this minute.", folder=folder, most_alike=_MOST_ALIKE),
        remedy=message("Delete some of them."),
    )
