"""Several things to do, none of which may keep the others from being tried: what fails is told when all is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from callerid.errors import StoreFault
from callerid.store.faults import store_errors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")


class Attempts:
    """What is done, each thing with a file. `faults` has what failed of it, in that order."""

    def __init__(self) -> None:
        self.faults: list[StoreFault] = []

    def make(self, path: Path, do: Callable[[], T], otherwise: T) -> T:
        """Do something with a file, and return what that returned; `otherwise` where it raised StoreFault or OSError, which is
        kept."""
        try:
            with store_errors(path):
                return do()
        except StoreFault as fault:
            self.faults.append(fault)
            return otherwise
