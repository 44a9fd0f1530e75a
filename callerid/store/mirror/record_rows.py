"""Records as rows of the mirror's tables, and rows as records again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from callerid.models import Company, Contact, ContactPhone, Deal, Kind
from callerid.store.times import milliseconds, of_milliseconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from callerid.models import Owner, Page, PortalInfo


def id_number(record_id: str | None) -> int | None:
    """Return a record's id as the mirror stores it, None for None and for text that is not an id."""
    return int(record_id) if record_id and record_id.isascii() and record_id.isdigit() and len(record_id) < 19 else None  # noqa: PLR2004


def contact(contact: Contact, phones: str) -> tuple[Any, ...]:
    """Return the row of a contact with its numbers (JSON); its card columns are written later."""
    return (
        int(contact.id),
        contact.first_name,
        contact.last_name,
        contact.email,
        contact.company_text,
        id_number(contact.company_id),
        id_number(contact.owner_id),
        milliseconds(contact.last_contacted),
        milliseconds(contact.modified),
        phones,
        None,
        None,
    )


def company(company: Company, phones: str) -> tuple[Any, ...]:
    """Return the row of a company with its numbers (JSON)."""
    return int(company.id), company.name, company.domain, id_number(company.owner_id), milliseconds(company.modified), phones


def deal(deal: Deal) -> tuple[Any, ...]:
    """Return the row of a deal."""
    return (
        int(deal.id),
        deal.name,
        None if deal.amount is None else str(deal.amount),
        deal.currency,
        deal.pipeline_id,
        deal.stage_id,
        deal.close_date.isoformat() if deal.close_date else None,
        None if deal.is_closed is None else int(deal.is_closed),
        id_number(deal.owner_id),
        milliseconds(deal.modified),
    )


def links(deal: Deal) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the ids of the records that a deal is associated with, by kind."""
    return (Kind.CONTACTS.value, deal.contact_ids), (Kind.COMPANIES.value, deal.company_ids)


def owners(owners: Iterable[Owner]) -> list[tuple[Any, ...]]:
    """Return the rows of owners."""
    return [(int(o.id), o.email, o.first_name, o.last_name, o.user_id, int(o.archived)) for o in owners]


def portal_info_tables(portal_info: PortalInfo) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of each table that a portal's info fills."""
    account = portal_info.account
    return {
        "account": [(account.portal_id, account.ui_domain, account.time_zone, account.currency, account.own_owner_id)],
        "owners": owners(portal_info.owners),
        "stages": [(s.pipeline_id, s.stage_id, s.pipeline_label, s.label, s.order, int(s.is_closed)) for s in portal_info.stages],
        "outcomes": [(place, outcome.id, outcome.label) for place, outcome in enumerate(portal_info.outcomes)],
    }


def fingerprints(kind: Kind, page: Page) -> dict[int, tuple[int | None, int | None]]:
    """Return, for each record of a kind in a page, what differs if the record has changed: its modified date and its company."""
    if kind is Kind.CONTACTS:
        return {int(c.id): (milliseconds(c.modified), id_number(c.company_id)) for c in page.contacts}
    records = page.companies if kind is Kind.COMPANIES else page.deals
    return {int(record.id): (milliseconds(record.modified), None) for record in records}


# ------------------------------------------------------------------------------------------------ rows as records

_CONTACT = (
    "SELECT id, first_name, last_name, email, company_text, company_id, owner_id, last_contacted, modified, phones FROM contacts"
)
_COMPANY = "SELECT id, name, domain, owner_id, modified, phones FROM companies"


def read_contacts(connection: sqlite3.Connection) -> Iterator[Contact]:
    """Return every contact, by id."""
    return (_contact(*row) for row in connection.execute(f"{_CONTACT} ORDER BY id"))


def read_deal_links(connection: sqlite3.Connection) -> Iterator[tuple[str, Kind, str]]:
    """Return every association of a deal: the deal's id, and kind and id of the other record."""
    rows = connection.execute("SELECT deal_id, kind, record_id FROM deal_links")
    return ((str(row[0]), Kind(row[1]), str(row[2])) for row in rows)


def contacts_by_id(connection: sqlite3.Connection, ids: Iterable[str]) -> tuple[Contact, ...]:
    """Return the contacts with these ids; those that are not mirrored are left out."""
    rows = (connection.execute(f"{_CONTACT} WHERE id = ?", (int(contact_id),)).fetchone() for contact_id in ids)
    return tuple(_contact(*row) for row in rows if row)


def companies_by_id(connection: sqlite3.Connection, ids: Iterable[str]) -> tuple[Company, ...]:
    """Return the companies with these ids; those that are not mirrored are left out."""
    rows = (connection.execute(f"{_COMPANY} WHERE id = ?", (int(company_id),)).fetchone() for company_id in ids)
    return tuple(_company(*row) for row in rows if row)


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
        last_contacted=None if last_contacted is None else of_milliseconds(last_contacted),
        modified=None if modified is None else of_milliseconds(modified),
        phones=_phones(phones),
        other_texts=tuple(ContactPhone(property=name, raw=raw) for name, raw in phones_of(phones)[1].items()),
    )


def _company(*row: Any) -> Company:
    record_id, name, domain, owner_id, modified, phones = row
    return Company(
        id=str(record_id),
        name=name,
        domain=domain,
        owner_id=_text(owner_id),
        modified=None if modified is None else of_milliseconds(modified),
        phones=_phones(phones),
    )


# ------------------------------------------------------------------------------------------------ numbers as JSON


def phones_text(numbers: Sequence[tuple[str, str]], record: Contact | Company) -> str:
    """Return what a record's row says of its phone fields, "" for nothing. First a list of property and text for each number that
    was found; the index of numbers counts their places. Then, of a contact, an object of the fields that are not one such number as
    they stand, by property: of several numbers, or of none."""
    found = set(numbers)
    fields = (*record.phones, *record.other_texts) if isinstance(record, Contact) else ()
    other = {field.property: field.raw for field in fields if (field.property, field.raw) not in found}
    parts: list[Any] = [*numbers, other] if other else [*numbers]
    return json.dumps(parts, ensure_ascii=True) if parts else ""


def phones_of(text: str) -> tuple[list[list[str]], dict[str, str]]:
    """Return the numbers that a record's row tells, as property and text, and its other fields by property."""
    parts = json.loads(text or "[]")
    other: dict[str, str] = parts.pop() if parts and isinstance(parts[-1], dict) else {}
    return parts, other


def _phones(text: str) -> tuple[ContactPhone, ...]:
    return tuple(ContactPhone(property=name, raw=raw) for name, raw in phones_of(text)[0])


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
