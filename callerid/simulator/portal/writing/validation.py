"""What the portal refuses to be written: values that HubSpot does not take, and what a rule of the portal requires."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from callerid.simulator.portal.refusals import Refusal, envelope, invalid, invalid_properties
from callerid.simulator.portal.schema import PROPERTIES

if TYPE_CHECKING:
    from callerid.simulator.portal.records import Records

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\ufeff]")
NEEDED = {"calls": ("hs_timestamp",), "tasks": ("hs_timestamp", "hs_task_subject")}


def check_there(properties: dict[str, Any], kind: str, required: tuple[str, ...]) -> None:
    """Refuse that one of these properties is empty which a kind must have, or by a rule of the portal."""
    for name, value in properties.items():
        if not value and name in NEEDED.get(kind, ()):
            raise _missing(name, "REQUIRED_FIELD")
        if not value and name in required:
            raise _missing(name, "MISSING_REQUIRED_PROPERTY")


def _missing(name: str, code: str) -> Refusal:
    message = f"Some required properties were not set: {name}"
    errors = [{"message": f"Property {name} is required", "code": code, "context": {"propertyName": [name]}}]
    return invalid(message, errors)


def check(kind: str, properties: dict[str, Any]) -> None:
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


def check_email(records: Records, kind: str, properties: dict[str, Any], own_id: int | None = None) -> None:
    """Refuse a contact's e-mail address that is none, or another contact's."""
    email = str(properties.get("email") or "").lower()
    if kind == "contacts" and email:
        if not _EMAIL.fullmatch(email):
            raise invalid_properties([_fault("email", f"Email address {email} is invalid", "INVALID_EMAIL")])
        for other in records.by_kind["contacts"].values():
            if other.id != own_id and (other.properties.get("email") or "").lower() == email and other.archived_at is None:
                raise Refusal(409, envelope(f"Contact already exists. Existing ID: {other.id}", "CONFLICT"))
