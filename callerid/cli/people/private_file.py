"""What a command writes where the person says, a file or stdout: it has names and numbers."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callerid.errors import UsageFault
from callerid.messages import message, os_reason

if TYPE_CHECKING:
    from typing import Literal

STDOUT = "-"  # "./-" is a file
OUTPUT_FILE = click.Path(dir_okay=False, allow_dash=True)


def write_private(name: str, text: str, encoding: Literal["utf-8", "utf-8-sig"] = "utf-8") -> bool:
    """Write a text into the file of this name, or to stdout for STDOUT, there always in UTF-8 without a mark. Line breaks stay as
    they are. Return whether there is a file now. Raise UsageFault when it cannot be written."""
    return write_private_bytes(name, text.encode("utf-8" if name == STDOUT else encoding, "replace"))


def write_private_bytes(name: str, content: bytes) -> bool:
    """Write bytes as write_private does a text."""
    if name == STDOUT:
        click.echo(content, nl=False)
        return False
    _write_file(Path(name), content)
    return True


def refuse_terminal(remedy: str) -> None:
    """Raise UsageFault, with a remedy, where stdout is a terminal: what is no text has orders for it."""
    if sys.stdout.isatty():
        raise UsageFault(message("An archive cannot be shown on a terminal."), remedy=remedy)


def _write_file(file: Path, content: bytes) -> None:
    """Write a file that its owner alone may read, whoever could read the one that it replaces: all of it, or nothing. A link, a
    pipe or a device, such as /dev/stdout, is written into and stays what it is."""
    fresh: Path | None = None
    try:
        if file.is_symlink() or (file.exists() and not file.is_file()):
            _write_into(file, content)
            return
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)  # of mode 0600
        fresh = Path(name)
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
        fresh.replace(file)
    except OSError as fault:
        if fresh:
            fresh.unlink(missing_ok=True)
        raise UsageFault(
            message("{file} cannot be written: {reason}.", file=file, reason=os_reason(fault)), remedy=message("Name another file.")
        ) from fault


def _write_into(file: Path, content: bytes) -> None:
    """Write into what there is; a file to which a link leads is for its owner only then. Raise OSError, also for a pipe that nobody
    reads."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        os.set_blocking(descriptor, True)  # a slow reader of a pipe is waited for
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.fchmod(descriptor, 0o600)
        out.write(content)
