"""Calls in HubSpot: created with their associations, once, and looked for by our own id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.crm.hubspot import reading
from callerid.crm.hubspot.engagement import call_body
from callerid.crm.hubspot.lists import associations_of, results
from callerid.crm.hubspot.version import VERSION
from callerid.errors import CrmFault, OutcomeUnknown

if TYPE_CHECKING:
    from callerid.crm.hubspot.sending import Sender
    from callerid.models import CallEngagement

_IDS_IN_A_BATCH = 100


def create_call(sender: Sender, engagement: CallEngagement) -> str:
    """Create the call with its associations; see the port for what each error means."""
    said = sender.write(f"/crm/objects/{VERSION}/calls", call_body(engagement))
    try:
        return reading.id_of(said)
    except reading.BadRow as bad:
        raise OutcomeUnknown("HubSpot did not say under which id it keeps the call.") from bad


def find_call(sender: Sender, external_id: str, contact_id: str) -> str | None:
    """Look for our own id: among the contact's calls, which is consistent, and by search, whose index lags."""
    return _among_calls(sender, external_id, contact_id) or _by_search(sender, external_id)


def _among_calls(sender: Sender, external_id: str, contact_id: str) -> str | None:
    ids = associations_of(sender, "contacts", "calls", [contact_id]).get(contact_id, ())
    newest = sorted(ids, key=lambda call_id: (len(call_id), call_id), reverse=True)
    for start in range(0, len(newest), _IDS_IN_A_BATCH):
        inputs = [{"id": call_id} for call_id in newest[start : start + _IDS_IN_A_BATCH]]
        body = {"inputs": inputs, "properties": ["hs_call_external_id"], "propertiesWithHistory": []}
        found = _with_external_id(sender.read("POST", f"/crm/objects/{VERSION}/calls/batch/read", body=body), external_id)
        if found:
            return found
    return None


def _by_search(sender: Sender, external_id: str) -> str | None:
    criterion = {"propertyName": "hs_call_external_id", "operator": "EQ", "value": external_id}
    body = {"filterGroups": [{"filters": [criterion]}], "properties": ["hs_call_external_id"], "limit": 2}
    said = sender.read("POST", f"/crm/objects/{VERSION}/calls/search", body=body)
    if said.get("total") and not said.get("results"):  # seen of an index that lags: it counts what it cannot show yet
        raise CrmFault("HubSpot's search has found the call but does not show it yet.")
    return _with_external_id(said, external_id)


def _with_external_id(said: dict[str, Any], external_id: str) -> str | None:
    for row in results(said, "calls"):
        found = row.get("properties") if isinstance(row, dict) else None
        if isinstance(found, dict) and found.get("hs_call_external_id") == external_id:
            return reading.id_of(row)
    return None
