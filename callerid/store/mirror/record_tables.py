"""Records into the mirror's tables and out of them: the one place that knows both, for the tables that serve and for new ones."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from callerid.core import numbers
from callerid.core.numbers.field_numbers import find_numbers
from callerid.models import Kind
from callerid.store.mirror import changed_contacts, record_rows
from callerid.store.mirror.context import Context

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from callerid.models import Company, Contact, ContactPhone, Deal, Page, PortalInfo

_KEYED = {Kind.CONTACTS: "contact_keys", Kind.COMPANIES: "company_keys"}


class Records:
    """The tables under a prefix. Every method works within the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection, region: str, prefix: str = "") -> None:
        self._db, self._region, self._prefix = connection, region, prefix
        self._context = Context(connection, prefix)
        self.tally: Counter[str] = Counter()  # how many more records of each kind, and numbers of contacts, there are now

    def put_portal_info(self, portal_info: PortalInfo) -> None:
        """Let a portal's account, owners and stages replace those that are there."""
        before = self._labels()
        for name, rows in record_rows.portal_info_tables(portal_info).items():
            self._db.execute(f"DELETE FROM {self._prefix}{name}")
            self._insert(name, rows)
        if self._labels() != before:
            self._context.touch_all_with_deals()
            self._context.settle()

    def _labels(self) -> list[tuple[Any, ...]]:
        """What an open deal shows of the portal's own settings."""
        select = f"SELECT pipeline_id, stage_id, pipeline_label, label, is_closed FROM {self._prefix}stages"
        account = f"SELECT currency, '', '', '', 0 FROM {self._prefix}account"
        return [tuple(row) for row in self._db.execute(f"{select} UNION ALL {account}")]

    def put(self, page: Page) -> None:
        """Put a page's records; one that is there is replaced. What was merged into a record leaves its links to it and goes."""
        if page.contacts:
            self._put_contacts(page.contacts)
        if page.companies:
            self._put_companies(page.companies)
        if page.deals:
            self._put_deals(page.deals)
        self._absorb(Kind.CONTACTS, page.contacts)
        self._absorb(Kind.COMPANIES, page.companies)
        self._absorb(Kind.DEALS, page.deals)
        self._context.settle()

    def _put_contacts(self, contacts: Sequence[Contact]) -> None:
        before = self._put_numbered(Kind.CONTACTS, contacts, record_rows.contact)
        self._part(before)
        self._record_changed(contacts, before)
        companies = {int(contact.id): record_rows.id_number(contact.company_id) for contact in contacts}
        self._insert("company_people", [(company, contact) for contact, company in companies.items() if company is not None])
        self._context.touch(contact for contact, company in companies.items() if company is not None)
        self._context.touch_linked(companies)

    def _record_changed(self, contacts: Sequence[Contact], before: Iterable[sqlite3.Row]) -> None:
        """Record which contacts are new or have other numbers than before; the tables of a full sync in the making serve nobody."""
        if self._prefix:
            return
        had = {row["id"]: row["phones"] for row in before}
        ids = {int(contact.id) for contact in contacts}
        rows = self._rows("SELECT id, phones FROM contacts WHERE id IN", ids)
        changed_contacts.record(self._db, (row["id"] for row in rows if had.get(row["id"]) != row["phones"]))

    def _part(self, contacts: Iterable[sqlite3.Row]) -> None:
        """Given rows of contacts that were there, let them be in their companies no longer."""
        pairs = [(row["company_id"], row["id"]) for row in contacts if row["company_id"] is not None]
        self._db.executemany(f"DELETE FROM {self._prefix}company_people WHERE company_id = ? AND record_id = ?", pairs)

    def _put_companies(self, companies: Sequence[Company]) -> None:
        names = {row["id"]: row["name"] for row in self._put_numbered(Kind.COMPANIES, companies, record_rows.company)}
        self._context.touch_people_of(int(company.id) for company in companies if names.get(int(company.id)) != company.name)

    def _put_numbered(self, kind: Kind, records: Sequence[Any], row_of: Any) -> list[sqlite3.Row]:
        """Put records that have numbers; return the rows of those that were there before."""
        rows, entries = {}, {}
        for record in records:
            pairs = self._numbers(record.phones)
            rows[int(record.id)] = row_of(record, json.dumps(pairs, ensure_ascii=True) if pairs else "")
            entries[int(record.id)] = self._entries(record.id, pairs)
            self.tally["phones"] += len(pairs) if kind is Kind.CONTACTS else 0
        before = self._forget_keys(kind, rows)
        self.tally[kind] += len(rows) - len(before)
        self._insert(kind, list(rows.values()))
        self._insert(_KEYED[kind], [entry for found in entries.values() for entry in found])
        return before

    def _numbers(self, phones: Iterable[ContactPhone]) -> list[tuple[str, str]]:
        return [(phone.property, raw) for phone in phones for raw in find_numbers(phone.raw, self._region)]

    def _entries(self, record_id: str | int, pairs: Iterable[Sequence[str]]) -> list[tuple[str, int, int, int]]:
        return [
            (key, int(record_id), place, int(proof))
            for place, (_, raw) in enumerate(pairs)
            for key, proof in numbers.index_entries(raw, self._region)
        ]

    def _insert(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            places = ", ".join("?" * len(rows[0]))
            self._db.executemany(f"INSERT OR REPLACE INTO {self._prefix}{table} VALUES ({places})", rows)

    def _forget_keys(self, kind: Kind, ids: Iterable[int]) -> list[sqlite3.Row]:
        """A number's keys follow from the number, so they are worked out again instead of being looked up. Return the rows of
        those of the records that are there."""
        found = self._rows(f"SELECT * FROM {self._prefix}{kind} WHERE id IN", ids)
        for row in found:
            pairs = json.loads(row["phones"] or "[]")
            gone = [(key, record, place) for key, record, place, _ in self._entries(row["id"], pairs)]
            table = f"{self._prefix}{_KEYED[kind]}"
            self._db.executemany(f"DELETE FROM {table} WHERE key = ? AND record_id = ? AND place = ?", gone)
            self.tally["phones"] -= len(pairs) if kind is Kind.CONTACTS else 0
        return found

    def _rows(self, select: str, ids: Iterable[int]) -> list[sqlite3.Row]:
        return self._db.execute(f"{select} (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)).fetchall()

    def _put_deals(self, deals: Sequence[Deal]) -> None:
        rows = {int(deal.id): deal for deal in deals}
        self.tally[Kind.DEALS] += len(rows) - len(self._rows(f"SELECT id FROM {self._prefix}deals WHERE id IN", rows))
        self._context.touch_people_in(rows)
        self._unlink(rows)
        self._insert(Kind.DEALS, [record_rows.deal(deal) for deal in rows.values()])
        self._link(
            (deal_id, kind, int(to)) for deal_id, deal in rows.items() for kind, ids in record_rows.links(deal) for to in ids
        )
        self._context.touch_people_in(rows)

    def _link(self, links: Iterable[tuple[int, str, int]]) -> None:
        linked = list(links)
        self._insert("deal_links", linked)
        self._insert("linked_deals", [(to, kind, deal_id) for deal_id, kind, to in linked])

    def _unlink(self, deal_ids: Iterable[int]) -> None:
        for row in self._rows(f"SELECT deal_id, kind, record_id FROM {self._prefix}deal_links WHERE deal_id IN", deal_ids):
            self._db.execute(
                f"DELETE FROM {self._prefix}linked_deals WHERE record_id = ? AND kind = ? AND deal_id = ?",
                (row["record_id"], row["kind"], row["deal_id"]),
            )
            self._db.execute(
                f"DELETE FROM {self._prefix}deal_links WHERE deal_id = ? AND kind = ? AND record_id = ?",
                (row["deal_id"], row["kind"], row["record_id"]),
            )

    def _absorb(self, kind: Kind, survivors: Sequence[Contact | Company | Deal]) -> None:
        """Let each survivor take over the deals of those that were merged into it; the portal does not date such deals anew."""
        for survivor in survivors:
            merged = [int(old) for old in survivor.merged_ids if old != survivor.id]
            gone = [row["id"] for row in self._rows(f"SELECT id FROM {self._prefix}{kind} WHERE id IN", merged)] if merged else []
            for old in gone:
                self._hand_over(kind, old, int(survivor.id))
            if gone:
                self._remove(kind, gone)

    def _hand_over(self, kind: Kind, old: int, new: int) -> None:
        if kind is Kind.DEALS:
            return
        select = f"SELECT deal_id FROM {self._prefix}linked_deals WHERE record_id = ? AND kind = ?"
        self._link([(row["deal_id"], kind.value, new) for row in self._db.execute(select, (old, kind)).fetchall()])
        if kind is Kind.CONTACTS:
            self._context.touch([new])
            return
        self._context.touch_people_of([old])
        people = f"SELECT record_id FROM {self._prefix}company_people WHERE company_id = ?"
        self._db.execute(f"UPDATE {self._prefix}contacts SET company_id = ? WHERE id IN ({people})", (new, old))
        self._db.execute(f"UPDATE OR REPLACE {self._prefix}company_people SET company_id = ? WHERE company_id = ?", (new, old))

    def remove(self, kind: Kind, ids: Iterable[int]) -> int:
        """Remove records, with their keys and links; return how many there were."""
        count = self._remove(kind, ids)
        self._context.settle()
        return count

    def _remove(self, kind: Kind, ids: Iterable[int]) -> int:
        here = [row["id"] for row in self._rows(f"SELECT id FROM {self._prefix}{kind} WHERE id IN", ids)]
        if not here:
            return 0
        if kind is Kind.DEALS:
            self._context.touch_people_in(here)
            self._unlink(here)
        else:
            rows = self._forget_keys(kind, here)
            self._unlink_record(kind, here)
            if kind is Kind.CONTACTS:
                self._part(rows)
                changed_contacts.forget(self._db, here)
            else:
                self._context.touch_people_of(here)
        self._db.executemany(f"DELETE FROM {self._prefix}{kind} WHERE id = ?", [(record_id,) for record_id in here])
        self.tally[kind] -= len(here)
        return len(here)

    def _unlink_record(self, kind: Kind, ids: Iterable[int]) -> None:
        for record_id in ids:
            select = f"SELECT deal_id FROM {self._prefix}linked_deals WHERE record_id = ? AND kind = ?"
            for row in self._db.execute(select, (record_id, kind)).fetchall():
                pair = (row["deal_id"], kind, record_id)
                self._db.execute(f"DELETE FROM {self._prefix}deal_links WHERE deal_id = ? AND kind = ? AND record_id = ?", pair)
            self._db.execute(f"DELETE FROM {self._prefix}linked_deals WHERE record_id = ? AND kind = ?", (record_id, kind))

    def read_numbers_anew(self) -> None:
        """Build the index of numbers again from the records, for another region; one row at a time, whatever their number."""
        reader = self._db.cursor()
        for kind, table in _KEYED.items():
            self._db.execute(f"DELETE FROM {self._prefix}{table}")
            for row in reader.execute(f"SELECT id, phones FROM {self._prefix}{kind} WHERE phones <> ''"):
                self._insert(table, self._entries(row["id"], json.loads(row["phones"])))
