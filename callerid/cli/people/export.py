"""callerid export: the people of the mirror as an address book for another phone, as a file or on a server."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from callerid.cli.language.output import echo, shown
from callerid.cli.language.together import refuse_together
from callerid.cli.people.private_file import OUTPUT_FILE, write_private
from callerid.cli.session import open_session
from callerid.messages import counted, message

if TYPE_CHECKING:
    from callerid.turns.addressbook.equal_book import BookResult
    from callerid.turns.addressbook.exported_people import WantedPeople
    from callerid.turns.carddav.fill_book import FilledBook
    from callerid.turns.context import AppContext


@click.command()
@click.option(
    "--vcard", "file", type=OUTPUT_FILE, metavar="FILE", help="The file to write, - for stdout; an older one is replaced."
)
@click.option(
    "--carddav", "url", metavar="URL", help="The address book on a CardDAV server whose cards of ours are to equal these."
)
@click.option("--owner", default="", help="Only contacts of this owner: me, or an e-mail address.")
@click.option("--deals", type=click.Choice(["open"]), help="Only contacts with an open deal.")
@click.option("--limit", type=click.IntRange(1), help="At most so many, those who were contacted last first.")
@click.option(
    "--format", "version", show_default="3.0", type=click.Choice(["3.0", "4.0"]), help="The version of vCard of that file."
)
def export(file: str | None, url: str | None, owner: str, deals: str | None, limit: int | None, version: str | None) -> None:
    """Write the people of the mirror as vCards, which an iPhone or another Android phone imports.

    Each has name, company, e-mail, every number in E.164, the address of its record, and the category "callerid", by which it can
    be selected and deleted again. `callerid forget` does not reach the file.

    With --carddav they are kept on a server instead, from which phones take them by themselves: each run creates, changes and
    deletes cards of ours until they equal the mirror, and touches no other card. URL is that of the book, or of the server if it
    has only one book for you. The settings have the user (carddav.user) and the password (carddav.password_file).

    Example: callerid export --vcard people.vcf --owner me --deals open --limit 500
    """
    from callerid.errors import UsageFault
    from callerid.turns.addressbook.exported_people import WantedPeople

    if (file is None) == (url is None):
        raise UsageFault(
            message("Where the people are to go is not said."),
            remedy=message("Type: callerid export --vcard FILE, or --carddav URL"),
        )
    refuse_together("export", {"--carddav": url is not None, "--format": version is not None})
    with open_session() as app:
        wanted = WantedPeople(owner=owner, with_open_deal=deals == "open", limit=limit)
        if file is not None:
            _write_file(app, file, wanted, version or "3.0")
        elif url is not None:
            _fill_book(app, url, wanted)


def _write_file(app: AppContext, file: str, wanted: WantedPeople, version: str) -> None:
    from callerid.core.addressbook.vcard import Version, vcard
    from callerid.turns.addressbook.exported_people import exported_people

    cards = [vcard(card, Version(version)) for card in exported_people(app, wanted).cards]
    if write_private(file, "".join(cards)):
        echo(message("{file}: {counted}", file=file, counted=counted(len(cards), "{count} contact", "{count} contacts")), err=True)


def _fill_book(app: AppContext, url: str, wanted: WantedPeople) -> None:
    """Make the book equal, say what was done, and raise a fault if something is left to do."""
    from callerid.turns.carddav.fill_book import fill_book

    try:
        done = fill_book(app, url, wanted, _show_progress)
    finally:
        _show_progress(None)
    _tell(done)


def _show_progress(result: BookResult | None) -> None:
    """Show at a terminal how many cards are done; None removes that."""
    if not sys.stderr.isatty():
        return
    done = result.created + result.changed + result.deleted if result else 0
    click.echo("\r" + shown(message("{done} cards", done=done)) if result else "\r\x1b[K", nl=False, err=True)


def _tell(done: FilledBook) -> None:
    from callerid.turns.carddav.fill_book import some_names

    result = done.result
    total = result.created + result.changed + result.unchanged
    echo(
        counted(
            total, "{url}: {count} contact ({changes})", "{url}: {count} contacts ({changes})", url=done.url, changes=done.changes
        ),
        err=True,
    )
    if result.restored:
        names = some_names(result.restored)
        echo(message("Somebody had changed these on the server; they are as in the mirror again: {names}", names=names), err=True)
    if done.fault:
        raise done.fault
