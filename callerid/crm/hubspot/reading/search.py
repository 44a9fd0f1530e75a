"""HubSpot's search: what changed, whose contacts they are, and who has a number. Behind by a moment, and without archived records.

A search is paged by the record's id (`hs_object_id GT last`), not by its own offset: rows that change while it is paged do not
shift the others, ten thousand rows of one millisecond are no knot, and the limit of 10,000 results is never met.
Sources: HubSpot search guide; the lookback windows of Airbyte's and Estuary's connectors.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from callerid.crm.hubspot.http.api_version import VERSION
from callerid.crm.hubspot.reading import records as reading
from callerid.crm.hubspot.reading.answers import associations_of, only_gone, page_of, properties, results
from callerid.crm.hubspot.reading.stretches import Answer
from callerid.errors import CrmFault
from callerid.models import Changes, Kind, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from callerid.crm.hubspot.http.send import HttpSender
    from callerid.models import Contact, Scope, SyncRequest

PAGE = 200
_MODIFIED = {Kind.CONTACTS: "lastmodifieddate"}  # `hs_lastmodifieddate` is empty on contacts, and a search on it finds nothing
BATCH = 100
_LONGEST_BODY = 2900  # characters; HubSpot takes 3,000
_ENOUGH = 20  # contacts with one number


def criterion(name: str, operator: str, value: object) -> dict[str, Any]:
    """Given a property's name, an operator and a value, return the filter of a search."""
    return {"propertyName": name, "operator": operator, "value": str(value)}


def _modified_since(kind: Kind, moment: datetime) -> dict[str, Any]:
    return criterion(_MODIFIED.get(kind, "hs_lastmodifieddate"), "GTE", round(moment.timestamp() * 1000))


def _search(
    sender: HttpSender, kind: Kind, groups: Sequence[Sequence[Any]], names: Sequence[str], *, granted: bool = False
) -> tuple[list[Any], int]:
    body = {
        "filterGroups": [{"filters": list(filters)} for filters in groups],
        "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
        "properties": list(dict.fromkeys(names)),
        "limit": PAGE,
    }
    too_long = len(json.dumps(body)) > _LONGEST_BODY
    body |= {"properties": ["hs_object_id"]} if too_long else {}
    said = sender.read("POST", f"/crm/objects/{VERSION}/{kind}/search", body=body, granted=granted)
    total = said.get("total")
    if not isinstance(total, int):
        raise CrmFault(f"HubSpot's search for {kind} does not say how many it found.")
    rows = results(said, f"the search for {kind}")
    return (_whole(sender, kind, rows, names) if too_long else rows), total


def _whole(sender: HttpSender, kind: Kind, rows: Sequence[Any], names: Sequence[str]) -> list[Any]:
    """Given the rows of a search, return them with more properties than fit into one; those that went meanwhile are left out."""
    ids = sorted(_ids(rows))
    batches = (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
    found = [row for batch in batches for row in _batch(sender, kind, list(map(str, batch)), names)]
    return sorted(found, key=lambda row: next(iter(_ids([row])), 0))


def _batch(sender: HttpSender, kind: Kind, ids: Sequence[str], names: Sequence[str]) -> list[Any]:
    body = {
        "inputs": [{"id": record_id} for record_id in ids],
        "properties": list(dict.fromkeys(names)),
        "propertiesWithHistory": [],
    }
    said = sender.read("POST", f"/crm/objects/{VERSION}/{kind}/batch/read", body=body)
    only_gone(said)
    return results(said, f"the batch of {kind}")


def _ids(rows: Sequence[Any]) -> list[int]:
    found = []
    for row in rows:
        try:
            found.append(int(reading.id_of(row)))
        except reading.BadRow:
            continue  # whoever reads the rows tells of it
    return found


def changes(
    sender: HttpSender,
    kind: Kind,
    sync_request: SyncRequest,
    since: datetime,
    after: int,
    *,
    known: Callable[[Page], frozenset[str]],
    faults: Callable[[str], None],
    clock: Callable[[], datetime],
) -> Iterator[Changes]:
    """Return page by page the records modified since a time whose id is above `after`, without those that are `known` as they are.
    The associations of deals are read along: a search does not tell them."""
    names = properties(kind, sync_request)
    while True:
        rows, total = _search(sender, kind, [[_modified_since(kind, since), *_above(after)]], names)
        at, ids = sender.at or clock(), _ids(rows)
        page = _with_links(sender, kind, _unknown(kind, rows, sync_request, known), sync_request, faults)
        last = max(ids, default=after)
        yield Changes(page=page, rows=len(rows), total=total, last_id=last, at=at)
        if total <= len(ids) or last <= after:
            return
        after = last


def _above(after: int) -> list[dict[str, Any]]:
    return [criterion("hs_object_id", "GT", after)] if after > 0 else []


def _unknown(kind: Kind, rows: list[Any], sync_request: SyncRequest, known: Callable[[Page], frozenset[str]]) -> list[Any]:
    same = known(page_of(kind, rows, sync_request, lambda _: None))
    return [row for row in rows if not isinstance(row, dict) or str(row.get("id")) not in same]


def _with_links(sender: HttpSender, kind: Kind, rows: list[Any], sync_request: SyncRequest, faults: Callable[[str], None]) -> Page:
    if kind is not Kind.DEALS or not rows:
        return page_of(kind, rows, sync_request, faults)
    ids = [str(found) for found in _ids(rows)]
    return page_of(
        kind, rows, sync_request, faults, {to: associations_of(sender, kind, to, ids) for to in ("contacts", "companies")}
    )


def scope_filters(scope: Scope) -> list[dict[str, Any]]:
    """Given a scope, return the filters of a search for its contacts."""
    filters = []
    if scope.owner_ids is not None:
        filters.append({"propertyName": "hubspot_owner_id", "operator": "IN", "values": list(scope.owner_ids)})
    if scope.modified_since is not None:
        filters.append(_modified_since(Kind.CONTACTS, scope.modified_since))
    return filters


def by_ids(sender: HttpSender, kind: Kind, scope: Scope, cursor: int, names: Sequence[str]) -> tuple[list[Any], Answer | None]:
    """Return a page of a kind's records (of a scope's contacts) whose id is not below the cursor: a search by ranges of ids, as
    documented. Its turn was granted. There is no answer when the index counts records that it does not show."""
    rows, total = _search(sender, kind, [[*scope_filters(scope), *_above(cursor - 1)]], names, granted=True)
    ids = _ids(rows)
    if total and not ids:
        return [], None
    return rows, Answer(ids=tuple(ids), after=max(ids) + 1 if total > len(ids) else None)


def records(sender: HttpSender, kind: Kind, ids: Sequence[str], sync_request: SyncRequest, faults: Callable[[str], None]) -> Page:
    """Return the records with up to a hundred ids; those that are gone are left out."""
    return _with_links(sender, kind, _batch(sender, kind, ids, properties(kind, sync_request)), sync_request, faults)


def contacts_where(
    sender: HttpSender, criteria: Sequence[dict[str, Any]], sync_request: SyncRequest, faults: Callable[[str], None]
) -> tuple[Contact, ...]:
    """Return the contacts of whom one of up to five criteria holds. One request, or two where they have more properties than a
    search can ask for."""
    rows, _ = _search(sender, Kind.CONTACTS, [[one] for one in criteria], properties(Kind.CONTACTS, sync_request))
    return page_of(Kind.CONTACTS, rows, sync_request, faults).contacts


def contacts_by_number(
    sender: HttpSender, national: str, e164: str, sync_request: SyncRequest, *, patience: float, faults: Callable[[str], None]
) -> tuple[Contact, ...]:
    """Return contacts who may have a number, given its national digits and E.164: in one request, within `patience` seconds.

    The calculated properties hold national digits; a raw value may be E.164 (HubSpot search guide). It finds too many: whoever asks
    must compare.
    """
    groups = [
        criterion("hs_searchable_calculated_phone_number", "EQ", national),
        criterion("hs_searchable_calculated_mobile_number", "EQ", national),
        criterion("hs_searchable_calculated_phone_number", "CONTAINS_TOKEN", f"*{national}"),
        criterion("phone", "EQ", e164),
        criterion("mobilephone", "EQ", e164),
    ]
    body = {
        "filterGroups": [{"filters": [group]} for group in groups],
        "properties": list(dict.fromkeys(properties(Kind.CONTACTS, sync_request))),
        "limit": _ENOUGH,
    }
    if len(json.dumps(body)) > _LONGEST_BODY:  # what the five groups ask for is found in the usual two
        body["properties"] = list(
            dict.fromkeys(properties(Kind.CONTACTS, replace(sync_request, contact_phone_properties=("phone", "mobilephone"))))
        )
    said = sender.read("POST", f"/crm/objects/{VERSION}/contacts/search", body=body, patience=patience)
    return page_of(Kind.CONTACTS, results(said, "the search for a number"), sync_request, faults).contacts
