"""Records as the CRM told them, read back from the mirror: for comparing, and for changing what is held of one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from callerid.models import Company, Contact, ContactPhone, Kind
from callerid.store.mirror.card_query import moment

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

_CONTACT = (
    "SELECT id, first_name, last_name, email, company_text, company_id, owner_id, last_contacted, modified, phones FROM contacts"
)
_COMPANY = "SELECT id, name, domain, owner_id, modified, phones FROM companies"


def contacts(connection: sqlite3.Connection) -> Iterator[Contact]:
    """Return every contact, in the order of their ids."""
    return (_contact(*row) for row in connection.execute(f"{_CONTACT} ORDER BY id"))


def deal_links(connection: sqlite3.Connection) -> Iterator[tuple[str, Kind, str]]:
    """Return every association of a deal: its id, and kind and id of what it is associated with."""
    found = connection.execute("SELECT deal_id, kind, record_id FROM deal_links")
    return ((str(row[0]), Kind(row[1]), str(row[2])) for row in found)


def contacts_of(connection: sqlite3.Connection, ids: Iterable[str]) -> tuple[Contact, ...]:
    """Given ids, return those contacts that are here."""
    found = (connection.execute(f"{_CONTACT} WHERE id = ?", (int(one),)).fetchone() for one in ids)
    return tuple(_contact(*row) for row in found if row)


def companies_of(connection: sqlite3.Connection, ids: Iterable[str]) -> tuple[Company, ...]:
    """Given ids, return those companies that are here."""
    found = (connection.execute(f"{_COMPANY} WHERE id = ?", (int(one),)).fetchone() for one in ids)
    return tuple(_company(*row) for row in found if row)


def _contact(*row: Any) -> Contact:
    record_id, first_name, last_name, email, company_text, company_id, owner_id, last_contacted, modified, phones = row
    return Contact(
        id=str(record_id),
        first_name=first_name,
        last_name=last_name,
        email=email,
        company_text=company_text,
        company_id=_text(company_id),
        owner_id=_text(owner_id),
        last_contacted=None if last_contacted is None else moment(last_contacted),
        modified=None if modified is None else moment(modified),
        phones=_phones(phones),
    )


def _company(*row: Any) -> Company:
    record_id, name, domain, owner_id, modified, phones = row
    return Company(
        id=str(record_id),
        name=name,
        domain=domain,
        owner_id=_text(owner_id),
        modified=None if modified is None else moment(modified),
        phones=_phones(phones),
    )


def _phones(said: str) -> tuple[ContactPhone, ...]:
    return tuple(ContactPhone(property=name, raw=raw) for name, raw in json.loads(said or "[]"))


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
