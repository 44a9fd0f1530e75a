"""What a contact's row repeats of its company and its open deals, so that a ring reads one row instead of five.

Whoever changes a contact, company, deal or link says here which contacts that touches; `settle` then writes their rows once, in the
same transaction.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from callerid.models import Kind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

_COMPANY = "(SELECT name FROM {p}companies WHERE id = {p}contacts.company_id)"
# what is closed by itself or by its stage is left out; the rest is as `mirror_cards` reads it
_DEALS = (
    "(SELECT json_group_array(json_array(d.id, d.name, d.amount,"
    " coalesce(nullif(d.currency, ''), (SELECT currency FROM {p}account), ''),"
    " coalesce(s.label, ''), coalesce(s.pipeline_label, ''), d.closes))"
    " FROM {p}linked_deals AS l JOIN {p}deals AS d ON d.id = l.deal_id"
    " LEFT JOIN {p}stages AS s ON s.pipeline_id = d.pipeline_id AND s.stage_id = d.stage_id"
    " WHERE l.record_id = {p}contacts.id AND l.kind = 'contacts' AND NOT coalesce(d.is_closed, s.is_closed, 0))"
)
_SETTLE = "UPDATE {p}contacts SET company = " + _COMPANY + ", deals = nullif(" + _DEALS + ", '[]') WHERE id = ?"


class Context:
    """Which contacts' rows have to be written again, of the tables under a prefix; within the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection, prefix: str) -> None:
        self._db, self._prefix = connection, prefix
        self._touched: set[int] = set()

    def touch(self, contacts: Iterable[int]) -> None:
        """Note that contacts have a company or deals, which may be other ones than before."""
        self._touched.update(contacts)

    def touch_linked(self, contacts: Iterable[int]) -> None:
        """Note of contacts that are new those that deals are associated with already."""
        self._touch("SELECT record_id FROM {p}linked_deals WHERE kind = 'contacts' AND record_id IN", contacts)

    def touch_people_of(self, companies: Iterable[int]) -> None:
        """Note that companies have another name, or are gone."""
        self._touch("SELECT record_id FROM {p}company_people WHERE company_id IN", companies)

    def touch_people_in(self, deals: Iterable[int]) -> None:
        """Note that deals, or what they are associated with, change."""
        self._touch("SELECT record_id FROM {p}deal_links WHERE kind = 'contacts' AND deal_id IN", deals)

    def touch_all_with_deals(self) -> None:
        """Note that stages or the account's currency are other ones."""
        rows = self._db.execute(f"SELECT DISTINCT record_id FROM {self._prefix}linked_deals WHERE kind = ?", (Kind.CONTACTS,))
        self._touched.update(row[0] for row in rows)

    def _touch(self, select: str, ids: Iterable[int]) -> None:
        found = f"{select.format(p=self._prefix)} (SELECT value FROM json_each(?))"
        self._touched.update(row[0] for row in self._db.execute(found, (json.dumps(list(ids)),)))

    def settle(self) -> None:
        """Write the rows of all contacts that were touched."""
        touched, self._touched = sorted(self._touched), set()
        self._db.executemany(_SETTLE.format(p=self._prefix), ((contact,) for contact in touched))
