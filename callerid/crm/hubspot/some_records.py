"""Read some records of a portal: what changed, what is associated, whose number it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.crm.hubspot.connection import Connection
from callerid.crm.hubspot.http.send import API_VERSION
from callerid.crm.hubspot.reading import records, rows, search
from callerid.crm.hubspot.reading.changes import ChangesSince
from callerid.messages import message
from callerid.models import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from callerid.core.sync.narrowing import Shown
    from callerid.core.sync.recent_callers import Line
    from callerid.models import Changes, Contact, Page, SyncRequest


class SomeRecords(Connection):
    """What a delta sync and a ring ask for."""

    def changes(
        self,
        kind: Kind,
        sync_request: SyncRequest,
        since: datetime,
        after: int,
        known: Callable[[Page], frozenset[str]],
        *,
        counting: bool = False,
    ) -> Iterator[Changes]:
        """Return what was modified since a time, page by page; see the port."""
        reading = ChangesSince(
            sender=self._sender,
            kind=kind,
            sync_request=sync_request,
            since=since,
            known=known,
            report_fault=self._report_fault,
            clock=self._clock,
        )
        return reading.pages(after, counting=counting)

    def archived_ids(self, kind: Kind, after: str) -> tuple[tuple[int, ...], str]:
        """Return a page of the recycle bin, and the cursor of the next; see the port. HubSpot has no filter by date for it."""
        query = {"archived": "true", "properties": "hs_object_id", "limit": str(rows.PAGE)} | ({"after": after} if after else {})
        body = self._sender.read("GET", f"/crm/objects/{API_VERSION}/{kind}", query=query)
        following = rows.next_cursor(body)
        ids = records.ids_in(rows.results(body, message("the deleted {kind}", kind=kind)), "id")
        return tuple(map(int, ids)), following if following != after else ""

    def ids_between(
        self, kind: Kind, sync_request: SyncRequest, low: int, stop: int | None, passed: int, *, without_company: bool = False
    ) -> Shown:
        """Return ids in a range, and how many there are; see the port."""
        return search.ids_between(
            self._sender, kind, sync_request.scope, low, stop, passed, without_company=without_company and kind is Kind.CONTACTS
        )

    def links(self, kind: Kind, to: Kind, ids: Sequence[str]) -> dict[str, dict[str, bool]]:
        """Return what records are associated with; see the port."""
        return rows.links_of(self._sender, kind, to, ids)

    def records_by_id(self, kind: Kind, ids: Sequence[str], sync_request: SyncRequest) -> Iterator[Page]:
        """Return the records with these ids; deleted ones are left out."""
        for start in range(0, len(ids), rows.PAGE):
            yield search.records_by_id(self._sender, kind, ids[start : start + rows.PAGE], sync_request, self._report_fault)

    def existing_ids(self, kind: Kind, ids: Sequence[str]) -> frozenset[str]:
        """Return which of these ids records have; see the port."""
        batches = (ids[start : start + rows.PAGE] for start in range(0, len(ids), rows.PAGE))
        return frozenset(found for batch in batches for found in search.existing_ids(self._sender, kind, batch))

    def contacts_by_number(self, national: str, e164: str, sync_request: SyncRequest, timeout: float) -> tuple[Contact, ...]:
        """Return contacts who may have a number; see the port."""
        return search.contacts_by_number(
            self._sender, national, e164, sync_request, timeout=timeout, report_fault=self._report_fault
        )

    def contacts_by_lines(self, lines: Sequence[Line], sync_request: SyncRequest) -> tuple[Contact, ...]:
        """Return contacts who have one of these lines; see the port."""
        return tuple(search.contacts_by_lines(self._sender, lines, sync_request, self._report_fault))
