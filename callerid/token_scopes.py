"""The scopes that a HubSpot token needs, and what each of them adds: where one is missing, only that is missing.

Source: HubSpot's scopes as its API guides name them for each object. Calls and tasks have none of their own: they are read and
written with those of contacts.
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenScope:
    """A scope, and what of the product needs it, as the end of a sentence that begins "without it there are no"."""

    name: str
    adds: str


_SCOPES = (
    TokenScope(name=CONTACTS_READ, adds=message("names of callers from the CRM, and a call that is logged cannot be corrected")),
    TokenScope(name=CONTACTS_WRITE, adds=message("calls, follow-up tasks and new contacts written to the CRM")),
    TokenScope(
        name=COMPANIES_READ, adds=message("company names from the CRM, and no names for calls from a company's own numbers")
    ),
    TokenScope(name=DEALS_READ, adds=message("open deals on the card, and none to log a call to")),
    TokenScope(name=OWNERS_READ, adds=message("owners' names, calls cannot be logged under yours, and sync.scope can only be all")),
)
_OPTIONAL = TokenScope(
    name=EXPORT, adds=message("full syncs in a handful of requests, and a list is read, a hundred records a request")
)
SCOPES = tuple(scope.name for scope in _SCOPES)
SCOPES_WITH_TICKETS = (*SCOPES, TICKETS)  # in the order in which they are told
_OF_TICKETS = TokenScope(name=TICKETS, adds=message("open tickets on the card"))
_BY_NAME = {scope.name: scope for scope in (*_SCOPES, _OF_TICKETS, _OPTIONAL)}


def unreadable_kinds(missing: Collection[str]) -> frozenset[Kind]:
    """Return the kinds of records that a token without these scopes may not read."""
    return frozenset(kind for kind, scope in TO_READ.items() if scope in missing)


def what_it_adds(name: str) -> str:
    """Return what needs one of our scopes, for somebody who makes a key."""
    return message("without it there are no {adds}", adds=_BY_NAME[name].adds)


def without_it(name: str) -> str:
    """Return, as a sentence, that the token lacks a scope and what there is not without it."""
    known = _BY_NAME.get(name)
    return (
        message("The token lacks {name}: without it there are no {adds}.", name=name, adds=known.adds)
        if known
        else message("The token lacks {name}.", name=name)
    )


def remedy_of(name: str) -> str:
    """Return where a scope is granted, and what to type then."""
    return message("Add {name} {how_to_grant}", name=name, how_to_grant=HOW_TO_GRANT)
