"""Whose numbers are looked up first, before everything is read: those who called, or were called, last.

The phone does not tell who is starred: `termux-contact-list` prints names and numbers only (Termux:API, ContactListAPI.java).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callerid.models import CallRow

MOST_LINES = 75  # three searches


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A number as a CRM may have it: national digits, and E.164."""

    national: str
    e164: str


def recent_lines(rows: Iterable[CallRow], region: str) -> tuple[Line, ...]:
    """Return the lines in the rows of a call log, which are oldest first, each once: the newest first, and not too many."""
    raw = dict.fromkeys(row.number for row in reversed(list(rows)))
    pairs = ((numbers.national(number, region), numbers.e164(number, region)) for number in raw if not numbers.is_hidden(number))
    lines = dict.fromkeys(Line(national=national, e164=e164) for national, e164 in pairs if national and e164)
    return tuple(lines)[:MOST_LINES]
