"""HubSpot's exports: start one, look how far it is, download its file. Needs the scope `crm.export`.

`POST /crm/exports/2026-09/export/async` starts one and answers 202 with `{"id": "90000001", "links": {"status": …}}`. Its body has
all of: `exportType` (VIEW; LIST also needs `listId`), `format` (CSV, XLS, XLSX), `exportName`, `objectType` (CONTACT, contacts or
0-1), `objectProperties`, `associatedObjectType` (a list; in v3 one text, or nothing), `language`, `exportInternalValuesOptions`
(of NAMES and VALUES), `includeLabeledAssociations`, `includePrimaryDisplayPropertyForAssociatedObjects` and
`overrideAssociatedObjectsPerDefinitionPerRowLimit` (booleans; v3 has only the last). It may have `publicCrmSearchRequest`:
`filters`, `filterGroups` (at most 3 of 3 filters), `query`, `sorts`. More than 30 in 24 hours are refused; that this is a 429 is
not documented.

`GET …/export/async/tasks/{id}/status` answers `status`: PENDING (queued, or waiting for approval), PROCESSING, COMPLETE with the
link in `result`, or CANCELED (also when it failed). Each answer has a link of its own.

`GET …/export/{id}` answers `exportState`: PENDING_APPROVAL, ENQUEUED, PROCESSING, DONE, or DEFERRED, CONFLICT, FAILED, CANCELED,
DELETED; and, at the end, `recordCount`.

The link is for whoever has it, for five minutes, then it is a 403 in XML. A request to it that carries a token is refused too, as
storage services refuse two ways to prove who one is. What the file is like: `files`. What a test may set: `jobs.Exports`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.simulator.portal.reading.filters import met_by_all
from callerid.simulator.portal.reading.rows import unknown_type
from callerid.simulator.portal.records import iso
from callerid.simulator.portal.refusals import Refusal, envelope, invalid
from callerid.simulator.portal.schema import PROPERTIES, kind_of
from callerid.simulator.portal.shapes import FILTER, GROUPS, either, flag, list_of, one_of, shape, text

if TYPE_CHECKING:
    from callerid.simulator.portal.exports.jobs import Export, ExportFile, Exports
    from callerid.simulator.portal.records import Records
    from callerid.simulator.portal.request import Request

_LANGUAGES = "EN DE ES FR JA NL PT_BR IT PL SV FI ZH_TW DA_DK NO KO_KR TH ZH_CN".split()
_EACH = {
    "exportType": one_of("VIEW", "LIST"),
    "format": one_of("CSV", "XLS", "XLSX"),
    "exportName": text,
    "objectType": text,
    "objectProperties": list_of(text),
    "language": one_of(*_LANGUAGES),
    "exportInternalValuesOptions": list_of(one_of("NAMES", "VALUES")),
    "overrideAssociatedObjectsPerDefinitionPerRowLimit": flag,
}
_SORT = either(text, shape({"propertyName": text}, {"order": one_of("ASC", "DES", "DESC")}))
_SEARCH = shape({}, {"filters": list_of(FILTER), "filterGroups": GROUPS, "query": text, "sorts": list_of(_SORT)})
_OPTIONAL = {"publicCrmSearchRequest": _SEARCH, "listId": text}
_ASSOCIATED = {
    "associatedObjectType": list_of(text),
    "includeLabeledAssociations": flag,
    "includePrimaryDisplayPropertyForAssociatedObjects": flag,
}
_WANTED = shape(_EACH | _ASSOCIATED, _OPTIONAL)
_WANTED_V3 = shape(_EACH, _OPTIONAL | _ASSOCIATED | {"associatedObjectType": either(text, list_of(text))})
_GROUPS, _FILTERS = 3, 3
_STATUS = {
    "ENQUEUED": "PENDING",
    "DEFERRED": "PENDING",
    "PENDING_APPROVAL": "PENDING",
    "PROCESSING": "PROCESSING",
    "DONE": "COMPLETE",
}


def start(exports: Exports, request: Request, version: str) -> tuple[int, Any]:
    """POST: start an export."""
    from callerid.simulator.portal.exports.files import make_file  # few portals export, and many start

    request.query.allow()
    (_WANTED_V3 if version == "v3" else _WANTED)(request.body, "")
    wanted = _readable(request.body)
    kind = kind_of(wanted["objectType"])
    if kind is None:
        raise unknown_type(wanted["objectType"])
    _check(exports.records, kind, wanted)
    export = exports.start(kind, wanted, lambda: make_file(exports, kind, wanted))
    return 202, {"id": str(export.id), "links": {"status": f"{request.address}/tasks/{export.id}/status"}}


def _readable(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body with the sorts as the CRM's search has them."""
    search = dict(body.get("publicCrmSearchRequest") or {})
    search["sorts"] = [
        sort
        if isinstance(sort, str)
        else {"propertyName": sort["propertyName"], "direction": "ASCENDING" if sort.get("order", "ASC") == "ASC" else "DESCENDING"}
        for sort in search.get("sorts") or []
    ]
    return body | {"publicCrmSearchRequest": search}


def _check(records: Records, kind: str, wanted: dict[str, Any]) -> None:
    known, search = {definition["name"] for definition in PROPERTIES[kind]}, wanted["publicCrmSearchRequest"]
    unknown = [name for name in wanted["objectProperties"] if name not in known]
    if unknown:
        raise invalid(f"Some properties do not exist: [{', '.join(unknown)}]", category="VALIDATION_ERROR")
    associated = wanted.get("associatedObjectType") or []
    for object_type in [associated] if isinstance(associated, str) else associated:
        if kind_of(object_type) is None:
            raise unknown_type(object_type)
    groups = [group["filters"] for group in search.get("filterGroups") or []] + [search.get("filters") or []]
    if len(groups) - 1 > _GROUPS or any(len(filters) > _FILTERS for filters in groups):
        raise invalid("An export has at most 3 filterGroups of 3 filters")
    for filters in groups:
        met_by_all(records, kind, filters)
    if wanted["exportType"] == "LIST":
        raise invalid(
            f"There is no list {wanted['listId']}" if wanted.get("listId") else "Some required fields were not set: [listId]"
        )
    if wanted["format"] != "CSV":
        raise Refusal(501, envelope("The simulated portal makes CSV only.", "NOT_IMPLEMENTED"))


def status(exports: Exports, export_id: str, request: Request) -> dict[str, Any]:
    """GET how far an export is, with a link when its file is there."""
    request.query.allow()
    export = exports.look(export_id)
    body: dict[str, Any] = {"status": _STATUS.get(export.state, "CANCELED"), "requestedAt": iso(export.created)}
    body |= {"startedAt": iso(export.began or export.created), "completedAt": iso(export.ended or export.created)}
    if export.state == "FAILED":
        error = {
            "status": "error",
            "category": "EXPORT_FAILED",
            "message": "The export failed.",
            "context": {},
            "errors": [],
            "links": {},
        }
        body |= {"numErrors": 1, "errors": [error]}
    return body | ({"result": request.origin + exports.new_link(export)} if export.file else {})


def one(exports: Exports, export_id: str, request: Request) -> dict[str, Any]:
    """GET an export."""
    request.query.allow()
    export = exports.look(export_id)
    return _shown(export) | ({"recordCount": export.file.count} if export.file else {})


def _shown(export: Export) -> dict[str, Any]:
    return {
        "id": str(export.id),
        "exportState": export.state,
        "exportType": export.wanted["exportType"],
        "exportName": export.wanted["exportName"],
        "objectType": export.wanted["objectType"],
        "objectProperties": export.wanted["objectProperties"],
        "createdAt": iso(export.created),
        "updatedAt": iso(export.ended or export.began or export.created),
    }


def download(exports: Exports, secret: str, *, with_token: bool) -> ExportFile:
    """GET the file of a link. Raise Refusal when it has expired, or when the request carries a token."""
    if with_token:
        raise Refusal(400, b"<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>")
    file = exports.download(secret)
    if file is None:
        raise Refusal(403, b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
    return file
