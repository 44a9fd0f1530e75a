"""Building a mirror: a full sync goes into tables of its own and replaces the live ones in one transaction, when it is whole."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callerid.core import numbers, sync_guard
from callerid.errors import AlreadyRunning, SuspiciousSync
from callerid.store import mirror_schema as schema
from callerid.store.connection import store_errors, writing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from callerid.models import Company, Contact, ContactPhone, Deal, Page

_NEW = "new_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much a mirror holds."""

    contacts: int
    companies: int
    deals: int
    phones: int


class Building:
    """A mirror in the making, in the live one's file. Readers see the old one until `finish`, and for ever after `abandon`."""

    def __init__(self, connection: sqlite3.Connection, path: Path, region: str) -> None:
        self._db, self._path, self._region = connection, path, region
        self._lock: int | None = _only_sync(path)
        try:
            with store_errors(path), writing(connection):
                schema.drop(connection, _NEW)
                schema.create(connection, _NEW)
        except BaseException:
            self._unlock()
            raise

    def add(self, page: Page) -> None:
        """Add a page, in one transaction; a record that comes twice is kept as it came last."""
        import sqlite_utils

        tables = sqlite_utils.Database(self._db, execute_plugins=False)
        with store_errors(self._path), writing(self._db):
            self._forget_phones("contact", "contacts", [contact.id for contact in page.contacts])
            self._forget_phones("company", "companies", [company.id for company in page.companies])
            self._forget_links([deal.id for deal in page.deals])
            if page.account:
                self._db.execute(f"DELETE FROM {_NEW}account")  # noqa: S608 - a name of ours
            for name, rows in _rows(page).items():
                if rows:
                    tables.table(f"{_NEW}{name}").insert_all(rows, replace=True, analyze=False)
            for contact in page.contacts:
                self._add_phones("contact", contact.id, contact.phones)
            for company in page.companies:
                self._add_phones("company", company.id, company.phones)

    def _forget_phones(self, kind: str, table: str, ids: list[str]) -> None:
        """A record that came on an earlier page already leaves its old numbers. That is rare, so it may cost a scan."""
        for record_id in ids:
            if self._db.execute(f"SELECT 1 FROM {_NEW}{table} WHERE id = ?", (record_id,)).fetchone():  # noqa: S608 - names of ours
                self._db.execute(f"DELETE FROM {_NEW}{kind}_phones WHERE {kind}_id = ?", (record_id,))  # noqa: S608

    def _forget_links(self, ids: list[str]) -> None:
        for deal_id in ids:
            if self._db.execute(f"SELECT 1 FROM {_NEW}deals WHERE id = ?", (deal_id,)).fetchone():  # noqa: S608 - names of ours
                for table in ("deal_contacts", "deal_companies"):
                    self._db.execute(f"DELETE FROM {_NEW}{table} WHERE deal_id = ?", (deal_id,))  # noqa: S608

    def _add_phones(self, kind: str, record_id: str, phones: Iterable[ContactPhone]) -> None:
        for phone in phones:
            for raw in numbers.find_numbers(phone.raw, self._region):
                added = self._db.execute(
                    f"INSERT INTO {_NEW}{kind}_phones VALUES (?, ?, ?)",  # noqa: S608 - names of ours
                    (record_id, phone.property, raw),
                )
                index(self._db, f"{_NEW}{kind}_keys", added.lastrowid or 0, raw, self._region)

    def finish(self, now: datetime, *, force: bool = False) -> Counts:
        """Let the new mirror replace the old one. Raise SuspiciousSync, with the old one in place, when it looks like a loss."""
        with store_errors(self._path), writing(self._db):
            counts = self._counts(_NEW)
            suspicion = sync_guard.suspicion(self._counts("").contacts, counts.contacts, self._portal(""), self._portal(_NEW))
            if suspicion and not force:
                raise SuspiciousSync(suspicion, remedy="The mirror was kept. If that is right, type: callerid sync --force")
            facts = {"built_at": str(int(now.timestamp())), "region": self._region} | {
                name: str(getattr(counts, name)) for name in ("contacts", "companies", "deals", "phones")
            }
            self._db.executemany(f"INSERT OR REPLACE INTO {_NEW}facts VALUES (?, ?)", facts.items())  # noqa: S608 - a name of ours
            schema.take_over(self._db, _NEW)
        return counts

    def abandon(self) -> None:
        """End: drop what was built, if it has not replaced the old mirror, and let another sync begin."""
        try:
            with store_errors(self._path):
                with writing(self._db):
                    schema.drop(self._db, _NEW)
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # else the journal stays as large as the sync was
        finally:
            self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _counts(self, prefix: str) -> Counts:
        def count(name: str) -> int:
            return int(self._db.execute(f"SELECT count(*) FROM {prefix}{name}").fetchone()[0])  # noqa: S608

        return Counts(
            contacts=count("contacts"),
            companies=count("companies"),
            deals=count("deals"),
            phones=count("contact_phones"),
        )

    def _portal(self, prefix: str) -> str:
        row = self._db.execute(f"SELECT portal_id FROM {prefix}account").fetchone()  # noqa: S608
        return str(row[0]) if row else ""


def _only_sync(path: Path) -> int:
    """Take the lock that one sync at a time holds: two would mix their pages. Raise AlreadyRunning when another sync runs."""
    descriptor = os.open(path.with_name(f"{path.name}.sync"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as held:
        os.close(descriptor)
        raise AlreadyRunning("A sync is running already.", remedy="See it with: callerid status") from held
    return descriptor


def index(connection: sqlite3.Connection, table: str, phone: int, raw: str, region: str) -> None:
    """Within the caller's transaction, put a number's keys into a table of keys."""
    for key in numbers.keys(raw, region):
        connection.execute(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", (key, phone))  # noqa: S608 - a name of ours


def _rows(page: Page) -> dict[str, list[dict[str, Any]]]:
    """Given a page, return its records as rows of their tables."""
    rows: dict[str, list[dict[str, Any]]] = {
        "contacts": [_contact(contact) for contact in page.contacts],
        "companies": [_company(company) for company in page.companies],
        "deals": [_deal(deal) for deal in page.deals],
        "deal_contacts": [{"contact_id": c, "deal_id": deal.id} for deal in page.deals for c in deal.contact_ids],
        "deal_companies": [{"company_id": c, "deal_id": deal.id} for deal in page.deals for c in deal.company_ids],
        "stages": [
            {
                "pipeline_id": s.pipeline_id,
                "stage_id": s.stage_id,
                "pipeline_label": s.pipeline_label,
                "label": s.label,
                "place": s.order,
                "is_closed": int(s.is_closed),
            }
            for s in page.stages
        ],
        "owners": [
            {
                "id": o.id,
                "email": o.email,
                "first_name": o.first_name,
                "last_name": o.last_name,
                "user_id": o.user_id,
                "archived": int(o.archived),
            }
            for o in page.owners
        ],
    }
    if page.account:
        a = page.account
        rows["account"] = [
            {
                "portal_id": a.portal_id,
                "ui_domain": a.ui_domain,
                "time_zone": a.time_zone,
                "currency": a.currency,
                "own_owner_id": a.own_owner_id,
            }
        ]
    return rows


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.id,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "email": contact.email,
        "company_text": contact.company_text,
        "company_id": contact.company_id,
        "owner_id": contact.owner_id,
        "last_contacted": int(contact.last_contacted.timestamp()) if contact.last_contacted else None,
        "modified": int(contact.modified.timestamp()) if contact.modified else None,
    }


def _company(company: Company) -> dict[str, Any]:
    return {"id": company.id, "name": company.name, "domain": company.domain, "owner_id": company.owner_id}


def _deal(deal: Deal) -> dict[str, Any]:
    return {
        "id": deal.id,
        "name": deal.name,
        "amount": None if deal.amount is None else str(deal.amount),
        "currency": deal.currency,
        "pipeline_id": deal.pipeline_id,
        "stage_id": deal.stage_id,
        "closes": deal.closes.isoformat() if deal.closes else None,
        "is_closed": None if deal.is_closed is None else int(deal.is_closed),
        "owner_id": deal.owner_id,
    }
