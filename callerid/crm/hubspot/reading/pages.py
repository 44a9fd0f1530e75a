"""Pages of HubSpot's lists, and of searches by ranges of ids where those do better.

Lists: at most 100 a page, archived records apart, the associations of deals inline (HubSpot API guides, objects). A search gives
200 a page and only those that are wanted, but its index is behind: what it does not show yet, the next delta sync brings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.crm.hubspot.http.api_version import VERSION
from callerid.crm.hubspot.reading import search
from callerid.crm.hubspot.reading.answers import PAGE, after, inline_links, page_of, results
from callerid.crm.hubspot.reading.stretches import Answer
from callerid.errors import CrmFault
from callerid.models import Kind, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from callerid.crm.hubspot.http.send import HttpSender
    from callerid.models import Page, SyncRequest

_LONGEST_ID = 18  # digits


class Lists:
    """The lists of one walk, with the properties that it asks for."""

    def __init__(
        self,
        sender: HttpSender,
        sync_request: SyncRequest,
        names: Callable[[Kind], Sequence[str]],
        faults: Callable[[str], None],
        searched: Collection[Kind],
    ) -> None:
        self._sender, self._sync_request, self._names, self._faults = sender, sync_request, names, faults
        self._searched = set(searched)
        # Cursors are ids so far. Should they become anything else one day, they are kept by the id from which they go on.
        self._cursors: dict[tuple[Kind, int], str] = {}

    def _searches(self, kind: Kind) -> bool:
        return kind in self._searched

    def turn(self, kind: Kind) -> float:
        """Grant a request for a page of a kind that is sent now, and return 0; or return the seconds until it may be asked for."""
        return self._sender.turn(search=self._searches(kind))

    def wait(self, seconds: float) -> None:
        """Sleep."""
        self._sender.wait(seconds)

    def fetch(self, kind: Kind, cursor: int) -> tuple[Page, Answer]:
        """Return the page that begins with the first record whose id is not below `cursor`; its turn was granted."""
        if self._searches(kind):
            found = self._searched_page(kind, cursor)
            if found:
                return found
        names = self._names(kind)
        query = {"limit": str(PAGE), "properties": ",".join(dict.fromkeys(names)), "archived": "false"}
        query |= {"after": self._cursors.get((kind, cursor), str(cursor))} if cursor else {}
        query |= {"associations": "contacts,companies"} if kind is Kind.DEALS else {}
        said = self._sender.read("GET", f"/crm/objects/{VERSION}/{kind}", query=query, granted=not self._searches(kind))
        rows = results(said, kind)
        page = page_of(
            kind, rows, self._sync_request, self._faults, inline_links(self._sender, rows) if kind is Kind.DEALS else None
        )
        ids = tuple(int(record.id) for found in (page.contacts, page.companies, page.deals) for record in found)
        return page, Answer(ids=ids, after=self._place(kind, after(said), cursor, ids))

    def _searched_page(self, kind: Kind, cursor: int) -> tuple[Page, Answer] | None:
        """Return a page of a search; None when the index does not show what it counts and a list can be read instead."""
        scope = self._sync_request.scope if kind is Kind.CONTACTS else Scope()
        rows, answer = search.by_ids(self._sender, kind, scope, cursor, self._names(kind))
        if answer is None and scope == Scope():
            self._searched.discard(kind)
            return None
        if answer is None:
            raise CrmFault("HubSpot's search counts contacts that it does not show.", retry_after=5.0)
        return page_of(kind, rows, self._sync_request, self._faults), answer

    def _place(self, kind: Kind, following: str, cursor: int, ids: Sequence[int]) -> int | None:
        """Given a page's own cursor and its ids, return the id from which the next page goes on, None at the end."""
        if not following:
            return None
        is_id = following.isascii() and following.isdigit() and len(following) <= _LONGEST_ID
        place = int(following) if is_id else max(ids, default=cursor) + 1
        if following != str(place):
            self._cursors[kind, place] = following
        return place
