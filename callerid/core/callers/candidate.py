"""A person of the CRM as a number found them: name, company, open deals, owner, and how sure the number is. Flat, because a ring
waits until it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from callerid.models import ContactPhone, NumberMatch, Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDeal:
    """A deal that is not closed, with its labels and the currency of its amount (ISO 4217, the account's own if it has none)."""

    id: str
    name: str
    amount: Decimal | None
    currency: str
    stage_label: str
    pipeline_label: str
    closes: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A contact as a card shows it, and why it may be the caller. `company` is the associated company's name, else what somebody
    typed as the contact's; `phone` is the property that matched, None when no number was asked about.
    """

    id: str
    first_name: str
    last_name: str
    email: str
    company: str
    company_id: str | None
    owner: Owner | None
    last_contacted: datetime | None
    phone: ContactPhone | None
    match: NumberMatch
    deals: tuple[OpenDeal, ...]
