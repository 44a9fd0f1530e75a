"""How a sync reports its progress."""

from __future__ import annotations

from typing import Protocol


class ProgressListener(Protocol):
    """Whatever shows the progress of a sync."""

    def begins(self, what: str, total: int | None) -> None:
        """A part begins: full, delta or sweep, of so many records (None: unknown)."""

    def moved(self, records: int) -> None:
        """So many more records came."""


class NoProgress:
    """A listener that shows nothing."""

    def begins(self, what: str, total: int | None) -> None:
        """A part begins."""

    def moved(self, records: int) -> None:
        """Records came."""
