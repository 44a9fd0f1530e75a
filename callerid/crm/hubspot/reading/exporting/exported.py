"""All records by exports, one kind after the other. A kind counts as read when its export has passed: it has as many rows as
HubSpot counts, and says of the newest records what the API says of them.

Of each kind one search, when its file is there, tells all that: the count, and the 200 records that were modified last. Those of
them that have changed since the export began are taken from the search; the others are compared.
"""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from callerid.core.sync.by_export import counts_differ
from callerid.crm.hubspot.reading.exporting.export_check import (
    ExportWish,
    Sample,
    compare,
    compare_links,
    read_newest,
    read_unchanged,
)
from callerid.crm.hubspot.reading.exporting.exports import PortalExport
from callerid.crm.hubspot.reading.rows import (
    associations_of,
    inline_associations,
    linked_kinds,
    page_of,
    requested_properties,
)
from callerid.errors import ExportUnusable
from callerid.messages import message
from callerid.models import Kind, Page, Stretch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from callerid.crm.hubspot.http.send import HttpSender
    from callerid.crm.hubspot.reading.exporting.export_check import Newest, Row
    from callerid.models import SyncRequest

_ROWS = 200  # in a page
_FEWEST_COMPARED = 20  # records; of fewer, a sample is read by ids, too
_MAY_BE_NEWER = timedelta(minutes=5)  # what was modified so shortly before an export began, it may not have
_FIRST_PAUSE = 8  # the part of the longest wait after which an export is looked at first
_SHORTEST_PAUSE, _LONGEST_PAUSE = 2.0, 30.0  # seconds


class ExportedRecords:
    """The records of some kinds, page by page, by exports that an earlier sync may have `started` (ids). `record` gets the id of
    each that is started now. They show what there was at `began`, or later; `longest` is how many seconds are waited for them.

    Iterate over it once. Then `is_exact` says whether the exports have as many rows as HubSpot counts, and the search has shown all
    that changed since.
    """

    def __init__(
        self,
        sender: HttpSender,
        sync_request: SyncRequest,
        report_fault: Callable[[str], None],
        *,
        kinds: Sequence[Kind],
        started: Mapping[Kind, str],
        record: Callable[[Kind, str], None],
        began: datetime,
        longest: float,
        monotonic: Callable[[], float],
    ) -> None:
        self._sender, self._sync_request, self._report_fault = sender, sync_request, report_fault
        self._since = began - _MAY_BE_NEWER
        self._wishes = {kind: _wish(kind, sync_request) for kind in kinds}
        self._exports = {kind: PortalExport(sender, wish, zone=sync_request.time_zone) for kind, wish in self._wishes.items()}
        self._started, self._record = started, record
        self._monotonic, self._longest, self._deadline = monotonic, longest, monotonic() + longest
        self._first_pause = min(max(_SHORTEST_PAUSE, longest / _FIRST_PAUSE), _LONGEST_PAUSE)
        self.is_exact = True

    def __iter__(self) -> Iterator[Page]:
        """Raise ScopeMissing, ExportUnusable, CalleridError. No other export is started before the first is known not to wait for
        approval."""
        is_first_done = True
        for place, (kind, export) in enumerate(self._exports.items()):
            is_done = self._take_up(kind, export)
            if is_done is None:
                export.start()
                self._record(kind, export.id)
                is_done = not place and export.check()
            is_first_done = is_first_done if place else is_done
        if not is_first_done:
            self._sender.wait(self._first_pause)
        for kind, export in self._exports.items():
            self._wait_for(export)
            yield from self._read(kind, export)

    def _take_up(self, kind: Kind, export: PortalExport) -> bool | None:
        """Take up the export that an earlier sync has started, and return whether it is done; None if there is none to use."""
        export.id = self._started.get(kind, "")
        try:
            return export.check() if export.id else None
        except ExportUnusable:
            return None

    def _wait_for(self, export: PortalExport) -> None:
        pause = self._first_pause
        while not export.is_ready():
            if self._monotonic() >= self._deadline:
                raise ExportUnusable(message("HubSpot's export was not there after {longest:.0f} s.", longest=self._longest))
            self._sender.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _read(self, kind: Kind, export: PortalExport) -> Iterator[Page]:
        """Return the pages of a kind, the last of which says that it was read."""
        wish = self._wishes[kind]
        newest = read_newest(self._sender, wish, self._since)
        kept: dict[str, Row] = {}
        sample, count = Sample(newest.count), 0
        rows = export.rows()
        while batch := list(itertools.islice(rows, _ROWS)):
            count += len(batch)
            kept |= {row["id"]: row for row in batch if row["id"] in newest.unchanged}
            for row in batch:
                sample.take(row)
            yield page_of(kind, batch, self._sync_request, self._report_fault, self._inline(kind, batch))
        self._check_count(export, count, newest)
        if len(newest.unchanged) < min(_FEWEST_COMPARED, count):
            listed = read_unchanged(self._sender, wish, sample.rows, self._since)
            compare(wish, sample.rows, listed)
        compare(wish, kept, newest.unchanged)
        changed = self._changed(kind, kept, newest)
        yield Page(
            contacts=changed.contacts,
            companies=changed.companies,
            deals=changed.deals,
            stretches=(Stretch(kind=kind, start=0, cursor=0, done=True),),
        )

    def _inline(self, kind: Kind, rows: Sequence[Any]) -> dict[str, dict[str, tuple[str, ...]]] | None:
        return inline_associations(self._sender, rows, linked_kinds(self._sync_request)) if kind is Kind.DEALS else None

    def _check_count(self, export: PortalExport, rows: int, newest: Newest) -> None:
        """Raise ExportUnusable when the file is not whole, or HubSpot counts other records."""
        if rows == newest.count:
            return
        in_file = export.count()
        if rows != in_file:
            raise ExportUnusable(
                message("HubSpot's export has {rows} rows, and HubSpot has counted {in_file}.", rows=rows, in_file=in_file)
            )
        if counts_differ(rows, newest.count):
            raise ExportUnusable(message("HubSpot's export has {rows} rows, and there are {count}.", rows=rows, count=newest.count))
        self.is_exact = False

    def _changed(self, kind: Kind, kept: Mapping[str, Row], newest: Newest) -> Page:
        """Return the records that have changed since. Compare the associations of the others, by the same requests."""
        if newest.changed and not newest.unchanged and newest.count > len(newest.changed):
            self.is_exact = False
        links = {}
        for place, to in enumerate(self._wishes[kind].associated):
            ids = [*newest.changed, *(kept if not place else ())]
            links[to.value] = associations_of(self._sender, kind, to, ids) if ids else {}
            if not place:
                compare_links(kept, to, links[to.value])
        return page_of(kind, list(newest.changed.values()), self._sync_request, self._report_fault, links)


def _wish(kind: Kind, sync_request: SyncRequest) -> ExportWish:
    associated = tuple(Kind(to) for to in linked_kinds(sync_request)) if kind is Kind.DEALS else ()
    return ExportWish(kind=kind, properties=requested_properties(kind, sync_request), associated=associated)
