"""A record as a row of the mirror's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.models import Kind

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.models import Company, Contact, Deal, PortalInfo


def stamp(moment: datetime | None) -> int | None:
    """Given a time, return it in epoch milliseconds; None for none."""
    return None if moment is None else round(moment.timestamp() * 1000)


def id_number(record_id: str | None) -> int | None:
    """Given a record's id as text, return it as the mirror keeps it; None for none, and for what is no id."""
    return int(record_id) if record_id and record_id.isascii() and record_id.isdigit() and len(record_id) < 19 else None  # noqa: PLR2004


def contact(contact: Contact, phones: str) -> tuple[Any, ...]:
    """Given a contact and its numbers, return its row; company and deals come when they are settled."""
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
        None,
        None,
    )


def company(company: Company, phones: str) -> tuple[Any, ...]:
    """Given a company and its numbers, return its row."""
    return int(company.id), company.name, company.domain, id_number(company.owner_id), stamp(company.modified), phones


def deal(deal: Deal) -> tuple[Any, ...]:
    """Given a deal, return its row."""
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
        stamp(deal.modified),
    )


def links(deal: Deal) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Given a deal, return the ids of its associations by their kind."""
    return (Kind.CONTACTS.value, deal.contact_ids), (Kind.COMPANIES.value, deal.company_ids)


def portal_info_tables(portal_info: PortalInfo) -> dict[str, list[tuple[Any, ...]]]:
    """Given a portal's info, return the rows of its tables."""
    account = portal_info.account
    return {
        "account": [(account.portal_id, account.ui_domain, account.time_zone, account.currency, account.own_owner_id)],
        "owners": [(int(o.id), o.email, o.first_name, o.last_name, o.user_id, int(o.archived)) for o in portal_info.owners],
        "stages": [(s.pipeline_id, s.stage_id, s.pipeline_label, s.label, s.order, int(s.is_closed)) for s in portal_info.stages],
        "outcomes": [(place, outcome.id, outcome.label) for place, outcome in enumerate(portal_info.outcomes)],
    }
