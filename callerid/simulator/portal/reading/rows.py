"""Records as the API shows them, and how a request names one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.simulator.portal.records import iso
from callerid.simulator.portal.refusals import invalid
from callerid.simulator.portal.schema import MODIFIED, OBJECT_TYPE_IDS, PROPERTIES, SINGULAR, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callerid.simulator.portal.records import Record, Records
    from callerid.simulator.portal.request import Request

INLINE_MOST = 100  # associations of a record in a list


def shown(records: Records, record: Record, names: Iterable[str]) -> dict[str, Any]:
    """Return a record with the requested properties, as the API returns it; unknown names are left out silently."""
    known = {definition["name"] for definition in PROPERTIES[record.kind]}
    always = ("createdate", "hs_object_id", MODIFIED.get(record.kind, "hs_lastmodifieddate"))
    row = {
        "id": str(record.id),
        "properties": {name: records.value(record, name) for name in dict.fromkeys((*names, *always)) if name in known},
        "createdAt": iso(record.created),
        "updatedAt": iso(record.modified),
        "archived": record.archived_at is not None,
        "url": (
            f"https://app-eu1.hubspot.com/contacts/{records.account['portalId']}/record/{OBJECT_TYPE_IDS[record.kind]}/{record.id}"
        ),
    }
    return row if record.archived_at is None else row | {"archivedAt": iso(record.archived_at)}


def add_history(row: dict[str, Any], record: Record, names: Iterable[str]) -> None:
    """Add the earlier values of properties, newest first."""
    known, histories = {definition["name"] for definition in PROPERTIES[record.kind]}, {}
    for name in names:
        history: list[dict[str, Any]] = []
        for at, properties in record.history if name in known else ():
            value = (properties or {}).get(name) or ""
            if properties is not None and (history[0]["value"] if history else "") != value:
                history.insert(0, {"value": value, "timestamp": iso(at), "sourceType": "CRM_UI", "sourceId": "userId:9001"})
        if name in known:
            histories[name] = history
    row["propertiesWithHistory"] = histories


def add_associations(records: Records, row: dict[str, Any], record: Record, wanted: Iterable[str], request: Request) -> None:
    """Add inline associations: the same id once for each of its types; more than a hundred are paged."""
    for object_type in wanted:
        to = kind_of(object_type)
        if to is None:
            raise unknown_type(object_type)
        linked = sorted(records.linked(record.kind, record.id, to).items())
        if linked:
            row.setdefault("associations", {})[to] = _inline(record, to, linked, request)


def _inline(record: Record, to: str, linked: list[tuple[int, set[int]]], request: Request) -> dict[str, Any]:
    name, results = f"{SINGULAR[record.kind]}_to_{SINGULAR[to]}", []
    for to_id, types in linked[:INLINE_MOST]:
        results += [{"id": str(to_id), "type": name if n == 0 else f"{name}_unlabeled"} for n in range(max(2, len(types)))]
    if len(linked) <= INLINE_MOST:
        return {"results": results}
    after = str(linked[INLINE_MOST][0])
    link = f"{request.origin}/crm/v4/objects/{record.kind}/{record.id}/associations/{to}?after={after}"
    return {"results": results, "paging": {"next": {"after": after, "link": link}}}


def find(records: Records, kind: str, key: str, id_property: str = "", *, archived: bool = False) -> Record | None:
    """Return a record by its id, by one that was merged into it, or by a property whose values are unique."""
    if not id_property:
        record = records.find(kind, int(key)) if key.isascii() and key.isdigit() else None
        return record if record is not None and (record.archived_at is not None) == archived else None
    definition = next((known for known in PROPERTIES[kind] if known["name"] == id_property), None)
    if definition is None or not definition["hasUniqueValue"]:
        raise invalid(f"Property {id_property} is not a unique property of {kind}, so it cannot be an idProperty")
    same = (
        record
        for record in records.by_kind[kind].values()
        if (record.archived_at is not None) == archived and (record.properties.get(id_property) or "").lower() == key.lower()
    )
    return next(same, None)


def unknown_type(object_type: str) -> Exception:
    """Return the refusal of a kind of records that there is not."""
    return invalid(f"Unable to infer object type from: {object_type}")


def batch(records: Records, results: list[Any], errors: list[dict[str, Any]] | None = None, status: int = 200) -> tuple[int, Any]:
    """Return the status and the body of a batch's answer; with errors it is a 207."""
    now = iso(records.clock())
    body = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
    return (207, body | {"numErrors": len(errors), "errors": errors}) if errors else (status, body)


def not_there(kind: str, keys: list[str]) -> dict[str, Any]:
    """Return the error of a batch for records that are not there."""
    message = f"Could not get some {SINGULAR[kind].upper()} objects, they may be deleted or not exist. Check that ids are valid."
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": message,
        "context": {"ids": keys},
        "errors": [],
        "links": {},
    }
