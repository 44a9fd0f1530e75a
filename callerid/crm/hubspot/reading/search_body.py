"""The body of a search, with every key that HubSpot's specification requires.

Source: HubSpot's OpenAPI description of version 2026-09: a sort is the name of a property, with "-" before it for descending order,
and `after` is a text, which is the offset.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.models import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

ASCENDING, DESCENDING = "hs_object_id", "-hs_object_id"
LONGEST_BODY = 2900  # characters; HubSpot takes 3,000


def modified_name(kind: Kind) -> str:
    """Return the property of a kind's modified date. On contacts `hs_lastmodifieddate` is empty: a search by it finds none."""
    return "lastmodifieddate" if kind is Kind.CONTACTS else "hs_lastmodifieddate"


def search_body(
    groups: Sequence[Sequence[dict[str, Any]]], names: Sequence[str], limit: int, sort: str = ASCENDING, *, after: int = 0
) -> dict[str, Any]:
    """Return the body of a search for the records that meet all filters of one of the groups, with these properties, by id; the
    first `after` ones are passed over."""
    return {
        "filterGroups": [{"filters": list(filters)} for filters in groups],
        "sorts": [sort],
        "properties": list(dict.fromkeys(names)),
        "limit": limit,
        "after": str(after),
    }


def filter_by(name: str, operator: str, value: object) -> dict[str, Any]:
    """Return the filter of a search for a property with that name."""
    return {"propertyName": name, "operator": operator, "value": str(value)}
