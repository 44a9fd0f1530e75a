"""Pages of the CRM without whom the person wanted forgotten: what a sync may store."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.numbers.fields import find_numbers
from callerid.store.ledger.block_list import Kind as BlockKind

if TYPE_CHECKING:
    from callerid.models import ContactPhone, Deal, Page
    from callerid.store.ledger.block_list import BlockList


def without_forgotten(block_list: BlockList, page: Page, region: str, *, also_pending: bool = False) -> Page:
    """Return a page of the CRM without the contacts, numbers and deals on the block list of forgotten people. A number by which it
    is yet to be found out who that is stays, unless those are to be left out, too."""
    if not block_list.count(BlockKind.FORGOTTEN_LINE) and not block_list.count(BlockKind.FORGOTTEN_CONTACT):
        return page

    def is_forgotten(raw: str) -> bool:
        return any(
            block_list.contains(BlockKind.FORGOTTEN_LINE, key)
            and (also_pending or not block_list.contains(BlockKind.PENDING_LINE, key))
            for number in find_numbers(raw, region)
            for key in numbers.index_keys(number, region)[:1]
        )

    def without(phones: tuple[ContactPhone, ...]) -> tuple[ContactPhone, ...]:
        return tuple(phone for phone in phones if not is_forgotten(phone.raw))

    contacts = (
        replace(contact, phones=without(contact.phones))
        for contact in page.contacts
        if not any(block_list.contains(BlockKind.FORGOTTEN_CONTACT, contact_id) for contact_id in (contact.id, *contact.merged_ids))
    )
    companies = (replace(company, phones=without(company.phones)) for company in page.companies)
    deals = tuple(deal for deal in page.deals if not _has_only_forgotten(block_list, deal))
    return replace(page, contacts=tuple(contacts), companies=tuple(companies), deals=deals)


def _has_only_forgotten(block_list: BlockList, deal: Deal) -> bool:
    ids = deal.contact_ids
    return (
        bool(ids)
        and not deal.company_ids
        and all(block_list.contains(BlockKind.FORGOTTEN_CONTACT, contact_id) for contact_id in ids)
    )
