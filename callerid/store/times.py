"""Times as the ledger keeps them: whole epoch seconds."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(moment: datetime | None) -> int | None:
    """Return the epoch seconds of an aware time, None for None."""
    return None if moment is None else int(moment.timestamp())


def moment(stamped: int | None) -> datetime | None:
    """Return the time in UTC at those epoch seconds, None for None."""
    return None if stamped is None else datetime.fromtimestamp(stamped, UTC)
