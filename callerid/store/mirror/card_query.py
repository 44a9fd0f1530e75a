"""Read everything that a card shows of a contact by one statement, from a number's key or a contact's id.

A ring waits for this, so it reads as few B-trees as possible, and creates no object that a card does not show.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from callerid.core.callers.candidate import Candidate, OpenDeal
from callerid.models import ContactPhone, Kind, Match, NumberMatch, Owner
from callerid.records import dataclass
from callerid.store.mirror.activities import of_contact
from callerid.store.times import of_milliseconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

_MOST_PHONES = 50  # of one key: a junk number that thousands of contacts share must not delay a ring
_NO_MATCH = NumberMatch(match=Match.NONE, why="")
_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # faster than `loads`, for a whole text that we wrote

# One statement reads as of one moment. The company's name and the open deals are in the contact's own row (`CardColumns`).
_CONTACT = (
    "c.id, c.phones, c.first_name, c.last_name, c.email, coalesce(nullif(c.company, ''), c.company_text), c.company_id,"
    f" c.last_contacted, c.deals, {of_contact.COLUMN}"
)
_OWNER = "o.id, o.email, o.first_name, o.last_name, o.user_id, o.archived"
_AROUND = "LEFT JOIN owners AS o ON o.id = c.owner_id"
_BY_KEY = (
    f"SELECT k.place, k.proof, {_CONTACT}, EXISTS (SELECT 1 FROM phonebook WHERE key = k.key), {_OWNER}"
    f" FROM contact_keys AS k JOIN contacts AS c ON c.id = k.record_id {_AROUND}"
    f" WHERE k.key = ? LIMIT {_MOST_PHONES}"
)
_BY_ID = f"SELECT NULL, 0, {_CONTACT}, 0, {_OWNER} FROM contacts AS c {_AROUND} WHERE c.id = ?"

Row = tuple[Any, ...]
_IS_SAVED = 12  # its place in a row


@dataclass(frozen=True, slots=True, kw_only=True)
class ByNumber:
    """What the mirror knows by a number."""

    candidates: tuple[Candidate, ...]  # best match first
    line: str = ""  # of the number, where the index proves it
    is_saved: bool = True  # whether the phone contacts may have a name for it; False where they surely have none


def by_key(cursor: sqlite3.Cursor, key: str) -> list[Row]:
    """Return the index entries of a key, each with a contact and the place of one of its numbers."""
    return cursor.execute(_BY_KEY, (key,)).fetchall()


def by_keys(cursor: sqlite3.Cursor, keys: Sequence[str]) -> list[Row]:
    """Return the index entries of several keys, those of the first key first, by one statement."""
    return cursor.execute(" UNION ALL ".join([f"SELECT * FROM ({_BY_KEY})"] * len(keys)), keys).fetchall() if keys else []


def by_id(cursor: sqlite3.Cursor, contact_id: int, why: NumberMatch = _NO_MATCH) -> Candidate | None:
    """Return a contact by its id, None if there is none. `why` is the match that it is shown with."""
    row = cursor.execute(_BY_ID, (contact_id,)).fetchone()
    return candidate(row, why) if row else None


def is_saved(row: Row) -> bool:
    """Return whether the phone contacts have a name for the key of an index entry."""
    return bool(row[_IS_SAVED])


def phone(row: Row) -> ContactPhone:
    """Return the number of an index entry."""
    name, raw = _scan(row[3], 0)[0][row[0]]
    return ContactPhone(property=name, raw=raw)


def candidate(row: Row, match: NumberMatch) -> Candidate:
    """Return the contact of an index entry, with how its number matched."""
    (
        place,
        _,
        contact_id,
        _,
        first_name,
        last_name,
        email,
        company,
        company_id,
        last_contacted,
        deals,
        noted,
        _,
        owner_id,
        *known,
    ) = row
    return Candidate(
        id=str(contact_id),
        first_name=first_name,
        last_name=last_name,
        email=email,
        company=company,
        company_id=None if company_id is None else str(company_id),
        owner=None if owner_id is None else owner(owner_id, *known),
        last_contacted=None if last_contacted is None else of_milliseconds(last_contacted),
        phone=None if place is None else phone(row),
        match=match,
        deals=() if deals is None else _open_deals(deals),
        activities=() if noted is None else of_contact.activities(noted),
    )


@lru_cache(maxsize=256)
def owner(owner_id: int, email: str, first_name: str, last_name: str, user_id: str | None, archived: int) -> Owner:
    """Return the owner of a row."""
    return Owner(
        id=str(owner_id), email=email, first_name=first_name, last_name=last_name, user_id=user_id, archived=bool(archived)
    )


_CLOSED = (
    "SELECT d.id, d.name, d.amount, coalesce(nullif(d.currency, ''), (SELECT currency FROM account), ''), coalesce(s.label, ''),"
    " coalesce(s.pipeline_label, ''), d.closes FROM linked_deals AS l JOIN deals AS d ON d.id = l.deal_id"
    " LEFT JOIN stages AS s ON s.pipeline_id = d.pipeline_id AND s.stage_id = d.stage_id"
    " WHERE l.record_id = ? AND l.kind = 'contacts' AND coalesce(d.is_closed, s.is_closed, 0)"
    " ORDER BY d.closes DESC, d.id DESC LIMIT 5"
)


def closed_deals(cursor: sqlite3.Cursor, contact_id: int) -> tuple[OpenDeal, ...]:
    """Return the newest closed deals of a contact. No ring waits for this."""
    return tuple(_open_deal(*row) for row in cursor.execute(_CLOSED, (contact_id,)))


def _open_deals(column: str) -> tuple[OpenDeal, ...]:
    """Return the open deals in the column of a contact: the one that closes first is first, those without a date are last."""
    deals = [_open_deal(*deal) for deal in _scan(column, 0)[0]]
    return tuple(deals) if len(deals) < 2 else tuple(sorted(deals, key=_urgency))  # noqa: PLR2004


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


# ------------------------------------------------------------------------------------------------ what the row repeats

_COMPANY = "(SELECT name FROM {p}companies WHERE id = {p}contacts.company_id)"
# open deals only, in the form that `_open_deals` reads
_DEALS = (
    "(SELECT json_group_array(json_array(d.id, d.name, d.amount,"
    " coalesce(nullif(d.currency, ''), (SELECT currency FROM {p}account), ''),"
    " coalesce(s.label, ''), coalesce(s.pipeline_label, ''), d.closes))"
    " FROM {p}linked_deals AS l JOIN {p}deals AS d ON d.id = l.deal_id"
    " LEFT JOIN {p}stages AS s ON s.pipeline_id = d.pipeline_id AND s.stage_id = d.stage_id"
    " WHERE l.record_id = {p}contacts.id AND l.kind = 'contacts' AND NOT coalesce(d.is_closed, s.is_closed, 0))"
)
_WRITE_COLUMNS = "UPDATE {p}contacts SET company = " + _COMPANY + ", deals = nullif(" + _DEALS + ", '[]') WHERE id = ?"


class CardColumns:
    """The columns of a contact's row that repeat its company and its open deals, so that a ring reads one row instead of five.

    Whatever changes a contact, company, deal or association marks the contacts that are affected, and then has their columns
    written once, in the same transaction. The tables are those under a prefix.
    """

    def __init__(self, connection: sqlite3.Connection, prefix: str) -> None:
        self._db, self._prefix = connection, prefix
        self._marked: set[int] = set()

    def mark(self, contacts: Iterable[int]) -> None:
        """Mark contacts whose company or deals may have changed."""
        self._marked.update(contacts)

    def mark_linked(self, contacts: Iterable[int]) -> None:
        """Mark those of some new contacts that deals are associated with already."""
        self._mark("SELECT record_id FROM {p}linked_deals WHERE kind = 'contacts' AND record_id IN", contacts)

    def mark_people_of(self, companies: Iterable[int]) -> None:
        """Mark the contacts of companies that were renamed or removed."""
        self._mark("SELECT record_id FROM {p}company_people WHERE company_id IN", companies)

    def mark_people_in(self, deals: Iterable[int]) -> None:
        """Mark the contacts of deals that change, or whose associations do."""
        self._mark("SELECT record_id FROM {p}deal_links WHERE kind = 'contacts' AND deal_id IN", deals)

    def mark_all_with_deals(self) -> None:
        """Mark all contacts with deals, because stages or the account's currency changed."""
        rows = self._db.execute(f"SELECT DISTINCT record_id FROM {self._prefix}linked_deals WHERE kind = ?", (Kind.CONTACTS,))
        self._marked.update(row[0] for row in rows)

    def _mark(self, select: str, ids: Iterable[int]) -> None:
        select_of_ids = f"{select.format(p=self._prefix)} (SELECT value FROM json_each(?))"
        self._marked.update(row[0] for row in self._db.execute(select_of_ids, (json.dumps(list(ids)),)))

    def write(self) -> None:
        """Write the columns of all marked contacts."""
        marked, self._marked = sorted(self._marked), set()
        self._db.executemany(_WRITE_COLUMNS.format(p=self._prefix), ((contact,) for contact in marked))
