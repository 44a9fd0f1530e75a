"""People of a CSV file: HubSpot's export, Outlook's, Google's, or anybody's whose columns are named or mapped."""

from __future__ import annotations

import csv
import re
import unicodedata
from typing import TYPE_CHECKING

from callerid.crm.file.person import BadEntry, Person, checked
from callerid.errors import ConfigFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TextIO

ROLES = ("id", "first_name", "last_name", "name", "email", "company", "owner", "last_contacted", "phone", "ignore")
_KNOWN = {
    "id": "record id|contact id|id|vid|hs_object_id",
    "first_name": "first name|firstname|given name|vorname|prénom|nombre|名",
    "last_name": "last name|lastname|surname|family name|nachname|familienname|nom|nom de famille|apellidos|apellido|姓",
    "name": "name|full name|display name|contact|contact name|kontakt|nom complet|nombre completo|氏名|名前",
    "email": "email|e mail|email address|e mail address|e mail 1 value|mail|correo|adresse e mail|メール",
    "company": "company|company name|associated company|organization|organization name|organization 1 name|firma|unternehmen|"
    "entreprise|société|empresa|会社|会社名",
    "owner": "contact owner|owner|inhaber|zuständig|propietario|propriétaire",
    "last_contacted": "last contacted|notes last contacted|last activity date|letzter kontakt",
}
_ROLE_OF = {header: role for role, headers in _KNOWN.items() for header in headers.split("|")}
_PHONE = re.compile(
    r"phone|mobil|\bcell|\btel\b|tele?f|whatsapp|\bfax\b|handy|durchwahl|\bnumero\b|móvil|movil|portable|電話|携帯", re.IGNORECASE
)
_NO_PHONE = re.compile(r"type|label|country code|extension|region|calculated|validity", re.IGNORECASE)


def people(text: TextIO, columns: Sequence[str], fault: Callable[[str], None]) -> Iterator[Person]:
    """Given a CSV's text and the mapping of its columns ("Header = role"), return its people; what is none is told by its line.

    Raise ConfigFault when no column holds numbers, or the mapping names none.
    """
    start = text.read(4096)
    text.seek(0)
    rows = _rows(text, _dialect(start), fault)
    header = next(rows, None)
    if header is None:
        return
    roles = _roles(header[1], columns)
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            yield checked(_person(line, header[1], roles, cells))
        except BadEntry as bad:
            fault(f"line {line}: {bad}")


def _dialect(start: str) -> str:
    """The first line's most frequent divider outside of quotes."""
    first = re.sub(r'"[^"]*"', "", start.split("\n", 1)[0])
    return max(",;\t", key=first.count)


def _rows(text: TextIO, divider: str, fault: Callable[[str], None]) -> Iterator[tuple[int, list[str]]]:
    """Return each row with the line that it begins in. One that is no CSV is told, and the next one is read."""
    reader = csv.reader(text, delimiter=divider, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            fault(f"line {line}: it is no row of a CSV file ({wrong})")


def _plain(header: str) -> str:
    words = re.sub(r"[^\w]+|_", " ", unicodedata.normalize("NFC", header).casefold())
    return " ".join(words.split())


def _roles(header: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Given the header and what a person says of its columns, return each column's role, "" for none."""
    mapped = dict(_mapping(column, header) for column in columns)
    roles = [mapped.get(name.strip(), "") or _role(name) for name in header]
    if "phone" not in roles:
        raise ConfigFault(
            f"No column of the file is known to hold phone numbers; its columns are: {', '.join(header)[:400]}.",
            remedy="Say which one does: callerid config set crm.columns 'COLUMN = phone'",
        )
    return roles


def _mapping(column: str, header: Sequence[str]) -> tuple[str, str]:
    name, equals, role = (part.strip() for part in column.rpartition("="))
    role = {"mobile": "phone", "number": "phone"}.get(role, role)
    if not equals or role not in ROLES:
        raise ConfigFault(
            f"crm.columns: {column!r} says nothing; a column can be {', '.join(ROLES)}.",
            remedy="Write it as: callerid config set crm.columns 'Handy = phone, Firma = company'",
        )
    if name not in (found.strip() for found in header):
        raise ConfigFault(
            f"crm.columns names {name!r}, but the file's columns are: {', '.join(header)[:400]}.",
            remedy="Mend it: callerid config set crm.columns '…'",
        )
    return name, role


def _role(header: str) -> str:
    plain = _plain(header)
    if plain in _ROLE_OF:
        return _ROLE_OF[plain]
    return "phone" if _PHONE.search(plain) and not _NO_PHONE.search(plain) else ""


def _person(line: int, header: Sequence[str], roles: Sequence[str], cells: Sequence[str]) -> Person:
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        raise BadEntry(f"it has {len(cells)} fields, but there are {len(header)} columns")
    said: dict[str, str] = {}
    phones = []
    for name, role, cell in zip(header, roles, cells, strict=False):
        if role == "phone" and cell.strip():
            phones.append((name.strip(), cell))
        elif role and cell.strip():
            said.setdefault(role, cell.strip())
    first, last = said.get("first_name", ""), said.get("last_name", "")
    if not first and not last:
        first, _, last = said.get("name", "").partition(" ")
    return Person(
        line=line,
        id=said.get("id", ""),
        first_name=first,
        last_name=last.strip(),
        email=said.get("email", ""),
        company=said.get("company", "").split(";")[0].strip(),
        owner=said.get("owner", ""),
        last_contacted=said.get("last_contacted", ""),
        phones=tuple(phones),
    )
