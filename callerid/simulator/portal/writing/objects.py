"""One record written: made, changed, deleted, merged, purged. What is written is validated, and associations are checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.simulator.portal.reading import rows
from callerid.simulator.portal.refusals import invalid, not_found
from callerid.simulator.portal.schema import TYPE_IDS
from callerid.simulator.portal.shapes import CHANGE, MERGE, NEW_RECORD, NEW_RECORD_TO_THE_LETTER, PURGE
from callerid.simulator.portal.writing.validation import NEEDED, check, check_email, check_there

if TYPE_CHECKING:
    from callerid.simulator.portal.records import Record, Records
    from callerid.simulator.portal.request import Request

    Links = list[tuple[str, int, int]]  # kind, id, type id


class Rules:
    """What a portal requires of a kind beyond what HubSpot does, and how it refuses an association with what is not there."""

    def __init__(self, required: tuple[str, ...], dead_target: int) -> None:
        self.required, self.dead_target = required, dead_target


def create(records: Records, kind: str, request: Request, rules: Rules) -> dict[str, Any]:
    """POST an object with inline associations, checked first and then made in one step."""
    request.query.allow()
    (NEW_RECORD_TO_THE_LETTER if request.to_the_letter else NEW_RECORD)(request.body, "")
    links = check_new(records, kind, request.body, rules)
    return make(records, kind, request.body["properties"], links)


def check_new(records: Records, kind: str, body: dict[str, Any], rules: Rules) -> Links:
    """Return the associations of an object that may be made. Raise Refusal when it may not."""
    properties = body["properties"]
    check(kind, properties)
    check_there({name: properties.get(name) for name in (*NEEDED.get(kind, ()), *rules.required)}, kind, rules.required)
    check_email(records, kind, properties)
    return [
        link for association in body.get("associations") or [] for link in _links(records, kind, association, rules.dead_target)
    ]


def make(records: Records, kind: str, properties: dict[str, Any], links: Links) -> dict[str, Any]:
    """Make an object that was checked."""
    record = records.create(kind, {name: str(value) for name, value in properties.items() if value not in (None, "")}, links)
    return rows.shown(records, record, properties)


def update(records: Records, kind: str, key: str, request: Request, rules: Rules) -> dict[str, Any]:
    """PATCH an object; "" clears a property, except one that must be there."""
    request.query.allow("idProperty")
    CHANGE(request.body, "")
    record = rows.find(records, kind, key, request.query.text("idProperty"))
    if record is None:
        raise not_found()
    return change(records, record, request.body["properties"], rules)


def change(records: Records, record: Record, properties: dict[str, Any], rules: Rules) -> dict[str, Any]:
    """Change an object. Raise Refusal when it may not be."""
    check(record.kind, properties)
    check_there(properties, record.kind, rules.required)
    check_email(records, record.kind, properties, record.id)
    changed = records.edit(record.kind, record.id, {name: str(value or "") for name, value in properties.items()})
    return rows.shown(records, changed, properties)


def delete(records: Records, kind: str, key: str, request: Request) -> None:
    """DELETE an object: it goes to the recycle bin; one that is there already, or never was, is not found."""
    request.query.allow()
    record = rows.find(records, kind, key)
    if record is None or str(record.id) != key:
        raise not_found()
    records.archive(kind, record.id)


def merge(records: Records, kind: str, request: Request) -> dict[str, Any]:
    """POST merge: two objects become one."""
    request.query.allow()
    MERGE(request.body, "")
    first, second = (rows.find(records, kind, request.body[name]) for name in ("primaryObjectId", "objectIdToMerge"))
    if first is None or second is None:
        raise not_found()
    if first is second:
        raise invalid("Cannot merge an object into itself")
    return rows.shown(records, records.merge(kind, first.id, second.id), [])


def purge(records: Records, kind: str, request: Request) -> None:
    """POST gdpr-delete: a contact and all that it had is gone for good."""
    request.query.allow()
    PURGE(request.body, "")
    record = rows.find(records, kind, request.body["objectId"], request.body.get("idProperty") or "")
    if record is None:
        raise not_found()
    records.purge(kind, record.id)


def _links(records: Records, kind: str, association: dict[str, Any], dead_target: int) -> Links:
    """Read one inline association. Empty types link nothing and are not an error."""
    to_id, links = association["to"]["id"], []
    for association_type in association["types"]:
        type_id = association_type["associationTypeId"]
        to_kind = next((to for (source, to), ids in TYPE_IDS.items() if source == kind and type_id in ids), None)
        if association_type["associationCategory"] != "HUBSPOT_DEFINED" or to_kind is None:
            raise invalid(f"{type_id} is not a valid association type between {kind} and the given object")
        target = rows.find(records, to_kind, to_id)
        if target is None:
            message = f"One or more associations are invalid: {to_kind} {to_id} does not exist"
            raise not_found(message) if dead_target == 404 else invalid(message)  # noqa: PLR2004
        links.append((to_kind, target.id, type_id))
    return links
