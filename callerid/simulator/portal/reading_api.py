"""The reading half of the API: lists, single records, batches, search, associations, and what describes the portal."""

from __future__ import annotations

import bisect
import fnmatch
from datetime import datetime
from typing import TYPE_CHECKING, Any

from callerid.simulator.portal.cursors import whole_number
from callerid.simulator.portal.records import DATETIMES, MODIFIED, PROPERTIES, SINGULAR, iso
from callerid.simulator.portal.refusals import CORRELATION, Refusal, envelope, invalid, not_found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from callerid.simulator.portal.cursors import Cursors
    from callerid.simulator.portal.records import Record, Records

_INLINE_MOST = 100
_ASSOCIATIONS_MOST = 500
_LABELS = {1: "Primary", 2: "Primary", 5: "Primary", 6: "Primary"}


def shown(records: Records, record: Record, names: list[str]) -> dict[str, Any]:
    """Return a record with the requested properties, as the API returns it; unknown names are left out silently."""
    known = {definition["name"] for definition in PROPERTIES[record.kind]}
    always = ["createdate", "hs_object_id", "lastmodifieddate" if record.kind == "contacts" else "hs_lastmodifieddate"]
    return {
        "id": str(record.id),
        "properties": {name: records.value(record, name) for name in dict.fromkeys([*names, *always]) if name in known},
        "createdAt": records.value(record, "createdate"),
        "updatedAt": records.value(record, always[2]),
        "archived": record.archived_at is not None,
        "url": f"https://app-eu1.hubspot.com/contacts/{records.account['portalId']}/record/0-1/{record.id}",
    }


def list_objects(records: Records, kind: str, query: dict[str, str], cursors: Cursors) -> dict[str, Any]:
    """GET a page of a list: by record id, at most 100, `after` being the id of the next record."""
    limit = whole_number(query.get("limit", "10"), "limit")
    if not 1 <= limit <= 100:  # noqa: PLR2004
        raise invalid("Invalid input: limit must be between 1 and 100")
    archived = query.get("archived", "false") == "true"
    listed = _from(records, kind, cursors.place(query.get("after", "")), archived=archived, count=limit + 1)
    names = [name for name in query.get("properties", "").split(",") if name]
    page = [shown(records, record, names) for record in listed[:limit]]
    for row in page:
        _add_inline(records, kind, row, [to for to in query.get("associations", "").split(",") if to])
        if archived:
            row["archivedAt"] = iso(records.by_kind[kind][int(row["id"])].archived_at or 0)
    following = {"after": cursors.of(listed[limit].id), "link": "…"} if len(listed) > limit else None
    return {"results": page} | ({"paging": {"next": following}} if following else {})


def _from(records: Records, kind: str, start: int, *, archived: bool, count: int) -> list[Record]:
    ids, listed = records.ids[kind], []
    for place in range(bisect.bisect_left(ids, start), len(ids)):
        record = records.by_kind[kind][ids[place]]
        if (record.archived_at is not None) == archived:
            listed.append(record)
            if len(listed) == count:
                break
    return listed


def _add_inline(records: Records, kind: str, row: dict[str, Any], wanted: list[str]) -> None:
    """Add inline associations: the same id once for each of its types; more than a hundred are paged."""
    for to in wanted:
        linked = sorted(records.linked(kind, int(row["id"]), to).items())
        if not linked:
            continue
        results = []
        for to_id, types in linked[:_INLINE_MOST]:
            name = f"{SINGULAR[kind]}_to_{SINGULAR[to]}"
            results += [{"id": str(to_id), "type": name if n == 0 else f"{name}_unlabeled"} for n in range(max(2, len(types)))]
        more = {"paging": {"next": {"after": str(linked[_INLINE_MOST][0]), "link": "…"}}} if len(linked) > _INLINE_MOST else {}
        row.setdefault("associations", {})[to] = {"results": results} | more


def get_one(records: Records, kind: str, record_id: str, query: dict[str, str]) -> dict[str, Any]:
    """GET one record, by its own id or by one that was merged into it."""
    record = records.find(kind, int(record_id)) if record_id.isdigit() else None
    if record is None or record.archived_at is not None:
        raise not_found()
    return shown(records, record, query.get("properties", "").split(","))


def one_property(kind: str, name: str) -> dict[str, Any]:
    """GET one property."""
    definition = next((known for known in PROPERTIES[kind] if known["name"] == name), None)
    if definition is None:
        raise not_found()
    return definition


def batch_read(records: Records, kind: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """POST batch/read: at most 100 ids; missing ones make it a 207."""
    inputs = body.get("inputs")
    if not isinstance(inputs, list) or len(inputs) > 100:  # noqa: PLR2004
        raise invalid("The maximum number of inputs supported in a batch request is 100")
    results, missing = [], []
    for reference in inputs:
        # whether an id that was merged away is answered here is not known of the real one: it is not
        record = records.by_kind[kind].get(int(reference["id"])) if str(reference.get("id", "")).isdigit() else None
        if record is None or record.archived_at is not None:
            missing.append(str(reference.get("id")))
        else:
            results.append(shown(records, record, list(body.get("properties") or [])))
    if not missing:
        return 200, {"status": "COMPLETE", "results": results}
    message = f"Could not get some {SINGULAR[kind].upper()} objects, they may be deleted or not exist. Check that ids are valid."
    error = {"status": "error", "category": "OBJECT_NOT_FOUND", "message": message, "context": {"ids": missing}}
    return 207, {"status": "COMPLETE", "results": results, "numErrors": 1, "errors": [error]}


# ------------------------------------------------------------------------------------------------ search


def search(records: Records, kind: str, body: dict[str, Any], lag: float, size: int) -> dict[str, Any]:
    """POST search: at most 5 groups of 6 filters, 18 in all, 200 rows, 10,000 results; behind by `lag` seconds."""
    groups = body.get("filterGroups") or []
    limit, offset = body.get("limit", 10), int(body.get("after") or 0)
    _check_search(groups, limit, body, size)
    rows = [record for record in _candidates(records, kind, groups, lag) if _meets(records, record, groups, lag)]
    for order in (body.get("sorts") or [{"propertyName": "hs_object_id", "direction": "ASCENDING"}])[:1]:
        name = order["propertyName"] if isinstance(order, dict) else str(order)
        descending = isinstance(order, dict) and order.get("direction") == "DESCENDING"
        rows.sort(key=_sort_key(records, name), reverse=descending)
    if offset + limit > 10_000:  # noqa: PLR2004
        raise invalid("Paging through search results beyond 10,000 is not supported.")
    page = [shown(records, record, list(body.get("properties") or [])) for record in rows[offset : offset + limit]]
    more = {"paging": {"next": {"after": str(offset + limit)}}} if len(rows) > offset + limit else {}
    return {"total": len(rows), "results": page} | more


def _sort_key(records: Records, name: str) -> Callable[[Record], Any]:
    if name == "hs_object_id":
        return lambda record: record.id
    return lambda record: _comparable(records.value(record, name))


def _candidates(records: Records, kind: str, groups: list[Any], lag: float) -> Iterable[Record]:
    """Return a quick first choice, as an index gives it: by modified date, when that is requested."""
    for filters in (group["filters"] for group in groups[:1] if len(groups) == 1):
        for condition in filters:
            if (
                condition.get("propertyName") == MODIFIED.get(kind, "hs_lastmodifieddate")
                and condition.get("operator") == "GTE"
                and not lag
            ):
                bound = _as_number(condition.get("value", "")) / 1000 - 0.001
                return [record for record in records.by_kind[kind].values() if record.modified >= bound]
    return list(records.by_kind[kind].values())


def _meets(records: Records, record: Record, groups: list[Any], lag: float) -> bool:
    known = records.searchable(record, lag)
    return known is not None and (not groups or any(all(_fits(records, record, known, f) for f in g["filters"]) for g in groups))


def _check_search(groups: list[Any], limit: object, body: dict[str, Any], size: int) -> None:
    filters = [len(group.get("filters") or []) for group in groups]
    if len(groups) > 5 or any(n > 6 for n in filters) or sum(filters) > 18 or len(body.get("sorts") or []) > 1:  # noqa: PLR2004
        raise invalid("There was a problem with the request: too many filterGroups, filters or sorts")
    if not isinstance(limit, int) or not 0 <= limit <= 200 or size > 3000:  # noqa: PLR2004
        raise invalid("There was a problem with the request: limit or size of the body")


def _comparable(value: str | None) -> tuple[int, float, str]:
    if value is None:
        return (0, 0.0, "")
    try:
        return (1, float(value), "")
    except ValueError:
        return (2, 0.0, value)


def _as_number(value: object) -> float:
    text = str(value)
    try:
        return float(text)
    except ValueError:
        try:
            return datetime.fromisoformat(text).timestamp() * 1000
        except ValueError as wrong:
            raise invalid(f"{text!r} is not a number") from wrong


def _fits(records: Records, record: Record, known: dict[str, str], wanted: dict[str, Any]) -> bool:
    name, operator = str(wanted.get("propertyName", "")), str(wanted.get("operator", ""))
    if name == "hs_lastmodifieddate" and record.kind == "contacts":
        return False  # empty on contacts: a search on it silently finds nothing
    if name == "hs_object_id" and operator in ("GT", "GTE", "LT", "LTE"):
        return _in_order(operator, record.id, wanted)
    special = ("hs_object_id", "createdate", "lastmodifieddate", "hs_lastmodifieddate")
    value = records.value(record, name) if name in special else known.get(name) or None
    if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
        return (value is not None) == (operator == "HAS_PROPERTY")
    if operator in ("IN", "NOT_IN"):
        return ((value or "").lower() in [str(v) for v in wanted.get("values", [])]) == (operator == "IN")
    value_wanted = str(wanted.get("value", ""))
    if operator in ("EQ", "NEQ"):
        return _equal(record.kind, name, value or "", value_wanted) == (operator == "EQ")
    if operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
        tokens = [(value or "").lower(), *(value or "").lower().split()]
        return any(fnmatch.fnmatchcase(t, value_wanted.lower()) for t in tokens) == (operator == "CONTAINS_TOKEN")
    return value is not None and _in_order(operator, _as_number(value), wanted)


def _equal(kind: str, name: str, value: str, value_wanted: str) -> bool:
    """Return whether two values are equal: a time is the same however it is written, a text whatever its case."""
    if value and name in DATETIMES[kind]:
        return _milliseconds(value) == _milliseconds(value_wanted)
    return value.lower() == value_wanted.lower()


def _milliseconds(text: str) -> float:
    return _as_number(text.replace("Z", "+00:00"))


def _in_order(operator: str, value: float, wanted: dict[str, Any]) -> bool:
    bound = _as_number(wanted.get("value", ""))
    if operator == "BETWEEN":
        return bound <= value <= _as_number(wanted.get("highValue", ""))
    answers = {"GT": value > bound, "GTE": value >= bound, "LT": value < bound, "LTE": value <= bound}
    if operator not in answers:
        raise invalid(f"Invalid operator {operator}")
    return answers[operator]


# ------------------------------------------------------------------------------------------------ associations


def batch_associations(records: Records, kind: str, to: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """POST associations batch/read: at most 1,000 ids, 500 links each a page; ids that have none make it a 207."""
    inputs = body.get("inputs")
    if not isinstance(inputs, list) or len(inputs) > 1000:  # noqa: PLR2004
        raise invalid("The maximum number of inputs supported in a batch request for associations is 1000")
    results, errors = [], []
    for reference in reversed(inputs):  # the order of the answer is not that of the question
        record_id, after = int(reference["id"]), int(reference.get("after") or 0)
        linked = [(i, t) for i, t in sorted(records.linked(kind, record_id, to).items()) if i >= after]
        if not linked:
            errors.append(_none_associated(kind, to, record_id))
            continue
        row: dict[str, Any] = {
            "from": {"id": str(record_id)},
            "to": [_linked(i, types) for i, types in linked[:_ASSOCIATIONS_MOST]],
        }
        if len(linked) > _ASSOCIATIONS_MOST:
            row["paging"] = {"next": {"after": str(linked[_ASSOCIATIONS_MOST][0]), "link": "…"}}
        results.append(row)
    body = {
        "status": "COMPLETE",
        "results": results,
        "startedAt": "2026-11-22T10:00:00.000Z",
        "completedAt": "2026-11-22T10:00:00.010Z",
    }
    return (207, body | {"numErrors": len(errors), "errors": errors}) if errors else (200, body)


def _linked(to_id: int, types: set[int]) -> dict[str, Any]:
    listed = [{"category": "HUBSPOT_DEFINED", "typeId": t, "label": _LABELS.get(t)} for t in sorted(types, reverse=True)]
    return {"toObjectId": to_id, "associationTypes": listed}  # a number in live answers, whatever the description says


def _none_associated(kind: str, to: str, record_id: int) -> dict[str, Any]:
    singular, to_singular = SINGULAR[kind], SINGULAR[to]
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {to_singular} is associated with {singular} {record_id}.",
        "context": {"fromObjectId": [str(record_id)], "fromObjectType": [singular], "toObjectType": [to_singular]},
    }


# ------------------------------------------------------------------------------------------------ the portal itself


def owners(records: Records, query: dict[str, str]) -> dict[str, Any]:
    """GET owners, in pages."""
    archived = query.get("archived", "false") == "true"
    rows = [owner_shown(owner) for owner in records.owners if owner.get("archived", False) == archived]
    start, limit = whole_number(query.get("after", "0"), "after"), whole_number(query.get("limit", "100"), "limit")
    more = {"paging": {"next": {"after": str(start + limit), "link": "…"}}} if len(rows) > start + limit else {}
    return {"results": rows[start : start + limit]} | more


def owner_shown(owner: dict[str, Any]) -> dict[str, Any]:
    """Return an owner as the API gives it."""
    dates = {"createdAt": "2024-01-01T00:00:00.000Z", "updatedAt": "2024-01-01T00:00:00Z"}
    return {"archived": False, "userIdIncludingInactive": owner["userId"], "teams": []} | owner | dates


def one_owner(records: Records, owner_id: str, query: dict[str, str]) -> dict[str, Any]:
    """GET one owner, by its id or its user's."""
    key = "userId" if query.get("idProperty") == "userId" else "id"
    owner = next((known for known in records.owners if str(known[key]) == owner_id), None)
    if owner is None:
        raise Refusal(404, envelope(f"No owner found with {key} {owner_id}", "OBJECT_NOT_FOUND", correlationId=CORRELATION))
    return owner_shown(owner)
