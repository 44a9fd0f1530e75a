"""Records into the mirror's tables and out of them: the one place that knows both, for the tables that serve and for new ones."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from callerid.core import numbers
from callerid.models import Kind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from callerid.models import Background, Company, Contact, ContactPhone, Deal, Page

_KEYED = {Kind.CONTACTS: "contact_keys", Kind.COMPANIES: "company_keys"}


class Records:
    """The tables under a prefix. Every method works within the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection, region: str, prefix: str = "") -> None:
        self._db, self._region, self._prefix = connection, region, prefix
        self.tally: Counter[str] = Counter()  # how many more records of each kind, and numbers of contacts, there are now

    def put_background(self, background: Background) -> None:
        """Let a portal's account, owners and stages replace those that are there."""
        import sqlite_utils

        tables = sqlite_utils.Database(self._db, execute_plugins=False)
        for name, rows in _background_rows(background).items():
            self._db.execute(f"DELETE FROM {self._prefix}{name}")
            if rows:
                tables.table(f"{self._prefix}{name}").insert_all(rows, replace=True, analyze=False)

    def put(self, page: Page) -> None:
        """Put a page's records; one that is there is replaced. What was merged into a record leaves its links to it and goes."""
        if page.contacts:
            self._put_numbered(Kind.CONTACTS, page.contacts, _contact)
        if page.companies:
            self._put_numbered(Kind.COMPANIES, page.companies, _company)
        if page.deals:
            self._put_deals(page.deals)
        self._absorb(Kind.CONTACTS, page.contacts)
        self._absorb(Kind.COMPANIES, page.companies)
        self._absorb(Kind.DEALS, page.deals)

    def _put_numbered(self, kind: Kind, records: Sequence[Any], row_of: Any) -> None:
        rows, entries = {}, {}
        for record in records:
            pairs = self._numbers(record.phones)
            rows[int(record.id)] = row_of(record, json.dumps(pairs, ensure_ascii=True) if pairs else "")
            entries[int(record.id)] = self._entries(record.id, pairs)
            self.tally["phones"] += len(pairs) if kind is Kind.CONTACTS else 0
        self.tally[kind] += len(rows) - self._forget_keys(kind, rows)
        self._insert(kind, list(rows.values()))
        self._insert(_KEYED[kind], [entry for found in entries.values() for entry in found])

    def _numbers(self, phones: Iterable[ContactPhone]) -> list[tuple[str, str]]:
        return [(phone.property, raw) for phone in phones for raw in numbers.find_numbers(phone.raw, self._region)]

    def _entries(self, record_id: str | int, pairs: Iterable[Sequence[str]]) -> list[tuple[str, int, int, int]]:
        return [
            (key, int(record_id), place, int(proof))
            for place, (_, raw) in enumerate(pairs)
            for key, proof in numbers.entries(raw, self._region)
        ]

    def _insert(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            places = ", ".join("?" * len(rows[0]))
            self._db.executemany(f"INSERT OR REPLACE INTO {self._prefix}{table} VALUES ({places})", rows)

    def _forget_keys(self, kind: Kind, ids: Iterable[int]) -> int:
        """A number's keys follow from the number, so they are worked out again instead of being looked up. Return how many
        of the records there are."""
        found = self._rows(f"SELECT id, phones FROM {self._prefix}{kind} WHERE id IN", ids)
        for row in found:
            pairs = json.loads(row["phones"] or "[]")
            gone = [(key, record, place) for key, record, place, _ in self._entries(row["id"], pairs)]
            table = f"{self._prefix}{_KEYED[kind]}"
            self._db.executemany(f"DELETE FROM {table} WHERE key = ? AND record_id = ? AND place = ?", gone)
            self.tally["phones"] -= len(pairs) if kind is Kind.CONTACTS else 0
        return len(found)

    def _rows(self, select: str, ids: Iterable[int]) -> list[sqlite3.Row]:
        return self._db.execute(f"{select} (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)).fetchall()

    def _put_deals(self, deals: Sequence[Deal]) -> None:
        rows = {int(deal.id): deal for deal in deals}
        self.tally[Kind.DEALS] += len(rows) - len(self._rows(f"SELECT id FROM {self._prefix}deals WHERE id IN", rows))
        self._unlink(rows)
        self._insert(Kind.DEALS, [_deal(deal) for deal in rows.values()])
        links = [(deal_id, kind, int(to)) for deal_id, deal in rows.items() for kind, ids in _links(deal) for to in ids]
        self._link(links)

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
                self.remove(kind, gone)

    def _hand_over(self, kind: Kind, old: int, new: int) -> None:
        if kind is Kind.DEALS:
            return
        select = f"SELECT deal_id FROM {self._prefix}linked_deals WHERE record_id = ? AND kind = ?"
        self._link([(row["deal_id"], kind.value, new) for row in self._db.execute(select, (old, kind)).fetchall()])
        if kind is Kind.COMPANIES:
            self._db.execute(f"UPDATE {self._prefix}contacts SET company_id = ? WHERE company_id = ?", (new, old))

    def remove(self, kind: Kind, ids: Iterable[int]) -> int:
        """Remove records, with their keys and links; return how many there were."""
        here = [row["id"] for row in self._rows(f"SELECT id FROM {self._prefix}{kind} WHERE id IN", ids)]
        if not here:
            return 0
        if kind is Kind.DEALS:
            self._unlink(here)
        else:
            self._forget_keys(kind, here)
            self._unlink_record(kind, here)
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


def stamp(moment: datetime | None) -> int | None:
    """Given a time, return it in epoch milliseconds; None for none."""
    return None if moment is None else round(moment.timestamp() * 1000)


def id_number(record_id: str | None) -> int | None:
    """Given a record's id as text, return it as the mirror keeps it; None for none, and for what is no id."""
    return int(record_id) if record_id and record_id.isascii() and record_id.isdigit() and len(record_id) < 19 else None  # noqa: PLR2004


def _contact(contact: Contact, phones: str) -> tuple[Any, ...]:
    return (
        int(contact.id),
        contact.first_name,
        contact.last_name,
        contact.email,
        contact.company_text,
        id_number(contact.company_id),
        id_number(contact.owner_id),
        stamp(contact.last_contacted),
        stamp(contact.modified),
        phones,
    )


def _company(company: Company, phones: str) -> tuple[Any, ...]:
    return int(company.id), company.name, company.domain, id_number(company.owner_id), stamp(company.modified), phones


def _deal(deal: Deal) -> tuple[Any, ...]:
    return (
        int(deal.id),
        deal.name,
        None if deal.amount is None else str(deal.amount),
        deal.currency,
        deal.pipeline_id,
        deal.stage_id,
        deal.closes.isoformat() if deal.closes else None,
        None if deal.is_closed is None else int(deal.is_closed),
        id_number(deal.owner_id),
        stamp(deal.modified),
    )


def _links(deal: Deal) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (Kind.CONTACTS.value, deal.contact_ids), (Kind.COMPANIES.value, deal.company_ids)


def _background_rows(background: Background) -> dict[str, list[dict[str, Any]]]:
    account = background.account
    return {
        "account": [
            {
                "portal_id": account.portal_id,
                "ui_domain": account.ui_domain,
                "time_zone": account.time_zone,
                "currency": account.currency,
                "own_owner_id": account.own_owner_id,
            }
        ],
        "owners": [
            {
                "id": int(o.id),
                "email": o.email,
                "first_name": o.first_name,
                "last_name": o.last_name,
                "user_id": o.user_id,
                "archived": int(o.archived),
            }
            for o in background.owners
        ],
        "stages": [
            {
                "pipeline_id": s.pipeline_id,
                "stage_id": s.stage_id,
                "pipeline_label": s.pipeline_label,
                "label": s.label,
                "place": s.order,
                "is_closed": int(s.is_closed),
            }
            for s in background.stages
        ],
    }
