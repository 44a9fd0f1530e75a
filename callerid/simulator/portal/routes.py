"""Which request is answered by what, and which scope it needs.

An address is `/crm/FAMILY/VERSION/…` with dated versions, or `/crm/v3/FAMILY/…` (associations v4) with the older ones.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from callerid.simulator.portal.exports import api as exports_api
from callerid.simulator.portal.reading import about, objects, search
from callerid.simulator.portal.reading import associations as read_associations
from callerid.simulator.portal.reading.rows import unknown_type
from callerid.simulator.portal.refusals import invalid, missing_scopes, not_found
from callerid.simulator.portal.schema import kind_of
from callerid.simulator.portal.shapes import shape, text
from callerid.simulator.portal.writing import associations, batches
from callerid.simulator.portal.writing import objects as writing
from callerid.simulator.portal.writing.objects import Rules

if TYPE_CHECKING:
    from callerid.simulator.portal.request import Request
    from callerid.simulator.portal.state import PortalState

_DATED = re.compile(r"/crm/(?P<family>[a-z-]+)/(?P<version>2026-09|2026-03|2025-09)(?P<rest>/.*)?")
_NUMBERED = re.compile(r"/crm/(?P<version>v[34])/(?P<family>[a-z-]+)(?P<rest>/.*)?")
_READ_SCOPE = {"contacts": "contacts", "companies": "companies", "deals": "deals", "calls": "contacts", "tasks": "contacts"}
_TICKETS = "tickets"  # the one scope of tickets, to read and to write them
_ANY_READ = tuple(f"crm.objects.{name}.read" for name in ("contacts", "companies", "deals"))
_MERGED = ("contacts", "companies", "deals")
_BATCH_WRITES = ("batch/create", "batch/update", "batch/upsert", "batch/archive")
_TOKEN = shape({"tokenKey": text})

Answer = tuple[int, Any]


def answer(portal: PortalState, path: str, request: Request) -> Answer:
    """Return the status and the body of a request's answer. Raise Refusal."""
    parts = _DATED.fullmatch(path) or _NUMBERED.fullmatch(path)
    if not parts:
        return _beside_the_crm(portal, path, request)
    version, segments = parts["version"], [unquote(segment) for segment in (parts["rest"] or "").split("/") if segment]
    match parts["family"]:
        case "objects" if segments and (version != "v4" or "associations" in segments):
            return _objects(portal, version, segments, request)
        case "associations" if len(segments) > 2:  # noqa: PLR2004
            return _associations(portal, version, segments, request)
        case "properties" if segments and version != "v4":
            return _properties(portal, segments, request)
        case "pipelines" if segments and version != "v4" and request.method == "GET":
            return 200, about.pipelines(portal.records, _kind(segments[0]), segments[1:], request)
        case "owners" if version != "v4" and request.method == "GET":
            return _owners(portal, segments, request)
        case "exports" if version != "v4":
            return _exports(portal, version, segments, request)
        case "limits" if segments == ["records"] and version != "v4" and request.method == "GET":
            return _counts(portal, request)
    raise not_found()


def _kind(object_type: str) -> str:
    kind = kind_of(object_type)
    if kind is None:
        raise unknown_type(object_type)
    return kind


def _need(portal: PortalState, kind: str, verb: str) -> None:
    scope = _TICKETS if kind == "tickets" else f"crm.objects.{_READ_SCOPE[kind]}.{verb}"
    if scope not in portal.scopes:
        raise missing_scopes(scope)


# ------------------------------------------------------------------------------------------------ objects


def _objects(portal: PortalState, version: str, segments: list[str], request: Request) -> Answer:
    kind, rest = _kind(segments[0]), segments[1:]
    if len(rest) > 1 and rest[1] == "associations":
        return _associations_of_one(portal, version, kind, rest, request)
    if request.method == "POST" and len(rest) <= 2:  # noqa: PLR2004
        return _post_object(portal, kind, "/".join(rest), request)
    if len(rest) > 1:
        raise not_found()
    _need(portal, kind, "read" if request.method == "GET" else "write")
    records, rules = portal.records, Rules(portal.required.get(kind, ()), portal.dead_target)
    match request.method, rest:
        case "GET", []:
            return 200, objects.list_objects(records, kind, request, portal.cursors)
        case "GET", [key]:
            return 200, objects.get_one(records, kind, key, request)
        case "PATCH", [key]:
            return 200, writing.update(records, kind, key, request, rules)
        case "DELETE", [key]:
            writing.delete(records, kind, key, request)
            return 204, {}
    raise not_found()


def _post_object(portal: PortalState, kind: str, rest: str, request: Request) -> Answer:
    writes = rest in ("", "merge", "gdpr-delete", *_BATCH_WRITES)
    _need(portal, kind, "write" if writes else "read")
    records, rules = portal.records, Rules(portal.required.get(kind, ()), portal.dead_target)
    match rest:
        case "":
            return 201, writing.create(records, kind, request, rules)
        case "search":
            return 200, search.search(records, kind, request, portal.search_lag)
        case "batch/read":
            return objects.batch_read(records, kind, request)
        case "batch/create":
            return batches.create(records, kind, request, rules)
        case "batch/update":
            return batches.update(records, kind, request, rules)
        case "batch/upsert":
            return batches.upsert(records, kind, request, rules)
        case "batch/archive":
            batches.archive(records, kind, request)
            return 204, {}
        case "merge" if kind in _MERGED:
            return 200, writing.merge(records, kind, request)
        case "gdpr-delete" if kind == "contacts":
            writing.purge(records, kind, request)
            return 204, {}
    raise not_found()


def _associations_of_one(portal: PortalState, version: str, kind: str, rest: list[str], request: Request) -> Answer:
    _need(portal, kind, "read" if request.method == "GET" else "write")
    records = portal.records
    match request.method, rest:
        case "GET", [key, _, to] if version != "2026-09":
            return 200, read_associations.of_one(records, kind, key, _kind(to), request, legacy=version == "v3")
        case "PUT", [key, _, "default", to, to_key]:
            return associations.associate_by_default(records, kind, key, _kind(to), to_key)
        case "PUT", [key, _, to, to_key]:
            return 201, associations.associate(records, kind, key, _kind(to), to_key, request)
        case "DELETE", [key, _, to, to_key]:
            associations.separate(records, kind, key, _kind(to), to_key)
            return 204, {}
    raise not_found()


def _associations(portal: PortalState, version: str, segments: list[str], request: Request) -> Answer:
    kind, to, rest = _kind(segments[0]), _kind(segments[1]), "/".join(segments[2:])
    reads = rest in ("batch/read", "labels")
    _need(portal, kind, "read" if reads else "write")
    dated, records = version.startswith("20"), portal.records
    match request.method, rest:
        case "POST", "batch/read":
            return read_associations.batch_read(records, kind, to, request, legacy=version == "v3")
        case "GET", "labels" if version != "v3":
            return 200, read_associations.labels(kind, to, request)
        case "POST", "batch/create" if version != "v3":
            return associations.batch_create(records, kind, to, request, 200 if version == "2026-09" else 201)
        case "POST", "batch/associate/default" if version != "v3":
            return associations.batch_by_default(records, kind, to, request)
        case "POST", "batch/archive" if version != "v3":
            archived = associations.batch_archive(records, kind, to, request)
            return archived if dated else (204, {})
    raise not_found()


# ------------------------------------------------------------------------------------------------ the portal itself


def _properties(portal: PortalState, segments: list[str], request: Request) -> Answer:
    kind = _kind(segments[0])
    match request.method, segments[1:]:
        case "GET", []:
            return 200, about.properties(kind, request)
        case "GET", ["groups"]:
            return 200, about.property_groups(request)
        case "GET", [name]:
            return 200, about.one_property(kind, name, request)
        case "POST", ["batch", "read"]:
            return about.batch_of_properties(portal.records, kind, request)
    raise not_found()


def _owners(portal: PortalState, segments: list[str], request: Request) -> Answer:
    if "crm.objects.owners.read" not in portal.scopes:
        raise missing_scopes("crm.objects.owners.read")
    match segments:
        case []:
            return 200, about.owners(portal.records, request)
        case [owner_id] if owner_id.isdecimal():
            return 200, about.one_owner(portal.records, owner_id, request)
    raise not_found()


def _exports(portal: PortalState, version: str, segments: list[str], request: Request) -> Answer:
    if "crm.export" not in portal.scopes:
        raise missing_scopes("crm.export")
    match request.method, segments:
        case "POST", ["export", "async"]:
            return exports_api.start(portal.exports, request, version)
        case "GET", ["export", "async", "tasks", task_id, "status"]:
            return 200, exports_api.status(portal.exports, task_id, request)
        case "GET", ["export", export_id]:
            return 200, exports_api.one(portal.exports, export_id, request)
    raise not_found()


def _counts(portal: PortalState, request: Request) -> Answer:
    """Answer with the counts of those kinds that the token may read."""
    kinds = [kind for kind, name in _READ_SCOPE.items() if f"crm.objects.{name}.read" in portal.scopes]
    if not kinds:
        raise missing_scopes(*_ANY_READ)
    return 200, about.record_counts(portal.records, kinds, request)


def _beside_the_crm(portal: PortalState, path: str, request: Request) -> Answer:
    if path == "/oauth/v2/private-apps/get/access-token-info" and request.method == "POST":
        _TOKEN(request.body, "")
        if not portal.introspection or request.body["tokenKey"] != portal.token:
            raise not_found()
        portal_id = portal.records.account["portalId"]
        return 200, {"userId": 9001, "hubId": portal_id, "appId": 31337, "scopes": sorted(portal.scopes)}
    parts = re.fullmatch(r"/account-info/(?:2026-09|2026-03|2025-09|v3)/(details|api-usage/daily/private-apps)", path)
    if not parts or request.method != "GET":
        raise not_found()
    if request.query.values:
        raise invalid("Invalid input: this address has no parameters")
    if parts[1] == "details":
        return 200, portal.records.account
    return 200, about.requests_of_today(portal.records, portal.limits.today, portal.limits.most_today)
