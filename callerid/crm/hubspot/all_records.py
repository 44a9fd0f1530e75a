"""Read all records of a portal: by lists and searches in parallel, or by exports."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING

from callerid.crm.hubspot.connection import Connection
from callerid.crm.hubspot.reading import records, rows
from callerid.crm.hubspot.reading.exporting.exported import ExportedRecords
from callerid.crm.hubspot.reading.pages import PortalPages
from callerid.crm.hubspot.reading.parallel import ParallelReader
from callerid.crm.hubspot.reading.plan import ReadPlan
from callerid.crm.hubspot.reading.portal_info import former_owners, read_portal_info, read_rest
from callerid.crm.hubspot.reading.stretches import Extent
from callerid.models import Kind, Scope, Stretch

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from callerid.models import Owner, Page, PortalInfo, SyncRequest

_FEWEST_READERS, _MOST_READERS = 3, 16  # each takes memory; sixteen send twice what the limit allows when a response takes 0.8 s
_MOST_SEARCHED_COMPANIES = 10_000  # more are read faster as a list, because of the limit of searches
_BURST = 2.0  # seconds in which all requests of ten seconds may be sent: the limit counts requests, not the time between them


class AllRecords(Connection):
    """What a full sync and a sweep ask for."""

    _extents: Mapping[Kind, Extent] = MappingProxyType({})
    _company_count = 0
    _searched: frozenset[Kind] = frozenset()
    _exported: frozenset[Kind] = frozenset()

    @property
    def lagging_kinds(self) -> frozenset[Kind]:
        """The kinds that were last read by search, or by exports: their index lags."""
        return self._searched | self._exported

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
        with self._sender.decoding_in_one_thread():
            yield from ParallelReader(ReadPlan.of(begun, self._extents), pages, self._readers, listed)

    def _readers(self) -> int:
        """Return how many threads send in a short time what the limit allows, however long responses take."""
        wanted = math.ceil(self._sender.rate_limiter.usable * self._sender.latency / _BURST)
        return max(_FEWEST_READERS, min(_MOST_READERS, wanted))
