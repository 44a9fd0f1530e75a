"""The people of the mirror -> the address book on a server: whom it gets, the way there, and what is to be told of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.carddav.address_book import find_address_book
from callerid.carddav.connection import Connection, checked_url
from callerid.core.wording import safe_text
from callerid.credentials import PASSWORD_COMMAND, read_password
from callerid.errors import CalleridError, Conflict, Refused
from callerid.messages import counted, joined, message
from callerid.records import dataclass
from callerid.turns.addressbook.equal_book import equal_book
from callerid.turns.addressbook.exported_people import exported_people
from callerid.turns.open_context import read_secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.messages import Message
    from callerid.turns.addressbook.equal_book import BookResult
    from callerid.turns.addressbook.exported_people import WantedPeople
    from callerid.turns.context import AppContext

_MOST_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledBook:
    """What became of a book: its address, and what was done with its cards."""

    url: str
    result: BookResult

    @property
    def changes(self) -> Message:
        """How many cards became what."""
        return message(
            "{created} created, {changed} changed, {deleted} deleted, {unchanged} as they were",
            created=self.result.created,
            changed=self.result.changed,
            deleted=self.result.deleted,
            unchanged=self.result.unchanged,
        )

    @property
    def fault(self) -> CalleridError | None:
        """What is left to do, None if the book equals the mirror."""
        if self.result.refused:
            name, why = self.result.refused[0]
            count = counted(len(self.result.refused), "{count} card", "{count} cards")
            return Refused(
                message("{count} could not be written; {names}: {why}.", count=count, names=safe_text.title(name), why=why),
                remedy=message("See on the server what it says of that card."),
            )
        if self.result.conflicts:
            return Conflict(
                message(
                    "Somebody changed these on the server while this ran, so they were left: {names}.",
                    names=some_names(self.result.conflicts),
                ),
                remedy=message("Type the same again."),
            )
        return None


def some_names(names: list[str]) -> str:
    """Return the first of these names, and how many more there are."""
    shown = joined(", ", map(safe_text.title, names[:_MOST_NAMED]))
    return message("{shown} and {count} more", shown=shown, count=len(names) - _MOST_NAMED) if len(names) > _MOST_NAMED else shown


def fill_book(app: AppContext, url: str, wanted: WantedPeople, progress: Callable[[BookResult], None]) -> FilledBook:
    """Make the book at an address equal to these people. Raise UsageFault, ConfigFault, and what the server's answers raise; what
    is done then stays, and the next run does the rest."""
    address = checked_url(url)
    # with every call the CRM changes a contact's date, and nothing else of what is on a card
    people = exported_people(app, wanted)
    cards = [replace(card, modified=None) for card in people.cards]
    connection = Connection(
        app.config.carddav.user, read_password(app.config, lambda argv: read_secret(app, PASSWORD_COMMAND, argv))
    )
    try:
        book = find_address_book(connection, address)
        return FilledBook(url=book.url, result=equal_book(book, cards, people.uid_prefix, app.paths.left_cards, progress))
    finally:
        connection.close()
