"""People of the mirror -> the cards that are exported of them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from callerid.core.addressbook.people import address_card, select
from callerid.core.record_links import contact_url
from callerid.errors import Refused, UsageFault
from callerid.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.core.addressbook.people import Selection
    from callerid.core.addressbook.vcard import AddressCard
    from callerid.turns.context import AppContext


def exported_cards(app: AppContext, selection: Selection) -> Iterator[AddressCard]:
    """Yield what is exported of the people that are wanted, at most so many, without those who have no number. Raise UsageFault
    before the first sync."""
    if app.mirror.facts().built_at is None:
        raise UsageFault(message("There is nothing to export before the first sync."), remedy=message("Type: callerid sync"))
    known = (app.mirror.candidate(contact.id) for contact in app.mirror.all_contacts())
    people = select((person for person in known if person), selection)
    contacts = {contact.id: contact for contact in app.mirror.contacts_by_id([person.id for person in people])}
    prefix = uid_prefix(app)
    cards = (
        address_card(
            person, contacts[person.id], uid=f"{prefix}{person.id}", url=_url(app, person.id), region=app.region, texts=app.texts
        )
        for person in people
    )
    yield from islice(filter(None, cards), selection.limit)


def uid_prefix(app: AppContext) -> str:
    """Return how the ids of all cards of this portal begin, or of people who are from no portal: a file's path, which names it in
    the mirror, is nothing for a server, and makes no new cards when the file is moved."""
    account = app.mirror.account()
    portal = account.portal_id if account else ""
    return f"callerid-{portal if portal.isdecimal() else 'people'}-"


def _url(app: AppContext, contact_id: str) -> str:
    """Return the address of a record; "" where it has none, as of a file."""
    account = app.mirror.account()
    try:
        return contact_url(account, contact_id) if account else ""
    except Refused:
        return ""
