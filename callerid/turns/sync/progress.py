"""How a sync reports its progress."""

from __future__ import annotations

from typing import Protocol


class ProgressListener(Protocol):
    """Whatever shows the progress of a sync."""

    def begins(self, part: str, total: int | None) -> None:
        """Show that a part begins: full, delta or sweep, of so many records (None: unknown)."""

    def moved(self, records: int) -> None:
        """Show that so many more records came."""


class NoProgress:
    """A listener that shows nothing."""

    def begins(self, part: str, total: int | None) -> None:
        """Show nothing."""

    def moved(self, records: int) -> None:
        """Show nothing."""
