"""People in a CSV file: an export of HubSpot, Outlook, Google or any other whose columns are recognised or named in the
settings."""

from __future__ import annotations

import csv
import re
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Self

from callerid.crm.file.columns import is_somebody_elses, phone_label_of, plain_header, recognised, roles_of
from callerid.crm.file.file_kind import HOW_TO_EXPORT
from callerid.crm.file.number_parts import whole_numbers
from callerid.crm.file.person import InvalidEntry, Person, PhoneField, checked, with_own_names
from callerid.errors import ConfigFault
from callerid.messages import message
from callerid.models.name_order import divided, parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TextIO

    from callerid.crm.file.columns import ColumnRoles
    from callerid.crm.file.report import FileReport

_EXCEL_DIVIDER = re.compile(r"sep=([,;|\t])\r?\n", re.IGNORECASE)  # a first line that only names the divider
_SAMPLE = 16_384  # characters in which divider and header are searched for
_MOST_LINES = 500  # of one row
_ROWS_TO_LOOK_AT = 50  # by which a column called "Home" is told from an address
_FIRST_LINES = 20  # among which the header is: reports put a title and a date before it
_DIVIDERS = ",;\t|"
_MAILS = re.compile(r"\s*(?:[,;|\s]|:::)\s*")


def people(text: TextIO, columns: Sequence[str], report: FileReport) -> Iterator[Person]:
    """Yield the people of a CSV's text, read with the corrections of its columns ("Header = role"); note in the report what could
    not be used, by its line.

    Raise ConfigFault when no column holds numbers or names, when a correction is not understood, and for what is not CSV.
    """
    divider, before, sample = _begin(text)
    lines = _Lines(text, before)
    read = roles_of(_header(_first_row(lines, divider)), columns, sample)
    read.check()
    header, roles = read.header, read.roles
    _note_columns(header, roles, report)
    for line, cells in _rows(lines, divider, len(header), report.skip):
        if any(cell.strip() for cell in cells):
            report.rows += 1
            try:
                yield checked(_person(line, header, roles, cells, report))
            except InvalidEntry as invalid:
                report.skip(message("line {line}: {invalid}", line=line, invalid=invalid))


def columns_of(text: TextIO, columns: Sequence[str]) -> ColumnRoles:
    """Return what the columns of a CSV's text are read as, with the corrections. Raise ConfigFault for what is not CSV, and for a
    correction that is not understood."""
    divider, before, sample = _begin(text)
    return roles_of(_header(_first_row(_Lines(text, before), divider)), columns, sample)


def _begin(text: TextIO) -> tuple[str, int, list[list[str]]]:
    """Return the divider of a CSV's text, how many lines stand before its header, which are read, and the first rows after it."""
    start = text.read(_SAMPLE)
    text.seek(0)
    named = _EXCEL_DIVIDER.match(start)
    divider, before = (named[1], 1) if named else _dialect(start)
    for _ in range(before):
        text.readline()
    sample = csv.reader(start.splitlines()[before + 1 :], delimiter=divider)
    return divider, before, list(islice(sample, _ROWS_TO_LOOK_AT))


def _header(names: Sequence[str]) -> list[str]:
    header = [name.lstrip("\ufeff") for name in names]
    if not any(map(str.isalnum, "".join(header))):
        raise ConfigFault(message("The file has no row that names its columns."), remedy=HOW_TO_EXPORT)
    return header


def _note_columns(header: Sequence[str], roles: Sequence[str], report: FileReport) -> None:
    for name, role in zip(header, roles, strict=True):
        if role and role != "ignore":
            report.used[name.strip()] = role
        elif name.strip():
            report.unused.append(name.strip())


def _dialect(start: str) -> tuple[str, int]:
    """Return the divider of a CSV and how many lines stand before its header: the line that names most columns that are known.
    Where no line names two, it is the first one, with its most frequent divider outside of quotes."""
    best, dialect = 1, (max(_DIVIDERS, key=re.sub(r'"[^"]*"', "", start.split("\n", 1)[0]).count), 0)
    for place, line in enumerate(start.splitlines()[:_FIRST_LINES]):
        for divider in _DIVIDERS:
            known = recognised(next(csv.reader([line], delimiter=divider), []))
            if known > best:
                best, dialect = known, (divider, place)
    return dialect


def _first_row(lines: _Lines, divider: str) -> list[str]:
    """Return the row that names the columns; its first line, however it is quoted, if it is not valid CSV."""
    lines.begin()
    try:
        return _next_row(lines, divider, 0) or []
    except csv.Error:
        lines.give_back()
        return next(csv.reader([lines.first], delimiter=divider), [])


def _rows(lines: _Lines, divider: str, columns: int, report_fault: Callable[[str], None]) -> Iterator[tuple[int, list[str]]]:
    """Return each row with the line that it begins on. After a row that is not valid CSV, which is reported, its second line is
    read as a new row: a quote that was never closed must not swallow what follows."""
    while True:
        first = lines.begin()
        try:
            cells = _next_row(lines, divider, columns)
            if cells is None:
                return
            yield first, cells
        except csv.Error as error:
            report_fault(message("line {first}: it is not a valid row of CSV ({error})", first=first, error=error))
            lines.give_back()


def _next_row(lines: _Lines, divider: str, columns: int) -> list[str] | None:
    cells = next(csv.reader(lines, delimiter=divider, strict=True), None)
    if cells is not None and columns and lines.taken > 1 and len(cells) != columns:
        raise csv.Error(message("it spans {taken} lines, as if a quote were not closed", taken=lines.taken))
    return cells


class _Lines:
    """The lines of a text. The lines of a row after its first one can be given back, to be read again."""

    def __init__(self, text: TextIO, before: int) -> None:
        self._text, self._again = text, deque[str]()
        self._row: list[str] = []
        self._number = before

    def begin(self) -> int:
        """Begin a row and return the number of its first line."""
        self._row = []
        return self._number + 1

    @property
    def taken(self) -> int:
        """The number of lines of the row so far."""
        return len(self._row)

    @property
    def first(self) -> str:
        """The first line of the row."""
        return self._row[0]

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        if len(self._row) >= _MOST_LINES:
            raise csv.Error(message("it spans more than {most_lines} lines, as if a quote were not closed", most_lines=_MOST_LINES))
        line = self._again.popleft() if self._again else next(self._text)
        self._row.append(line)
        self._number += 1
        return line

    def give_back(self) -> None:
        """Give back the lines of the row after its first one."""
        self._number -= len(self._row) - 1
        self._again.extendleft(reversed(self._row[1:]))


def _person(line: int, header: Sequence[str], roles: Sequence[str], cells: Sequence[str], report: FileReport) -> Person:
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        raise InvalidEntry(message("it has {count} fields, but there are {count2} columns", count=len(cells), count2=len(header)))
    values: dict[str, str] = {}
    read = []
    labels = {phone_label_of(name): cell for name, cell in zip(header, cells, strict=False)}
    for name, role, cell in zip(header, roles, whole_numbers(roles, cells), strict=False):
        text = cell.strip()
        if role == "phone" and text:
            label = labels.get(plain_header(name), "")
            if is_somebody_elses(label):
                report.others.append(message("line {line}, {strip}: {strip2}", line=line, strip=name.strip(), strip2=label.strip()))
            else:
                left = report.numbers_left(message("line {line}, {name}", line=line, name=name.strip()), text)
                read.append(PhoneField(name=name.strip(), text=text, left=left))
        elif role and text:
            values.setdefault(role, text)
    first, last, whole = _name(values)
    fields = with_own_names(read)
    return Person(
        line=line,
        id=values.get("id", ""),
        first_name=first,
        last_name=last,
        whole_name=whole,
        email=_MAILS.split(values.get("email", ""))[0],
        company=values.get("company", "").split(";")[0].strip(),
        owner=values.get("owner", ""),
        last_contacted=values.get("last_contacted", ""),
        phones=tuple((field.name, field.left) for field in fields if field.left),
        other_texts=tuple((field.name, field.text) for field in fields if field.is_other_text),
    )


def _name(values: dict[str, str]) -> tuple[str, str, str]:
    """Return first and last name, and the whole one that they were divided from ("" for none): as given, else the whole name, else
    the nickname alone."""
    first, last = divided(values.get("first_name", ""), values.get("last_name", ""))
    whole = "" if first or last else values.get("name") or values.get("nickname", "")
    return (*parts_of(whole), whole) if whole else (first, last, "")
