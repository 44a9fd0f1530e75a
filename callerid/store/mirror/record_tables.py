"""Write records into the mirror's tables and remove them, in the live tables or in those of a full sync."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from callerid.core import numbers
from callerid.core.numbers import home_plan
from callerid.core.numbers.fields import find_numbers
from callerid.core.numbers.parse_fast import plan_of
from callerid.models import Kind
from callerid.store.mirror import changed_contacts, merged_contacts, record_rows
from callerid.store.mirror.activities import tables as activity_tables
from callerid.store.mirror.card_query import CardColumns

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from callerid.models import Company, Contact, ContactPhone, Deal, Owner, Page, PortalInfo

_KEYED = {Kind.CONTACTS: "contact_keys", Kind.COMPANIES: "company_keys"}


def plan_fact(region: str) -> dict[str, str]:
    """Return what is recorded, with the index of a region's numbers, of its plan: it reads a number as it is dialled there."""
    plan = plan_of(region)
    return {"home_plan": home_plan.written(plan) if plan else ""}


class Records:
    """The tables under a prefix. Every method works within the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection, region: str, prefix: str = "") -> None:
        self._db, self._region, self._prefix = connection, region, prefix
        self._card_columns = CardColumns(connection, prefix)
        self.tally: Counter[str] = Counter()  # by how many the records of each kind, and the numbers of contacts, have grown

    def put_portal_info(self, portal_info: PortalInfo) -> None:
        """Replace the account, owners, stages and outcomes."""
        before = self._labels()
        for name, rows in record_rows.portal_info_tables(portal_info).items():
            self._db.execute(f"DELETE FROM {self._prefix}{name}")
            self._insert(name, rows)
        if self._labels() != before:
            self._card_columns.mark_all_with_deals()
            self._card_columns.write()

    def put_owners(self, owners: Iterable[Owner]) -> None:
        """Write owners over those that are there."""
        self._insert("owners", record_rows.owners(owners))

    def _labels(self) -> list[tuple[Any, ...]]:
        """Return what an open deal shows of the portal's settings."""
        select = f"SELECT pipeline_id, stage_id, pipeline_label, label, is_closed FROM {self._prefix}stages"
        account = f"SELECT currency, '', '', '', 0 FROM {self._prefix}account"
        return [tuple(row) for row in self._db.execute(f"{select} UNION ALL {account}")]

    def put(self, page: Page) -> None:
        """Write the records of a page over those that are there. Records that were merged into one of them are removed, and leave
        it their associations."""
        if page.contacts:
            self._put_contacts(page.contacts)
        if page.companies:
            self._put_companies(page.companies)
        if page.deals:
            self._put_deals(page.deals)
        self._absorb(Kind.CONTACTS, page.contacts)
        self._absorb(Kind.COMPANIES, page.companies)
        self._absorb(Kind.DEALS, page.deals)
        self._card_columns.write()

    def _put_contacts(self, contacts: Sequence[Contact]) -> None:
        before = self._put_numbered(Kind.CONTACTS, contacts, record_rows.contact)
        self._leave_companies(before)
        self._record_changed(contacts, before)
        companies = {int(contact.id): record_rows.id_number(contact.company_id) for contact in contacts}
        self._insert("company_people", [(company, contact) for contact, company in companies.items() if company is not None])
        self._card_columns.mark(contact for contact, company in companies.items() if company is not None)
        self._card_columns.mark_linked(companies)

    def _record_changed(self, contacts: Sequence[Contact], before: Iterable[sqlite3.Row]) -> None:
        """Record which contacts are new or have other numbers than before. Those of an unfinished full sync are not live yet."""
        if self._prefix:
            return
        had = {row["id"]: row["phones"] for row in before}
        ids = {int(contact.id) for contact in contacts}
        rows = self._rows("SELECT id, phones FROM contacts WHERE id IN", ids)
        changed_contacts.record(self._db, (row["id"] for row in rows if had.get(row["id"]) != row["phones"]))

    def _leave_companies(self, contacts: Iterable[sqlite3.Row]) -> None:
        """Remove contacts, by their former rows, from their companies."""
        pairs = [(row["company_id"], row["id"]) for row in contacts if row["company_id"] is not None]
        self._db.executemany(f"DELETE FROM {self._prefix}company_people WHERE company_id = ? AND record_id = ?", pairs)

    def _put_companies(self, companies: Sequence[Company]) -> None:
        names = {row["id"]: row["name"] for row in self._put_numbered(Kind.COMPANIES, companies, record_rows.company)}
        self._card_columns.mark_people_of(int(company.id) for company in companies if names.get(int(company.id)) != company.name)

    def _put_numbered(self, kind: Kind, records: Sequence[Any], row_of: Any) -> list[sqlite3.Row]:
        """Write records that have numbers, and return the former rows of those that were there."""
        rows, entries = {}, {}
        for record in records:
            pairs = self._numbers(record.phones)
            rows[int(record.id)] = row_of(record, record_rows.phones_text(pairs, record))
            entries[int(record.id)] = self._entries(record.id, pairs)
            self.tally["phones"] += len(pairs) if kind is Kind.CONTACTS else 0
        before = self._remove_keys(kind, rows)
        self.tally[kind] += len(rows) - len(before)
        self._insert(kind, list(rows.values()))
        self._insert(_KEYED[kind], [entry for record_entries in entries.values() for entry in record_entries])
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

    def _remove_keys(self, kind: Kind, ids: Iterable[int]) -> list[sqlite3.Row]:
        """Remove the keys of records, and return the rows of those that are there. Keys are computed from the numbers again,
        because there is no index by record."""
        rows = self._rows(f"SELECT * FROM {self._prefix}{kind} WHERE id IN", ids)
        for row in rows:
            pairs, _ = record_rows.phones_of(row["phones"])
            keys = [(key, record, place) for key, record, place, _ in self._entries(row["id"], pairs)]
            table = f"{self._prefix}{_KEYED[kind]}"
            self._db.executemany(f"DELETE FROM {table} WHERE key = ? AND record_id = ? AND place = ?", keys)
            self.tally["phones"] -= len(pairs) if kind is Kind.CONTACTS else 0
        return rows

    def _rows(self, select: str, ids: Iterable[int]) -> list[sqlite3.Row]:
        return self._db.execute(f"{select} (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)).fetchall()

    def _put_deals(self, deals: Sequence[Deal]) -> None:
        rows = {int(deal.id): deal for deal in deals}
        self.tally[Kind.DEALS] += len(rows) - len(self._rows(f"SELECT id FROM {self._prefix}deals WHERE id IN", rows))
        self._card_columns.mark_people_in(rows)
        self._unlink(rows)
        self._insert(Kind.DEALS, [record_rows.deal(deal) for deal in rows.values()])
        self._link(
            (deal_id, kind, int(to)) for deal_id, deal in rows.items() for kind, ids in record_rows.links(deal) for to in ids
        )
        self._card_columns.mark_people_in(rows)

    def relink(self, deals: Mapping[int, Collection[int]]) -> tuple[int, set[int]]:
        """Give each deal exactly these contacts. Return how many deals had others, and the contacts that lost one."""
        before: dict[int, set[int]] = {deal_id: set() for deal_id in deals}
        select = f"SELECT deal_id, record_id FROM {self._prefix}deal_links WHERE kind = '{Kind.CONTACTS}' AND deal_id IN"
        for row in self._rows(select, deals):
            before[row["deal_id"]].add(row["record_id"])
        lost = {(deal_id, contact) for deal_id, contacts in deals.items() for contact in before[deal_id].difference(contacts)}
        gained = {(deal_id, contact) for deal_id, contacts in deals.items() for contact in set(contacts) - before[deal_id]}
        self._db.executemany(
            f"DELETE FROM {self._prefix}deal_links WHERE deal_id = ? AND kind = '{Kind.CONTACTS}' AND record_id = ?", lost
        )
        self._db.executemany(
            f"DELETE FROM {self._prefix}linked_deals WHERE deal_id = ? AND kind = '{Kind.CONTACTS}' AND record_id = ?", lost
        )
        self._link((deal_id, Kind.CONTACTS.value, contact) for deal_id, contact in gained)
        self._card_columns.mark(contact for _, contact in lost | gained)
        self._card_columns.write()
        return len({deal_id for deal_id, _ in lost | gained}), {contact for _, contact in lost}

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
        """Let each record take over the deals of those that were merged into it: HubSpot does not change the modified date of such
        deals."""
        for survivor in survivors:
            merged = [int(old) for old in survivor.merged_ids if old != survivor.id]
            if kind is Kind.CONTACTS and merged:
                merged_contacts.record(self._db, int(survivor.id), merged)
            present = (
                [row["id"] for row in self._rows(f"SELECT id FROM {self._prefix}{kind} WHERE id IN", merged)] if merged else []
            )
            for old in present:
                self._hand_over(kind, old, int(survivor.id))
            if present:
                self._remove(kind, present)

    def _hand_over(self, kind: Kind, old: int, new: int) -> None:
        if kind is Kind.DEALS:
            return
        select = f"SELECT deal_id FROM {self._prefix}linked_deals WHERE record_id = ? AND kind = ?"
        self._link([(row["deal_id"], kind.value, new) for row in self._db.execute(select, (old, kind)).fetchall()])
        if kind is Kind.CONTACTS:
            self._card_columns.mark([new])
            return
        self._card_columns.mark_people_of([old])
        people = f"SELECT record_id FROM {self._prefix}company_people WHERE company_id = ?"
        self._db.execute(f"UPDATE {self._prefix}contacts SET company_id = ? WHERE id IN ({people})", (new, old))
        self._db.execute(f"UPDATE OR REPLACE {self._prefix}company_people SET company_id = ? WHERE company_id = ?", (new, old))

    def remove(self, kind: Kind, ids: Iterable[int]) -> int:
        """Remove records with their keys and associations, and return how many there were."""
        count = self._remove(kind, ids)
        self._card_columns.write()
        return count

    def _remove(self, kind: Kind, ids: Iterable[int]) -> int:
        here = [row["id"] for row in self._rows(f"SELECT id FROM {self._prefix}{kind} WHERE id IN", ids)]
        if not here:
            return 0
        if kind is Kind.DEALS:
            self._card_columns.mark_people_in(here)
            self._unlink(here)
        else:
            rows = self._remove_keys(kind, here)
            self._unlink_record(kind, here)
            if kind is Kind.CONTACTS:
                self._leave_companies(rows)
                changed_contacts.forget(self._db, here)
                if not self._prefix:  # a full sync leaves what is theirs until it has replaced the contacts
                    activity_tables.drop_of(self._db, here)
                    merged_contacts.forget(self._db, here)
            else:
                self._card_columns.mark_people_of(here)
                self._dismiss_people(here)
        self._db.executemany(f"DELETE FROM {self._prefix}{kind} WHERE id = ?", [(record_id,) for record_id in here])
        self.tally[kind] -= len(here)
        return len(here)

    def _dismiss_people(self, companies: Iterable[int]) -> None:
        """Leave the people of removed companies without one: who has another now is seen by that company's links."""
        ids = (json.dumps(list(companies)),)
        select = "SELECT value FROM json_each(?)"
        people = f"SELECT record_id FROM {self._prefix}company_people WHERE company_id IN ({select})"
        self._db.execute(f"UPDATE {self._prefix}contacts SET company_id = NULL WHERE id IN ({people})", ids)
        self._db.execute(f"DELETE FROM {self._prefix}company_people WHERE company_id IN ({select})", ids)

    def _unlink_record(self, kind: Kind, ids: Iterable[int]) -> None:
        for record_id in ids:
            select = f"SELECT deal_id FROM {self._prefix}linked_deals WHERE record_id = ? AND kind = ?"
            for row in self._db.execute(select, (record_id, kind)).fetchall():
                pair = (row["deal_id"], kind, record_id)
                self._db.execute(f"DELETE FROM {self._prefix}deal_links WHERE deal_id = ? AND kind = ? AND record_id = ?", pair)
            self._db.execute(f"DELETE FROM {self._prefix}linked_deals WHERE record_id = ? AND kind = ?", (record_id, kind))

    def rebuild_index(self) -> None:
        """Build the index of numbers again from the records, row by row."""
        reader = self._db.cursor()
        for kind, table in _KEYED.items():
            self._db.execute(f"DELETE FROM {self._prefix}{table}")
            for row in reader.execute(f"SELECT id, phones FROM {self._prefix}{kind} WHERE phones <> ''"):
                self._insert(table, self._entries(row["id"], record_rows.phones_of(row["phones"])[0]))
