"""All records of a kind by one of HubSpot's exports: started, waited for, downloaded, and read row by row.

Sources: HubSpot's description of 2026-09 and its guide to exports. An export needs the scope `crm.export`; an account may have 30
in 24 hours, one at a time, the others being queued, and may want each to be approved by a super admin; how long one takes is not
documented. The link to its file is for whoever has it and lasts five minutes: it is asked for without the token.

An export costs a request to start it, one for each look at it, one for its link, and one for each sample that is compared with what
the API says of the same records. What is wrong with it raises ExportUnusable, and a list brings the same.
"""

from __future__ import annotations

import tempfile
import time
from typing import TYPE_CHECKING, Any

from callerid.crm.hubspot.http.download import download
from callerid.crm.hubspot.http.send import API_VERSION
from callerid.crm.hubspot.reading.export_check import MOST_SAMPLED, SINGULAR, ExportWish, Sample, compare
from callerid.crm.hubspot.reading.export_file import ExportedRows, ExportUnusable
from callerid.crm.hubspot.reading.property_values import text
from callerid.errors import CrmFault, OutcomeUnknown, Refused, ScopeMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from callerid.crm.hubspot.http.send import HttpSender

_PATH = f"/crm/exports/{API_VERSION}/export"
_UNDER_WAY = frozenset({"ENQUEUED", "DEFERRED", "PROCESSING"})
_PAUSES = (1.0, 2.0, 4.0, 8.0)  # seconds between looks; then the last one again and again
_TRIES = 3  # to download a file, each with a link of its own


class PortalExport:
    """An export of a portal. `longest` is how many seconds it may take, from its start, until it is given up; `zone` the account's
    time zone; `folder` where its file is kept while it is read, by default where temporary files are."""

    def __init__(
        self,
        sender: HttpSender,
        wish: ExportWish,
        *,
        longest: float,
        zone: str = "",
        folder: Path | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sender, self._wish, self._zone, self._folder = sender, wish, zone, folder
        self._monotonic, self._longest = monotonic, longest
        self._started_at: datetime | None = None
        self._deadline = 0.0
        self._id, self.count = "", 0

    def start(self) -> None:
        """Start it in the portal; it may be queued there. Raise ScopeMissing without the scope, ExportUnusable, CalleridError."""
        wish = self._wish
        body = {
            "exportType": "VIEW",
            "format": "CSV",
            "exportName": f"callerid {wish.kind}",
            "objectType": SINGULAR[wish.kind].upper(),
            "objectProperties": list(wish.columns),
            "associatedObjectType": [SINGULAR[kind].upper() for kind in wish.associated],
            "language": "EN",
            "exportInternalValuesOptions": ["NAMES", "VALUES"],
            "includeLabeledAssociations": False,
            "includePrimaryDisplayPropertyForAssociatedObjects": False,
            "overrideAssociatedObjectsPerDefinitionPerRowLimit": True,
        }
        try:
            answer = self._sender.write_once(f"{_PATH}/async", body)
        except ScopeMissing:
            raise
        except (Refused, CrmFault, OutcomeUnknown) as fault:
            raise ExportUnusable(f"HubSpot did not start an export: {fault.sentence}") from fault
        self._started_at = self._sender.server_time
        self._id = str(answer.get("id") or "")
        if not self._id.isdecimal():
            raise ExportUnusable("HubSpot's answer to an export has no id.")
        self._deadline = self._monotonic() + self._longest

    def wait(self) -> None:
        """Wait until its file is there; `count` is then how many records HubSpot has counted. Raise ExportUnusable when it waits
        for approval, takes too long or ends without a file; CalleridError."""
        looks = 0
        while True:
            answer = self._read(self._id)
            state = str(answer.get("exportState"))
            if state == "DONE":
                self.count = _whole(answer.get("recordCount"))
                return
            if state == "PENDING_APPROVAL":
                raise ExportUnusable("HubSpot's export waits for the approval of a super admin.")
            if state not in _UNDER_WAY:
                raise ExportUnusable(f"HubSpot's export ended without a file: {state[:40]}.")
            pause = _PAUSES[min(looks, len(_PAUSES) - 1)]
            if self._monotonic() + pause > self._deadline:
                raise ExportUnusable(f"HubSpot's export is not there after {self._longest:.0f} s.")
            self._sender.wait(pause)
            looks += 1

    def _read(self, path: str) -> dict[str, Any]:
        """Return an answer about it. A 403 is about this export: the scope was there to start it."""
        try:
            return self._sender.read("GET", f"{_PATH}/{path}")
        except (Refused, ScopeMissing) as fault:
            raise ExportUnusable(f"HubSpot does not show its export: {fault.sentence}") from fault

    def rows(self, sample: int = MOST_SAMPLED) -> Iterator[dict[str, Any]]:
        """Return its rows as a list has them, in bounded memory: `id`, `properties`, and `associations` as a list has them inline.

        Raise ExportUnusable, at the end at the latest: when the file cannot be had or read, when it has not as many rows as HubSpot
        has counted, or when the API says something else of a sample of so many of its records (0 for none).
        """
        with tempfile.TemporaryFile(dir=self._folder) as file:
            self._download(file)
            singulars = {str(kind): SINGULAR[kind] for kind in self._wish.associated}
            rows = ExportedRows(file, self._wish.columns, singulars, self._zone)
            sampled = Sample(sample, self.count)
            for row in rows:
                sampled.take(row)
                yield row
            if rows.count != self.count:
                raise ExportUnusable(f"HubSpot's export has {rows.count} rows, and HubSpot has counted {self.count}.")
        if sampled.rows:
            compare(self._sender, self._wish, sampled.rows, self._started_at)

    # ---------------------------------------------------------------------------------------- its file

    def _download(self, file: BinaryIO) -> None:
        for attempt in range(1, _TRIES + 1):
            link = self._link()
            file.seek(0)
            file.truncate()
            try:
                download(link, file)
            except CrmFault as fault:
                if attempt == _TRIES:
                    raise ExportUnusable(f"HubSpot's export could not be downloaded: {fault.sentence}") from fault
                self._sender.wait(_PAUSES[attempt])
            except Refused as fault:
                raise ExportUnusable(f"HubSpot's export cannot be downloaded: {fault.sentence}") from fault
            except OSError as fault:
                raise ExportUnusable(f"There is no room to keep HubSpot's export: {fault.strerror}.") from fault
            else:
                return

    def _link(self) -> str:
        answer = self._read(f"async/tasks/{self._id}/status")
        if answer.get("status") != "COMPLETE":
            raise ExportUnusable("HubSpot has no link to its export.")
        return text(answer.get("result"))


def _whole(value: object) -> int:
    """Return a count. Raise ExportUnusable if it is none."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ExportUnusable("HubSpot has not counted the records of its export.")
    return value
