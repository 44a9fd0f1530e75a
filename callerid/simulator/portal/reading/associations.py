"""Associations as they are read: in batches, of one record, and which types there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.simulator.portal.reading import rows
from callerid.simulator.portal.refusals import invalid, not_found
from callerid.simulator.portal.schema import LABELS, SINGULAR, TYPE_IDS
from callerid.simulator.portal.shapes import ASSOCIATIONS_READ

if TYPE_CHECKING:
    from callerid.simulator.portal.records import Records
    from callerid.simulator.portal.request import Request

_MOST = 500  # of one record in an answer


def batch_read(records: Records, kind: str, to: str, request: Request, *, legacy: bool = False) -> tuple[int, Any]:
    """POST batch/read: at most 1,000 ids, 500 links each a page; ids that have none make it a 207."""
    request.query.allow()
    ASSOCIATIONS_READ(request.body, "")
    results, errors = [], []
    for reference in reversed(request.body["inputs"]):  # the order of the answer is not that of the question
        record_id, after = _whole(reference["id"]), _whole(reference.get("after") or "0")
        linked = [(i, t) for i, t in sorted(records.linked(kind, record_id, to).items()) if i >= after]
        if not linked:
            errors.append(_none_associated(kind, to, record_id))
            continue
        row: dict[str, Any] = {"from": {"id": str(record_id)}, "to": _linked(kind, to, linked[:_MOST], legacy=legacy)}
        if len(linked) > _MOST:
            next_id = str(linked[_MOST][0])
            link = f"{request.origin}/crm/v4/objects/{kind}/{record_id}/associations/{to}?after={next_id}"
            row["paging"] = {"next": {"after": next_id, "link": link}}
        results.append(row)
    return rows.batch(records, results, errors)


def of_one(records: Records, kind: str, key: str, to: str, request: Request, *, legacy: bool) -> dict[str, Any]:
    """GET the associations of one record, 500 a page. The description of 2026-09 has this no more."""
    request.query.allow("after", "limit")
    record = rows.find(records, kind, key)
    if record is None:
        raise not_found()
    limit, after = request.query.integer("limit", _MOST, _MOST), _whole(request.query.text("after", "0"))
    linked = [(i, t) for i, t in sorted(records.linked(kind, record.id, to).items()) if i >= after]
    page = {"results": _linked(kind, to, linked[:limit], legacy=legacy)}
    return page | ({"paging": request.next_page(str(linked[limit][0]))} if len(linked) > limit else {})


def labels(kind: str, to: str, request: Request) -> dict[str, Any]:
    """GET the types of associations between two kinds."""
    request.query.allow()
    return {"results": [_type(type_id) for type_id in sorted(TYPE_IDS.get((kind, to), ()))]}


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise invalid(f"Invalid input: {text} is not an id")
    return int(text)


def _linked(kind: str, to: str, linked: list[tuple[int, set[int]]], *, legacy: bool) -> list[dict[str, Any]]:
    """Return what a record is linked with: with numbers as ids, as live answers have them whatever the description says; v3 has
    a text for each type."""
    if not legacy:
        return [{"toObjectId": i, "associationTypes": [_type(t) for t in sorted(types, reverse=True)]} for i, types in linked]
    name = f"{SINGULAR[kind]}_to_{SINGULAR[to]}"
    return [{"id": str(i), "type": written} for i, _ in linked for written in (name, f"{name}_unlabeled")]


def _type(type_id: int) -> dict[str, Any]:
    return {"category": "HUBSPOT_DEFINED", "typeId": type_id, "label": LABELS.get(type_id)}


def _none_associated(kind: str, to: str, record_id: int) -> dict[str, Any]:
    singular, to_singular = SINGULAR[kind], SINGULAR[to]
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {to_singular} is associated with {singular} {record_id}.",
        "context": {"fromObjectId": [str(record_id)], "fromObjectType": [singular], "toObjectType": [to_singular]},
        "errors": [],
        "links": {},
    }
