"""New contacts in HubSpot: searched for by e-mail and number, created, and given a number."""

from __future__ import annotations

import contextlib
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from callerid.crm.hubspot.http.send import API_VERSION
from callerid.crm.hubspot.reading import records
from callerid.crm.hubspot.reading.rows import associations_of, results
from callerid.crm.hubspot.reading.search import contacts_where
from callerid.crm.hubspot.reading.search_body import filter_by, search_body
from callerid.errors import AlreadyExists, Conflict, NotFound, OutcomeUnknown
from callerid.messages import message

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.crm.hubspot.http.send import HttpSender
    from callerid.models import Contact, NewContact, SyncRequest

_WRITTEN = ("firstname", "lastname", "email", "company", "phone", "hubspot_owner_id")
_COMPARED = (*_WRITTEN, "createdate")
_TWINS_APART = timedelta(
    minutes=10
)  # a second post follows within two minutes, and the first arrives four after that at the latest
_MOST_RESULTS = 100
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


def twins(sender: HttpSender, new: NewContact, known_id: str) -> tuple[str, ...]:
    """Return the ids of contacts that a second post has made of a new one: with the same values, within the same minutes, and with
    no call, task or deal; () when the known one is not there any more."""
    try:
        known = sender.read("GET", f"/crm/objects/{API_VERSION}/contacts/{known_id}", query={"properties": ",".join(_COMPARED)})
    except NotFound:
        return ()
    wanted = {"phone": new.number} if new.number else {"firstname": new.first_name, "lastname": new.last_name, "email": new.email}
    filters = [filter_by(name, "EQ", value) for name, value in wanted.items() if value]
    if not filters:
        return ()
    query = search_body([filters], _COMPARED, _MOST_RESULTS)
    body = sender.read("POST", f"/crm/objects/{API_VERSION}/contacts/search", body=query)
    same = [row for row in results(body, message("contacts")) if isinstance(row, dict) and _is_twin(row, known)]
    return tuple(record_id for row in same if _is_unused(sender, record_id := records.id_of(row)))


def _is_twin(row: dict[str, Any], known: dict[str, Any]) -> bool:
    values, of_known = row.get("properties"), known.get("properties")
    if row.get("id") == known.get("id") or not isinstance(values, dict) or not isinstance(of_known, dict):
        return False
    try:
        apart = abs(datetime.fromisoformat(values["createdate"]) - datetime.fromisoformat(of_known["createdate"]))
    except (KeyError, TypeError, ValueError):
        return False
    return apart <= _TWINS_APART and all((values.get(name) or "") == (of_known.get(name) or "") for name in _WRITTEN)


def _is_unused(sender: HttpSender, contact_id: str) -> bool:
    return not any(associations_of(sender, "contacts", kind, [contact_id]).get(contact_id) for kind in ("calls", "tasks", "deals"))


def withdraw_contact(sender: HttpSender, contact_id: str) -> None:
    """Delete a contact: HubSpot can restore it for 90 days. One that no longer exists is not an error."""
    with contextlib.suppress(NotFound):
        sender.write_repeatable("DELETE", f"/crm/objects/{API_VERSION}/contacts/{contact_id}", None)


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
        raise OutcomeUnknown(message("HubSpot did not return the id of the new contact.")) from invalid


def set_phone_if_empty(sender: HttpSender, contact_id: str, name: str, number: str) -> bool:
    """Write a number into a phone property of a contact if it is empty; return whether it was."""
    body = sender.read("GET", f"/crm/objects/{API_VERSION}/contacts/{contact_id}", query={"properties": name})
    properties = body.get("properties")
    if not isinstance(properties, dict) or properties.get(name):
        return False
    sender.write_repeatable("PATCH", f"/crm/objects/{API_VERSION}/contacts/{contact_id}", {"properties": {name: number}})
    return True
