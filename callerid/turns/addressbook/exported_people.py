"""People of the mirror -> the cards that are exported of them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from callerid.core.addressbook.people import Selection, address_card, select
from callerid.core.record_links import contact_url
from callerid.errors import Refused, UsageFault
from callerid.messages import joined, message
from callerid.records import dataclass
from callerid.turns.followup.record_answer import own_owner_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.config.settings import Config
    from callerid.core.addressbook.vcard import AddressCard
    from callerid.store.mirror.database import Mirror
    from callerid.turns.context import AppContext


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPeople:
    """Who is to be exported: people of an owner ("me", an e-mail address, "" for any), only those with an open deal, at most so
    many (None for all)."""

    owner: str = ""
    with_open_deal: bool = False
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedPeople:
    """The cards of people, and how the ids of all cards of their portal begin."""

    uid_prefix: str
    cards: tuple[AddressCard, ...]


def exported_people(app: AppContext, wanted: WantedPeople) -> ExportedPeople:
    """Return what is exported of the people that are wanted, as of one moment, without those who have no number. Raise UsageFault
    before the first sync, and when there is no such owner; StoreFault."""
    with app.mirror.as_of_one_moment():  # who is only half there would look deleted
        if app.mirror.facts().built_at is None:
            raise UsageFault(message("There is nothing to export before the first sync."), remedy=message("Type: callerid sync"))
        selection = Selection(owner_id=owner_id(app.mirror, app.config, wanted.owner), with_open_deal=wanted.with_open_deal)
        prefix = _uid_prefix(app)
        cards = islice(filter(None, _cards(app, selection, prefix)), wanted.limit)
        return ExportedPeople(uid_prefix=prefix, cards=tuple(cards))


def _cards(app: AppContext, selection: Selection, prefix: str) -> Iterator[AddressCard | None]:
    known = (app.mirror.candidate(contact.id) for contact in app.mirror.all_contacts())
    people = select((person for person in known if person), selection)
    contacts = {contact.id: contact for contact in app.mirror.contacts_by_id([person.id for person in people])}
    return (
        address_card(
            person, contacts[person.id], uid=f"{prefix}{person.id}", url=_url(app, person.id), region=app.region, texts=app.texts
        )
        for person in people
    )


def owner_id(mirror: Mirror, config: Config, owner: str) -> str | None:
    """Return the id of an owner ("me", or an e-mail address), None for "". Raise UsageFault when there is none."""
    if not owner:
        return None
    if owner == "me":
        own = own_owner_id(mirror, config)
        if own is None:
            raise UsageFault(
                message("Who you are in the CRM is not known."),
                remedy=message("Type: callerid config set crm.owner YOU@EXAMPLE.COM"),
            )
        return own
    found = mirror.owner_by_email(owner)
    if found is None:
        known = joined(", ", (each.email for each in mirror.owners() if each.email and not each.archived))
        raise UsageFault(
            message("No owner has the e-mail address {owner}.", owner=owner)
            if known
            else message("No owner has the e-mail address {owner}: the last sync brought no owners.", owner=owner),
            remedy=message("There are: {known}", known=known) if known else message("To ask for them again, type: callerid sync"),
        )
    return found.id


def _uid_prefix(app: AppContext) -> str:
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
