"""The search of the CRM, with its limits and its lag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.simulator.portal.reading import rows
from callerid.simulator.portal.reading.filters import as_number, found_by_query, met_by_all, modified_since
from callerid.simulator.portal.refusals import Refusal, invalid
from callerid.simulator.portal.schema import MODIFIED
from callerid.simulator.portal.shapes import SEARCH, SEARCH_TO_THE_LETTER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from callerid.simulator.portal.records import Record, Records
    from callerid.simulator.portal.request import Request

_GROUPS, _FILTERS, _ALL_FILTERS, _SORTS = 5, 6, 18, 1
_PAGE, _RESULTS, _LONGEST = 200, 10_000, 3000  # the last in characters of a body


def search(records: Records, kind: str, request: Request, lag: float) -> dict[str, Any]:
    """POST search: at most 5 groups of 6 filters, 18 in all, 200 rows, 10,000 results; behind by `lag` seconds."""
    request.query.allow()
    (SEARCH_TO_THE_LETTER if request.to_the_letter else SEARCH)(request.body, "")
    body = request.body
    limit, offset = _bounds(body, request.size)
    found = matching(records, kind, body, lag)
    page = [rows.shown(records, record, body.get("properties") or []) for record in found[offset : offset + limit]]
    more = {"paging": {"next": {"after": str(offset + limit)}}} if len(found) > offset + limit else {}
    return {"total": len(found), "results": page} | more


def _bounds(body: dict[str, Any], size: int) -> tuple[int, int]:
    filters = [len(group["filters"]) for group in body.get("filterGroups") or []]
    if len(filters) > _GROUPS or any(n > _FILTERS for n in filters) or sum(filters) > _ALL_FILTERS:
        raise invalid("There was a problem with the request: too many filterGroups or filters")
    if len(body.get("sorts") or []) > _SORTS:
        raise invalid("There was a problem with the request: only one sort is supported")
    limit, after = body.get("limit"), body.get("after") or "0"
    limit = 10 if limit is None else limit
    if not 0 <= limit <= _PAGE or size > _LONGEST:
        raise invalid("There was a problem with the request: limit or size of the body")
    if not (after.isascii() and after.isdigit()):
        raise invalid("There was a problem with the request: after is not an integer")
    if int(after) + limit > _RESULTS:
        raise invalid("Paging through search results beyond 10,000 is not supported.")
    return limit, int(after)


def matching(records: Records, kind: str, body: dict[str, Any], lag: float = 0.0) -> list[Record]:
    """Return the records that any of the groups of filters and the query find, in the wanted order."""
    groups = [group["filters"] for group in body.get("filterGroups") or []]
    conditions = [met_by_all(records, kind, filters) for filters in groups]
    queried = found_by_query(kind, body.get("query") or "")
    found = []
    for record in _candidates(records, kind, groups, lag):
        known = records.searchable(record, lag)
        if known is None or not queried(record, known):
            continue
        if not conditions or any(condition(record, known) for condition in conditions):
            found.append(record)
    name, descending = _order(body)
    found.sort(key=_sort_key(records, kind, name), reverse=descending)
    return found


def _candidates(records: Records, kind: str, groups: list[list[dict[str, Any]]], lag: float) -> Iterable[Record]:
    """Return a quick first choice, as an index gives it: by modified date, when that is requested."""
    since = modified_since(kind, groups[0]) if len(groups) == 1 and not lag else None
    everything = list(records.by_kind[kind].values())
    return everything if since is None else [record for record in everything if record.modified >= since]


def _order(body: dict[str, Any]) -> tuple[str, bool]:
    """Return what is sorted by, and whether the last comes first. It is an object (guides), or a name with or without a minus
    (OpenAPI descriptions)."""
    order = next(iter(body.get("sorts") or []), "hs_object_id")
    if isinstance(order, str):
        return order.removeprefix("-"), order.startswith("-")
    return order["propertyName"], order.get("direction") == "DESCENDING"


def _sort_key(records: Records, kind: str, name: str) -> Callable[[Record], Any]:
    if name == "hs_object_id":
        return lambda record: record.id
    if name == MODIFIED.get(kind, "hs_lastmodifieddate"):
        return lambda record: record.modified
    return lambda record: _comparable(records.value(record, name))


def _comparable(value: str | None) -> tuple[int, float, str]:
    if value is None:
        return (0, 0.0, "")
    try:
        return (1, as_number(value), "")
    except Refusal:
        return (2, 0.0, value.lower())
