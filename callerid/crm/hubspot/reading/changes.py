"""What was modified in a portal since a time: from its newest records, if they reach back to it, else by a search for that date.

The newest 200 records of a kind take one request, whose answer also tells how many there are of all: when little has changed, no
other search is needed. Where that index does not sort what it shows, it is not relied on.
Source: HubSpot search guide; Estuary's connector, which relies on no order of a search by date.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from callerid.crm.hubspot.reading.property_values import moment
from callerid.crm.hubspot.reading.rows import page_of, requested_properties
from callerid.crm.hubspot.reading.search import PAGE, above, find, first_page, ids_of, modified_since
from callerid.crm.hubspot.reading.search_body import LONGEST_BODY, modified_name, search_body
from callerid.models import Changes
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from callerid.crm.hubspot.http.send import HttpSender
    from callerid.models import Kind, Page, SyncRequest

Rows = list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesSince:
    """A reading of the records of a kind that were modified since a time, without `known` ones; see the port."""

    sender: HttpSender
    kind: Kind
    sync_request: SyncRequest
    since: datetime
    known: Callable[[Page], frozenset[str]]
    report_fault: Callable[[str], None]
    clock: Callable[[], datetime]

    def pages(self, after: int, *, counting: bool) -> Iterator[Changes]:
        """Return those with an id above `after`, page by page; with `counting`, the first says how many there are of the kind."""
        counted = None
        if counting and after <= 0:
            newest, counted = self._newest()
            changed = self._changed(newest, counted)
            if changed is not None:
                yield self._page(changed, len(changed), 0, counted, ids_of(newest))
                return
        yield from self._by_date(after, counted)

    def _by_date(self, after: int, counted: int | None) -> Iterator[Changes]:
        while True:
            filters = [modified_since(self.kind, self.since), *above(after)]
            rows, total = first_page(self.sender, self.kind, [filters], self._names)
            page = self._page(rows, total, after, counted, ids_of(rows))
            yield page
            if total <= len(page.named) or page.last_id <= after:
                return
            after = page.last_id

    def _page(self, rows: Rows, total: int, after: int, counted: int | None, named: Sequence[int]) -> Changes:
        at = self.sender.server_time or self.clock()
        known = self.known(page_of(self.kind, rows, self.sync_request, lambda _: None))
        unknown = [row for row in rows if not isinstance(row, dict) or str(row.get("id")) not in known]
        page = page_of(self.kind, unknown, self.sync_request, self.report_fault)
        last = max(ids_of(rows), default=after)
        return Changes(page=page, rows=len(rows), total=total, last_id=last, at=at, named=tuple(named), counted=counted)

    @property
    def _names(self) -> tuple[str, ...]:
        return requested_properties(self.kind, self.sync_request)

    def _newest(self) -> tuple[Rows, int | None]:
        """Return the records that were modified last, and how many there are of all; None if a search cannot ask for them."""
        name = modified_name(self.kind)
        query = search_body([], (*self._names, name), PAGE, f"-{name}")
        return ([], None) if len(json.dumps(query)) > LONGEST_BODY else find(self.sender, self.kind, query)

    def _changed(self, newest: Rows, counted: int | None) -> Rows | None:
        """Return those of the newest records that are changes; None if they are not the newest, or more may have changed than they
        are."""
        if counted is None or len(newest) < min(counted, PAGE):
            return None
        dates = [_date(row, modified_name(self.kind)) for row in newest]
        if len(newest) < counted and not _fall_below(dates, self.since):
            return None
        return [row for row, date in zip(newest, dates, strict=True) if date is None or date >= self.since]


def _fall_below(dates: Sequence[datetime | None], since: datetime) -> bool:
    """Return whether dates fall, and below a time. Equal ones show no order."""
    known = [date for date in dates if date is not None]
    falls = len(known) == len(dates) and all(one >= other for one, other in pairwise(known)) and known[0] > known[-1]
    return falls and known[-1] < since


def _date(row: Any, name: str) -> datetime | None:
    properties = row.get("properties") if isinstance(row, dict) else None
    return moment(properties.get(name)) if isinstance(properties, dict) else None
