"""The conditions of a search, as functions of a record. Source: HubSpot's guide to the CRM search, "Filter operators"."""

from __future__ import annotations

import operator
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from callerid.simulator.portal.refusals import invalid
from callerid.simulator.portal.schema import DATETIMES, MODIFIED, PROPERTIES, SEARCHED_BY_QUERY

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.simulator.portal.records import Record, Records

    Known = dict[str, str]  # what the index knows of a record's properties
    Condition = Callable[[Record, Known], bool]
    Value = Callable[[Record, Known], str | None]

_ALWAYS = ("hs_object_id", "createdate", "lastmodifieddate", "hs_lastmodifieddate")
_COMPUTED = ("associatedcompanyid",)  # follows the links at once, though they change no date
_WORD = re.compile(r"\w+")
_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "GT": operator.gt,
    "GTE": operator.ge,
    "LT": operator.lt,
    "LTE": operator.le,
}
_NEEDED = {"BETWEEN": ("value", "highValue"), "IN": ("values",), "NOT_IN": ("values",), "HAS_PROPERTY": (), "NOT_HAS_PROPERTY": ()}


def met_by_all(records: Records, kind: str, filters: list[dict[str, Any]]) -> Condition:
    """Return whether a record meets every one of these filters. Raise Refusal when one cannot be used."""
    conditions = [_condition(records, kind, wanted) for wanted in filters]
    return lambda record, known: all(condition(record, known) for condition in conditions)


def _condition(records: Records, kind: str, wanted: dict[str, Any]) -> Condition:
    name, comparison = wanted["propertyName"], wanted["operator"]
    _check(kind, name, comparison, wanted)
    if name == "hs_lastmodifieddate" and kind == "contacts":
        return lambda _record, _known: False  # empty on contacts: a search on it silently finds nothing
    if name == "hs_object_id" and comparison in _ORDERED:
        ordered, bound = _ORDERED[comparison], as_number(wanted["value"])
        return lambda record, _known: ordered(record.id, bound)
    value: Value = (
        (lambda record, _known: records.value(record, name))
        if name in (*_ALWAYS, *_COMPUTED)
        else (lambda _record, known: known.get(name) or None)
    )
    met = _test(kind, name, comparison, wanted)
    return lambda record, known: met(value(record, known))


def _check(kind: str, name: str, comparison: str, wanted: dict[str, Any]) -> None:
    if name not in _ALWAYS and not any(definition["name"] == name for definition in PROPERTIES[kind]):
        error = {"message": f"{name} does not exist", "code": "PROPERTY_DOESNT_EXIST", "context": {"propertyName": [name]}}
        raise invalid(f"There was a problem with the request: property {name} does not exist", [error])
    missing = [key for key in _NEEDED.get(comparison, ("value",)) if wanted.get(key) is None]
    if missing:
        raise invalid(f"operator {comparison} requires {' and '.join(missing)} for the property {name}")


def _test(kind: str, name: str, comparison: str, wanted: dict[str, Any]) -> Callable[[str | None], bool]:
    """Return what tells whether a value, null when there is none, meets a comparison."""
    match comparison:
        case "HAS_PROPERTY" | "NOT_HAS_PROPERTY":
            return lambda value: (value is not None) == (comparison == "HAS_PROPERTY")
        case "IN" | "NOT_IN":
            options = set(wanted["values"])  # compared with values in lower case: what is asked for in upper case is never found
            return lambda value: ((value or "").lower() in options) == (comparison == "IN")
        case "EQ" | "NEQ":
            same = _equal(kind, name, wanted["value"])
            return lambda value: same(value or "") == (comparison == "EQ")
        case "CONTAINS_TOKEN" | "NOT_CONTAINS_TOKEN":
            has_token = _token(wanted["value"])
            return lambda value: has_token(value or "") == (comparison == "CONTAINS_TOKEN")
        case _:
            return _in_order(kind, name, comparison, wanted)


def _equal(kind: str, name: str, wanted: str) -> Callable[[str], bool]:
    """Return what tells whether a value is this one: a time is the same however it is written, a text whatever its case."""
    if name in DATETIMES[kind] and wanted:
        milliseconds = as_number(wanted)
        return lambda value: bool(value) and as_number(value) == milliseconds
    lower = wanted.lower()
    return lambda value: value.lower() == lower


def _token(wanted: str) -> Callable[[str], bool]:
    """Return what tells whether a text is this or has it as one of its words, however they are told apart; a
    star stands for any characters."""
    pattern = re.compile(".*".join(re.escape(part) for part in wanted.lower().split("*")), re.DOTALL)
    return lambda value: any(
        pattern.fullmatch(token) for token in (value.lower(), *value.lower().split(), *_WORD.findall(value.lower()))
    )


def _in_order(kind: str, name: str, comparison: str, wanted: dict[str, Any]) -> Callable[[str | None], bool]:
    """Return what compares: numbers and times as such, texts letter by letter."""
    types = {definition["name"]: definition["type"] for definition in PROPERTIES[kind]}
    by_letters = name not in _ALWAYS and types[name] in ("string", "enumeration", "phone_number")
    measure: Callable[[str], Any] = str.lower if by_letters else as_number
    bound = measure(wanted["value"])
    if comparison == "BETWEEN":
        high = measure(wanted["highValue"])
        return lambda value: value is not None and bool(bound <= measure(value) <= high)
    ordered = _ORDERED[comparison]
    return lambda value: value is not None and ordered(measure(value), bound)


def as_number(text: str) -> float:
    """Return a number, or a time in epoch milliseconds however it is written. Raise Refusal if it is neither."""
    try:
        return float(text)
    except ValueError:
        try:
            return datetime.fromisoformat(text).timestamp() * 1000
        except ValueError as wrong:
            raise invalid(f"{text!r} is not a number") from wrong


def found_by_query(kind: str, query: str) -> Condition:
    """Return whether each word of a query occurs in one of the properties that a query searches, whatever the case."""
    words = query.lower().split()

    def found(_record: Record, known: Known) -> bool:
        texts = [known[name].lower() for name in SEARCHED_BY_QUERY[kind] if known.get(name)]
        return all(any(word in text for text in texts) for word in words)

    return found


def modified_since(kind: str, filters: list[dict[str, Any]]) -> float | None:
    """Return the epoch seconds since which these filters want a record to have been modified, None if they do not."""
    name = MODIFIED.get(kind, "hs_lastmodifieddate")
    bounds = [f["value"] for f in filters if f["propertyName"] == name and f["operator"] == "GTE" and f.get("value")]
    return as_number(bounds[0]) / 1000 - 0.001 if bounds else None


def listed_values(groups: list[list[dict[str, Any]]]) -> list[tuple[str, set[str]]] | None:
    """Return, for each group of filters, a stored property and the values that it may have; None if one of them names none."""
    firsts = [
        next((f for f in filters if f["operator"] == "IN" and f["propertyName"] not in (*_ALWAYS, *_COMPUTED)), None)
        for filters in groups
    ]
    listed = [(first["propertyName"], set(first["values"])) for first in firsts if first is not None]
    return listed if len(listed) == len(groups) else None
