"""A file, or the phone's own contacts, as what a mirror is made of. It is read whole, each time."""

from __future__ import annotations

import contextlib
import io
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from callerid.crm.file import csv_reader, vcard_reader
from callerid.crm.file.person import BadEntry, Person, checked, company, contact, contact_id, number_of, owner
from callerid.errors import ConfigFault, CrmFault
from callerid.models import Account, Kind, Page, PortalInfo, Totals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import TextIO

    from callerid.models import Stretch, Wish

_PAGE = 500
_MOST_FAULTS = 20  # that are told one by one
_LARGEST = 512 * 1024 * 1024


class PeopleSource:
    """People from a file or from the phone. `read` reads them all anew and reports entries that cannot be used to its argument;
    `fingerprint` returns a text that changes when they do ("" when that is not known)."""

    def __init__(
        self,
        name: str,
        read: Callable[[Callable[[str], None]], Iterator[Person]],
        *,
        fingerprint: Callable[[], str] = str,
        clock: Callable[[], datetime],
        faults: Callable[[str], None],
    ) -> None:
        self.name, self.requests = name, 0
        self._read, self.fingerprint, self._clock, self._faults = read, fingerprint, clock, faults

    lagging_kinds: frozenset[Kind] = frozenset()

    @property
    def now(self) -> datetime:
        """The time."""
        return self._clock()

    def portal_info(self) -> PortalInfo:
        """Return the owners that the people name, and how many people there are."""
        owners, count, companies = {}, 0, set()
        for person in self._read(lambda _: None):
            count += 1
            companies |= {number_of(person.company)} if person.company else set()
            if person.owner:
                owners[person.owner] = owner(person)
        return PortalInfo(
            account=Account(portal_id=self.name, ui_domain=""),
            owners=tuple(owners.values()),
            totals=Totals(contacts=count, companies=len(companies)),
        )

    def all_records(self, wish: Wish, begun: Sequence[Stretch] = ()) -> Iterator[Page]:
        """Return all people page by page, with their companies. Those that are alike in everything come once."""
        del begun  # a file is read whole; it takes seconds
        from callerid.core.sync.scope import is_in_scope

        told = _Faults(self._faults)
        people = self._read(told)
        ids: set[str] = set()
        while batch := list(islice(people, _PAGE)):
            fresh = [_with_own_id(person, ids) for person in batch]
            contacts = [made for made in map(contact, fresh) if is_in_scope(made, wish.scope)]
            companies = {person.company: company(person) for person in fresh if person.company}
            yield Page(contacts=tuple(contacts), companies=tuple(companies.values()))
        told.end()

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


class _Faults:
    """Hears of bad entries; tells the first ones, and of the others how many there are."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell, self._count = tell, 0

    def __call__(self, fault: str) -> None:
        self._count += 1
        if self._count <= _MOST_FAULTS:
            self._tell(fault)

    def end(self) -> None:
        if self._count > _MOST_FAULTS:
            self._tell(f"{self._count - _MOST_FAULTS} more entries could not be used")


def file_source(
    path: Path, columns: Sequence[str], *, clock: Callable[[], datetime], faults: Callable[[str], None]
) -> PeopleSource:
    """Given a CSV or vCard file and what a person says of its columns, return it as a source. Errors come when it is read."""

    def read(fault: Callable[[str], None]) -> Iterator[Person]:
        before = _state(path)
        with _opened(path) as text:
            if _is_vcard(text):
                yield from vcard_reader.people(text, fault)
            else:
                yield from csv_reader.people(text, columns, fault)
        if _state(path) != before:
            raise CrmFault(f"{path} changed while it was read.", remedy="It is read again by itself.", retry_after=5.0)

    def fingerprint() -> str:
        return f"{_state(path)} {sorted(columns)}"

    return PeopleSource(str(path), read, fingerprint=fingerprint, clock=clock, faults=lambda fault: faults(f"{path.name}, {fault}"))


def phone_source(
    name: str, contacts: Callable[[], list[tuple[str, str]]], *, clock: Callable[[], datetime], faults: Callable[[str], None]
) -> PeopleSource:
    """Given how to read the phone's own contacts (pairs of name and number), return them as a source."""

    def read(fault: Callable[[str], None]) -> Iterator[Person]:
        for place, (person, number) in enumerate(contacts(), start=1):
            first, _, last = person.partition(" ")
            try:
                yield checked(Person(line=place, first_name=first, last_name=last.strip(), phones=(("phone", number),)))
            except BadEntry as bad:
                fault(f"the phone's contact {place}: {bad}")

    return PeopleSource(name, read, clock=clock, faults=faults)


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
def _opened(path: Path) -> Iterator[TextIO]:
    """Open a text in the encoding that it seems to be in: UTF-8, UTF-16 by its mark, else what Excel writes in the West."""
    try:
        with path.open("rb") as file:
            encoding = _encoding(file)
            file.seek(0)
            yield io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    except OSError as fault:
        raise ConfigFault(f"The file {path} cannot be read: {fault.strerror}.", remedy=f"See who may: ls -l '{path}'") from fault


def _encoding(file: io.BufferedReader) -> str:
    start = file.read(4)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    file.seek(0)
    try:
        for line in file:
            line.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _is_vcard(text: TextIO) -> bool:
    start = text.read(4096)
    text.seek(0)
    return start.lstrip("\ufeff \r\n\t").upper().startswith("BEGIN:VCARD")
