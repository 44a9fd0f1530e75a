"""A scope that the token lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingScope:
    """A scope that the token lacks, and when the records that the mirror still has by it were last true (UTC; None: there are
    none)."""

    scope: str
    as_of: datetime | None
