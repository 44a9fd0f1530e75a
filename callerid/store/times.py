"""Times as the databases keep them: the ledger in whole epoch seconds, the mirror in milliseconds, as the CRM gives them."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(moment: datetime | None) -> int | None:
    """Return the epoch seconds of an aware time, None for None."""
    return None if moment is None else int(moment.timestamp())


def moment(stamped: int | None) -> datetime | None:
    """Return the time in UTC at those epoch seconds, None for None."""
    return None if stamped is None else datetime.fromtimestamp(stamped, UTC)


def milliseconds(at: datetime | None) -> int | None:
    """Return the epoch milliseconds of an aware time, None for None."""
    return None if at is None else round(at.timestamp() * 1000)


def of_milliseconds(stamped: int) -> datetime:
    """Return the time (UTC) at those epoch milliseconds."""
    return datetime.fromtimestamp(stamped / 1000, UTC)
