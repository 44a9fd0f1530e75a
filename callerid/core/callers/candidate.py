"""A contact that a number matches, as cards need it. It is flat, because a ring waits until it is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from callerid.core.callers.contact_activity import ContactActivity
    from callerid.models import ContactPhone, NumberMatch, Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDeal:
    """A deal that is not closed."""

    id: str
    name: str
    amount: Decimal | None
    currency: str  # ISO 4217; the portal's own if the deal has none
    stage_label: str
    pipeline_label: str
    closes: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A contact as a card shows it, and how its number matches."""

    id: str
    first_name: str
    last_name: str
    email: str
    company: str  # the name of the associated company, else the contact's own property
    company_id: str | None
    owner: Owner | None
    last_contacted: datetime | None
    phone: ContactPhone | None  # the property that matched, None if it was not found by a number
    match: NumberMatch
    deals: tuple[OpenDeal, ...]
    activities: tuple[ContactActivity, ...] = ()  # the newest note, open tasks by due date, open tickets newest first
