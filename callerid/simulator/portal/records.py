"""What the simulated portal holds, and what each change does to it. Sources: HubSpot's API guides and OpenAPI descriptions."""

from __future__ import annotations

import bisect
import pickle
import re
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from callerid.simulator.portal.schema import DATETIMES, KINDS, MODIFIED, NUMBER_TWINS, REVERSE_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable

_PRIMARY = 1  # the type of a contact's link to its primary company
_HELD = ("by_kind", "links", "owners", "pipelines", "merged", "ids", "_next")  # all that records are


@dataclass(slots=True)
class Record:
    """One record. `searchable` is what the search index knows of it, and since when: (time, properties)."""

    id: int
    kind: str
    properties: dict[str, str]
    created: float
    modified: float
    archived_at: float | None = None
    history: list[tuple[float, dict[str, str] | None]] = field(default_factory=list)


def iso(moment: float) -> str:
    """Return epoch seconds as HubSpot writes a datetime: with three digits of fraction, or none when they are zero."""
    time = datetime.fromtimestamp(moment, UTC)
    return time.strftime("%Y-%m-%dT%H:%M:%S") + (f".{time.microsecond // 1000:03}Z" if time.microsecond >= 1000 else "Z")  # noqa: PLR2004


def national_digits(raw: str) -> str:
    """Return what HubSpot's searchable properties have of a number: its digits, without the country code of one that begins with a
    plus, and without a trunk zero (values that people have recorded)."""
    digits = re.sub(r"\D", "", raw)
    codes = (digits[:length] for length in (1, 2, 3)) if raw.lstrip().startswith("+") else ()
    code = next((code for code in codes if code and int(code) in COUNTRY_CODE_TO_REGION_CODE), "")
    return digits.removeprefix(code).lstrip("0")


class Records:
    """Everything that a portal holds; any thread may use it under `lock`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.by_kind: dict[str, dict[int, Record]] = {kind: {} for kind in KINDS}
        self.links: defaultdict[tuple[str, int, str], dict[int, set[int]]] = defaultdict(dict)
        self.owners: list[dict[str, Any]] = []
        self.pipelines: list[dict[str, Any]] = []
        self.merged: dict[tuple[str, int], int] = {}
        self.ids: dict[str, list[int]] = {kind: [] for kind in KINDS}  # of `by_kind`, in order: a list is paged by them
        self.masked = False  # show raw numbers with stars, as one production report tells
        self.merge_keeps_id = False  # the beta "primary id preservation"
        self.account = {
            "portalId": 4242424,
            "accountType": "STANDARD",
            "timeZone": "Europe/Berlin",
            "companyCurrency": "EUR",
            "additionalCurrencies": ["USD"],
            "utcOffset": "+01:00",
            "utcOffsetMilliseconds": 3600000,
            "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "eu1",
        }
        self._next = 512_000_000_001

    def dump(self) -> bytes:
        """Return all that is held, from which another portal's records can begin."""
        with self.lock:
            return pickle.dumps({name: getattr(self, name) for name in _HELD})

    def load(self, dumped: bytes) -> None:
        """Hold what was dumped, and nothing else."""
        with self.lock:
            for name, value in pickle.loads(dumped).items():  # noqa: S301 - our own
                setattr(self, name, value)

    def create(self, kind: str, properties: dict[str, str], links: list[tuple[str, int, int]] | None = None) -> Record:
        """Create a record with links (kind, id, type id) and return it."""
        with self.lock:
            now = self.clock()
            record = Record(id=self._next, kind=kind, properties=dict(properties), created=now, modified=now)
            self._next += 1 + (self._next * 2_654_435_761 >> 9) % 13  # ids grow, and not evenly
            self.by_kind[kind][record.id] = record
            bisect.insort(self.ids[kind], record.id)
            for to_kind, to_id, type_id in links or []:
                self.link(kind, record.id, to_kind, to_id, type_id)
            self._touch(record)
            return record

    def edit(self, kind: str, record_id: int, properties: dict[str, str]) -> Record:
        """Change a record's properties; its modified date moves."""
        with self.lock:
            record = self.by_kind[kind][record_id]
            record.properties |= properties
            record.modified = max(self.clock(), record.modified + 0.001)
            self._touch(record)
            return record

    def _touch(self, record: Record) -> None:
        for name, (national, international) in NUMBER_TWINS.items() if record.kind == "contacts" else ():
            raw = record.properties.get(name) or ""
            record.properties[international] = re.sub(r"\D", "", raw)
            record.properties[national] = national_digits(raw)
        record.history.append((self.clock(), dict(record.properties)))

    def archive(self, kind: str, record_id: int) -> None:
        """Move a record to the recycle bin; its modified date stays."""
        with self.lock:
            record = self.by_kind[kind][record_id]
            record.archived_at = self.clock()
            record.history.append((self.clock(), None))

    def purge(self, kind: str, record_id: int) -> None:
        """Delete a record for good, as the GDPR wants: no trace in any list."""
        with self.lock:
            del self.by_kind[kind][record_id]
            self.ids[kind].remove(record_id)
            for key in [key for key in self.links if key[:2] == (kind, record_id)]:
                del self.links[key]
            for (_, _, to_kind), linked in self.links.items():
                if to_kind == kind:
                    linked.pop(record_id, None)

    def restore(self, kind: str, record_id: int) -> None:
        """Take a record out of the recycle bin; its modified date is set again."""
        with self.lock:
            record = self.by_kind[kind][record_id]
            record.archived_at = None
            record.modified = max(self.clock(), record.modified + 0.001)
            self._touch(record)

    def merge(self, kind: str, first: int, second: int) -> Record:
        """Merge two records: a new id results (or the first's stays), the old ones are gone without being archived, and lead to it.
        What was associated with them is associated with it, and its modified date stays."""
        with self.lock:
            old = [self.by_kind[kind][record_id] for record_id in (first, second)]
            before = [record.properties.get("hs_merged_object_ids", "") for record in old]
            links = [
                (to_kind, to_id, type_id)
                for (from_kind, from_id, to_kind), linked in self.links.items()
                if from_kind == kind and from_id in (first, second)
                for to_id, types in linked.items()
                for type_id in types
            ]
            merged = {name: value for record in reversed(old) for name, value in record.properties.items() if value}
            gone = old[1:] if self.merge_keeps_id else old
            ids = ";".join(filter(None, [*before, *(str(record.id) for record in gone)]))
            if self.merge_keeps_id:
                survivor = self.edit(kind, first, merged | {"hs_merged_object_ids": ids})
            else:
                survivor = self.create(kind, merged | {"hs_merged_object_ids": ids})
            for to_kind, to_id, type_id in links:
                self.link(kind, survivor.id, to_kind, to_id, type_id)
            for record in gone:
                self.purge(kind, record.id)
                self.merged[kind, record.id] = survivor.id
            return survivor

    def _link_one_way(self, kind: str, record_id: int, to_kind: str, to_id: int, type_id: int) -> None:
        self.links[kind, record_id, to_kind].setdefault(to_id, set()).add(type_id)

    def link(self, kind: str, record_id: int, to_kind: str, to_id: int, type_id: int) -> None:
        """Associate two records, both ways; the modified dates of both stay. A contact has one primary company: the newest that was
        linked as such."""
        with self.lock:
            for other in self.links.get((kind, record_id, to_kind), {}) if type_id == _PRIMARY else ():
                self._label(kind, record_id, to_kind, other, {279})
            self._link_one_way(kind, record_id, to_kind, to_id, type_id)
            self._link_one_way(to_kind, to_id, kind, record_id, REVERSE_TYPE[type_id])

    def _label(self, kind: str, record_id: int, to_kind: str, to_id: int, type_ids: set[int]) -> None:
        self.links[kind, record_id, to_kind][to_id] = set(type_ids)
        self.links[to_kind, to_id, kind][record_id] = {REVERSE_TYPE[type_id] for type_id in type_ids}

    def unlink(self, kind: str, record_id: int, to_kind: str, to_id: int) -> None:
        """Take an association away, both ways; the modified dates of both stay."""
        with self.lock:
            self.links.get((kind, record_id, to_kind), {}).pop(to_id, None)
            self.links.get((to_kind, to_id, kind), {}).pop(record_id, None)

    def linked(self, kind: str, record_id: int, to_kind: str) -> dict[int, set[int]]:
        """Return what a record is associated with: ids with their type ids, archived ones left out."""
        links = self.links.get((kind, record_id, to_kind), {})
        return {
            to: types for to, types in links.items() if to in self.by_kind[to_kind] and not self.by_kind[to_kind][to].archived_at
        }

    def find(self, kind: str, record_id: int) -> Record | None:
        """Return a record by its id, or by one that was merged into it, however many merges ago."""
        while (kind, record_id) in self.merged:
            record_id = self.merged[kind, record_id]
        return self.by_kind[kind].get(record_id)

    def searchable(self, record: Record, lag: float) -> dict[str, str] | None:
        """Return what the search index, which is `lag` seconds behind, knows of a record; None when it has none."""
        if not lag:
            return record.history[-1][1]
        horizon = self.clock() - lag
        known = [properties for at, properties in record.history if at <= horizon]
        return known[-1] if known else None

    def value(self, record: Record, name: str) -> str | None:
        """Return a property's value as the API gives it: null for one that is empty or was never set."""
        if name == "hs_object_id":
            return str(record.id)
        if name == "createdate":
            return iso(record.created)
        if name == MODIFIED.get(record.kind, "hs_lastmodifieddate"):
            return iso(record.modified)
        if name == "associatedcompanyid":
            linked = self.linked("contacts", record.id, "companies")
            return next((str(company) for company in sorted(linked) if _PRIMARY in linked[company]), None)
        if self.masked and name in NUMBER_TWINS:
            return re.sub(r"\d(?=.*\d{2})", "*", record.properties.get(name) or "") or None
        value = record.properties.get(name) or None
        return iso(int(value) / 1000) if value and name in DATETIMES[record.kind] and value.isdigit() else value
