"""What both official clients send, so that both must get the same."""

from __future__ import annotations

from typing import Any

PAGE_PROPERTIES = ["firstname", "phone", "email"]
BOUND = 10_000
CALL_TO_CONTACT = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194}
DEAL_TO_COMPANY = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 341}
NEW = {"firstname": "Nora", "lastname": "Neu", "email": "nora@example.com", "phone": "+353 87 999 0000"}


def _filter(name: str, operator: str, **values: Any) -> dict[str, Any]:
    return {"propertyName": name, "operator": operator, **values}


def _group(*filters: dict[str, Any]) -> dict[str, Any]:
    return {"filters": list(filters)}


_CLOSED, _WON = ["closedwon", "closedlost"], _filter("dealstage", "EQ", value="closedwon")
SEARCHES: dict[str, list[dict[str, Any]]] = {
    **{name: [_group(_filter("amount", name, value="12000"))] for name in ("GT", "GTE", "LT", "LTE", "EQ", "NEQ")},
    "BETWEEN": [_group(_filter("amount", "BETWEEN", value="5000", highValue="20000"))],
    **{name: [_group(_filter("amount", name))] for name in ("HAS_PROPERTY", "NOT_HAS_PROPERTY")},
    **{name: [_group(_filter("dealstage", name, values=_CLOSED))] for name in ("IN", "NOT_IN")},
    **{name: [_group(_filter("dealname", name, value="Renew*"))] for name in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN")},
    "OR": [_group(_WON), _group(_filter("amount", "EQ", value="12000"))],
    "AND": [_group(_WON, _filter("amount", "GT", value="0"))],
}
ALL = {
    "searches": SEARCHES,
    "pageProperties": PAGE_PROPERTIES,
    "bound": BOUND,
    "callToContact": CALL_TO_CONTACT,
    "dealToCompany": DEAL_TO_COMPANY,
    "newContact": NEW,
}
