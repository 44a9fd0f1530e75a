"""What a sync requests of the CRM, and the pages in which records come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.models.calls import CallOutcome
    from callerid.models.kinds import Kind
    from callerid.models.people import Owner
    from callerid.models.records import Account, Company, Contact, Deal, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many records the CRM says it has, for progress and free space; never used to decide what was deleted."""

    contacts: int = 0
    companies: int = 0
    deals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IdRange:
    """How far the ids of a kind reach, when a sync began; `low` is 0 when it is not known."""

    kind: Kind
    high: int
    low: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneProperty:
    """A property of contacts or companies that holds phone numbers, or may by its name."""

    kind: Kind
    name: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalInfo:
    """What is read of a CRM before its records."""

    account: Account
    owners: tuple[Owner, ...] = ()
    stages: tuple[Stage, ...] = ()
    phone_properties: tuple[PhoneProperty, ...] = ()
    suggested_phone_properties: tuple[PhoneProperty, ...] = ()  # texts whose name looks like it; only a person can know
    outcomes: tuple[CallOutcome, ...] = ()  # in the portal's own order; () when they could not be read
    totals: Totals = Totals()
    id_ranges: tuple[IdRange, ...] = ()  # of the kinds for which they are known
    missing_scopes: tuple[str, ...] = ()  # of the token: what needs one of them is left out of all that is read
    may_export: bool | None = None  # whether the token has the scope for exports; None if the CRM does not tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The contacts that are requested: of these owners (None: of all), modified since this time (None: ever)."""

    owner_ids: tuple[str, ...] | None = None
    modified_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRequest:
    """What the mirror is to hold: the names of the properties that hold phone numbers, which contacts, in which time zone (IANA
    name, "" for UTC) dates without a time are, and which kinds of records the token may not read, so that nobody asks for them."""

    contact_phone_properties: tuple[str, ...] = ()
    company_phone_properties: tuple[str, ...] = ()
    scope: Scope = Scope()
    time_zone: str = ""
    unreadable: frozenset[Kind] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A range of ids of one kind that is read request after request, in their order.

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
    """Records that came in one response, and how far that brings the reading of the stretches they belong to."""

    companies: tuple[Company, ...] = ()
    contacts: tuple[Contact, ...] = ()
    deals: tuple[Deal, ...] = ()
    stretches: tuple[Stretch, ...] = ()

    def ids(self) -> tuple[int, ...]:
        """Return the ids of its records, which are all of one kind."""
        return tuple(int(record.id) for records in (self.contacts, self.companies, self.deals) for record in records)

    def __len__(self) -> int:
        return len(self.companies) + len(self.contacts) + len(self.deals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """A page of changed records: how many `rows` it has, the `total` of this page and all that follow, the `last_id` after which
    the next page begins, and in `page` the records that the mirror does not have as they are. `at` is the CRM's time of the
    response, `named` are the ids of all records in it, changed or not, and `counted` is how many of the kind there are (None: it
    does not tell)."""

    page: Page
    rows: int
    total: int
    last_id: int
    at: datetime
    named: tuple[int, ...] = ()
    counted: int | None = None
