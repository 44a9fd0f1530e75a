"""The CRM's records, what a sync requests of them, and the pages in which they come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from callerid.models.calls import CallOutcome


class Kind(StrEnum):
    """The three kinds of records that are mirrored."""

    CONTACTS = "contacts"
    COMPANIES = "companies"
    DEALS = "deals"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPhone:
    """One phone property of a contact, as entered."""

    property: str
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person of the CRM. Empty text means that the CRM has none."""

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
    merged_ids: tuple[str, ...] = ()  # of records that were merged into this one and are gone


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
    is_closed: bool | None = None  # as the portal calculated it; None when it did not say (then the stage decides)
    owner_id: str | None = None
    modified: datetime | None = None
    contact_ids: tuple[str, ...] = ()
    company_ids: tuple[str, ...] = ()
    merged_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A deal stage; stage ids are unique only within their pipeline."""

    pipeline_id: str
    stage_id: str
    pipeline_label: str
    label: str
    order: int
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A user of the portal who can own records."""

    id: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    user_id: str | None = None
    archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The portal itself. `own_owner_id` is the owner behind the token, when the CRM tells."""

    portal_id: str
    ui_domain: str
    time_zone: str = ""
    currency: str = ""
    own_owner_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many records the CRM says it has (for progress and free space; never used to decide what is gone)."""

    contacts: int = 0
    companies: int = 0
    deals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneField:
    """A property that holds phone numbers, or by its name may."""

    kind: Kind
    name: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalInfo:
    """What is read of a CRM before its records: who it is, owners and stages, which properties are phones, how much there is."""

    account: Account
    owners: tuple[Owner, ...] = ()
    stages: tuple[Stage, ...] = ()
    phone_fields: tuple[PhoneField, ...] = ()
    suggested_phone_fields: tuple[PhoneField, ...] = ()  # text properties that look like phones; only a person can know
    outcomes: tuple[CallOutcome, ...] = ()  # in the portal's own order; () when it did not tell
    totals: Totals = Totals()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which contacts are wanted: those of some owners (None: of all), modified since some time (None: ever)."""

    owner_ids: tuple[str, ...] | None = None
    modified_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRequest:
    """What the mirror shall hold: the names of the properties that hold phone numbers, which contacts, and in which time zone (IANA
    name, "" for UTC) dates without a time are."""

    contact_phone_properties: tuple[str, ...] = ()
    company_phone_properties: tuple[str, ...] = ()
    scope: Scope = Scope()
    time_zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A run of records of one kind, in the order of their ids, that is read request after request.

    `start` is the first id (it names the stretch), `cursor` where the next request begins, `stop` the first id that belongs to
    the next stretch (None: to the end).
    """

    kind: Kind
    start: int
    cursor: int
    stop: int | None = None
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of the CRM's records as one answer brought it, and how far that brings the reading of each stretch it is about."""

    companies: tuple[Company, ...] = ()
    contacts: tuple[Contact, ...] = ()
    deals: tuple[Deal, ...] = ()
    stretches: tuple[Stretch, ...] = ()

    def __len__(self) -> int:
        return len(self.companies) + len(self.contacts) + len(self.deals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """A page of what changed: `rows` came in it, `total` counts this page and all that follow, `last_id` is where the next begins
    (exclusive). `page` has those of the rows that are not known as they are; `at` is the CRM's own time when it answered.
    """

    page: Page
    rows: int
    total: int
    last_id: int
    at: datetime
