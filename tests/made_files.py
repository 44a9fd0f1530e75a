"""Which files callerid makes in a home, in whatever test: each must be one whose mode is tightened at the start."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callerid import paths

if TYPE_CHECKING:
    from types import FrameType

_ROOT = str(Path(__file__).parents[1])
_HOME = "inbox"  # what a folder has that is a home
_undeclared: set[str] = set()


def watch() -> None:
    """Watch from now on, until this process ends."""
    sys.addaudithook(_hear)


def undeclared() -> set[str]:
    """Return the names of files that were made since this was last asked, and that `paths` does not know."""
    found = set(_undeclared)
    _undeclared.clear()
    return found


def _hear(event: str, words: tuple[Any, ...]) -> None:
    """Take note of a file that is made; Python calls this for each event of its audit (PEP 578)."""
    if event == "open" and isinstance(words[2], int) and words[2] & os.O_CREAT:
        _note(words[0])
    elif event in ("os.mkdir", "os.rename"):
        _note(words[event == "os.rename"])


def _note(made: object) -> None:
    if not isinstance(made, str | bytes | os.PathLike):
        return  # a descriptor
    path = Path(os.fsdecode(made))
    if (path.parent / _HOME).exists() and not path.name.startswith(_names_in(path.parent)) and _is_by_callerid(sys._getframe(2)):
        _undeclared.add(str(path))


@cache
def _names_in(home: Path) -> tuple[str, ...]:
    installation = paths.installation_paths({"CALLERID_HOME": str(home.absolute())})
    return (installation.inbox.name, *paths.places_of_files(installation)[installation.ledger.parent])


def _is_by_callerid(frame: FrameType | None) -> bool:
    """Return whether callerid itself makes a file, and not a test or the simulator, by the innermost code of this repository."""
    while frame and not frame.f_code.co_filename.startswith(_ROOT):
        frame = frame.f_back
    source = frame.f_code.co_filename if frame else ""
    return source.startswith(f"{_ROOT}/callerid/") and "/simulator/" not in source
