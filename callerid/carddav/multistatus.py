"""The XML of WebDAV: bodies of requests, and the answer 207 Multi-Status (RFC 4918, 13; RFC 6352)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from callerid.errors import CrmFault
from callerid.messages import message
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable
    from xml.etree.ElementTree import Element  # nosec B405  # its type alone; defusedxml reads the text

DAV = "{DAV:}"
CARD = "{urn:ietf:params:xml:ns:carddav}"
_ROOT = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"'
_HEAD = '<?xml version="1.0" encoding="utf-8"?>'


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of an answer: its href as the server wrote it, and the properties that it has, by their names with namespace."""

    href: str
    properties: dict[str, Element]

    def text(self, name: str) -> str:
        """Return the text of a property, "" where it has none."""
        element = self.properties.get(name)
        return (element.text or "").strip() if element is not None else ""

    def link(self, name: str) -> str:
        """Return the href in a property, "" where it has none."""
        element = self.properties.get(name)
        return (element.findtext(f"{DAV}href") or "").strip() if element is not None else ""

    @property
    def is_address_book(self) -> bool:
        """Return whether it is an address book, by its type."""
        kind = self.properties.get(f"{DAV}resourcetype")
        return kind is not None and kind.find(f"{CARD}addressbook") is not None


def asking_for(*names: str) -> str:
    """Return the body of a PROPFIND for properties, named as `getetag` or `C:addressbook-home-set`."""
    return f"{_HEAD}<propfind {_ROOT}><prop>{''.join(f'<{name}/>' for name in names)}</prop></propfind>"


def asking_for_cards(hrefs: Iterable[str]) -> str:
    """Return the body of a REPORT for the cards with these hrefs (RFC 6352, 8.7)."""
    wanted = "".join(f"<href>{escape(href, quote=False)}</href>" for href in hrefs)
    return f"{_HEAD}<C:addressbook-multiget {_ROOT}><prop><getetag/><C:address-data/></prop>{wanted}</C:addressbook-multiget>"


def resources(content: bytes) -> tuple[Resource, ...]:
    """Return the resources of an answer with the properties that were found. Raise CrmFault for what is no such answer."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as fault:
        raise CrmFault(
            message("The address book's server answered with what is not WebDAV ({name}).", name=type(fault).__name__),
            remedy=message("Check that the address is that of a CardDAV server."),
        ) from fault
    return tuple(_resource(response) for response in root.iter(f"{DAV}response"))


def _resource(response: Element) -> Resource:
    found: dict[str, Element] = {}
    for part in response.iter(f"{DAV}propstat"):
        if " 200" in (part.findtext(f"{DAV}status") or ""):
            found |= {element.tag: element for properties in part.iter(f"{DAV}prop") for element in properties}
    return Resource(href=(response.findtext(f"{DAV}href") or "").strip(), properties=found)
