"""What the bodies of requests must look like, and how a body that does not is refused.

The shapes are HubSpot's of its public OpenAPI descriptions. Keys that these require and its guides leave out (`after`, `sorts` and
`properties` of a search, `associations` of a new record) may be left out, as they may in practice, and the sorts of a search may be
objects; except in a portal that is set to be `to_the_letter`, where a description's shapes are the only ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.simulator.portal.refusals import invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Check = Callable[[Any, str], None]


def _wrong_type(value: object, at: str, wanted: str) -> Exception:
    found = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}.get(
        type(value), "a number"
    )
    return invalid(f"Invalid input JSON: {at or 'the body'} must be {wanted}, not {found}", [_detail(at, "INVALID_TYPE")])


def _detail(at: str, code: str) -> dict[str, Any]:
    return {"message": f"{at or 'the body'} is not valid", "in": at, "code": code}


def text(value: Any, at: str) -> None:
    """Refuse what is not a string."""
    if not isinstance(value, str):
        raise _wrong_type(value, at, "a string")


def integer(value: Any, at: str) -> None:
    """Refuse what is not an integer."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong_type(value, at, "an integer")


def flag(value: Any, at: str) -> None:
    """Refuse what is not a boolean."""
    if not isinstance(value, bool):
        raise _wrong_type(value, at, "a boolean")


def values(value: Any, at: str) -> None:
    """Refuse what is not an object of property values: strings, numbers, booleans or null."""
    if not isinstance(value, dict):
        raise _wrong_type(value, at, "an object")
    for name, one in value.items():
        if isinstance(one, dict | list):
            raise _wrong_type(one, f"{at}.{name}", "a string")


def one_of(*options: str) -> Check:
    """Return a check that refuses all but these strings."""

    def check(value: Any, at: str) -> None:
        text(value, at)
        if value not in options:
            message = f"Invalid input JSON: {value} is not one of the values of {at}: [{', '.join(options)}]"
            raise invalid(message, [_detail(at, "INVALID_OPTION")])

    return check


def list_of(check: Check, most: int | None = None) -> Check:
    """Return a check that refuses what is not a list of such, or has more than `most`."""

    def check_all(value: Any, at: str) -> None:
        if not isinstance(value, list):
            raise _wrong_type(value, at, "an array")
        if most is not None and len(value) > most:
            raise invalid(f"The maximum number of {at} supported in a batch request is {most}")
        for place, one in enumerate(value):
            check(one, f"{at}[{place}]")

    return check_all


def either(check: Check, other: Check) -> Check:
    """Return a check that refuses what is a string and not the first, or not a string and not the second."""
    return lambda value, at: (check if isinstance(value, str) else other)(value, at)


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Return a check that refuses what is not an object of these keys. What is null is not set."""
    known = {**required, **(optional or {})}

    def check(value: Any, at: str) -> None:
        if not isinstance(value, dict):
            raise _wrong_type(value, at, "an object")
        for name, one in value.items():
            if name not in known:
                message = f'Invalid input JSON: Unrecognized field "{name}"{f" of {at}" if at else ""}'
                raise invalid(message, [_detail(name, "UNRECOGNIZED_FIELD")])
            if one is not None:
                known[name](one, f"{at}.{name}" if at else name)
        missing = [name for name in required if value.get(name) is None]
        if missing:
            message = f"Invalid input JSON: Some required fields were not set: [{', '.join(missing)}]{f' of {at}' if at else ''}"
            raise invalid(message, [_detail(name, "REQUIRED_FIELD") for name in missing])

    return check


REFERENCE = shape({"id": text})
_TYPE = shape(
    {
        "associationCategory": one_of("HUBSPOT_DEFINED", "INTEGRATOR_DEFINED", "USER_DEFINED", "WORK"),
        "associationTypeId": integer,
    }
)
TYPES = list_of(_TYPE)
_LINKS = list_of(shape({"to": REFERENCE, "types": TYPES}))
NEW_RECORD = shape({"properties": values}, {"associations": _LINKS})
NEW_RECORD_TO_THE_LETTER = shape({"properties": values, "associations": _LINKS})
CHANGE = shape({"properties": values})
MERGE = shape({"primaryObjectId": text, "objectIdToMerge": text})
PURGE = shape({"objectId": text}, {"idProperty": text})
BATCH_OF_IDS = shape({"inputs": list_of(REFERENCE, 100)})
_READ = {"properties": list_of(text), "propertiesWithHistory": list_of(text)}
BATCH_READ = shape({"inputs": list_of(REFERENCE, 100)}, _READ | {"idProperty": text})
BATCH_READ_TO_THE_LETTER = shape({"inputs": list_of(REFERENCE, 100)} | _READ, {"idProperty": text})
_CHANGED = {"idProperty": text, "objectWriteTraceId": text}
BATCH_CREATE = shape({"inputs": list_of(shape({"properties": values}, {"associations": _LINKS, "objectWriteTraceId": text}), 100)})
BATCH_UPDATE = shape({"inputs": list_of(shape({"id": text, "properties": values}, _CHANGED), 100)})

_OPERATORS = "BETWEEN CONTAINS_TOKEN EQ GT GTE HAS_PROPERTY IN LT LTE NEQ NOT_CONTAINS_TOKEN NOT_HAS_PROPERTY NOT_IN".split()
FILTER = shape({"propertyName": text, "operator": one_of(*_OPERATORS)}, {"value": text, "values": list_of(text), "highValue": text})
GROUPS = list_of(shape({"filters": list_of(FILTER)}))
_SORT = either(text, shape({"propertyName": text}, {"direction": one_of("ASCENDING", "DESCENDING")}))
_SEARCH = {"filterGroups": GROUPS, "properties": list_of(text), "limit": integer, "after": text}
SEARCH = shape({}, _SEARCH | {"sorts": list_of(_SORT), "query": text})
SEARCH_TO_THE_LETTER = shape(_SEARCH | {"sorts": list_of(text)}, {"query": text})

_FROM_TO = {"from": REFERENCE, "to": REFERENCE}
ASSOCIATIONS_READ = shape({"inputs": list_of(shape({"id": text}, {"after": text}), 1000)})
ASSOCIATIONS_CREATE = shape({"inputs": list_of(shape(_FROM_TO | {"types": TYPES}), 2000)})
ASSOCIATIONS_DEFAULT = shape({"inputs": list_of(shape(_FROM_TO), 2000)})
ASSOCIATIONS_ARCHIVE = shape({"inputs": list_of(shape({"from": REFERENCE, "to": list_of(REFERENCE)}), 100)})
PROPERTIES_READ = shape(
    {"inputs": list_of(shape({"name": text}), 100), "archived": flag},
    {"dataSensitivity": one_of("non_sensitive", "sensitive", "highly_sensitive")},
)
