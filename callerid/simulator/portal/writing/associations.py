"""Associations as they are written: one by one and in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.simulator.portal.reading import rows
from callerid.simulator.portal.refusals import Refusal, invalid, not_found
from callerid.simulator.portal.schema import LABELS, OBJECT_TYPE_IDS, TYPE_IDS
from callerid.simulator.portal.shapes import ASSOCIATIONS_ARCHIVE, ASSOCIATIONS_CREATE, ASSOCIATIONS_DEFAULT, TYPES

if TYPE_CHECKING:
    from callerid.simulator.portal.records import Records
    from callerid.simulator.portal.request import Request


def associate_by_default(records: Records, kind: str, key: str, to: str, to_key: str) -> tuple[int, Any]:
    """PUT a default association."""
    return rows.batch(records, [_default(records, kind, key, to, to_key)])


def batch_by_default(records: Records, kind: str, to: str, request: Request) -> tuple[int, Any]:
    """POST batch/associate/default: those that are not there make it a 207."""
    request.query.allow()
    ASSOCIATIONS_DEFAULT(request.body, "")
    results, errors = [], []
    for pair in request.body["inputs"]:
        try:
            results.append(_default(records, kind, pair["from"]["id"], to, pair["to"]["id"]))
        except Refusal:
            errors.append(rows.not_there(kind, [pair["from"]["id"], pair["to"]["id"]]))
    return rows.batch(records, results, errors)


def _default(records: Records, kind: str, key: str, to: str, to_key: str) -> dict[str, Any]:
    """Associate by the type without a label; the first of those that have a primary one becomes it."""
    record_id, to_id = _both(records, kind, key, to, to_key)
    type_ids = TYPE_IDS[kind, to]
    unlabelled = max(type_ids)
    for type_id in {unlabelled} if records.linked(kind, record_id, to) else type_ids:
        records.link(kind, record_id, to, to_id, type_id)
    spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": unlabelled}
    return {"from": {"id": key}, "to": {"id": to_key}, "associationSpec": spec}


def _both(records: Records, kind: str, key: str, to: str, to_key: str) -> tuple[int, int]:
    record, target = rows.find(records, kind, key), rows.find(records, to, to_key)
    if record is None or target is None:
        raise not_found()
    if (kind, to) not in TYPE_IDS:
        raise invalid(f"There is no association between {kind} and {to}")
    return record.id, target.id


def associate(records: Records, kind: str, key: str, to: str, to_key: str, request: Request) -> dict[str, Any]:
    """PUT associations of these types. None of them is taken, and associates nothing."""
    request.query.allow()
    TYPES(request.body, "")
    return _typed(records, kind, key, to, to_key, request.body)


def batch_create(records: Records, kind: str, to: str, request: Request, status: int) -> tuple[int, Any]:
    """POST batch/create: at most 2,000 associations; all of them, or none."""
    request.query.allow()
    ASSOCIATIONS_CREATE(request.body, "")
    inputs = request.body["inputs"]
    for pair in inputs:
        _check_types(kind, to, pair["types"])
        _both(records, kind, pair["from"]["id"], to, pair["to"]["id"])
    made = [_typed(records, kind, pair["from"]["id"], to, pair["to"]["id"], pair["types"]) for pair in inputs]
    return rows.batch(records, made, status=status)


def _typed(records: Records, kind: str, key: str, to: str, to_key: str, types: list[dict[str, Any]]) -> dict[str, Any]:
    record_id, to_id = _both(records, kind, key, to, to_key)
    _check_types(kind, to, types)
    for wanted in types:
        records.link(kind, record_id, to, to_id, wanted["associationTypeId"])
    return {
        "fromObjectTypeId": OBJECT_TYPE_IDS[kind],
        "fromObjectId": str(record_id),
        "toObjectTypeId": OBJECT_TYPE_IDS[to],
        "toObjectId": str(to_id),
        "labels": [LABELS[wanted["associationTypeId"]] for wanted in types if wanted["associationTypeId"] in LABELS],
    }


def _check_types(kind: str, to: str, types: list[dict[str, Any]]) -> None:
    for wanted in types:
        type_id = wanted["associationTypeId"]
        if wanted["associationCategory"] != "HUBSPOT_DEFINED" or type_id not in TYPE_IDS.get((kind, to), ()):
            raise invalid(f"{type_id} is not a valid association type between {kind} and {to}")


def separate(records: Records, kind: str, key: str, to: str, to_key: str) -> None:
    """DELETE all associations of two records; that there are none is not an error."""
    record_id, to_id = _both(records, kind, key, to, to_key)
    records.unlink(kind, record_id, to, to_id)


def batch_archive(records: Records, kind: str, to: str, request: Request) -> tuple[int, Any]:
    """POST batch/archive: those that are not there are not an error."""
    request.query.allow()
    ASSOCIATIONS_ARCHIVE(request.body, "")
    for pair in request.body["inputs"]:
        for target in pair["to"]:
            if pair["from"]["id"].isdecimal() and target["id"].isdecimal():
                records.unlink(kind, int(pair["from"]["id"]), to, int(target["id"]))
    return rows.batch(records, [])
