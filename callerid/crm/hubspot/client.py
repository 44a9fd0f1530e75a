"""HubSpot behind the port."""

from __future__ import annotations

import hashlib
import math
import time
from typing import TYPE_CHECKING

from callerid.crm.hubspot.http.api_version import VERSION
from callerid.crm.hubspot.http.send import HttpSender
from callerid.crm.hubspot.reading import answers, search
from callerid.crm.hubspot.reading import records as reading
from callerid.crm.hubspot.reading.pages import Lists
from callerid.crm.hubspot.reading.parallel import Walk
from callerid.crm.hubspot.reading.portal_info import read_portal_info
from callerid.crm.hubspot.reading.stretches import Board
from callerid.crm.hubspot.writing import contacts, engagements
from callerid.models import Kind, Scope, Stretch

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import datetime

    from callerid.credentials import Token
    from callerid.crm.hubspot.http.request_times import Record
    from callerid.crm.hubspot.reading.stretches import Extent
    from callerid.models import (
        Account,
        Changes,
        Contact,
        Engagement,
        EngagementKind,
        NewContact,
        Page,
        PortalInfo,
        SyncRequest,
    )

_FEWEST_READERS, _MOST_READERS = 3, 32
_SEARCHED_COMPANIES = 10_000  # at the most; for more, the limit of searches would be the slower way
_BURST = 2.0  # seconds in which all requests of ten seconds may be sent; the limit counts them, not their distance


class HubSpot:
    """A portal. `faults` hears of each row that could not be used; `wait` sleeps, `monotonic` measures (both in seconds); `record`
    is where the requests of others with the same token are found, too; `zone` is the account's by its name in the IANA database,
    as an earlier sync has read it; `call_fields` are fixed values of further properties of calls."""

    def __init__(
        self,
        token: Token,
        *,
        url: str,
        wait: Callable[[float], None],
        clock: Callable[[], datetime],
        faults: Callable[[str], None],
        monotonic: Callable[[], float] = time.monotonic,
        record: Record | None = None,
        zone: str = "",
        call_fields: Sequence[tuple[str, str]] = (),
    ) -> None:
        self._sender = HttpSender(token, url=url, wait=wait, clock=clock, monotonic=monotonic, record=record, zone=zone)
        self._fields = tuple(call_fields)
        self._token, self._faults, self._clock = token, faults, clock
        self._extents: dict[Kind, Extent] = {}
        self._companies = 0
        self._searched: frozenset[Kind] = frozenset()

    name = "hubspot"

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return self._sender.requests

    @property
    def now(self) -> datetime:
        """The portal's time when it last answered; a phone's clock may be off."""
        return self._sender.at or self._clock()

    @property
    def token_fingerprint(self) -> str:
        """What tells one token from another, and nothing else of it."""
        return hashlib.sha256(f"callerid {self._token.reveal()}".encode()).hexdigest()[:16]

    @property
    def lagging_kinds(self) -> frozenset[Kind]:
        """The kinds that `everything` last read by search, whose index lags."""
        return self._searched

    def account(self) -> Account:
        """Return which portal the token is for; whose token it is stays open."""
        return reading.account(self._sender.read("GET", f"/account-info/{VERSION}/details"), None)

    def fingerprint(self) -> str:
        """Return "": a portal does not tell before it is asked for its records."""
        return ""

    def close(self) -> None:
        """Let go of connections."""
        self._sender.close()

    # ---------------------------------------------------------------------------------------- all of it

    def portal_info(self) -> PortalInfo:
        """Return what is read before the records."""
        portal_info, self._extents = read_portal_info(self._sender, self._token, self._faults)
        self._companies = portal_info.totals.companies
        return portal_info

    def all_records(self, sync_request: SyncRequest, begun: Sequence[Stretch] = ()) -> Iterator[Page]:
        """Return all records; what an earlier reading of these stretches brought does not come again."""
        searched = {Kind.CONTACTS} if sync_request.scope != Scope() else set()
        if self._companies <= _SEARCHED_COMPANIES:
            searched.add(Kind.COMPANIES)
        self._searched = frozenset(searched)
        return self._walk(sync_request, begun, lambda kind: answers.properties(kind, sync_request), searched)

    def all_outlines(self, sync_request: SyncRequest, begun: Sequence[Stretch] = ()) -> Iterator[Page]:
        """Return all records with no more than their modified dates, contacts' companies and owners, and deals' associations."""
        searched = {Kind.CONTACTS} if sync_request.scope != Scope() else set()
        return self._walk(sync_request, begun, reading.OUTLINE.__getitem__, searched)

    def _walk(
        self,
        sync_request: SyncRequest,
        begun: Sequence[Stretch],
        names: Callable[[Kind], Sequence[str]],
        searched: Collection[Kind],
    ) -> Iterator[Page]:
        known = {stretch.kind for stretch in begun}  # what was interrupted early had perhaps not come to every kind
        begun = [*begun, *(Stretch(kind=kind, start=0, cursor=0) for kind in Kind if kind not in known)]
        pages = Lists(self._sender, sync_request, names, self._faults, searched)
        return iter(Walk(Board.of(begun, self._extents), pages, self._readers))

    def _readers(self) -> int:
        """As many as it takes to send what the limit allows in a short time, whatever the time that an answer takes to come."""
        wanted = math.ceil(self._sender.pace.most * self._sender.latency / _BURST)
        return max(_FEWEST_READERS, min(_MOST_READERS, wanted))

    # ---------------------------------------------------------------------------------------- parts of it

    def changes(
        self, kind: Kind, sync_request: SyncRequest, since: datetime, after: int, known: Callable[[Page], frozenset[str]]
    ) -> Iterator[Changes]:
        """Return page by page what was modified since a time; see the port."""
        return search.changes(self._sender, kind, sync_request, since, after, known=known, faults=self._faults, clock=self._clock)

    def archived_ids(self, kind: Kind, after: str) -> tuple[tuple[int, ...], str]:
        """Return a page of the recycle bin, and the cursor of the next; see the port. There is no filter by date."""
        query = {"archived": "true", "properties": "hs_object_id", "limit": str(answers.PAGE)} | ({"after": after} if after else {})
        said = self._sender.read("GET", f"/crm/objects/{VERSION}/{kind}", query=query)
        following = answers.after(said)
        ids = reading.ids_in(answers.results(said, f"deleted {kind}"), "id")
        return tuple(map(int, ids)), following if following != after else ""

    def records_by_id(self, kind: Kind, ids: Sequence[str], sync_request: SyncRequest) -> Iterator[Page]:
        """Return the records with these ids, those that are gone left out."""
        for start in range(0, len(ids), answers.PAGE):
            yield search.records(self._sender, kind, ids[start : start + answers.PAGE], sync_request, self._faults)

    def contacts_by_number(self, national: str, e164: str, sync_request: SyncRequest, patience: float) -> tuple[Contact, ...]:
        """Return contacts who may have a number; see the port."""
        return search.contacts_by_number(self._sender, national, e164, sync_request, patience=patience, faults=self._faults)

    # ---------------------------------------------------------------------------------------- calls

    def create(self, engagement: Engagement) -> str:
        """Create a call or task; see the port."""
        return engagements.create(self._sender, engagement, self._fields)

    def find(self, engagement: Engagement) -> str | None:
        """Look for a call or task; see the port."""
        return engagements.find(self._sender, engagement)

    def update(self, remote_id: str, engagement: Engagement, before: Sequence[Engagement] = ()) -> None:
        """Change a call or task; see the port."""
        engagements.update(self._sender, remote_id, engagement, before, self._fields)

    def check_exists(self, kind: EngagementKind, remote_id: str) -> None:
        """Raise NotFound when a call or task is not there; see the port."""
        engagements.check_exists(self._sender, f"{kind}s", remote_id)

    def withdraw(self, kind: EngagementKind, remote_id: str) -> None:
        """Delete a call or task; see the port."""
        engagements.withdraw(self._sender, f"{kind}s", remote_id)

    def resolve_associations(self, engagement: Engagement) -> Engagement:
        """Return an engagement of records that there still are; see the port."""
        return engagements.resolve_associations(self._sender, engagement)

    # ---------------------------------------------------------------------------------------- new people

    def possible_duplicates(self, new: NewContact, national: str, sync_request: SyncRequest) -> tuple[Contact, ...]:
        """Return contacts who may be that person; see the port."""
        return contacts.possible_duplicates(self._sender, new, national, sync_request, self._faults)

    def create_contact(self, new: NewContact) -> str:
        """Create a contact; see the port."""
        return contacts.create_contact(self._sender, new)

    def set_phone_if_empty(self, contact_id: str, name: str, number: str) -> bool:
        """Give a contact a number; see the port."""
        return contacts.set_phone(self._sender, contact_id, name, number)
