"""Somebody new in HubSpot: looked for by e-mail and number, created, given a number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from callerid.crm.hubspot.http.api_version import VERSION
from callerid.crm.hubspot.reading import records
from callerid.crm.hubspot.reading.search import contacts_where, criterion
from callerid.errors import AlreadyExists, Conflict, OutcomeUnknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.crm.hubspot.http.send import HttpSender
    from callerid.models import Contact, NewContact, SyncRequest

_EXISTING = re.compile(r"Existing ID:\s*(\d+)")


def possible_duplicates(
    sender: HttpSender, new: NewContact, national: str, sync_request: SyncRequest, faults: Callable[[str], None]
) -> tuple[Contact, ...]:
    """Search by e-mail and by number; see the port. A person of whom neither is told is like nobody."""
    asked = [
        ("email", "EQ", new.email.lower()),
        ("hs_searchable_calculated_phone_number", "EQ", national),
        ("hs_searchable_calculated_mobile_number", "EQ", national),
        ("hs_searchable_calculated_phone_number", "CONTAINS_TOKEN", national and f"*{national}"),
        ("phone", "EQ", new.number),
    ]
    criteria = [criterion(name, operator, value) for name, operator, value in asked if value]
    return contacts_where(sender, criteria, sync_request, faults) if criteria else ()


def create_contact(sender: HttpSender, new: NewContact) -> str:
    """Create a contact; see the port."""
    said = {
        "firstname": new.first_name,
        "lastname": new.last_name,
        "email": new.email,
        "company": new.company,
        "phone": new.number,
        "hubspot_owner_id": new.owner_id or "",
    }
    try:
        made = sender.write(f"/crm/objects/{VERSION}/contacts", {"properties": {n: value for n, value in said.items() if value}})
        return records.id_of(made)
    except Conflict as conflict:
        existing = _EXISTING.search(conflict.sentence)
        if existing is None:
            raise
        raise AlreadyExists(conflict.sentence, remedy=conflict.remedy, remote_id=existing[1]) from conflict
    except records.BadRow as bad:
        raise OutcomeUnknown("HubSpot did not say under which id it keeps the contact.") from bad


def set_phone(sender: HttpSender, contact_id: str, name: str, number: str) -> bool:
    """Write a number into a phone property of a contact, if it is empty; say whether it was."""
    said = sender.read("GET", f"/crm/objects/{VERSION}/contacts/{contact_id}", query={"properties": name})
    properties = said.get("properties")
    if not isinstance(properties, dict) or properties.get(name):
        return False
    sender.change("PATCH", f"/crm/objects/{VERSION}/contacts/{contact_id}", {"properties": {name: number}})
    return True
