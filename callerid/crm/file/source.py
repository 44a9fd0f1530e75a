"""A file, or the phone contacts, as a source of the mirror. It is read whole each time."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from callerid import files
from callerid.crm.file import csv_reader, vcard_reader
from callerid.crm.file.encoding import Encoding, encoding_of
from callerid.crm.file.file_kind import check_content, check_text
from callerid.crm.file.person import InvalidEntry, Person, checked, company, contact, contact_id, owner, stable_id
from callerid.crm.file.report import FileReport
from callerid.crm.file.sorted_names import as_people_say_them
from callerid.errors import ConfigFault, CrmFault
from callerid.messages import as_typed, joined, message, os_reason
from callerid.models import Account, Kind, Page, PortalInfo, Totals
from callerid.models.name_order import parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import TextIO

    from callerid.crm.file.columns import ColumnRoles
    from callerid.models import Stretch, SyncRequest

_PAGE = 500
_RULES = "3"  # the version of what is read of a file: one that was read by other rules is read again
_SAMPLE = 8192  # bytes by which the kind of the file is known, and in which the first card is searched for
_FIRST_CARD = re.compile(rb"(?:^|[\r\n]|\xef\xbb\xbf)[ \t]*(BEGIN:VCARD)[ \t]*(?=[\r\n]|\Z)", re.IGNORECASE)
_LARGEST = 512 * 1024 * 1024  # bytes


class PeopleSource:
    """People from a file or from the phone. `read` reads them all each time and reports entries that cannot be used to its
    argument; `fingerprint` returns a text that changes when they do ("" when that is not known)."""

    def __init__(
        self,
        name: str,
        read: Callable[[FileReport], Iterator[Person]],
        *,
        fingerprint: Callable[[], str] = str,
        clock: Callable[[], datetime],
        report_fault: Callable[[str], None],
    ) -> None:
        self.name, self.requests = name, 0
        self._read, self.fingerprint, self._clock, self._report_fault = read, fingerprint, clock, report_fault
        self._report: FileReport | None = None

    lagging_kinds: frozenset[Kind] = frozenset()

    @property
    def now(self) -> datetime:
        """The time of this phone."""
        return self._clock()

    def portal_info(self) -> PortalInfo:
        """Return the owners that the entries name, and how many people and companies there are."""
        owners, count, companies = {}, 0, set()
        for person in self._read(FileReport()):
            count += 1
            companies |= {stable_id(person.company)} if person.company else set()
            if person.owner:
                owners[person.owner] = owner(person)
        return PortalInfo(
            account=Account(portal_id=self.name, ui_domain=""),
            owners=tuple(owners.values()),
            totals=Totals(contacts=count, companies=len(companies)),
        )

    def all_records(self, sync_request: SyncRequest, begun: Sequence[Stretch] = ()) -> Iterator[Page]:
        """Return all people page by page, with their companies."""
        del begun  # a file is read whole: it takes seconds
        from callerid.core.sync.scope import is_in_scope

        self._report = report = FileReport()
        people = self._read(report)
        ids: set[str] = set()
        while batch := list(islice(people, _PAGE)):
            fresh = [_with_own_id(person, ids) for person in batch]
            contacts = [made for made in map(contact, fresh) if is_in_scope(made, sync_request.scope)]
            companies = {person.company: company(person) for person in fresh if person.company}
            yield Page(contacts=tuple(contacts), companies=tuple(companies.values()))
        for fault in report.faults():
            self._report_fault(fault)

    def report(self) -> tuple[str, ...]:
        """Return the report on the newest reading, line by line; () when nothing was read."""
        return tuple(self._report.lines()) if self._report else ()

    def close(self) -> None:
        """Do nothing: no connection is open."""


def _with_own_id(person: Person, ids: set[str]) -> Person:
    """Return a person with an id that is not among `ids`, and add it: two entries with one id are two people."""
    unique, count = person, 1
    while contact_id(unique) in ids:
        count += 1
        unique = replace(person, id=f"{contact_id(person)}#{count}")
    ids.add(contact_id(unique))
    return unique


def file_source(
    path: Path,
    columns: Sequence[str],
    encoding: str = "auto",
    *,
    clock: Callable[[], datetime],
    report_fault: Callable[[str], None],
) -> PeopleSource:
    """Return a CSV or vCard file as a source, read with the settings crm.columns and crm.encoding. Errors come when it is read."""

    def read(report: FileReport) -> Iterator[Person]:
        before = _state(path)
        with _opened(path, encoding, report) as (text, is_vcard):
            entries = vcard_reader.people(text, report) if is_vcard else csv_reader.people(text, columns, report)
            yield from as_people_say_them(entries)
        if _state(path) != before:
            raise CrmFault(
                message("{path} changed while it was read.", path=path),
                remedy=message("callerid reads it again by itself."),
                retry_after=5.0,
            )

    def fingerprint() -> str:
        return f"{_RULES} {_state(path)} {sorted(columns)}{'' if encoding == 'auto' else f' {encoding}'}"

    return PeopleSource(
        str(path),
        read,
        fingerprint=fingerprint,
        clock=clock,
        report_fault=lambda fault: report_fault(joined(", ", (path.name, fault))),
    )


def check_file(path: Path, columns: Sequence[str], encoding: str = "auto") -> None:
    """Raise ConfigFault for a file that cannot be read as people, as far as its beginning tells."""
    _state(path)
    with _opened(path, encoding, FileReport()) as (text, is_vcard):
        if not is_vcard:
            csv_reader.columns_of(text, columns).check()


def columns_of(path: Path, columns: Sequence[str], encoding: str = "auto") -> ColumnRoles:
    """Return what the columns of a CSV file are read as. Raise ConfigFault for a file without columns, and for a correction that is
    not understood."""
    with _opened(path, encoding, FileReport()) as (text, is_vcard):
        if is_vcard:
            raise ConfigFault(
                message("{path} is a vCard file: it has no columns.", path=path), remedy=message("Read it with: callerid sync")
            )
        return csv_reader.columns_of(text, columns)


def phone_source(
    name: str, contacts: Callable[[], list[tuple[str, str]]], *, clock: Callable[[], datetime], report_fault: Callable[[str], None]
) -> PeopleSource:
    """Return the phone contacts as a source; `contacts` reads them as pairs of name and raw number."""

    def entries(report: FileReport) -> Iterator[Person]:
        for place, (whole, number) in enumerate(contacts(), start=1):
            first, last = parts_of(whole)
            person = Person(line=place, first_name=first, last_name=last, whole_name=whole, phones=(("phone", number),))
            try:
                yield checked(person)
            except InvalidEntry as bad:
                report.skip(message("the phone's contact {place}: {bad}", place=place, bad=bad))

    def read(report: FileReport) -> Iterator[Person]:
        return as_people_say_them(entries(report))

    return PeopleSource(name, read, clock=clock, report_fault=report_fault)


def _state(path: Path) -> tuple[int, int]:
    try:
        state = path.stat()
    except OSError as fault:
        remedy = message("Set its path with: callerid config set crm.file FILE")
        raise ConfigFault(
            message("The file {path} cannot be read: {reason}.", path=path, reason=os_reason(fault)), remedy=remedy
        ) from fault
    if state.st_size > _LARGEST:
        raise ConfigFault(
            message("{path} is larger than {largest} MB.", path=path, largest=_LARGEST // 1024 // 1024),
            remedy=message("Export fewer columns."),
        )
    return state.st_mtime_ns, state.st_size


@contextlib.contextmanager
def _opened(path: Path, encoding: str, report: FileReport) -> Iterator[tuple[TextIO, bool]]:
    """Return a file as text in its encoding, from the first card on when it is a vCard file, and whether it is one."""
    try:
        with files.to_read(path) as file:
            start = file.read(_SAMPLE)
            check_content(path, file, start)
            file.seek(0)
            detected = encoding_of(file) if encoding == "auto" else Encoding(name=encoding)
            report.encoding, report.bad_lines = detected.name.removesuffix("-sig"), detected.bad_lines
            check_text(path, start.decode(detected.name, "replace"), report.encoding)
            file.seek(0)
            before = _bytes_before_vcard(file)
            file.seek(max(before, 0))
            is_wide = detected.name.startswith(("utf-16", "utf-32"))
            if before >= 0 and not is_wide:  # each value of a card may name a charset of its own
                yield io.TextIOWrapper(file, encoding="utf-8", errors="surrogateescape", newline=""), True
            else:
                text = io.TextIOWrapper(file, encoding=detected.name, errors="replace", newline="")
                yield text, is_wide and _is_wide_vcard(text)
    except OSError as fault:
        raise ConfigFault(
            message("The file {path} cannot be read: {reason}.", path=path, reason=os_reason(fault)),
            remedy=message("See its permissions: ls -l {path}", path=as_typed(path)),
        ) from fault


def _bytes_before_vcard(file: io.BufferedReader) -> int:
    """Return the offset of the first card of a vCard file; -1 for another file. A card has its first line to itself, and is not
    the text of a CSV's cell: anybody can take that for a name."""
    start = file.read(_SAMPLE)
    match = _FIRST_CARD.search(start)
    is_in_quotes = match is not None and start.count(b'"', 0, match.start(1)) % 2 == 1
    return match.start(1) if match and not is_in_quotes else -1


def _is_wide_vcard(text: TextIO) -> bool:
    start = text.read(_SAMPLE)
    text.seek(0)
    return start.lstrip("\ufeff \r\n\t").upper().startswith("BEGIN:VCARD")
