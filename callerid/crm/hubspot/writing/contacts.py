"""New contacts in HubSpot: searched for by e-mail and number, created, and given a number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from callerid.crm.hubspot.http.send import API_VERSION
from callerid.crm.hubspot.reading import records
from callerid.crm.hubspot.reading.search import contacts_where
from callerid.crm.hubspot.reading.search_body import filter_by
from callerid.errors import AlreadyExists, Conflict, OutcomeUnknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.crm.hubspot.http.send import HttpSender
    from callerid.models import Contact, NewContact, SyncRequest

_EXISTING = re.compile(r"Existing ID:\s*(\d+)")


def possible_duplicates(
    sender: HttpSender, new: NewContact, national: str, sync_request: SyncRequest, report_fault: Callable[[str], None]
) -> tuple[Contact, ...]:
    """Search by e-mail and by number; see the port. Without either there is nothing to search for, and no duplicate."""
    searches = [
        ("email", "EQ", new.email.lower()),
        ("hs_searchable_calculated_phone_number", "EQ", national),
        ("hs_searchable_calculated_mobile_number", "EQ", national),
        ("hs_searchable_calculated_phone_number", "CONTAINS_TOKEN", national and f"*{national}"),
        ("phone", "EQ", new.number),
    ]
    criteria = [filter_by(name, operator, value) for name, operator, value in searches if value]
    return contacts_where(sender, criteria, sync_request, report_fault) if criteria else ()


def create_contact(sender: HttpSender, new: NewContact) -> str:
    """Create a contact; see the port."""
    values = {
        "firstname": new.first_name,
        "lastname": new.last_name,
        "email": new.email,
        "company": new.company,
        "phone": new.number,
        "hubspot_owner_id": new.owner_id or "",
    }
    properties = {name: value for name, value in values.items() if value}
    try:
        body = {"properties": properties, "associations": []}
        return records.id_of(sender.write_once(f"/crm/objects/{API_VERSION}/contacts", body))
    except Conflict as conflict:
        existing = _EXISTING.search(conflict.sentence)
        if existing is None:
            raise
        raise AlreadyExists(conflict.sentence, remedy=conflict.remedy, remote_id=existing[1]) from conflict
    except records.InvalidRow as invalid:
        raise OutcomeUnknown("HubSpot did not return the id of the new contact.") from invalid


def set_phone_if_empty(sender: HttpSender, contact_id: str, name: str, number: str) -> bool:
    """Write a number into a phone property of a contact if it is empty; return whether it was."""
    body = sender.read("GET", f"/crm/objects/{API_VERSION}/contacts/{contact_id}", query={"properties": name})
    properties = body.get("properties")
    if not isinstance(properties, dict) or properties.get(name):
        return False
    sender.write_repeatable("PATCH", f"/crm/objects/{API_VERSION}/contacts/{contact_id}", {"properties": {name: number}})
    return True
