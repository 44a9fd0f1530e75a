"""All records of a kind by one of HubSpot's exports: started, waited for, downloaded, and read row by row.

Sources: HubSpot's description of 2026-09 and its guide to exports. An export needs the scope `crm.export`; an account may have 30
in 24 hours, one at a time, the others being queued, and may want each to be approved by a super admin; how long one takes is not
documented. The link to its file is for whoever has it and lasts five minutes: it is asked for without the token.

An export costs a request to start it, and one for each look at it, the last of which brings the link. What is wrong with it raises
ExportUnusable, and a list brings the same.
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

from callerid.crm.hubspot.http.download import download
from callerid.crm.hubspot.http.send import API_VERSION
from callerid.crm.hubspot.reading.exporting.export_check import SINGULAR
from callerid.crm.hubspot.reading.exporting.export_file import ExportedRows
from callerid.crm.hubspot.reading.property_values import text
from callerid.errors import CrmFault, ExportUnusable, OutcomeUnknown, Refused, ScopeMissing
from callerid.messages import message, os_reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from callerid.crm.hubspot.http.send import HttpSender
    from callerid.crm.hubspot.reading.exporting.export_check import ExportWish

_PATH = f"/crm/exports/{API_VERSION}/export"
_ENDED = frozenset({"CONFLICT", "FAILED", "CANCELED", "DELETED"})
_TRIES = 3  # to download a file, each with a link of its own
_PAUSE = 2.0  # seconds between them


class PortalExport:
    """An export of a portal. `zone` is the account's time zone; `folder` where its file is kept while it is read, by default where
    temporary files are."""

    def __init__(self, sender: HttpSender, wish: ExportWish, *, zone: str = "", folder: Path | None = None) -> None:
        self._sender, self._wish, self._zone, self._folder = sender, wish, zone, folder
        self.id, self._new_link = "", ""

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
            answer = self._sender.write_once(f"{_PATH}/async", body, has_own_limit=True)
        except (Refused, CrmFault, OutcomeUnknown) as fault:
            raise ExportUnusable(message("HubSpot did not start an export: {sentence}", sentence=fault.sentence)) from fault
        self.id = str(answer.get("id") or "")
        if not self.id.isdecimal():
            raise ExportUnusable(message("HubSpot's answer to an export has no id."))

    def check(self) -> bool:
        """Return whether it is done. Raise ExportUnusable if it waits for approval, has ended without a file, or is not there any
        more."""
        state = str(self._read(self.id).get("exportState"))
        if state == "PENDING_APPROVAL":
            raise ExportUnusable(message("HubSpot's export waits for the approval of a super admin."))
        if state in _ENDED:
            raise ExportUnusable(message("HubSpot's export ended without a file: {state}.", state=state))
        return state == "DONE"

    def is_ready(self) -> bool:
        """Return whether its file is there. Raise ExportUnusable when it ended without."""
        answer = self._read(f"async/tasks/{self.id}/status")
        if answer.get("status") == "CANCELED":
            raise ExportUnusable(message("HubSpot's export ended without a file."))
        self._new_link = text(answer.get("result")) if answer.get("status") == "COMPLETE" else ""
        return answer.get("status") == "COMPLETE"

    def count(self) -> int:
        """Return how many records HubSpot says that its file has. Raise ExportUnusable when it does not say it."""
        count = self._read(self.id).get("recordCount")
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise ExportUnusable(message("HubSpot has not counted the records of its export."))
        return count

    def _read(self, path: str) -> dict[str, Any]:
        """Return an answer about it. A 403 is about this export: the scope was there to start it."""
        try:
            return self._sender.read("GET", f"{_PATH}/{path}")
        except (Refused, ScopeMissing, CrmFault) as fault:
            if self._sender.is_closed:
                raise
            raise ExportUnusable(message("HubSpot does not show its export: {sentence}", sentence=fault.sentence)) from fault

    def rows(self) -> Iterator[dict[str, Any]]:
        """Return its rows as a list has them, in bounded memory: `id`, `properties`, and `associations` as a list has them inline.
        Raise ExportUnusable when the file cannot be had or read."""
        with tempfile.TemporaryFile(dir=self._folder) as file:
            self._download(file)
            singulars = {str(kind): SINGULAR[kind] for kind in self._wish.associated}
            yield from ExportedRows(file, self._wish.columns, singulars, self._zone)

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
                    raise ExportUnusable(
                        message("HubSpot's export could not be downloaded: {sentence}", sentence=fault.sentence)
                    ) from fault
                self._sender.wait(_PAUSE)
            except Refused as fault:
                raise ExportUnusable(
                    message("HubSpot's export cannot be downloaded: {sentence}", sentence=fault.sentence)
                ) from fault
            except OSError as fault:
                raise ExportUnusable(
                    message("There is no room to keep HubSpot's export: {reason}.", reason=os_reason(fault))
                ) from fault
            else:
                return

    def _link(self) -> str:
        """Return a link that has not been tried yet."""
        if not self._new_link and not self.is_ready():
            raise ExportUnusable(message("HubSpot has no link to its export."))
        link, self._new_link = self._new_link, ""
        return link
