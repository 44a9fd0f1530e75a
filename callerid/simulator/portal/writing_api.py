"""The writing half of the API, as strict as the portal: what is written is validated, associations are checked."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from callerid.simulator.portal.reading_api import shown
from callerid.simulator.portal.records import PROPERTIES, TYPE_IDS
from callerid.simulator.portal.refusals import Refusal, envelope, invalid, invalid_properties, not_found

if TYPE_CHECKING:
    from callerid.simulator.portal.records import Records

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")
_NEEDED = {"calls": ("hs_timestamp",), "tasks": ("hs_timestamp", "hs_task_subject")}
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\ufeff]")


def create(records: Records, kind: str, body: dict[str, Any], required: tuple[str, ...], dead_target: int) -> dict[str, Any]:
    """POST an object with inline associations, checked first and then made in one step."""
    properties = body.get("properties")
    if not isinstance(properties, dict):
        raise invalid("Invalid input JSON: properties must be an object")
    _check(kind, properties)
    _check_there({name: properties.get(name) for name in (*_NEEDED.get(kind, ()), *required)}, kind, required)
    _check_email(records, kind, properties)
    links = [link for association in body.get("associations") or [] for link in _links(records, kind, association, dead_target)]
    record = records.create(kind, {name: str(value) for name, value in properties.items() if value not in (None, "")}, links)
    return shown(records, record, list(properties))


def update(records: Records, kind: str, record_id: str, body: dict[str, Any], required: tuple[str, ...]) -> dict[str, Any]:
    """PATCH an object; "" clears a property, except one that must be there."""
    record = records.find(kind, int(record_id)) if record_id.isdigit() else None
    if record is None or record.archived_at is not None:
        raise not_found()
    properties = body.get("properties") or {}
    _check(kind, properties)
    _check_there(properties, kind, required)
    _check_email(records, kind, properties, record.id)
    return shown(records, records.edit(kind, record.id, {n: str(v or "") for n, v in properties.items()}), list(properties))


def delete(records: Records, kind: str, record_id: str) -> None:
    """DELETE an object: it goes to the recycle bin; one that is there already, or never was, is not found."""
    record = records.by_kind[kind].get(int(record_id)) if record_id.isdigit() else None
    if record is None or record.archived_at is not None:
        raise not_found()
    records.archive(kind, record.id)


def associate(records: Records, kind: str, record_id: str, to: str, to_id: str) -> dict[str, Any]:
    """PUT a default association."""
    record, target = (records.find(k, int(i)) if i.isdigit() else None for k, i in ((kind, record_id), (to, to_id)))
    if record is None or target is None or record.archived_at is not None or target.archived_at is not None:
        raise not_found()
    type_id = min(TYPE_IDS[kind, to])
    records.link(kind, record.id, to, target.id, type_id)
    return {"status": "COMPLETE", "results": [{"from": {"id": record_id}, "to": {"id": to_id}}]}


def archive_associations(records: Records, kind: str, to: str, body: dict[str, Any]) -> None:
    """POST associations batch/archive: those that are not there are not an error."""
    inputs = body.get("inputs")
    if not isinstance(inputs, list) or len(inputs) > 100:  # noqa: PLR2004
        raise invalid("The maximum number of inputs supported in a batch request is 100")
    for pair in inputs:
        for target in pair["to"]:
            records.unlink(kind, int(pair["from"]["id"]), to, int(target["id"]))


def _check_there(properties: dict[str, Any], kind: str, required: tuple[str, ...]) -> None:
    """Refuse that one of these properties is empty which a kind must have, or by a rule of the portal."""
    for name, value in properties.items():
        if not value and name in _NEEDED.get(kind, ()):
            raise _missing(name, "REQUIRED_FIELD")
        if not value and name in required:
            raise _missing(name, "MISSING_REQUIRED_PROPERTY")


def _missing(name: str, code: str) -> Refusal:
    message = f"Some required properties were not set: {name}"
    errors = [{"message": f"Property {name} is required", "code": code, "context": {"propertyName": [name]}}]
    return invalid(message, errors)


def _check(kind: str, properties: dict[str, Any]) -> None:
    """Refuse values as HubSpot does: unknown and read-only properties, options that do not exist, wrong numbers and times."""
    known = {definition["name"]: definition for definition in PROPERTIES[kind]}
    faults = []
    for name, value in properties.items():
        definition = known.get(name)
        if definition is None:
            faults.append(_fault(name, f'Property "{name}" does not exist', "PROPERTY_DOESNT_EXIST"))
        elif definition["modificationMetadata"]["readOnlyValue"]:
            faults.append(_fault(name, f'"{name}" is a read only property; its value cannot be set.', "READ_ONLY_VALUE"))
        elif value not in (None, ""):
            faults += _value_faults(name, str(value), definition)
    if faults:
        raise invalid_properties(faults)


def _fault(name: str, message: str, code: str) -> dict[str, Any]:
    return {"name": name, "message": message, "code": code}


def _value_faults(name: str, value: str, definition: dict[str, Any]) -> list[dict[str, Any]]:
    options = [option["value"] for option in definition["options"]]
    if options and value not in options:
        return [_fault(name, f"{value} was not one of the allowed options: [{', '.join(options)}]", "INVALID_OPTION")]
    if name == "hs_task_reminders" and not (value.isdigit() and len(value) >= 12):  # noqa: PLR2004
        return [_fault(name, f"{value!r} was not a valid long.", "INVALID_LONG")]
    number = definition["type"] == "number" or name == "hs_call_duration"
    if number and (_INVISIBLE.search(value) or not re.fullmatch(r"-?\d+(\.\d+)?", value)):
        return [_fault(name, f"{value!r} was not a valid number.", "INVALID_NUMBER")]
    if definition["type"] == "datetime" and not _is_time(value):
        return [_fault(name, f"{value!r} was not a valid long.", "INVALID_DATE")]
    return []


def _is_time(value: str) -> bool:
    """Return whether a value is a time: ISO with a zone, or epoch milliseconds. This version of the API refuses epoch seconds."""
    if value.isdigit():
        return len(value) >= 12  # noqa: PLR2004
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _check_email(records: Records, kind: str, properties: dict[str, Any], own_id: int | None = None) -> None:
    email = str(properties.get("email") or "").lower()
    if kind == "contacts" and email:
        if not _EMAIL.fullmatch(email):
            raise invalid_properties([_fault("email", f"Email address {email} is invalid", "INVALID_EMAIL")])
        for other in records.by_kind["contacts"].values():
            if other.id != own_id and (other.properties.get("email") or "").lower() == email and other.archived_at is None:
                raise Refusal(409, envelope(f"Contact already exists. Existing ID: {other.id}", "CONFLICT"))


def _links(records: Records, kind: str, association: dict[str, Any], dead_target: int) -> list[tuple[str, int, int]]:
    """Read one inline association. Empty types link nothing and are not an error."""
    to_id, links = int((association.get("to") or {}).get("id") or 0), []
    for association_type in association.get("types") or []:
        type_id = association_type.get("associationTypeId")
        to_kind = next((to for (source, to), ids in TYPE_IDS.items() if source == kind and type_id in ids), None)
        if association_type.get("associationCategory") != "HUBSPOT_DEFINED" or to_kind is None:
            raise invalid(f"{type_id} is not a valid association type between {kind} and the given object")
        target = records.find(to_kind, to_id)
        if target is None or target.archived_at is not None:
            message = f"One or more associations are invalid: {to_kind} {to_id} does not exist"
            raise not_found(message) if dead_target == 404 else invalid(message)  # noqa: PLR2004
        links.append((to_kind, target.id, type_id))
    return links
