"""The files of exports: CSV in UTF-8 with a byte order mark, values in quotes, CRLF; zipped when large, in parts when very large.

The first column is the record's id. Then come the requested properties, with internal names as headers and internal values where
that is asked for, else with labels. Then come, for each associated kind, a column of ids with semicolons between them ("Associated
Company IDs"; people's scripts that read exports show these names), one of the primary ones where labelled associations are wanted,
and one of the names of the associated records where these are. A row has at most 1,000 associations of a kind, unless that is
overridden. Whether columns of associations have other headers with internal names is not documented.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from callerid.simulator.portal.exports.jobs import ExportFile
from callerid.simulator.portal.reading.search import matching
from callerid.simulator.portal.schema import LABELS, PROPERTIES, SINGULAR, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from callerid.simulator.portal.exports.jobs import Exports
    from callerid.simulator.portal.records import Record, Records

_ASSOCIATIONS_MOST = 1000
_NAMED_BY = {
    "contacts": ("firstname", "lastname"),
    "companies": ("name",),
    "deals": ("dealname",),
    "calls": ("hs_call_title",),
    "tasks": ("hs_task_subject",),
}


def make_file(exports: Exports, kind: str, wanted: dict[str, Any]) -> ExportFile:
    """Return the file of an export of a view: the records that its search finds, which are not archived."""
    records = exports.records
    found = [record for record in matching(records, kind, _search_of(wanted)) if record.archived_at is None]
    table = _Table(records, exports.times, kind, wanted)
    size = exports.rows_a_part
    parts = [found[start : start + size] for start in range(0, len(found), size)] or [[]]
    contents = [table.csv(part) for part in parts]
    name = re.sub(r"[^a-z0-9]+", "-", f"hubspot-crm-exports-{wanted['exportName']}".lower()).strip("-")
    if len(contents) == 1 and len(contents[0]) <= exports.zipped_above:
        return ExportFile(f"{name}.csv", contents[0], len(found))
    return ExportFile(f"{name}.zip", _zipped(name, contents), len(found))


def _zipped(name: str, contents: list[bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, content in enumerate(contents, 1):
            archive.writestr(f"{name}-{place}.csv", content)
    return file.getvalue()


def _search_of(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return an export's search as that of the CRM: `filters` are one more group."""
    search = wanted.get("publicCrmSearchRequest") or {}
    groups = [*(search.get("filterGroups") or []), *([{"filters": search["filters"]}] if search.get("filters") else [])]
    return {"filterGroups": groups, "query": search.get("query"), "sorts": search.get("sorts") or []}


class _Table:
    """The rows of an export."""

    def __init__(self, records: Records, times: str, kind: str, wanted: dict[str, Any]) -> None:
        self._records, self._times, self._wanted = records, times, wanted
        self._zone = ZoneInfo(str(records.account["timeZone"]))
        known = {definition["name"]: definition for definition in PROPERTIES[kind]}
        self._columns = [known[name] for name in wanted["objectProperties"] if name in known and name != "hs_object_id"]
        associated = wanted.get("associatedObjectType") or []
        names = [associated] if isinstance(associated, str) else associated
        self._associated = [to for to in map(kind_of, names) if to is not None]

    def csv(self, found: list[Record]) -> bytes:
        """Return a file of these records."""
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(self._header())
        writer.writerows(self._row(record) for record in found)
        return text.getvalue().encode("utf-8-sig")

    def _internal(self, option: str) -> bool:
        return option in self._wanted["exportInternalValuesOptions"]

    def _header(self) -> list[str]:
        header = ["hs_object_id" if self._internal("NAMES") else "Record ID"]
        header += [column["name"] if self._internal("NAMES") else column["label"] for column in self._columns]
        return header + [name for to in self._associated for name in self._associated_header(to)]

    def _associated_header(self, to: str) -> Iterator[str]:
        yield f"Associated {SINGULAR[to].title()} IDs"
        if self._wanted.get("includeLabeledAssociations"):
            yield f"Associated {SINGULAR[to].title()} IDs (Primary)"
        if self._wanted.get("includePrimaryDisplayPropertyForAssociatedObjects"):
            yield f"Associated {SINGULAR[to].title()}"

    def _row(self, record: Record) -> list[str]:
        row = [str(record.id), *(self._value(record, column) for column in self._columns)]
        return row + [value for to in self._associated for value in self._associated_values(record, to)]

    def _value(self, record: Record, column: dict[str, Any]) -> str:
        value = self._records.value(record, column["name"]) or ""
        if column["type"] == "datetime" and value:
            return self._time(value)
        if column["options"] and not self._internal("VALUES"):
            return next((str(option["label"]) for option in column["options"] if option["value"] == value), value)
        return value

    def _time(self, value: str) -> str:
        if self._times == "iso":
            return value
        moment = datetime.fromisoformat(value)
        if self._times == "ms":
            return str(round(moment.timestamp() * 1000))
        return moment.astimezone(self._zone).strftime("%Y-%m-%d %H:%M")

    def _associated_values(self, record: Record, to: str) -> Iterator[str]:
        linked = sorted(self._records.linked(record.kind, record.id, to).items())
        if not self._wanted.get("overrideAssociatedObjectsPerDefinitionPerRowLimit"):
            linked = linked[:_ASSOCIATIONS_MOST]
        yield ";".join(str(to_id) for to_id, _ in linked)
        if self._wanted.get("includeLabeledAssociations"):
            yield ";".join(str(to_id) for to_id, types in linked if types & LABELS.keys())
        if self._wanted.get("includePrimaryDisplayPropertyForAssociatedObjects"):
            others = (self._records.by_kind[to][to_id].properties for to_id, _ in linked)
            yield ";".join(" ".join(values.get(name, "") for name in _NAMED_BY[to]).strip() for values in others)
