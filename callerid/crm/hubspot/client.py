"""HubSpot as the CRM of the port."""

from __future__ import annotations

import hashlib
import math
import time
from typing import TYPE_CHECKING

from callerid.crm.hubspot import activities
from callerid.crm.hubspot.http.send import API_VERSION, HttpSender
from callerid.crm.hubspot.reading import records, rows, search
from callerid.crm.hubspot.reading.exported import ExportedRecords
from callerid.crm.hubspot.reading.pages import PortalPages
from callerid.crm.hubspot.reading.parallel import ParallelReader
from callerid.crm.hubspot.reading.plan import ReadPlan
from callerid.crm.hubspot.reading.portal_info import former_owners, read_portal_info, read_rest, still_missing
from callerid.crm.hubspot.reading.stretches import Extent
from callerid.crm.hubspot.writing import contacts, engagements, values
from callerid.models import Kind, Scope, Stretch

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from callerid.core.sync.recent_callers import Line
    from callerid.credentials import Token
    from callerid.crm.hubspot.http.request_log import RequestLog
    from callerid.models import (
        Account,
        ActivityKind,
        ActivityPage,
        ActivityRequest,
        Changes,
        Contact,
        Engagement,
        EngagementKind,
        NewContact,
        Owner,
        Page,
        PortalInfo,
        Stage,
        SyncRequest,
    )

_FEWEST_READERS, _MOST_READERS = 3, 32
_MOST_SEARCHED_COMPANIES = 10_000  # more are read faster as a list, because of the limit of searches
_BURST = 2.0  # seconds in which all requests of ten seconds may be sent: the limit counts requests, not the time between them


class HubSpot:
    """A portal. `report_fault` gets a sentence for each row that cannot be used; `wait` sleeps, `monotonic` measures (both in
    seconds). `request_log` also has the requests of other processes with the same token. `time_zone` is the account's by its name
    in the IANA database, as an earlier sync read it; `call_fields` are fixed values of further properties of calls."""

    name = "hubspot"

    def __init__(
        self,
        token: Token,
        *,
        url: str,
        wait: Callable[[float], None],
        clock: Callable[[], datetime],
        report_fault: Callable[[str], None],
        monotonic: Callable[[], float] = time.monotonic,
        request_log: RequestLog | None = None,
        time_zone: str = "",
        call_fields: Sequence[tuple[str, str]] = (),
    ) -> None:
        self._sender = HttpSender(
            token, url=url, wait=wait, clock=clock, monotonic=monotonic, request_log=request_log, time_zone=time_zone
        )
        self._call_fields = tuple(call_fields)
        self._token, self._report_fault, self._clock = token, report_fault, clock
        self._extents: dict[Kind, Extent] = {}
        self._company_count = 0
        self._searched: frozenset[Kind] = frozenset()
        self._exported: frozenset[Kind] = frozenset()
        self._monotonic = monotonic

    @property
    def requests(self) -> int:
        """The number of requests sent so far."""
        return self._sender.requests

    @property
    def now(self) -> datetime:
        """HubSpot's time (UTC) of its last response; the phone's clock may be wrong."""
        return self._sender.server_time or self._clock()

    @property
    def token_fingerprint(self) -> str:
        """A text that differs between tokens and reveals nothing of them."""
        return hashlib.sha256(f"callerid {self._token.reveal()}".encode()).hexdigest()[:16]

    @property
    def lagging_kinds(self) -> frozenset[Kind]:
        """The kinds that were last read by search, or by exports: their index lags."""
        return self._searched | self._exported

    def account(self) -> Account:
        """Return the portal that the token is for; `own_owner_id` is not filled."""
        return records.account(self._sender.read("GET", f"/account-info/{API_VERSION}/details"), None)

    def still_missing(self, scopes: Collection[str]) -> tuple[str, ...]:
        """Return which of these scopes the token still lacks; see the port."""
        return still_missing(self._sender, self._token, scopes)

    def fingerprint(self) -> str:
        """Return "": HubSpot cannot tell whether anything has changed."""
        return ""

    def report(self) -> tuple[str, ...]:
        """Return (): rows that could not be read are logged one by one."""
        return ()

    def close(self) -> None:
        """Close the connections."""
        self._sender.close()

    def time_budget(self, seconds: float) -> AbstractContextManager[None]:
        """Bound how long requests of this thread are tried again; see the port."""
        return self._sender.time_budget(seconds)

    # ---------------------------------------------------------------------------------------- all records

    def portal_info(self) -> PortalInfo:
        """Return what is read before the records."""
        portal_info = read_portal_info(self._sender, self._token, self._report_fault)
        self.recall(portal_info)
        return portal_info

    def recall(self, portal_info: PortalInfo) -> None:
        """Take what the portal told before; see the port."""
        totals = portal_info.totals
        self._extents = {
            ids.kind: Extent(high=ids.high, low=ids.low, count=getattr(totals, ids.kind.value)) for ids in portal_info.id_ranges
        }
        self._company_count = totals.companies
        self._sender.time_zone = portal_info.account.time_zone or self._sender.time_zone

    def brief_portal_info(self) -> PortalInfo:
        """Return what is read before exports; see the port."""
        portal_info = read_portal_info(self._sender, self._token, self._report_fault, briefly=True)
        self.recall(portal_info)
        return portal_info

    def complete(self, portal_info: PortalInfo) -> PortalInfo:
        """Return a brief portal info with what lists need; see the port."""
        portal_info = read_rest(self._sender, portal_info, self._report_fault)
        self.recall(portal_info)
        return portal_info

    def former_owners(self) -> tuple[Owner, ...]:
        """Return the owners who are no users any more; see the port."""
        return former_owners(self._sender, self._report_fault)

    def seconds_for(self, requests: int) -> float:
        """Return about how many seconds so many requests take; see the port."""
        return requests / self._sender.rate_limiter.usable * 10

    def exported_records(
        self,
        sync_request: SyncRequest,
        done: Collection[Kind],
        started: Mapping[Kind, str],
        record: Callable[[Kind, str], None],
        *,
        began: datetime,
        longest: float,
    ) -> ExportedRecords:
        """Return all records by exports; see the port."""
        kinds = [kind for kind in Kind if kind not in {*done, *sync_request.unreadable}]
        self._exported = frozenset(Kind)
        return ExportedRecords(
            self._sender,
            sync_request,
            self._report_fault,
            kinds=kinds,
            started=started,
            record=record,
            began=began,
            longest=longest,
            monotonic=self._monotonic,
        )

    def all_records(self, sync_request: SyncRequest, begun: Sequence[Stretch] = ()) -> Iterator[Page]:
        """Return all records but those that an earlier reading of these stretches brought."""
        searched = {Kind.CONTACTS} if sync_request.scope != Scope() else set()
        if self._company_count <= _MOST_SEARCHED_COMPANIES:
            searched.add(Kind.COMPANIES)
        self._searched = frozenset(searched)
        self._exported &= {stretch.kind for stretch in begun}
        return self._read_all(sync_request, begun, lambda kind: rows.requested_properties(kind, sync_request), searched)

    def all_outlines(self, sync_request: SyncRequest, begun: Sequence[Stretch] = ()) -> Iterator[Page]:
        """Return all records with only their modified dates, contacts' companies and owners, and deals' associations."""
        searched = {Kind.CONTACTS} if sync_request.scope != Scope() else set()
        return self._read_all(sync_request, begun, records.OUTLINE_PROPERTIES.__getitem__, searched)

    def _read_all(
        self,
        sync_request: SyncRequest,
        begun: Sequence[Stretch],
        properties: Callable[[Kind], Sequence[str]],
        searched: Collection[Kind],
    ) -> Iterator[Page]:
        begun_kinds = {stretch.kind for stretch in begun}  # a reading that was interrupted early may not have come to every kind
        new_kinds = [kind for kind in Kind if kind not in begun_kinds | sync_request.unreadable]
        begun = [*begun, *(Stretch(kind=kind, start=0, cursor=0) for kind in new_kinds)]
        pages = PortalPages(self._sender, sync_request, properties, self._report_fault, searched)
        listed = sum(extent.count for extent in self._extents.values()) // rows.PAGE
        return iter(ParallelReader(ReadPlan.of(begun, self._extents), pages, self._readers, listed))

    def _readers(self) -> int:
        """Return how many threads send in a short time what the limit allows, however long responses take."""
        wanted = math.ceil(self._sender.rate_limiter.usable * self._sender.latency / _BURST)
        return max(_FEWEST_READERS, min(_MOST_READERS, wanted))

    # ---------------------------------------------------------------------------------------- some records

    def changes(
        self, kind: Kind, sync_request: SyncRequest, since: datetime, after: int, known: Callable[[Page], frozenset[str]]
    ) -> Iterator[Changes]:
        """Return what was modified since a time, page by page; see the port."""
        return search.changes(
            self._sender, kind, sync_request, since, after, known=known, report_fault=self._report_fault, clock=self._clock
        )

    def archived_ids(self, kind: Kind, after: str) -> tuple[tuple[int, ...], str]:
        """Return a page of the recycle bin, and the cursor of the next; see the port. HubSpot has no filter by date for it."""
        query = {"archived": "true", "properties": "hs_object_id", "limit": str(rows.PAGE)} | ({"after": after} if after else {})
        body = self._sender.read("GET", f"/crm/objects/{API_VERSION}/{kind}", query=query)
        following = rows.next_cursor(body)
        ids = records.ids_in(rows.results(body, f"deleted {kind}"), "id")
        return tuple(map(int, ids)), following if following != after else ""

    def ids_between(
        self, kind: Kind, sync_request: SyncRequest, low: int, stop: int | None, most: int, *, without_company: bool = False
    ) -> tuple[tuple[int, ...], int]:
        """Return the first ids in a range, and how many there are; see the port."""
        return search.ids_between(
            self._sender, kind, sync_request.scope, low, stop, most, without_company=without_company and kind is Kind.CONTACTS
        )

    def links(self, kind: Kind, to: Kind, ids: Sequence[str]) -> dict[str, dict[str, bool]]:
        """Return what records are associated with; see the port."""
        return rows.links_of(self._sender, kind, to, ids)

    def records_by_id(self, kind: Kind, ids: Sequence[str], sync_request: SyncRequest) -> Iterator[Page]:
        """Return the records with these ids; deleted ones are left out."""
        for start in range(0, len(ids), rows.PAGE):
            yield search.records_by_id(self._sender, kind, ids[start : start + rows.PAGE], sync_request, self._report_fault)

    def contacts_by_number(self, national: str, e164: str, sync_request: SyncRequest, timeout: float) -> tuple[Contact, ...]:
        """Return contacts who may have a number; see the port."""
        return search.contacts_by_number(
            self._sender, national, e164, sync_request, timeout=timeout, report_fault=self._report_fault
        )

    def contacts_by_lines(self, lines: Sequence[Line], sync_request: SyncRequest) -> tuple[Contact, ...]:
        """Return contacts who have one of these lines; see the port."""
        return tuple(search.contacts_by_lines(self._sender, lines, sync_request, self._report_fault))

    # ---------------------------------------------------------------------------------------- what there is of a contact

    def open_activities(self, request: ActivityRequest, below: int | None) -> ActivityPage:
        """Return a page of what a card may show; see the port."""
        return activities.open_page(self._sender, request, below, self._report_fault)

    def changed_activities(self, request: ActivityRequest, since: datetime, after: int) -> ActivityPage:
        """Return a page of what was modified; see the port."""
        return activities.changed_page(self._sender, request, since, after, self._report_fault)

    def contacts_of_activities(self, kind: ActivityKind, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the contacts of activities; see the port."""
        return activities.contacts_of(self._sender, kind, ids)

    def ticket_stages(self) -> tuple[Stage, ...]:
        """Return the stages of tickets; see the port."""
        return activities.ticket_stages(self._sender, self._report_fault)

    # ---------------------------------------------------------------------------------------- calls and tasks

    def create(self, engagement: Engagement) -> str:
        """Create a call or task; see the port."""
        return engagements.create(self._sender, engagement, self._call_fields)

    def find(self, engagement: Engagement) -> str | None:
        """Find a call or task by our own id; see the port."""
        return engagements.find(self._sender, engagement)

    def find_all(self, possible: Sequence[Engagement], known_id: str) -> tuple[str, ...]:
        """Find every call or task with our own id; see the port."""
        return engagements.find_all(self._sender, possible, known_id)

    def update(self, remote_id: str, engagement: Engagement, before: Sequence[Engagement] = ()) -> None:
        """Change a call or task; see the port."""
        engagements.update(self._sender, remote_id, engagement, before, self._call_fields)

    def check_exists(self, kind: EngagementKind, remote_id: str) -> None:
        """Raise NotFound when a call or task no longer exists; see the port."""
        engagements.check_exists(self._sender, f"{kind}s", remote_id)

    def withdraw(self, kind: EngagementKind, remote_id: str) -> None:
        """Delete a call or task; see the port."""
        engagements.withdraw(self._sender, f"{kind}s", remote_id)

    def resolve_associations(self, engagement: Engagement) -> Engagement:
        """Return an engagement with records that exist; see the port."""
        return engagements.resolve_associations(self._sender, engagement)

    # ---------------------------------------------------------------------------------------- new contacts

    def possible_duplicates(self, new: NewContact, national: str, sync_request: SyncRequest) -> tuple[Contact, ...]:
        """Return contacts who may be the same person; see the port."""
        return contacts.possible_duplicates(self._sender, new, national, sync_request, self._report_fault)

    def create_contact(self, new: NewContact) -> str:
        """Create a contact; see the port."""
        return contacts.create_contact(self._sender, new)

    def twins(self, new: NewContact, known_id: str) -> tuple[str, ...]:
        """Return the contacts that a second post has made; see the port."""
        return contacts.twins(self._sender, new, known_id)

    def withdraw_contact(self, contact_id: str) -> None:
        """Delete a contact; see the port."""
        contacts.withdraw_contact(self._sender, contact_id)

    def set_phone_if_empty(self, contact_id: str, name: str, number: str) -> bool:
        """Write a number into an empty phone property; see the port."""
        return contacts.set_phone_if_empty(self._sender, contact_id, name, number)

    def contact_values(self, ids: Sequence[str], names: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return properties of contacts; see the port."""
        return values.contact_values(self._sender, ids, names)

    def set_contact_values(self, of_contacts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        """Write properties of contacts; see the port."""
        return values.set_contact_values(self._sender, of_contacts)
