"""A file, or the phone's own contacts, as what a mirror is made of. It is read whole, each time."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from callerid.crm.file import csv_reader, vcard_reader
from callerid.crm.file.columns import roles_of
from callerid.crm.file.encoding import Encoding, encoding_of
from callerid.crm.file.person import BadEntry, Person, checked, company, contact, contact_id, number_of, owner
from callerid.crm.file.report import FileReport
from callerid.errors import ConfigFault, CrmFault
from callerid.models import Account, Kind, Page, PortalInfo, Totals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import TextIO

    from callerid.models import Stretch, SyncRequest

_PAGE = 500
_SAMPLE = 8192  # bytes in which a first card is looked for
_FIRST_CARD = re.compile(rb"(?:^|[\r\n]|\xef\xbb\xbf)[ \t]*(BEGIN:VCARD)", re.IGNORECASE)
_LARGEST = 512 * 1024 * 1024


class PeopleSource:
    """People from a file or from the phone. `read` reads them all anew and reports entries that cannot be used to its argument;
    `fingerprint` returns a text that changes when they do ("" when that is not known)."""

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
        """The time."""
        return self._clock()

    def portal_info(self) -> PortalInfo:
        """Return the owners that the people name, and how many people there are."""
        owners, count, companies = {}, 0, set()
        for person in self._read(FileReport()):
            count += 1
            companies |= {number_of(person.company)} if person.company else set()
            if person.owner:
                owners[person.owner] = owner(person)
        return PortalInfo(
            account=Account(portal_id=self.name, ui_domain=""),
            owners=tuple(owners.values()),
            totals=Totals(contacts=count, companies=len(companies)),
        )

    def all_records(self, sync_request: SyncRequest, begun: Sequence[Stretch] = ()) -> Iterator[Page]:
        """Return all people page by page, with their companies. Those that are alike in everything come once."""
        del begun  # a file is read whole; it takes seconds
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
        """Return what the newest reading came to, line by line; () when nothing was read."""
        return tuple(self._report.lines()) if self._report else ()

    def close(self) -> None:
        """Nothing is held."""


def _with_own_id(person: Person, ids: set[str]) -> Person:
    """Two entries of one id are two people who share what tells others apart; the second gets an id of its own."""
    found, count = person, 1
    while contact_id(found) in ids:
        count += 1
        found = replace(person, id=f"{contact_id(person)}#{count}")
    ids.add(contact_id(found))
    return found


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
            yield from vcard_reader.people(text, report) if is_vcard else csv_reader.people(text, columns, report)
        if _state(path) != before:
            raise CrmFault(f"{path} changed while it was read.", remedy="It is read again by itself.", retry_after=5.0)

    def fingerprint() -> str:
        return f"{_state(path)} {sorted(columns)}{'' if encoding == 'auto' else f' {encoding}'}"

    return PeopleSource(
        str(path), read, fingerprint=fingerprint, clock=clock, report_fault=lambda fault: report_fault(f"{path.name}, {fault}")
    )


def columns_of(path: Path, columns: Sequence[str], encoding: str = "auto") -> tuple[tuple[str, str], ...]:
    """Return the header of a CSV file, each column with its role ("" for none). Raise ConfigFault for a file without one."""
    with _opened(path, encoding, FileReport()) as (text, is_vcard):
        if is_vcard:
            raise ConfigFault(f"{path} is a vCard file: it has no columns.", remedy="Read it with: callerid sync")
        header = csv_reader.header_of(text)
    return tuple(zip(header, roles_of(header, columns), strict=True))


def phone_source(
    name: str, contacts: Callable[[], list[tuple[str, str]]], *, clock: Callable[[], datetime], report_fault: Callable[[str], None]
) -> PeopleSource:
    """Return the phone's own contacts as a source; `contacts` reads pairs of name and number."""

    def read(report: FileReport) -> Iterator[Person]:
        for place, (person, number) in enumerate(contacts(), start=1):
            first, _, last = person.partition(" ")
            try:
                yield checked(Person(line=place, first_name=first, last_name=last.strip(), phones=(("phone", number),)))
            except BadEntry as bad:
                report.skip(f"the phone's contact {place}: {bad}")

    return PeopleSource(name, read, clock=clock, report_fault=report_fault)


def _state(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError as fault:
        remedy = "Say where it is: callerid config set crm.file FILE"
        raise ConfigFault(f"The file {path} cannot be read: {fault.strerror}.", remedy=remedy) from fault
    if found.st_size > _LARGEST:
        raise ConfigFault(f"{path} is larger than {_LARGEST // 1024 // 1024} MB.", remedy="Export fewer columns.")
    return found.st_mtime_ns, found.st_size


@contextlib.contextmanager
def _opened(path: Path, encoding: str, report: FileReport) -> Iterator[tuple[TextIO, bool]]:
    """Open a file of people as text in its encoding, from the first card of a vCard file; tell whether it is one."""
    try:
        with path.open("rb") as file:
            found = encoding_of(file) if encoding == "auto" else Encoding(name=encoding)
            report.encoding, report.bad_lines = found.name.removesuffix("-sig"), found.bad_lines
            file.seek(0)
            before = _bytes_before_vcard(file)
            file.seek(max(before, 0))
            is_wide = found.name.startswith(("utf-16", "utf-32"))
            if before >= 0 and not is_wide:  # each value may name a charset of its own
                yield io.TextIOWrapper(file, encoding="utf-8", errors="surrogateescape", newline=""), True
            else:
                text = io.TextIOWrapper(file, encoding=found.name, errors="replace", newline="")
                yield text, is_wide and _is_wide_vcard(text)
    except OSError as fault:
        raise ConfigFault(f"The file {path} cannot be read: {fault.strerror}.", remedy=f"See who may: ls -l '{path}'") from fault


def _bytes_before_vcard(file: io.BufferedReader) -> int:
    """Return where the first card of a vCard file begins, after what stands before it; -1 for another file."""
    found = _FIRST_CARD.search(file.read(_SAMPLE))
    return found.start(1) if found else -1


def _is_wide_vcard(text: TextIO) -> bool:
    start = text.read(_SAMPLE)
    text.seek(0)
    return start.lstrip("\ufeff \r\n\t").upper().startswith("BEGIN:VCARD")
