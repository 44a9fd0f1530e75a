"""An address book on a CardDAV server (RFC 6352): finding it, and the cards in it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

import requests

from callerid.carddav.multistatus import CARD, DAV, asking_for, asking_for_cards, resources
from callerid.errors import Conflict, NotFound, Refused, UsageFault
from callerid.messages import message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from callerid.carddav.connection import Answer, Connection
    from callerid.carddav.multistatus import Resource

_MULTI_STATUS = 207
_AT_ONCE = 100  # cards that one request asks for
_ABOUT = ("resourcetype", "displayname", "current-user-principal", "C:addressbook-home-set")
_CARD_TYPE = "text/vcard; charset=utf-8"


def find_address_book(connection: Connection, url: str) -> AddressBook:
    """Return the address book at an address, or the only one of the user if it is that of a server or a user (RFC 6764, 6).

    Raise UsageFault where there are several, Refused where there is none, and what sending a request raises.
    """
    at, about = _about(connection, url)
    if about.is_address_book:
        return AddressBook(connection, at)
    home = about.link(f"{CARD}addressbook-home-set")
    if not home and (principal := about.link(f"{DAV}current-user-principal")):
        at, about = _about(connection, connection.resolve(at, principal))
        home = about.link(f"{CARD}addressbook-home-set")
    if not home:
        raise Refused(
            message("{url} is no address book, and names none.", url=url),
            remedy=message("Copy the address of the book from the server's pages."),
        )
    at = connection.resolve(at, home)
    listed = _resources(connection.send("PROPFIND", at, body=asking_for(*_ABOUT), headers={"Depth": "1"}), at)
    books = [connection.resolve(at, each.href) for each in listed if each.is_address_book]
    if len(books) != 1:
        several = message("has several address books: {names}", names=" ".join(books)) if books else message("has no address book")
        raise UsageFault(
            message("The server {several}.", several=several), remedy=message("Type the command with the address of one of them.")
        )
    return AddressBook(connection, books[0])


def _about(connection: Connection, url: str) -> tuple[str, Resource]:
    """Return what an address is, and where that was told: for a bare server, its well-known address is asked first."""
    parts = urlsplit(url)
    places = [url]
    if parts.path in ("", "/"):
        places = [f"{parts.scheme}://{parts.netloc}/.well-known/carddav", f"{parts.scheme}://{parts.netloc}/"]
    for place in places[:-1]:
        try:
            return _ask_about(connection, place)
        except Refused:
            continue
    return _ask_about(connection, places[-1])


def _ask_about(connection: Connection, url: str) -> tuple[str, Resource]:
    answer = connection.send("PROPFIND", url, body=asking_for(*_ABOUT), headers={"Depth": "0"})
    found = _resources(answer, url)
    if not found or not found[0].properties:  # some servers tell that nothing is there by a status in the answer
        raise Refused(message("The server says nothing about {url}.", url=url), remedy=message("Check the address."))
    return answer.url, found[0]


def _resources(answer: Answer, url: str) -> tuple[Resource, ...]:
    if answer.status == requests.codes.not_found:
        raise NotFound(message("There is nothing at {url}.", url=url), remedy=message("Check the address."))
    if answer.status != _MULTI_STATUS:
        raise Refused(
            message("{url} is no address of CardDAV (HTTP {status}).", url=url, status=answer.status),
            remedy=message("Check the address."),
        )
    return resources(answer.content)


class AddressBook:
    """The cards of a book, by the names of their resources. A card that is changed has another entity tag (RFC 9110, 8.8.3)."""

    def __init__(self, connection: Connection, url: str) -> None:
        self._connection = connection
        self.url = url if url.endswith("/") else f"{url}/"

    def etags(self, is_ours: Callable[[str], bool]) -> dict[str, str]:
        """Return the entity tags of the cards with a name of ours."""
        body = asking_for("getetag")
        answer = self._connection.send("PROPFIND", self.url, body=body, headers={"Depth": "1"})
        tags = {_name(each.href): _tag(each) for each in _resources(answer, self.url)}
        return {name: tag for name, tag in tags.items() if is_ours(name) and tag}

    def cards(self, names: Sequence[str]) -> Iterator[tuple[str, str, str]]:
        """Yield name, entity tag and text of each card that is there."""
        for first in range(0, len(names), _AT_ONCE):
            hrefs = (urlsplit(self._address(name)).path for name in names[first : first + _AT_ONCE])
            answer = self._connection.send("REPORT", self.url, body=asking_for_cards(hrefs), headers={"Depth": "1"})
            for each in _resources(answer, self.url):
                if tag := _tag(each):
                    yield _name(each.href), tag, each.text(f"{CARD}address-data")

    def create(self, name: str, text: str) -> str:
        """Create a card, and return its entity tag, "" if the server does not tell. Raise Conflict if there is one, Refused."""
        return self._put(name, text, {"If-None-Match": "*"})

    def change(self, name: str, text: str, etag: str) -> str:
        """Replace a card that has an entity tag, and return the new one. Raise Conflict if it is another by now, Refused."""
        return self._put(name, text, {"If-Match": etag})

    def delete(self, name: str, etag: str) -> None:
        """Delete a card that has an entity tag, if it is still there. Raise Conflict if it is another by now, Refused."""
        answer = self._connection.send("DELETE", self._address(name), headers={"If-Match": etag})
        if answer.status not in (requests.codes.not_found, requests.codes.gone):
            _check(answer)

    def _put(self, name: str, text: str, condition: dict[str, str]) -> str:
        headers = {"Content-Type": _CARD_TYPE, **condition}
        answer = self._connection.send("PUT", self._address(name), body=text, headers=headers)
        _check(answer)
        return answer.etag

    def _address(self, name: str) -> str:
        return self.url + quote(name, safe="")


def _name(href: str) -> str:
    return unquote(href.rstrip("/").rpartition("/")[2])


def _tag(resource: Resource) -> str:
    return resource.text(f"{DAV}getetag").removeprefix("W/")


def _check(answer: Answer) -> None:
    """Raise for a write that was not carried out."""
    if answer.status == requests.codes.precondition_failed:
        raise Conflict(message("somebody else changed it meanwhile"))
    if answer.status == requests.codes.insufficient_storage:
        raise Refused(message("the server has no room for it (HTTP {status})", status=answer.status))
    if answer.status >= requests.codes.multiple_choices:
        raise Refused(message("the server refuses it (HTTP {status})", status=answer.status))
