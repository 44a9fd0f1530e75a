"""A person as a vCard, of the versions that iPhone and Android import: 3.0 (RFC 2426) and 4.0 (RFC 6350)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.wording.safe_text import clean
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

CATEGORY = "callerid"  # by which everything that was exported can be selected, and deleted again
_LONGEST_LINE = 75  # bytes, without its break (RFC 2426, 2.6; RFC 6350, 3.2)
_ESCAPES = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n"})


class Version(StrEnum):
    """The versions of the format."""

    THREE = "3.0"
    FOUR = "4.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardNumber:
    """A number of a person: in E.164, or as written where it has no such form, with an extension or "", and a type of vCard's."""

    number: str
    extension: str = ""
    type: str = "voice"  # cell, fax, voice


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressCard:
    """What is exported of a person. `uid` is the same in every export; "" stands for what is not known."""

    uid: str
    first_name: str = ""
    last_name: str = ""
    full_name: str
    company: str = ""
    email: str = ""
    numbers: tuple[CardNumber, ...] = ()
    url: str = ""
    modified: datetime | None = None  # UTC


def vcard(card: AddressCard, version: Version) -> str:
    """Return a person as a vCard, with CR LF after each line."""
    lines = [
        "BEGIN:VCARD",
        f"VERSION:{version}",
        f"UID:{_text(card.uid)}",
        f"N:{_text(card.last_name)};{_text(card.first_name)};;;",
        f"FN:{_text(card.full_name)}",
        *_known("ORG", card.company),
        *(_number(number, version) for number in card.numbers),
        *_known("EMAIL", card.email),
        *([f"URL:{_line(card.url)}"] if card.url else []),
        f"CATEGORIES:{CATEGORY}",
        *([f"REV:{card.modified:%Y%m%dT%H%M%SZ}"] if card.modified else []),
        "END:VCARD",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _known(name: str, value: str) -> list[str]:
    return [f"{name}:{_text(value)}"] if value else []


def _number(number: CardNumber, version: Version) -> str:
    """Return a number's line. A pause before the extension is what phones dial; 4.0 has URIs, in which it has a place."""
    if version is Version.FOUR and number.number.startswith("+"):
        extension = f";ext={number.extension}" if number.extension else ""
        return f"TEL;VALUE=uri;TYPE={number.type}:tel:{number.number}{extension}"
    extension = f"\\,{number.extension}" if number.extension else ""
    return f"TEL;TYPE={number.type.upper()}:{_text(number.number)}{extension}"


def _text(value: str) -> str:
    """Return any text as a value, with line breaks and dividers escaped."""
    return clean(value.replace("\r\n", "\n").replace("\r", "\n"), keep="\n").translate(_ESCAPES)


def _line(value: str) -> str:
    return clean(value, keep="")


def _folded(line: str) -> Iterator[str]:
    """Yield the parts of a line that are short enough, each further one after a space, and never cut inside a character."""
    if line.isascii() and len(line) <= _LONGEST_LINE:
        yield line
        return
    part, size = "", 0
    for character in line:
        width = len(character.encode("utf-8"))
        if size + width > _LONGEST_LINE:
            yield part
            part, size = " ", 1
        part, size = part + character, size + width
    yield part
