"""What describes the portal: its owners, pipelines, properties, and how much of its limits is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.simulator.portal.cursors import whole_number
from callerid.simulator.portal.reading import rows
from callerid.simulator.portal.records import iso
from callerid.simulator.portal.refusals import CORRELATION, Refusal, envelope, invalid, not_found
from callerid.simulator.portal.schema import OBJECT_TYPE_IDS, PROPERTIES, SINGULAR, TICKET_PIPELINE
from callerid.simulator.portal.shapes import PROPERTIES_READ

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callerid.simulator.portal.records import Records
    from callerid.simulator.portal.request import Request

_LONG_AGO = {"createdAt": "2024-01-01T00:00:00.000Z", "updatedAt": "2024-01-01T00:00:00Z"}
_MOST_OWNERS = 500
_MOST_RECORDS = 15_000_000
_SENSITIVITIES = ("non_sensitive", "sensitive", "highly_sensitive")


def owners(records: Records, request: Request) -> dict[str, Any]:
    """GET owners, in pages; of one e-mail address, if wanted."""
    query = request.query
    query.allow("after", "archived", "email", "limit")
    start, limit = whole_number(query.text("after", "0"), "after"), query.integer("limit", 100, _MOST_OWNERS)
    found = [
        owner_shown(owner)
        for owner in records.owners
        if owner.get("archived", False) == query.flag("archived") and query.text("email") in ("", owner["email"])
    ]
    more = {"paging": request.next_page(str(start + limit))} if len(found) > start + limit else {}
    return {"results": found[start : start + limit]} | more


def owner_shown(owner: dict[str, Any]) -> dict[str, Any]:
    """Return an owner as the API gives it."""
    return {"archived": False, "userIdIncludingInactive": owner["userId"], "teams": []} | owner | _LONG_AGO


def one_owner(records: Records, owner_id: str, request: Request) -> dict[str, Any]:
    """GET one owner, by its id or its user's."""
    request.query.allow("archived", "idProperty")
    key = request.query.text("idProperty", "id")
    if key not in ("id", "userId"):
        raise invalid("Invalid input: idProperty must be one of [id, userId]")
    archived = request.query.flag("archived")
    known = (owner for owner in records.owners if owner.get("archived", False) == archived or key == "userId")
    owner = next((owner for owner in known if str(owner[key]) == owner_id), None)
    if owner is None:
        raise Refusal(404, envelope(f"No owner found with {key} {owner_id}", "OBJECT_NOT_FOUND", correlationId=CORRELATION))
    return owner_shown(owner)


def pipelines(records: Records, kind: str, rest: list[str], request: Request) -> dict[str, Any]:
    """GET the pipelines of deals or tickets, one of them, its stages, or one of these. No other kind has any."""
    request.query.allow()
    of_kind = {"deals": records.pipelines, "tickets": [TICKET_PIPELINE]}
    held = [_dated(pipeline) for pipeline in of_kind.get(kind, ())]
    match rest:
        case []:
            return {"results": held}
        case [pipeline_id]:
            return _with_id(held, pipeline_id)
        case [pipeline_id, "stages"]:
            return {"results": _with_id(held, pipeline_id)["stages"]}
        case [pipeline_id, "stages", stage_id]:
            return _with_id(_with_id(held, pipeline_id)["stages"], stage_id)
    raise not_found()


def _dated(pipeline: dict[str, Any]) -> dict[str, Any]:
    stages = [_LONG_AGO | {"writePermissions": "CRM_PERMISSIONS_ENFORCEMENT"} | stage for stage in pipeline["stages"]]
    return _LONG_AGO | pipeline | {"stages": stages}


def _with_id(rows_: Iterable[dict[str, Any]], wanted: str) -> dict[str, Any]:
    row = next((row for row in rows_ if row["id"] == wanted), None)
    if row is None:
        raise not_found()
    return row


def properties(kind: str, request: Request) -> dict[str, Any]:
    """GET the properties of a kind; none of them is archived or sensitive."""
    request.query.allow("archived", "dataSensitivity", "locale", "properties")
    return {"results": [] if _other_properties(request) else PROPERTIES[kind]}


def _other_properties(request: Request) -> bool:
    sensitivity = request.query.text("dataSensitivity", _SENSITIVITIES[0])
    if sensitivity not in _SENSITIVITIES:
        raise invalid(f"Invalid input: dataSensitivity must be one of [{', '.join(_SENSITIVITIES)}]")
    return request.query.flag("archived") or sensitivity != _SENSITIVITIES[0]


def one_property(kind: str, name: str, request: Request) -> dict[str, Any]:
    """GET one property."""
    request.query.allow("archived", "dataSensitivity", "locale", "properties")
    definition = next((known for known in PROPERTIES[kind] if known["name"] == name), None)
    if definition is None or _other_properties(request):
        raise not_found()
    return definition


def property_groups(request: Request) -> dict[str, Any]:
    """GET the groups of properties."""
    request.query.allow("locale")
    return {"results": [{"name": "information", "label": "Information", "displayOrder": 0, "archived": False}]}


def batch_of_properties(records: Records, kind: str, request: Request) -> tuple[int, Any]:
    """POST batch/read of properties: missing ones make it a 207."""
    request.query.allow("locale")
    PROPERTIES_READ(request.body, "")
    wanted = [reference["name"] for reference in request.body["inputs"]]
    found = {definition["name"]: definition for definition in PROPERTIES[kind]}
    missing = [name for name in wanted if name not in found]
    return rows.batch(
        records, [found[name] for name in wanted if name in found], [rows.not_there(kind, missing)] if missing else None
    )


def record_counts(records: Records, kinds: Iterable[str], request: Request) -> dict[str, Any]:
    """GET how many records there are of these kinds, archived ones left out, and how many there may be (limits tracking)."""
    request.query.allow()
    usages = {kind: sum(record.archived_at is None for record in records.by_kind[kind].values()) for kind in kinds}
    counts = [
        {
            "objectTypeId": OBJECT_TYPE_IDS[kind],
            "singularLabel": SINGULAR[kind].title(),
            "pluralLabel": kind.title(),
            "usage": usage,
            "limit": _MOST_RECORDS,
            "percentage": usage / _MOST_RECORDS,
        }
        for kind, usage in usages.items()
    ]
    custom = {"byObjectType": [], "overallLimit": 0, "overallPercentage": 0.0, "overallUsage": 0}
    return {"hubspotDefinedObjectTypes": counts, "customObjectTypes": custom}


def requests_of_today(records: Records, used: int, limit: int) -> dict[str, Any]:
    """Return how many requests were made today."""
    usage = {"name": "private-apps-api-calls-daily", "usageLimit": limit, "currentUsage": used, "fetchStatus": "SUCCESS"}
    return {"results": [usage | {"collectedAt": iso(records.clock())}]}
