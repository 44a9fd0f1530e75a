"""callerid export: the people of the mirror as an address book for another phone, as a file or on a server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callerid.cli.language.output import echo, shown
from callerid.cli.people.private_file import write_private
from callerid.cli.session import open_session
from callerid.messages import counted, message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callerid.core.addressbook.people import Selection
    from callerid.core.addressbook.vcard import AddressCard
    from callerid.turns.addressbook.equal_book import BookResult
    from callerid.turns.context import AppContext

_MOST_NAMED = 10


@click.command()
@click.option(
    "--vcard", "file", type=click.Path(dir_okay=False), metavar="FILE", help="The file to write; an older one is replaced."
)
@click.option(
    "--carddav", "url", metavar="URL", help="The address book on a CardDAV server whose cards of ours are to equal these."
)
@click.option("--owner", default="", help="Only contacts of this owner: me, or an e-mail address.")
@click.option("--deals", type=click.Choice(["open"]), help="Only contacts with an open deal.")
@click.option("--limit", type=click.IntRange(1), help="At most so many, those who were contacted last first.")
@click.option(
    "--format", "version", default="3.0", show_default=True, type=click.Choice(["3.0", "4.0"]), help="The version of vCard."
)
def export(file: str | None, url: str | None, owner: str, deals: str | None, limit: int | None, version: str) -> None:
    """Write the people of the mirror as vCards, which an iPhone or another Android phone imports.

    Each has name, company, e-mail, every number in E.164, the address of its record, and the category "callerid", by which it can
    be selected and deleted again. `callerid forget` does not reach the file.

    With --carddav they are kept on a server instead, from which phones take them by themselves: each run creates, changes and
    deletes cards of ours until they equal the mirror, and touches no other card. URL is that of the book, or of the server if it
    has only one book for you. The settings have the user (carddav.user) and the password (carddav.password_file).

    Example: callerid export --vcard people.vcf --owner me --deals open --limit 500
    """
    from callerid.core.addressbook.people import Selection
    from callerid.errors import UsageFault

    if (file is None) == (url is None):
        raise UsageFault(
            message("Where the people are to go is not said."),
            remedy=message("Type: callerid export --vcard FILE, or --carddav URL"),
        )
    with open_session() as app:
        selection = Selection(owner_id=_owner_id(app, owner), with_open_deal=deals == "open", limit=limit)
        if file is not None:
            _write_file(app, Path(file), selection, version)
        elif url is not None:
            _fill_book(app, url, selection)


def _write_file(app: AppContext, file: Path, selection: Selection, version: str) -> None:
    from callerid.core.addressbook.vcard import Version, vcard
    from callerid.turns.addressbook.exported_people import exported_cards

    cards = [vcard(card, Version(version)) for card in exported_cards(app, selection)]
    write_private(file, "".join(cards))
    echo(message("{file}: {counted}", file=file, counted=counted(len(cards), "{count} contact", "{count} contacts")), err=True)


def _fill_book(app: AppContext, url: str, selection: Selection) -> None:
    """Make the book equal, say what was done, and raise a fault if something is left to do."""
    from callerid.carddav.address_book import find_address_book
    from callerid.carddav.connection import Connection, checked_url
    from callerid.credentials import read_password
    from callerid.turns.addressbook.equal_book import equal_book
    from callerid.turns.addressbook.exported_people import exported_cards, uid_prefix
    from callerid.turns.open_context import read_secret

    address = checked_url(url)
    cards = list(_without_dates(exported_cards(app, selection)))
    connection = Connection(app.config.carddav.user, read_password(app.config, lambda argv: read_secret(app, argv)))
    try:
        book = find_address_book(connection, address)
        result = equal_book(book, cards, uid_prefix(app), app.paths.left_cards, _show_progress)
    finally:
        connection.close()
        _show_progress(None)
    _tell(book.url, result)


def _without_dates(cards: Iterable[AddressCard]) -> Iterable[AddressCard]:
    """Return cards as they are kept on a server: with every call the CRM changes a contact's date, and nothing else."""
    from dataclasses import replace

    return (replace(card, modified=None) for card in cards)


def _show_progress(result: BookResult | None) -> None:
    """Show at a terminal how many cards are done; None removes that."""
    if not sys.stderr.isatty():
        return
    done = result.created + result.changed + result.deleted if result else 0
    click.echo("\r" + shown(message("{done} cards", done=done)) if result else "\r\x1b[K", nl=False, err=True)


def _tell(url: str, result: BookResult) -> None:
    from callerid.errors import Conflict, Refused

    changes = message(
        "{created} created, {changed} changed, {deleted} deleted, {unchanged} as they were",
        created=result.created,
        changed=result.changed,
        deleted=result.deleted,
        unchanged=result.unchanged,
    )
    total = result.created + result.changed + result.unchanged
    echo(
        counted(total, "{url}: {count} contact ({changes})", "{url}: {count} contacts ({changes})", url=url, changes=changes),
        err=True,
    )
    if result.restored:
        echo(
            message(
                "Somebody had changed these on the server; they are as in the mirror again: {names}", names=_names(result.restored)
            ),
            err=True,
        )
    if result.refused:
        name, why = result.refused[0]
        count = counted(len(result.refused), "{count} card", "{count} cards")
        raise Refused(
            message("{count} could not be written; {names}: {why}.", count=count, names=_names([name]), why=why),
            remedy=message("See on the server what it says of that card."),
        )
    if result.conflicts:
        raise Conflict(
            message(
                "Somebody changed these on the server while this ran, so they were left: {names}.", names=_names(result.conflicts)
            ),
            remedy=message("Type the same again."),
        )


def _names(names: list[str]) -> str:
    from callerid.core.wording import safe_text

    shown = ", ".join(safe_text.title(name) for name in names[:_MOST_NAMED])
    return message("{shown} and {count} more", shown=shown, count=len(names) - _MOST_NAMED) if len(names) > _MOST_NAMED else shown


def _owner_id(app: AppContext, owner: str) -> str | None:
    """Return the id of an owner, None for any. Raise UsageFault when there is none such."""
    from callerid.errors import UsageFault
    from callerid.turns.followup.record_answer import own_owner_id

    if not owner:
        return None
    if owner == "me":
        own = own_owner_id(app.mirror, app.config)
        if own is None:
            raise UsageFault(
                message("Who you are in the CRM is not known."),
                remedy=message("Type: callerid config set crm.owner YOU@EXAMPLE.COM"),
            )
        return own
    found = app.mirror.owner_by_email(owner)
    if found is None:
        known = ", ".join(each.email for each in app.mirror.owners() if each.email and not each.archived)
        raise UsageFault(
            message("No owner has the e-mail address {owner}.", owner=owner), remedy=message("There are: {known}", known=known)
        )
    return found.id
