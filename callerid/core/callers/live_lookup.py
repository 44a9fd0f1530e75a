"""May the CRM be asked for an unknown caller, and is what it answers the caller?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core import backoff, numbers
from callerid.core.numbers.field_numbers import find_numbers
from callerid.models import Match

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from callerid.models import Contact

TIMEOUT = 3.0  # seconds from the ring; then it rings for nobody any more
_NOBODY_LASTS = timedelta(hours=12)  # the CRM may get to know somebody
REMEMBERED_FOR = timedelta(days=7)  # an answer that is forgotten


def is_due(asked: tuple[datetime, bool] | None, now: datetime) -> bool:
    """Given when the CRM was last asked for a line that the mirror does not know, and whether it knew somebody, is it to be asked
    again? Whoever was found is in the mirror; unknown again, they were taken out, and may be asked for. A clock that was set back
    makes an answer old."""
    if asked is None:
        return True
    at, found = asked
    return found or backoff.is_due(at, _NOBODY_LASTS, now)


def contacts_with_number(number: str, region: str, found: Sequence[Contact]) -> tuple[Contact, ...]:
    """Given a raw number and contacts that a search found, return those who surely have it: a search finds too many."""
    sure = (Match.EXACT, Match.SAME_LINE)
    return tuple(
        contact
        for contact in found
        if any(
            numbers.match(number, raw, region).match in sure for phone in contact.phones for raw in find_numbers(phone.raw, region)
        )
    )
