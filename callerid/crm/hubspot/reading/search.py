"""HubSpot's search: what changed, the contacts of a scope, and who has a number. Its index lags, and lacks archived records.

A search is paged by the record's id (`hs_object_id GT last`), not by its own offset: rows that change while it is paged do not
shift the others, ten thousand rows of one millisecond do no harm, and the limit of 10,000 results is never reached.
Sources: HubSpot search guide; the lookback windows of Airbyte's and Estuary's connectors.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from callerid.core.sync.narrowing import Shown
from callerid.crm.hubspot.http.send import API_VERSION
from callerid.crm.hubspot.reading import records
from callerid.crm.hubspot.reading.rows import (
    associations_of,
    expect_only_missing,
    linked_kinds,
    page_of,
    requested_properties,
    results,
)
from callerid.crm.hubspot.reading.search_body import LONGEST_BODY, filter_by, modified_name, search_body
from callerid.crm.hubspot.reading.stretches import PageIds, is_sorted
from callerid.errors import CrmFault
from callerid.messages import message
from callerid.models import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from callerid.core.sync.recent_callers import Line
    from callerid.crm.hubspot.http.send import HttpSender
    from callerid.models import Contact, Page, Scope, SyncRequest

PAGE = 200
_BATCH = 100
_MOST_CONTACTS = 20  # with one number
_LINES_IN_A_SEARCH = 25  # so that its body stays short enough


def modified_since(kind: Kind, moment: datetime) -> dict[str, Any]:
    """Return the filter of a search for what was modified since a time."""
    return filter_by(modified_name(kind), "GTE", round(moment.timestamp() * 1000))


def first_page(
    sender: HttpSender,
    kind: Kind,
    groups: Sequence[Sequence[Any]],
    names: Sequence[str],
    *,
    most: int = PAGE,
    after: int = 0,
    reserved: bool = False,
) -> tuple[list[Any], int]:
    """Return the first page of a search with these properties, by id, or the page after so many, and the total. What does not fit
    into the request is read by a second one."""
    query = search_body(groups, names, most, after=after)
    too_long = len(json.dumps(query)) > LONGEST_BODY
    query |= {"properties": ["hs_object_id"]} if too_long else {}
    rows, total = find(sender, kind, query, reserved=reserved)
    if total > len(rows) and not is_sorted(ids_of(rows)):  # the next page goes on from the highest id of this one
        raise CrmFault(message("HubSpot's search does not return {kind} in the order of their ids.", kind=kind))
    return (_with_properties(sender, kind, rows, names) if too_long else rows), total


def find(sender: HttpSender, kind: Kind, query: dict[str, Any], *, reserved: bool = False) -> tuple[list[Any], int]:
    """Return the rows of a search and how many records it finds. Raise CrmFault when the answer does not say."""
    body = sender.read("POST", f"/crm/objects/{API_VERSION}/{kind}/search", body=query, reserved=reserved)
    total = body.get("total")
    if not isinstance(total, int):
        raise CrmFault(message("HubSpot's search for {kind} does not say how many it found.", kind=kind))
    return results(body, message("the search for {kind}", kind=kind)), total


def _with_properties(sender: HttpSender, kind: Kind, rows: Sequence[Any], names: Sequence[str]) -> list[Any]:
    """Return the rows of a search with more properties than fit into it; records that were deleted meanwhile are left out."""
    ids = sorted(ids_of(rows))
    batches = (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))
    complete = [row for batch in batches for row in _batch(sender, kind, list(map(str, batch)), names)]
    return sorted(complete, key=lambda row: next(iter(ids_of([row])), 0))


def _batch(sender: HttpSender, kind: Kind, ids: Sequence[str], names: Sequence[str]) -> list[Any]:
    query = {
        "inputs": [{"id": record_id} for record_id in ids],
        "properties": list(dict.fromkeys(names)),
        "propertiesWithHistory": [],
    }
    body = sender.read("POST", f"/crm/objects/{API_VERSION}/{kind}/batch/read", body=query)
    expect_only_missing(body)
    return results(body, message("the batch of {kind}", kind=kind))


def ids_of(rows: Sequence[Any]) -> list[int]:
    """Return the ids of rows; one that is not valid is left out."""
    ids = []
    for row in rows:
        try:
            ids.append(int(records.id_of(row)))
        except records.InvalidRow:
            continue  # it is reported when the rows are read
    return ids


def above(after: int) -> list[dict[str, Any]]:
    """Return the filters of a search for what has an id above one (0: for all)."""
    return [filter_by("hs_object_id", "GT", after)] if after > 0 else []


def _with_associations(
    sender: HttpSender, kind: Kind, rows: list[Any], sync_request: SyncRequest, report_fault: Callable[[str], None]
) -> Page:
    if kind is not Kind.DEALS or not rows:
        return page_of(kind, rows, sync_request, report_fault)
    ids = [str(deal_id) for deal_id in ids_of(rows)]
    associations = {to: associations_of(sender, kind, to, ids) for to in linked_kinds(sync_request)}
    return page_of(kind, rows, sync_request, report_fault, associations)


def scope_filters(scope: Scope) -> list[dict[str, Any]]:
    """Return the filters of a search for the contacts of a scope."""
    filters = []
    if scope.owner_ids is not None:
        filters.append({"propertyName": "hubspot_owner_id", "operator": "IN", "values": list(scope.owner_ids)})
    if scope.modified_since is not None:
        filters.append(modified_since(Kind.CONTACTS, scope.modified_since))
    return filters


def read_from_id(
    sender: HttpSender, kind: Kind, scope: Scope, cursor: int, names: Sequence[str]
) -> tuple[list[Any], PageIds | None]:
    """Return the rows of a kind (of contacts: those of a scope) whose ids are not below the cursor, and their ids.

    The request has been reserved. There are no ids when the index counts records that it does not show.
    """
    rows, total = first_page(sender, kind, [[*scope_filters(scope), *above(cursor - 1)]], names, reserved=True)
    ids = ids_of(rows)
    if total and not ids:
        return [], None
    return rows, PageIds(ids=tuple(ids), after=max(ids) + 1 if total > len(ids) else None)


def ids_between(
    sender: HttpSender, kind: Kind, scope: Scope, low: int, stop: int | None, passed: int, *, without_company: bool = False
) -> Shown:
    """Return ids of a kind (of contacts: those of a scope) from `low` to before `stop` (None: to the end), and how many there are;
    see the port."""
    filters = [*(scope_filters(scope) if kind is Kind.CONTACTS else ()), *above(low - 1)]
    filters += [filter_by("hs_object_id", "LT", stop)] if stop is not None else []
    filters += [{"propertyName": "associatedcompanyid", "operator": "NOT_HAS_PROPERTY"}] if without_company else []
    rows, total = first_page(sender, kind, [filters] if filters else [], ("hs_object_id",), after=passed)
    return Shown(ids=tuple(ids_of(rows)), total=total, passed=passed)


def records_by_id(
    sender: HttpSender, kind: Kind, ids: Sequence[str], sync_request: SyncRequest, report_fault: Callable[[str], None]
) -> Page:
    """Return the records with up to a hundred ids; deleted ones are left out."""
    rows = _batch(sender, kind, ids, requested_properties(kind, sync_request))
    return _with_associations(sender, kind, rows, sync_request, report_fault)


def existing_ids(sender: HttpSender, kind: Kind, ids: Sequence[str]) -> frozenset[str]:
    """Return which of up to a hundred ids records have; see the port."""
    return frozenset(map(str, ids_of(_batch(sender, kind, ids, ("hs_object_id",))))) & frozenset(ids)


def contacts_where(
    sender: HttpSender, criteria: Sequence[dict[str, Any]], sync_request: SyncRequest, report_fault: Callable[[str], None]
) -> tuple[Contact, ...]:
    """Return the contacts that meet one of up to five criteria. One request, or two when a search cannot return all properties."""
    names = requested_properties(Kind.CONTACTS, sync_request)
    rows, _ = first_page(sender, Kind.CONTACTS, [[criterion] for criterion in criteria], names)
    return page_of(Kind.CONTACTS, rows, sync_request, report_fault).contacts


def contacts_by_number(
    sender: HttpSender, national: str, e164: str, sync_request: SyncRequest, *, timeout: float, report_fault: Callable[[str], None]
) -> tuple[Contact, ...]:
    """Return contacts who may have a number, in one request, within `timeout` seconds; see the port.

    The calculated properties hold national digits; a raw value may be E.164 (HubSpot search guide). The search finds too many:
    their numbers must be compared.
    """
    criteria = [
        filter_by("hs_searchable_calculated_phone_number", "EQ", national),
        filter_by("hs_searchable_calculated_mobile_number", "EQ", national),
        filter_by("hs_searchable_calculated_phone_number", "CONTAINS_TOKEN", f"*{national}"),
        filter_by("phone", "EQ", e164),
        filter_by("mobilephone", "EQ", e164),
    ]
    groups = [[criterion] for criterion in criteria]
    query = search_body(groups, requested_properties(Kind.CONTACTS, sync_request), _MOST_CONTACTS)
    if len(json.dumps(query)) > LONGEST_BODY:  # what the five criteria find is in the two usual properties
        fewer = replace(sync_request, contact_phone_properties=("phone", "mobilephone"))
        query = search_body(groups, requested_properties(Kind.CONTACTS, fewer), _MOST_CONTACTS)
    body = sender.read("POST", f"/crm/objects/{API_VERSION}/contacts/search", body=query, timeout=timeout)
    return page_of(Kind.CONTACTS, results(body, message("the search for a number")), sync_request, report_fault).contacts


def contacts_by_lines(
    sender: HttpSender, lines: Sequence[Line], sync_request: SyncRequest, report_fault: Callable[[str], None]
) -> Iterator[Contact]:
    """Return the contacts who have one of these lines, by one request for each 25 of them; see the port."""
    names = requested_properties(Kind.CONTACTS, sync_request)
    for start in range(0, len(lines), _LINES_IN_A_SEARCH):
        some = lines[start : start + _LINES_IN_A_SEARCH]
        digits, e164 = [line.national for line in some], [line.e164 for line in some]
        wanted = {
            "hs_searchable_calculated_phone_number": digits,
            "hs_searchable_calculated_mobile_number": digits,
            "phone": e164,
            "mobilephone": e164,
        }
        groups = [[{"propertyName": name, "operator": "IN", "values": values}] for name, values in wanted.items()]
        rows, _ = first_page(sender, Kind.CONTACTS, groups, names)
        yield from page_of(Kind.CONTACTS, rows, sync_request, report_fault).contacts
