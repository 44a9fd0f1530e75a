"""Whether an export has what HubSpot's API says of the same records: the ones that were modified last, which a search returns with
the count of all, and where most of these have changed since, a sample from all parts of the export by a batch read.

What an export's values are like is not documented in every detail, and a portal may have something special; so an export is only
relied on when it says the same as the list would.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from callerid.crm.hubspot.http.send import API_VERSION
from callerid.crm.hubspot.reading.exporting.export_file import TIMES
from callerid.crm.hubspot.reading.property_values import moment, text
from callerid.crm.hubspot.reading.rows import expect_only_missing, results
from callerid.crm.hubspot.reading.search_body import LONGEST_BODY, modified_name, search_body
from callerid.errors import ExportUnusable, Refused
from callerid.messages import joined, message
from callerid.models import Kind
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from callerid.crm.hubspot.http.send import HttpSender

Row = dict[str, Any]
SINGULAR = {Kind.CONTACTS: "contact", Kind.COMPANIES: "company", Kind.DEALS: "deal"}
_MOST_SAMPLED = 100  # what a batch read takes
_MOST_NEWEST = 200  # what a search returns
_UNLIKE_LINKS = 0.1  # the part of a sample whose links may have changed since: HubSpot changes no date then


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportWish:
    """What an export is to have: properties of all records of a kind, and the ids of what they are associated with."""

    kind: Kind
    properties: Sequence[str]
    associated: Sequence[Kind] = ()

    @property
    def modified_name(self) -> str:
        """The property that has the modified date."""
        return modified_name(self.kind)

    @property
    def columns(self) -> tuple[str, ...]:
        """The properties with the modified date, which a list has always."""
        named = (name for name in (*self.properties, self.modified_name) if name != "hs_object_id")
        return tuple(dict.fromkeys(named))


class Sample:
    """Rows from all parts of an export of about `expected` rows, by their ids."""

    def __init__(self, expected: int) -> None:
        self._step, self._place = max(1, -(-expected // _MOST_SAMPLED)), 0
        self.rows: dict[str, Row] = {}

    def take(self, row: Row) -> None:
        """Keep a row, or not."""
        if self._place % self._step == 0 and len(self.rows) < _MOST_SAMPLED:
            self.rows[row["id"]] = row
        self._place += 1


@dataclass(frozen=True, slots=True)
class Newest:
    """What a search tells of a kind: how many records there are, and those that were modified last, by their ids: those that an
    export which began at a time may not have yet, and those that it has to have."""

    count: int
    changed: dict[str, Row]
    unchanged: dict[str, Row]


def read_newest(sender: HttpSender, wish: ExportWish, since: datetime) -> Newest:
    """Return the newest records of a kind; one that was modified before `since` is unchanged. Raise ExportUnusable."""
    body = search_body([], wish.columns, _MOST_NEWEST, f"-{wish.modified_name}")
    is_too_long = len(json.dumps(body)) > LONGEST_BODY
    body |= {"properties": [wish.modified_name]} if is_too_long else {}
    try:
        answer = sender.read("POST", f"/crm/objects/{API_VERSION}/{wish.kind}/search", body=body)
    except Refused as fault:
        raise ExportUnusable(
            message("HubSpot does not show its newest {kind}: {sentence}", kind=wish.kind, sentence=fault.sentence)
        ) from fault
    count = answer.get("total")
    if not isinstance(count, int):
        raise ExportUnusable(message("HubSpot's search does not say how many {kind} there are.", kind=wish.kind))
    rows = _by_id(results(answer, message("the search for {kind}", kind=wish.kind)))
    if is_too_long:
        rows = _read_by_id(sender, wish, list(rows))
    changed = {record_id: row for record_id, row in rows.items() if not _is_before(row, wish, since)}
    return Newest(count, changed, {record_id: row for record_id, row in rows.items() if record_id not in changed})


def read_unchanged(sender: HttpSender, wish: ExportWish, ids: Iterable[str], since: datetime) -> dict[str, Row]:
    """Return, of the records with these ids, those that are there and were modified before `since`."""
    rows = _read_by_id(sender, wish, list(ids))
    return {record_id: row for record_id, row in rows.items() if _is_before(row, wish, since)}


def _read_by_id(sender: HttpSender, wish: ExportWish, ids: Sequence[str]) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for start in range(0, len(ids), _MOST_SAMPLED):
        inputs = [{"id": record_id} for record_id in ids[start : start + _MOST_SAMPLED]]
        body = {"inputs": inputs, "properties": list(wish.columns), "propertiesWithHistory": []}
        answer = sender.read("POST", f"/crm/objects/{API_VERSION}/{wish.kind}/batch/read", body=body)
        expect_only_missing(answer)
        rows |= _by_id(results(answer, message("the batch of {kind}", kind=wish.kind)))
    return rows


def _by_id(rows: Iterable[Any]) -> dict[str, Row]:
    return {str(row["id"]): row for row in rows if isinstance(row, dict) and isinstance(row.get("properties"), dict)}


def _is_before(row: Row, wish: ExportWish, since: datetime) -> bool:
    at = moment(row["properties"].get(wish.modified_name))
    return at is not None and at < since


def compare(wish: ExportWish, exported: Mapping[str, Row], listed: Mapping[str, Row]) -> None:
    """Raise ExportUnusable when the API says something else of these records than the export, or the export lacks one."""
    for record_id, row in listed.items():
        if record_id not in exported:
            raise ExportUnusable(message("HubSpot's export of {kind} lacks records.", kind=wish.kind))
        values = exported[record_id]["properties"]
        unlike = [name for name in wish.columns if not _alike(name, values[name], row["properties"].get(name))]
        if unlike:
            raise ExportUnusable(message("HubSpot's export differs from its list in: {names}.", names=joined(", ", unlike)))


def compare_links(exported: Mapping[str, Row], to: str, linked: Mapping[str, Collection[str]]) -> None:
    """Raise ExportUnusable when the API says something else of the associations of these records than the export. A tenth may have
    others: their changes have no date."""
    unlike = sum({item["id"] for item in row["associations"][to]["results"]} != set(linked[i]) for i, row in exported.items())
    if unlike > len(exported) * _UNLIKE_LINKS:
        raise ExportUnusable(message("HubSpot's export differs from its list in the associations with {to}.", to=to))


def _alike(name: str, exported: str | None, listed: object) -> bool:
    """Return whether two values are the same; times in the minutes, as an export may have no more."""
    if name in TIMES:
        one, other = moment(exported), moment(listed)
        return one == other or (one is not None and other is not None and one == other.replace(second=0, microsecond=0))
    return (exported or "") == text(listed)
