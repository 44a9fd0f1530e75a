"""Pages of HubSpot's lists, and of searches by ranges of ids where those are faster.

A list has at most 100 records a page, without archived ones, and the associations of deals inline (HubSpot API guides, objects). A
search has 200 a page and only the wanted records, but its index lags: the next delta sync brings what it does not show yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.crm.hubspot.http.send import API_VERSION
from callerid.crm.hubspot.reading import search
from callerid.crm.hubspot.reading.rows import PAGE, inline_associations, linked_kinds, next_cursor, page_of, results
from callerid.crm.hubspot.reading.stretches import PageIds
from callerid.errors import CrmFault
from callerid.messages import message
from callerid.models import Kind, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from callerid.crm.hubspot.http.send import HttpSender
    from callerid.models import Page, SyncRequest

_LONGEST_ID = 18  # digits


class PortalPages:
    """The pages of one reading of all records. `properties` returns which ones it requests for a kind, `searched` are the kinds
    that it reads by search."""

    def __init__(
        self,
        sender: HttpSender,
        sync_request: SyncRequest,
        properties: Callable[[Kind], Sequence[str]],
        report_fault: Callable[[str], None],
        searched: Collection[Kind],
    ) -> None:
        self._sender, self._sync_request, self._report_fault = sender, sync_request, report_fault
        self._properties = properties
        self._searched = set(searched)
        # So far HubSpot's cursors are ids. Should they become something else, they are kept here by the id that they go on from.
        self._cursors: dict[tuple[Kind, int], str] = {}

    def reserve(self, kind: Kind) -> float:
        """Grant a request for a page of a kind that is sent now, and return 0; or return the seconds until it may be asked for."""
        return self._sender.reserve(search=kind in self._searched)

    def wait(self, seconds: float) -> None:
        """Sleep."""
        self._sender.wait(seconds)

    def fetch(self, kind: Kind, cursor: int) -> tuple[Page, PageIds]:
        """Return the page that begins with the first record whose id is not below `cursor`; `reserve` has granted it."""
        if kind in self._searched:
            searched = self._searched_page(kind, cursor)
            if searched:
                return searched
        query: dict[str, str | list[str]] = {"limit": str(PAGE), "archived": "false"}
        query |= {"properties": list(dict.fromkeys(self._properties(kind)))}
        query |= {"after": self._cursors.get((kind, cursor), str(cursor))} if cursor else {}
        linked = linked_kinds(self._sync_request)
        query |= {"associations": list(linked)} if kind is Kind.DEALS else {}
        path = f"/crm/objects/{API_VERSION}/{kind}"
        body = self._sender.read("GET", path, query=query, reserved=kind not in self._searched)
        rows = results(body, kind)
        associations = inline_associations(self._sender, rows, linked) if kind is Kind.DEALS else None
        page = page_of(kind, rows, self._sync_request, self._report_fault, associations)
        ids = tuple(int(record.id) for records in (page.contacts, page.companies, page.deals) for record in records)
        return page, PageIds(ids=ids, after=self._next_id(kind, next_cursor(body), cursor, ids))

    def _searched_page(self, kind: Kind, cursor: int) -> tuple[Page, PageIds] | None:
        """Return a page of a search; None when the index does not show what it counts and a list can be read instead."""
        scope = self._sync_request.scope if kind is Kind.CONTACTS else Scope()
        rows, ids = search.read_from_id(self._sender, kind, scope, cursor, self._properties(kind))
        if ids is None and scope == Scope():
            self._searched.discard(kind)
            return None
        if ids is None:
            raise CrmFault(message("HubSpot's search counts contacts that it does not show."), retry_after=5.0)
        return page_of(kind, rows, self._sync_request, self._report_fault), ids

    def _next_id(self, kind: Kind, following: str, cursor: int, ids: Sequence[int]) -> int | None:
        """Return the id from which the next page goes on, given HubSpot's own cursor `following`; None at the end."""
        if not following:
            return None
        is_id = following.isascii() and following.isdigit() and len(following) <= _LONGEST_ID
        next_id = int(following) if is_id else max(ids, default=cursor) + 1
        if following != str(next_id):
            self._cursors[kind, next_id] = following
        return next_id
