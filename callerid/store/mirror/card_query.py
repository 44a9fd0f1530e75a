"""From a key of a number, or a contact's id, to everything that a card shows: one statement, and little to build from its rows.

A ring waits for this, so it walks as few trees as can be, and makes no object that a card does not show.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from callerid.core.callers.candidate import Candidate, OpenDeal
from callerid.models import ContactPhone, Match, NumberMatch, Owner

if TYPE_CHECKING:
    import sqlite3

_MOST_PHONES = 50  # of one key: a junk number that thousands of contacts share must not hold up a ring
_UNASKED = NumberMatch(match=Match.NONE, why="")
_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # of a whole text that we wrote ourselves

# One statement from a key to everything on the card: it is of one moment by itself. Company and deals are in the contact's own row
# (mirror_context).
_COLUMNS = (
    "c.id, c.phones, c.first_name, c.last_name, c.email, coalesce(nullif(c.company, ''), c.company_text), c.company_id,"
    " c.last_contacted, c.deals, o.id, o.email, o.first_name, o.last_name, o.user_id, o.archived"
)
_AROUND = "LEFT JOIN owners AS o ON o.id = c.owner_id"
_BY_KEY = (
    f"SELECT k.place, k.proof, {_COLUMNS} FROM contact_keys AS k JOIN contacts AS c ON c.id = k.record_id {_AROUND}"
    f" WHERE k.key = ? LIMIT {_MOST_PHONES}"
)
_BY_ID = f"SELECT NULL, 0, {_COLUMNS} FROM contacts AS c {_AROUND} WHERE c.id = ?"

Row = tuple[Any, ...]


def plain_cursor(connection: sqlite3.Connection) -> sqlite3.Cursor:
    """Return a cursor whose rows are bare tuples, which is what the functions of this module read."""
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor


def by_key(cursor: sqlite3.Cursor, key: str) -> list[Row]:
    """Return the entries of a key: a contact and one of its numbers in each."""
    return cursor.execute(_BY_KEY, (key,)).fetchall()


def by_id(cursor: sqlite3.Cursor, contact_id: int, why: NumberMatch = _UNASKED) -> Candidate | None:
    """Given a contact's id, and why it is asked for when by no number, return who it is; None when there is no such contact."""
    row = cursor.execute(_BY_ID, (contact_id,)).fetchone()
    return candidate(row, why) if row else None


def phone(row: Row) -> ContactPhone:
    """Given an entry, return the number that it is of."""
    name, raw = _scan(row[3], 0)[0][row[0]]
    return ContactPhone(property=name, raw=raw)


def candidate(row: Row, match: NumberMatch) -> Candidate:
    """Given an entry and how its number matched, return who it is."""
    place, _, contact_id, _, first_name, last_name, email, company, company_id, last_contacted, deals, owner_id, *known = row
    return Candidate(
        id=str(contact_id),
        first_name=first_name,
        last_name=last_name,
        email=email,
        company=company,
        company_id=None if company_id is None else str(company_id),
        owner=None if owner_id is None else owner(owner_id, *known),
        last_contacted=None if last_contacted is None else moment(last_contacted),
        phone=None if place is None else phone(row),
        match=match,
        deals=() if deals is None else _open_deals(deals),
    )


@lru_cache(maxsize=256)
def owner(owner_id: int, email: str, first_name: str, last_name: str, user_id: str | None, archived: int) -> Owner:
    """Given a row of an owner, return the owner."""
    return Owner(
        id=str(owner_id), email=email, first_name=first_name, last_name=last_name, user_id=user_id, archived=bool(archived)
    )


def moment(stamped: int) -> datetime:
    """Given epoch milliseconds, return the time."""
    return datetime.fromtimestamp(stamped / 1000, UTC)


_CLOSED = (
    "SELECT d.id, d.name, d.amount, coalesce(nullif(d.currency, ''), (SELECT currency FROM account), ''), coalesce(s.label, ''),"
    " coalesce(s.pipeline_label, ''), d.closes FROM linked_deals AS l JOIN deals AS d ON d.id = l.deal_id"
    " LEFT JOIN stages AS s ON s.pipeline_id = d.pipeline_id AND s.stage_id = d.stage_id"
    " WHERE l.record_id = ? AND l.kind = 'contacts' AND coalesce(d.is_closed, s.is_closed, 0)"
    " ORDER BY d.closes DESC, d.id DESC LIMIT 5"
)


def closed_deals(cursor: sqlite3.Cursor, contact_id: int) -> tuple[OpenDeal, ...]:
    """Given a contact's id, return its newest closed deals. No ring waits for this."""
    return tuple(_open_deal(*row) for row in cursor.execute(_CLOSED, (contact_id,)))


def _open_deals(said: str) -> tuple[OpenDeal, ...]:
    """Given a contact's open deals as its row has them, return them: the one that closes first comes first, without a date last."""
    found = [_open_deal(*deal) for deal in _scan(said, 0)[0]]
    return tuple(found) if len(found) < 2 else tuple(sorted(found, key=_urgency))  # noqa: PLR2004


def _open_deal(
    deal_id: int, name: str, amount: str | None, currency: str, label: str, pipeline_label: str, closes: str | None
) -> OpenDeal:
    return OpenDeal(
        id=str(deal_id),
        name=name,
        amount=None if amount is None else Decimal(amount),
        currency=currency,
        stage_label=label,
        pipeline_label=pipeline_label,
        closes=None if closes is None else date.fromisoformat(closes),
    )


def _urgency(deal: OpenDeal) -> tuple[bool, date, Decimal, int]:
    return deal.closes is None, deal.closes or date.min, -(deal.amount or Decimal(0)), int(deal.id)
