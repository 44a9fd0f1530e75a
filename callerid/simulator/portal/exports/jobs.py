"""Exports as jobs: each waits for approval and for its turn, is made, and can be downloaded for some minutes.

What HubSpot's guide and changelog say: 30 exports in any 24 hours, one at a time, the others queued; an account may want each to be
approved; a link lasts five minutes, then the status gives another. How long an export takes is not documented.
"""

from __future__ import annotations

import uuid
from dataclasses import field
from typing import TYPE_CHECKING, Any

from callerid.records import dataclass
from callerid.simulator.portal.refusals import CORRELATION, Refusal, envelope, not_found

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.simulator.portal.records import Records

_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class ExportFile:
    """The file of an export, and how many records are in it."""

    name: str
    content: bytes
    count: int


@dataclass(slots=True)
class Export:
    """One export. Times are epoch seconds; `make` makes its file of what the portal holds then."""

    id: int
    kind: str
    wanted: dict[str, Any]
    created: float
    make: Callable[[], ExportFile]
    ready: float | None  # None: not approved yet
    end_state: str = "DONE"
    began: float | None = None
    ended: float | None = None
    file: ExportFile | None = None

    @property
    def state(self) -> str:
        """Its `exportState` as of the last look."""
        if self.ended is not None:
            return self.end_state
        if self.began is not None:
            return "DEFERRED" if self.end_state == "DEFERRED" else "PROCESSING"
        return "PENDING_APPROVAL" if self.ready is None else "ENQUEUED"


@dataclass(slots=True)
class Exports:
    """The exports of a portal, and what a test may set: how many seconds one takes and its link lasts, how many may be started in a
    day, whether each needs approval (`approve`), how the next ones end (`end_state`: DONE, FAILED, CANCELED, CONFLICT, DELETED, or
    DEFERRED, which never ends), and what their files are like."""

    records: Records
    seconds: float = 2.0
    link_seconds: float = 300.0
    most_a_day: int = 30
    needs_approval: bool = False
    end_state: str = "DONE"
    rows_a_part: int = 1_000_000
    zipped_above: int = 2 * 1024 * 1024  # bytes
    times: str = "minutes"  # of datetimes with internal values: "minutes" of the account's time zone, "iso", or "ms"
    downloads: int = 0
    _all: dict[int, Export] = field(default_factory=dict)
    _links: dict[str, tuple[int, float]] = field(default_factory=dict)

    def start(self, kind: str, wanted: dict[str, Any], make: Callable[[], ExportFile]) -> Export:
        """Begin an export, or queue it. Raise Refusal when there were too many in a day."""
        now = self.records.clock()
        if sum(export.created > now - _DAY for export in self._all.values()) >= self.most_a_day:
            message = f"You have reached the limit of {self.most_a_day} exports in 24 hours."
            raise Refusal(429, envelope(message, "RATE_LIMITS", correlationId=CORRELATION))
        ready = None if self.needs_approval else now
        export = Export(len(self._all) + 90_000_001, kind, wanted, now, make, ready, self.end_state)
        self._all[export.id] = export
        return export

    def approve(self) -> None:
        """Approve every export that waits for that, as a super admin does."""
        for export in self._all.values():
            export.ready = self.records.clock() if export.ready is None else export.ready

    def look(self, export_id: str) -> Export:
        """Return an export as it is now. Raise Refusal if it is not known."""
        self._advance(self.records.clock())
        export = self._all.get(int(export_id)) if export_id.isdecimal() else None
        if export is None:
            raise not_found()
        return export

    def _advance(self, now: float) -> None:
        """Let one after the other begin and end, as time has gone on."""
        free = 0.0
        for export in sorted(self._all.values(), key=lambda export: (export.ready or 0.0, export.id)):
            if export.ready is None or max(export.ready, free) > now:
                continue
            export.began = max(export.ready, free) if export.began is None else export.began
            free = export.began + self.seconds if export.ended is None else export.ended
            if export.ended is None and export.end_state != "DEFERRED" and now >= free:
                export.ended = free
                export.file = export.make() if export.end_state == "DONE" else None

    def new_link(self, export: Export) -> str:
        """Return the path of a new link to an export's file, which is for whoever has it, for some minutes."""
        secret = uuid.uuid4().hex
        self._links[secret] = export.id, self.records.clock() + self.link_seconds
        return f"/export-files/{export.id}/{secret}"

    def download(self, secret: str) -> ExportFile | None:
        """Return the file of a link; None when it has expired, or is none."""
        export_id, until = self._links.get(secret, (0, 0.0))
        file = self._all[export_id].file if self.records.clock() < until else None
        self.downloads += file is not None
        return file
