"""The CRM's records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from callerid.models.people import ContactPhone


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact of the CRM. Empty text means that the CRM has none."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    company_text: str = ""  # the free-text property `company`, which may differ from the associated company's name
    company_id: str | None = None  # primary company
    owner_id: str | None = None
    last_contacted: datetime | None = None
    modified: datetime | None = None
    phones: tuple[ContactPhone, ...] = ()
    other_texts: tuple[
        ContactPhone, ...
    ] = ()  # fields that cannot be read; of the mirror: all that are not one number as they stand
    merged_ids: tuple[str, ...] = ()  # of records that were merged into this one and no longer exist

    def fields(self) -> tuple[ContactPhone, ...]:
        """Return the text of each phone field as the CRM has it, of a contact that was read from the mirror."""
        other = {field.property for field in self.other_texts}
        return (*(phone for phone in self.phones if phone.property not in other), *self.other_texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company of the CRM."""

    id: str
    name: str = ""
    domain: str = ""
    owner_id: str | None = None
    modified: datetime | None = None
    phones: tuple[ContactPhone, ...] = ()
    merged_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A deal of the CRM with the contacts and companies it is associated with."""

    id: str
    name: str = ""
    amount: Decimal | None = None
    currency: str = ""  # ISO 4217; empty means the account's own
    pipeline_id: str = ""
    stage_id: str = ""
    close_date: date | None = None
    is_closed: bool | None = None  # as the portal calculates it; None when it does not say (then the stage decides)
    owner_id: str | None = None
    modified: datetime | None = None
    contact_ids: tuple[str, ...] = ()
    company_ids: tuple[str, ...] = ()
    merged_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A deal stage; its id is unique only within its pipeline."""

    pipeline_id: str
    stage_id: str
    pipeline_label: str
    label: str
    order: int
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The portal. `own_owner_id` is the owner whose token it is, when the CRM says so."""

    portal_id: str
    ui_domain: str
    time_zone: str = ""
    currency: str = ""
    own_owner_id: str | None = None
