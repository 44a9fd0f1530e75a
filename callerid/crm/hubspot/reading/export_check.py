"""Whether an export has what HubSpot's API says of the same records: a sample of its rows is compared with a batch read of them.

What an export's values are like is not documented in every detail, and a portal may have something special; so an export is only
relied on when it says the same as the list would.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callerid.crm.hubspot.http.send import API_VERSION
from callerid.crm.hubspot.reading.export_file import TIMES, ExportUnusable
from callerid.crm.hubspot.reading.property_values import moment, text
from callerid.crm.hubspot.reading.rows import associations_of, expect_only_missing, results
from callerid.models import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from callerid.crm.hubspot.http.send import HttpSender

SINGULAR = {Kind.CONTACTS: "contact", Kind.COMPANIES: "company", Kind.DEALS: "deal"}
MOST_SAMPLED = 100  # what a batch read takes
_MODIFIED = {Kind.CONTACTS: "lastmodifieddate"}  # the others: hs_lastmodifieddate
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
        return _MODIFIED.get(self.kind, "hs_lastmodifieddate")

    @property
    def columns(self) -> tuple[str, ...]:
        """The properties with the modified date, which a list has always."""
        named = (name for name in (*self.properties, self.modified_name) if name != "hs_object_id")
        return tuple(dict.fromkeys(named))


class Sample:
    """Rows from all parts of an export of `expected` rows, by their ids; at most `most`."""

    def __init__(self, most: int, expected: int) -> None:
        self._most = min(most, MOST_SAMPLED)
        self._step, self._place = -(-expected // self._most) if self._most else 0, 0
        self.rows: dict[str, dict[str, Any]] = {}

    def take(self, row: dict[str, Any]) -> None:
        """Keep a row, or not."""
        if self._step and self._place % self._step == 0 and len(self.rows) < self._most:
            self.rows[row["id"]] = row
        self._place += 1


def compare(sender: HttpSender, wish: ExportWish, rows: Mapping[str, dict[str, Any]], started_at: datetime | None) -> None:
    """Raise ExportUnusable when the API says something else of these rows. Records that were changed or deleted since the export
    began do not count; a tenth may have other associations, whose changes have no date."""
    body = {"inputs": [{"id": record_id} for record_id in rows], "properties": list(wish.columns), "propertiesWithHistory": []}
    answer = sender.read("POST", f"/crm/objects/{API_VERSION}/{wish.kind}/batch/read", body=body)
    expect_only_missing(answer)
    listed = {str(row.get("id")): row.get("properties") or {} for row in results(answer, wish.kind) if isinstance(row, dict)}
    unchanged = [
        record_id for record_id in rows if record_id in listed and _unchanged(listed[record_id].get(wish.modified_name), started_at)
    ]
    for record_id in unchanged:
        exported = rows[record_id]["properties"]
        unlike = [name for name in wish.columns if not _alike(name, exported[name], listed[record_id].get(name))]
        if unlike:
            raise ExportUnusable(f"HubSpot's export differs from its list in: {', '.join(unlike)}.")
    for kind in wish.associated:
        _compare_links(sender, wish.kind, kind, {record_id: rows[record_id] for record_id in unchanged})


def _unchanged(modified: object, started_at: datetime | None) -> bool:
    at = moment(modified)
    return at is not None and started_at is not None and at < started_at


def _compare_links(sender: HttpSender, kind: Kind, to: Kind, rows: Mapping[str, dict[str, Any]]) -> None:
    linked = associations_of(sender, kind, to, tuple(rows))
    unlike = 0
    for record_id, row in rows.items():
        exported = {item["id"] for item in row["associations"][to]["results"]}
        unlike += exported != set(linked.get(record_id, ()))
    if unlike > len(rows) * _UNLIKE_LINKS:
        raise ExportUnusable(f"HubSpot's export differs from its list in the associations with {to}.")


def _alike(name: str, exported: str | None, listed: object) -> bool:
    """Return whether two values are the same; times in the minutes, as an export may have no more."""
    if name in TIMES:
        one, other = moment(exported), moment(listed)
        return one == other or (one is not None and other is not None and one == other.replace(second=0, microsecond=0))
    return (exported or "") == text(listed)
