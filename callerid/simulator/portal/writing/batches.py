"""Batches of records that are made, changed or deleted: at most a hundred.

One that is refused refuses all of a batch/create, unless each has an `objectWriteTraceId` of its own: then the others are made, and
the answer is a 207 with the errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.simulator.portal.reading import rows
from callerid.simulator.portal.refusals import Refusal, invalid
from callerid.simulator.portal.shapes import BATCH_CREATE, BATCH_OF_IDS, BATCH_UPDATE
from callerid.simulator.portal.writing.objects import change, check_new, make

if TYPE_CHECKING:
    from callerid.simulator.portal.records import Records
    from callerid.simulator.portal.request import Request
    from callerid.simulator.portal.writing.objects import Links, Rules


def create(records: Records, kind: str, request: Request, rules: Rules) -> tuple[int, Any]:
    """POST batch/create."""
    request.query.allow()
    BATCH_CREATE(request.body, "")
    inputs = request.body["inputs"]
    traces = [wanted.get("objectWriteTraceId") for wanted in inputs]
    partly = None not in traces and len(set(traces)) == len(traces)
    _check_different(inputs)
    checked: list[tuple[dict[str, Any], Links]] = []
    errors = []
    for wanted in inputs:
        try:
            checked.append((wanted, check_new(records, kind, wanted, rules)))
        except Refusal as refusal:
            if not partly:
                raise
            errors.append(_traced(refusal, wanted))
    made = [make(records, kind, wanted["properties"], links) | _trace(wanted) for wanted, links in checked]
    return rows.batch(records, made, errors, status=201)


def _check_different(inputs: list[dict[str, Any]]) -> None:
    emails = [str(wanted["properties"]["email"]).lower() for wanted in inputs if wanted["properties"].get("email")]
    if len(set(emails)) < len(emails):
        raise invalid("Duplicate values of the unique property email found in the batch input")


def _trace(wanted: dict[str, Any]) -> dict[str, Any]:
    return {"objectWriteTraceId": wanted["objectWriteTraceId"]} if wanted.get("objectWriteTraceId") else {}


def _traced(refusal: Refusal, wanted: dict[str, Any]) -> dict[str, Any]:
    context = {"objectWriteTraceId": [wanted["objectWriteTraceId"]]}
    known = {key: value for key, value in refusal.body.items() if key != "correlationId"}
    return {"errors": [], "links": {}} | known | {"context": context}


def update(records: Records, kind: str, request: Request, rules: Rules) -> tuple[int, Any]:
    """POST batch/update: those that are not there make it a 207."""
    request.query.allow()
    BATCH_UPDATE(request.body, "")
    results, missing = [], []
    for wanted in request.body["inputs"]:
        record = rows.find(records, kind, wanted["id"], wanted.get("idProperty") or "")
        if record is None:
            missing.append(wanted["id"])
        else:
            results.append(change(records, record, wanted["properties"], rules) | _trace(wanted))
    return rows.batch(records, results, [rows.not_there(kind, missing)] if missing else None)


def upsert(records: Records, kind: str, request: Request, rules: Rules) -> tuple[int, Any]:
    """POST batch/upsert: changed where a unique property has the value, else made."""
    request.query.allow()
    BATCH_UPDATE(request.body, "")
    results = []
    for wanted in request.body["inputs"]:
        id_property = wanted.get("idProperty") or ""
        record = rows.find(records, kind, wanted["id"], id_property)
        if record is not None:
            results.append(change(records, record, wanted["properties"], rules) | {"new": False})
        elif id_property:
            new = {"properties": {id_property: wanted["id"]} | wanted["properties"]}
            results.append(make(records, kind, new["properties"], check_new(records, kind, new, rules)) | {"new": True})
        else:
            raise invalid(f"{wanted['id']} does not exist, and idProperty is not set")
    return rows.batch(records, results)


def archive(records: Records, kind: str, request: Request) -> None:
    """POST batch/archive: those that are not there are not an error."""
    request.query.allow()
    BATCH_OF_IDS(request.body, "")
    for reference in request.body["inputs"]:
        record = rows.find(records, kind, reference["id"])
        if record is not None:
            records.archive(kind, record.id)
