"""Which files callerid makes in a home, in whatever test: each must be one whose mode is tightened at the start."""

from __future__ import annotations

import builtins
import io
import os
import sys
from functools import cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from callerid import paths

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

P = ParamSpec("P")
R = TypeVar("R")
_ROOT = str(Path(__file__).parents[1])
_HOME = "inbox"  # what a folder has that is a home
_undeclared: set[str] = set()


def watch() -> None:
    """Watch from now on, until this process ends. What makes files is replaced, since an audit hook is no choice: Python lets no two
    threads be traced that begin at once while such a hook runs, and coverage traces each."""
    builtins.open = io.open = _watched(io.open, 0, lambda words, named: str(named.get("mode", (*words, "r", "r")[1]))[:1] in "wax")  # type: ignore[assignment]
    os.open = _watched(os.open, 0, lambda words, named: bool(named.get("flags", (*words, 0)[1]) & os.O_CREAT))
    os.mkdir = _watched(os.mkdir, 0)
    os.rename = _watched(os.rename, 1)
    os.replace = _watched(os.replace, 1)


def _watched(
    make: Callable[P, R], place: int, is_made: Callable[[tuple[Any, ...], dict[str, Any]], bool] = lambda *_: True
) -> Callable[P, R]:
    """Return what makes a file, and takes note of it; its path is the argument at a place."""

    @wraps(make)
    def made(*words: P.args, **named: P.kwargs) -> R:
        if len(words) > place and is_made(words, named):
            _note(words[place])
        return make(*words, **named)

    return made


def undeclared() -> set[str]:
    """Return the names of files that were made since this was last asked, and that `paths` does not know."""
    found = set(_undeclared)
    _undeclared.clear()
    return found


def _note(made: object) -> None:
    if not isinstance(made, str | bytes | os.PathLike):
        return  # a descriptor
    folder, name = os.path.split(os.fsdecode(made))  # not by pathlib: this is done for each file of seven thousand tests
    if os.path.exists(os.path.join(folder, _HOME)) and not name.startswith(_names_in(folder)) and _is_by_callerid(sys._getframe(2)):  # noqa: PTH110, PTH118
        _undeclared.add(os.path.join(folder, name))  # noqa: PTH118


@cache
def _names_in(home: str) -> tuple[str, ...]:
    installation = paths.installation_paths({"CALLERID_HOME": str(Path(home).absolute())})
    return (installation.inbox.name, *paths.places_of_files(installation)[installation.ledger.parent])


def _is_by_callerid(frame: FrameType | None) -> bool:
    """Return whether callerid itself makes a file, and not a test or the simulator, by the innermost code of this repository."""
    while frame and not frame.f_code.co_filename.startswith(_ROOT):
        frame = frame.f_back
    source = frame.f_code.co_filename if frame else ""
    return source.startswith(f"{_ROOT}/callerid/") and "/simulator/" not in source
