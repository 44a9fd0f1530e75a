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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

KINDS = ("contacts", "companies", "deals", "calls", "tasks")
SINGULAR = {"contacts": "contact", "companies": "company", "deals": "deal", "calls": "call", "tasks": "task"}
MODIFIED = {"contacts": "lastmodifieddate"}  # the others: hs_lastmodifieddate
DISPOSITIONS = {
    "9d9162e7-6cf3-4944-bf63-4dff82258764": "Busy",
    "f240bbac-87c9-4f6e-bf70-924b57d47db7": "Connected",
    "a4c4c377-d246-4b32-a13b-75a56a4cd0ff": "Left live message",
    "b2cf5968-551e-4856-9783-52b3da59a7d0": "Left voicemail",
    "73a0d17f-1163-4015-bdd5-ec830791da20": "No answer",
    "17b47fee-58de-441e-a44c-c6300d46f273": "Wrong number",
}
OWN_DISPOSITION = "0c5e9c2e-0000-4a11-9d3f-2f6f1f2a1b01"
OLD_DISPOSITION = "0c5e9c2e-0000-4a11-9d3f-2f6f1f2a1b02"
TASK_STATUSES = "COMPLETED DEFERRED IN_PROGRESS NOT_STARTED WAITING".split()
STATUSES = "BUSY CALLING_CRM_USER CANCELED COMPLETED CONNECTING FAILED IN_PROGRESS MISSED NO_ANSWER QUEUED RINGING".split()
TYPE_IDS = {
    ("calls", "contacts"): {194},
    ("calls", "companies"): {182},
    ("calls", "deals"): {206},
    ("tasks", "contacts"): {204},
    ("tasks", "companies"): {192},
    ("tasks", "deals"): {216},
    ("deals", "contacts"): {3},
    ("deals", "companies"): {341, 5},
    ("contacts", "companies"): {279, 1},
}


def _property(name: str, label: str, *, kind: str = "string", field_type: str = "text", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "type": kind,
        "fieldType": field_type,
        "groupName": "information",
        "options": [],
        "hidden": False,
        "calculated": False,
        "hubspotDefined": True,
        "hasUniqueValue": False,
        "modificationMetadata": {"readOnlyValue": False},
    } | more


def _options(*pairs: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"value": value, "label": label, "hidden": False, "displayOrder": place} for place, (value, label) in enumerate(pairs)]


def _choice(name: str, values: Iterable[str]) -> dict[str, Any]:
    return _property(name, name, kind="enumeration", options=_options(*((value, value.title()) for value in values)))


def _read_only(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return _property(name, name, kind=kind, modificationMetadata={"readOnlyValue": True}, **more)


_COMMON = [_read_only("hs_object_id"), _read_only("createdate", "datetime"), _property("hubspot_owner_id", "Owner")]
_TWINS = {
    "phone": ("hs_searchable_calculated_phone_number", "hs_searchable_calculated_international_phone_number"),
    "mobilephone": ("hs_searchable_calculated_mobile_number", "hs_searchable_calculated_international_mobile_number"),
}


def _dispositions() -> list[dict[str, Any]]:
    """Return the usual outcomes in an order of the portal's own, one of its own, and one that it no longer shows."""
    shown = _options(*DISPOSITIONS.items(), (OWN_DISPOSITION, "Callback requested"), (OLD_DISPOSITION, "Old"))
    return [*shown[:-1], shown[-1] | {"hidden": True}]


PROPERTIES: dict[str, list[dict[str, Any]]] = {
    "contacts": [
        *_COMMON,
        *(_property(n, n) for n in ("firstname", "lastname", "email", "company", "associatedcompanyid")),
        *(_property(n, n, field_type="phonenumber") for n in ("phone", "mobilephone", "fax", "hs_whatsapp_phone_number")),
        _property("direct_line", "Direct line", field_type="phonenumber", hubspotDefined=False),
        _property("cellphonenumber", "Cell phone (old)", hubspotDefined=False),
        *(_read_only(n, "phone_number", fieldType="phonenumber", calculated=True) for pair in _TWINS.values() for n in pair),
        *(_read_only(n, "datetime") for n in ("lastmodifieddate", "notes_last_contacted")),
        _read_only("hs_merged_object_ids"),
        _property("billing_phone_text", "Billing telephone", hubspotDefined=False),
        _property("notes_text", "Cancelled because", hubspotDefined=False),
    ],
    "companies": [
        *_COMMON,
        _property("name", "Name"),
        _property("domain", "Domain"),
        _property("phone", "Phone", field_type="phonenumber"),
        _read_only("hs_lastmodifieddate", "datetime"),
        _read_only("hs_merged_object_ids"),
    ],
    "deals": [
        *_COMMON,
        *(_property(n, n) for n in ("dealname", "deal_currency_code", "dealstage", "pipeline")),
        _property("amount", "Amount", kind="number", field_type="number"),
        _property("closedate", "Close date", kind="datetime", field_type="date"),
        *(_read_only(n, "bool") for n in ("hs_is_closed", "hs_is_closed_won")),
        _read_only("hs_merged_object_ids"),
        _read_only("hs_lastmodifieddate", "datetime"),
    ],
    "calls": [
        *_COMMON,
        _property("hs_timestamp", "Time", kind="datetime", field_type="date"),
        *(
            _property(n, n)
            for n in (
                "hs_call_title hs_call_body hs_call_duration hs_call_from_number hs_call_to_number hs_call_external_id "
                "hs_call_external_account_id hs_call_app_id hs_call_recording_url hs_activity_type hs_attachment_ids hs_call_source"
            ).split()
        ),
        _property(
            "hs_call_direction",
            "Direction",
            kind="enumeration",
            options=_options(("INBOUND", "In"), ("OUTBOUND", "Out")),
        ),
        _property("hs_call_status", "Status", kind="enumeration", options=_options(*((s, s.title()) for s in STATUSES))),
        _property("hs_call_disposition", "Outcome", kind="enumeration", options=_dispositions()),
        _read_only("hs_lastmodifieddate", "datetime"),
    ],
    "tasks": [
        *_COMMON,
        _property("hs_timestamp", "Due", kind="datetime", field_type="date"),
        *(_property(n, n) for n in ("hs_task_subject", "hs_task_body", "hs_task_reminders")),
        _choice("hs_task_status", TASK_STATUSES),
        _choice("hs_task_priority", ("LOW", "MEDIUM", "HIGH")),
        _choice("hs_task_type", ("TODO", "CALL", "EMAIL")),
        _read_only("hs_lastmodifieddate", "datetime"),
    ],
}


_HELD = ("by_kind", "links", "owners", "pipelines", "merged", "ids", "_next")  # all that records are
DATETIMES = {kind: {p["name"] for p in properties if p["type"] == "datetime"} for kind, properties in PROPERTIES.items()}


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
        for name, (national, international) in _TWINS.items() if record.kind == "contacts" else ():
            digits = re.sub(r"\D", "", record.properties.get(name) or "")
            record.properties[international] = digits
            record.properties[national] = digits.lstrip("0")[-10:]
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
                self._link_one_way(kind, survivor.id, to_kind, to_id, type_id)
                self._link_one_way(to_kind, to_id, kind, survivor.id, type_id - 1 if type_id > 100 else 4)  # noqa: PLR2004
            for record in gone:
                self.purge(kind, record.id)
                self.merged[kind, record.id] = survivor.id
            return survivor

    def _link_one_way(self, kind: str, record_id: int, to_kind: str, to_id: int, type_id: int) -> None:
        self.links[kind, record_id, to_kind].setdefault(to_id, set()).add(type_id)

    def link(self, kind: str, record_id: int, to_kind: str, to_id: int, type_id: int) -> None:
        """Associate two records, both ways; the modified dates of both stay. A contact's first company is its primary one."""
        with self.lock:
            self._link_one_way(kind, record_id, to_kind, to_id, type_id)
            self._link_one_way(to_kind, to_id, kind, record_id, type_id - 1 if type_id > 100 else 4)  # noqa: PLR2004

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
        """Return a record by its id, or by one that was merged into it."""
        survivor = self.merged.get((kind, record_id), record_id)
        return self.by_kind[kind].get(survivor)

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
            companies = self.linked("contacts", record.id, "companies")
            return str(min(companies)) if companies else None
        if self.masked and name in _TWINS:
            return re.sub(r"\d(?=.*\d{2})", "*", record.properties.get(name) or "") or None
        value = record.properties.get(name) or None
        return iso(int(value) / 1000) if value and name in DATETIMES[record.kind] and value.isdigit() else value
