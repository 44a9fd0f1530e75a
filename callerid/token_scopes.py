"""The scopes that a HubSpot token needs, and what each of them adds: where one is missing, only that is missing.

Source: HubSpot's scopes as its API guides name them for each object. Calls and tasks have none of their own: they are read and
written with those of contacts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.messages import message
from callerid.models import Kind

if TYPE_CHECKING:
    from collections.abc import Collection

CONTACTS_READ = "crm.objects.contacts.read"
CONTACTS_WRITE = "crm.objects.contacts.write"
COMPANIES_READ = "crm.objects.companies.read"
DEALS_READ = "crm.objects.deals.read"
OWNERS_READ = "crm.objects.owners.read"
TICKETS = "tickets"  # the one scope of tickets; asked for only where the setting card.lines has them
EXPORT = "crm.export"  # takes nothing away where it is missing, so it is asked for only where it would help
TO_READ = {Kind.CONTACTS: CONTACTS_READ, Kind.COMPANIES: COMPANIES_READ, Kind.DEALS: DEALS_READ}
HOW_TO_GRANT = message("to the key in HubSpot (Development > Keys > Service keys), then type: callerid sync")


# What of the product needs each of them, as the end of a sentence that begins "without it there are no".
_ADDS = {
    CONTACTS_READ: message("names of callers from the CRM, and a call that is logged cannot be corrected"),
    CONTACTS_WRITE: message("calls, follow-up tasks and new contacts written to the CRM"),
    COMPANIES_READ: message("company names from the CRM, and no names for calls from a company's own numbers"),
    DEALS_READ: message("open deals on the card, and none to log a call to"),
    OWNERS_READ: message("owners' names, calls cannot be logged under yours, and sync.scope can only be all"),
}
SCOPES = tuple(_ADDS)
SCOPES_WITH_TICKETS = (*SCOPES, TICKETS)  # in the order in which they are told
_ADDS |= {
    TICKETS: message("open tickets on the card"),
    EXPORT: message("full syncs in a handful of requests, and a list is read, a hundred records a request"),
}


def unreadable_kinds(missing: Collection[str]) -> frozenset[Kind]:
    """Return the kinds of records that a token without these scopes may not read."""
    return frozenset(kind for kind, scope in TO_READ.items() if scope in missing)


def what_it_adds(name: str) -> str:
    """Return what needs one of our scopes, for somebody who makes a key."""
    return message("without it there are no {adds}", adds=_ADDS[name])


def without_it(name: str) -> str:
    """Return, as a sentence, that the token lacks a scope and what there is not without it."""
    adds = _ADDS.get(name)
    return (
        message("The token lacks {name}: without it there are no {adds}.", name=name, adds=adds)
        if adds
        else message("The token lacks {name}.", name=name)
    )


def remedy_of(name: str) -> str:
    """Return where a scope is granted, and what to type then."""
    return message("Add {name} {how_to_grant}", name=name, how_to_grant=HOW_TO_GRANT)
