"""A person of the CRM as a number found them: contact, company, open deals, owner, and how sure the number is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callerid.models import Company, Contact, ContactPhone, Deal, NumberMatch, Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDeal:
    """A deal that is not closed, with its labels and the currency of its amount (ISO 4217, the account's own if it has none)."""

    deal: Deal
    stage_label: str
    pipeline_label: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A contact and why it may be the caller. `phone` is the property that matched; None when no number was asked about."""

    contact: Contact
    phone: ContactPhone | None
    match: NumberMatch
    company: Company | None
    deals: tuple[OpenDeal, ...]
    owner: Owner | None
