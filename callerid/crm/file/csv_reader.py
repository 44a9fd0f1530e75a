"""People of a CSV file: HubSpot's export, Outlook's, Google's, or anybody's whose columns are named or mapped."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import deque
from typing import TYPE_CHECKING, Self

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
    r"phone|mobil|\bcell|\btel\b|\btel ?\d|tele?f|ruf(?:nummer|nr)|whatsapp|\bfax\b|handy|durchwahl|\bnumero\b|móvil|movil|portable"
    r"|電話|携帯",
    re.IGNORECASE,
)
_EXCEL_SAYS = re.compile(r"sep=([,;|\t])\r?\n", re.IGNORECASE)  # a first line that only names the divider
_MOST_LINES = 500  # of one row
_NO_PHONE = re.compile(r"type|label|country code|extension|region|calculated|validity", re.IGNORECASE)


def people(text: TextIO, columns: Sequence[str], fault: Callable[[str], None]) -> Iterator[Person]:
    """Given a CSV's text and the mapping of its columns ("Header = role"), return its people; what is none is told by its line.

    Raise ConfigFault when no column holds numbers, or the mapping names none.
    """
    start = text.read(4096)
    text.seek(0)
    said = _EXCEL_SAYS.match(start)
    divider = said[1] if said else _dialect(start)
    if said:
        text.readline()
    rows = _rows(_Lines(text, 1 if said else 0), divider, fault)
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


def _rows(lines: _Lines, divider: str, fault: Callable[[str], None]) -> Iterator[tuple[int, list[str]]]:
    """Return each row with the line that it begins in. One that is no CSV is told, and its next line is read as a new row: a
    quote that was never closed must not take with it what follows."""
    columns = 0
    while True:
        first = lines.begin()
        try:
            cells = _next_row(lines, divider, columns)
            if cells is None:
                return
            columns = columns or len(cells)
            yield first, cells
        except csv.Error as wrong:
            fault(f"line {first}: it is no row of a CSV file ({wrong})")
            lines.give_back()


def _next_row(lines: _Lines, divider: str, columns: int) -> list[str] | None:
    cells = next(csv.reader(lines, delimiter=divider, strict=True), None)
    if cells is not None and columns and lines.taken > 1 and len(cells) != columns:
        raise csv.Error(f"it goes over {lines.taken} lines, as if a quote were not closed")
    return cells


class _Lines:
    """The lines of a text, of which those of a row can be given back but for its first."""

    def __init__(self, text: TextIO, before: int) -> None:
        self._text, self._again = text, deque[str]()
        self._row: list[str] = []
        self._number = before

    def begin(self) -> int:
        """Begin a row; return the number of its first line."""
        self._row = []
        return self._number + 1

    @property
    def taken(self) -> int:
        """How many lines the row has so far."""
        return len(self._row)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        if len(self._row) >= _MOST_LINES:
            raise csv.Error(f"it goes over more than {_MOST_LINES} lines, as if a quote were not closed")
        line = self._again.popleft() if self._again else next(self._text)
        self._row.append(line)
        self._number += 1
        return line

    def give_back(self) -> None:
        """Let the lines after the row's first one come again."""
        self._number -= len(self._row) - 1
        self._again.extendleft(reversed(self._row[1:]))


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
