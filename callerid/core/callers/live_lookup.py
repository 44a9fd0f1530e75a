"""When the CRM is asked for a caller during a ring, and which of the contacts that it returns are the caller."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from callerid.core import backoff, numbers
from callerid.core.numbers.fields import find_numbers
from callerid.models import Match

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.models import Contact

TIMEOUT = 3.0  # seconds after the ring: a later answer is too late for the card
_SEARCH_AGAIN = timedelta(hours=12)  # the number may have been added to the CRM meanwhile
_CHECK_AGAIN = timedelta(minutes=10)  # whether a known caller is in the CRM still
_CHECKS_IN, _MOST_CHECKS = timedelta(hours=1), 30  # of known callers, whoever they are
MOST_CHECKED = 100  # contacts of one caller, in one request; more share a switchboard's number
REMEMBERED_FOR = timedelta(days=7)


def is_due(last: tuple[datetime, bool] | None, now: datetime) -> bool:
    """Return whether to search the CRM for a line that the mirror does not have.

    `last` is when it was searched and whether a contact was found, None if never. A contact that was found is in the mirror: if the
    line is unknown again, the contact was taken out of it, and is searched again.
    """
    if last is None:
        return True
    at, has_matched = last
    return has_matched or backoff.is_due(at, _SEARCH_AGAIN, now)


def is_check_due(last: tuple[datetime, bool] | None, now: datetime) -> bool:
    """Return whether to read the contacts of a line that the mirror has again; `last` as for `is_due`."""
    return last is None or backoff.is_due(last[0], _CHECK_AGAIN, now)


def with_check(checks: str, now: datetime) -> str | None:
    """Return the times of the checks of known callers with one more, now; None if there were too many in the last hour.

    `checks` is what this returned before, "" at first. A time that lies in the future is of a clock that was wrong.
    """
    times = (datetime.fromtimestamp(int(text), UTC) for text in checks.split())
    recent = [at for at in times if now - _CHECKS_IN < at <= now]
    return " ".join(str(int(at.timestamp())) for at in (*recent, now)) if len(recent) < _MOST_CHECKS else None


def contacts_with_number(number: str, region: str, contacts: Sequence[Contact]) -> tuple[Contact, ...]:
    """Return the contacts that surely have a raw number: a search of the CRM returns more."""
    sure = (Match.EXACT, Match.SAME_LINE)
    return tuple(
        contact
        for contact in contacts
        if any(
            numbers.match(number, raw, region).match in sure for phone in contact.phones for raw in find_numbers(phone.raw, region)
        )
    )
