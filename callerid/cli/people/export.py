"""callerid export: the people of the mirror as an address book for another phone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from callerid.cli.people.private_file import write_private
from callerid.cli.session import open_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.core.addressbook.vcard import AddressCard
    from callerid.core.callers.candidate import Candidate
    from callerid.turns.context import AppContext


@click.command()
@click.option(
    "--vcard", "file", required=True, type=click.Path(dir_okay=False), help="The file to write; an older one is replaced."
)
@click.option("--owner", default="", help="Only contacts of this owner: me, or an e-mail address.")
@click.option("--deals", type=click.Choice(["open"]), help="Only contacts with an open deal.")
@click.option("--limit", type=click.IntRange(1), help="At most so many, those who were contacted last first.")
@click.option(
    "--format", "version", default="3.0", show_default=True, type=click.Choice(["3.0", "4.0"]), help="The version of vCard."
)
def export(file: str, owner: str, deals: str | None, limit: int | None, version: str) -> None:
    """Write the people of the mirror as vCards, which an iPhone or another Android phone imports.

    Each has name, company, e-mail, every number in E.164, the address of its record, and the category "callerid", by which it can
    be selected and deleted again. `callerid forget` does not reach the file.

    Example: callerid export --vcard people.vcf --owner me --deals open --limit 500
    """
    from callerid.core.addressbook.people import Selection, select
    from callerid.core.addressbook.vcard import Version, vcard
    from callerid.core.wording.counts import counted
    from callerid.errors import UsageFault

    with open_session() as app:
        if app.mirror.facts().built_at is None:
            raise UsageFault("There is nothing to export before the first sync.", remedy="Type: callerid sync")
        selection = Selection(owner_id=_owner_id(app, owner), with_open_deal=deals == "open", limit=limit)
        cards = [vcard(card, Version(version)) for card in _cards(app, select(_people(app), selection))]
    write_private(Path(file), "".join(cards))
    click.echo(f"{file}: {counted(len(cards), 'contact')}", err=True)


def _owner_id(app: AppContext, owner: str) -> str | None:
    """Return the id of an owner, None for any. Raise UsageFault when there is none such."""
    from callerid.errors import UsageFault
    from callerid.turns.followup.record_answer import own_owner_id

    if not owner:
        return None
    if owner == "me":
        own = own_owner_id(app.mirror, app.config)
        if own is None:
            raise UsageFault("Who you are in the CRM is not known.", remedy="Type: callerid config set crm.owner YOU@EXAMPLE.COM")
        return own
    found = app.mirror.owner_by_email(owner)
    if found is None:
        known = ", ".join(each.email for each in app.mirror.owners() if each.email and not each.archived)
        raise UsageFault(f"No owner has the e-mail address {owner}.", remedy=f"There are: {known}")
    return found.id


def _people(app: AppContext) -> Iterator[Candidate]:
    people = (app.mirror.candidate(contact.id) for contact in app.mirror.all_contacts())
    return (person for person in people if person)


def _cards(app: AppContext, people: list[Candidate]) -> Iterator[AddressCard]:
    """Yield what is exported of people, but for those without a number."""
    from callerid.core.addressbook.people import address_card

    account = app.mirror.account()
    contacts = {contact.id: contact for contact in app.mirror.contacts_by_id([person.id for person in people])}
    for person in people:
        uid = f"callerid-{account.portal_id if account else ''}-{person.id}"
        card = address_card(person, contacts[person.id], uid=uid, url=_url(app, person.id), region=app.region, texts=app.texts)
        if card:
            yield card


def _url(app: AppContext, contact_id: str) -> str:
    """Return the address of a record; "" where it has none, as of a file."""
    from callerid.core.record_links import contact_url
    from callerid.errors import Refused

    account = app.mirror.account()
    try:
        return contact_url(account, contact_id) if account else ""
    except Refused:
        return ""
