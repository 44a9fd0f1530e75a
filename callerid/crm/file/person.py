"""A person as a file tells of them, and the record that a mirror makes of that."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.models import Company, Contact, ContactPhone, Owner

if TYPE_CHECKING:
    from collections.abc import Iterator


class BadEntry(ValueError):
    """An entry that cannot be used; its text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One entry of a file. `id` is the file's own, "" when it has none; phones are pairs of a field's name and what it holds."""

    line: int
    id: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    company: str = ""
    owner: str = ""
    last_contacted: str = ""
    phones: tuple[tuple[str, str], ...] = ()


def checked(person: Person) -> Person:
    """Given an entry, return it. Raise BadEntry when nobody could be found by it."""
    if not any(raw.strip() for _, raw in person.phones) and not (person.first_name or person.last_name or person.company):
        raise BadEntry("it has neither a name nor a number")
    return person


def number_of(*parts: str) -> int:
    """Given texts, return a number that is always the same for them; it fits where ids go."""
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8], "big") >> 5


def contact_id(person: Person) -> str:
    """Given an entry, return its id: the file's own, or one made of what tells the person from others."""
    if person.id.isascii() and person.id.isdigit() and len(person.id) <= 18:  # noqa: PLR2004
        return str(int(person.id))
    if person.id:
        return str(number_of("id", person.id))
    numbers = (raw for _, raw in person.phones)
    return str(number_of("person", person.first_name, person.last_name, person.company, person.email, *numbers))


def contact(person: Person) -> Contact:
    """Given an entry, return the contact."""
    return Contact(
        id=contact_id(person),
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        company_text=person.company,
        company_id=company(person).id if person.company else None,
        owner_id=owner(person).id if person.owner else None,
        last_contacted=moment(person.last_contacted),
        phones=tuple(ContactPhone(property=name, raw=raw.strip()) for name, raw in person.phones if raw.strip()),
    )


def company(person: Person) -> Company:
    """Given an entry, return its company."""
    return Company(id=str(number_of("company", person.company)), name=person.company)


def owner(person: Person) -> Owner:
    """Given an entry, return its owner: by e-mail when it is one, else by name."""
    mail = person.owner if "@" in person.owner else ""
    first, _, last = person.owner.partition(" ")
    names = ("", "") if mail else (first, last.strip())
    return Owner(id=str(number_of("owner", person.owner)), email=mail, first_name=names[0], last_name=names[1])


_FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y %H:%M")


def moment(text: str) -> datetime | None:
    """Given a date as exports write it, return it (UTC where it names no zone); None for none, and for what is no date."""
    for how in _attempts(text.strip()):
        return how if how.tzinfo else how.replace(tzinfo=UTC)
    return None


def _attempts(text: str) -> Iterator[datetime]:
    if not text:
        return
    try:
        yield datetime.fromisoformat(text)
    except ValueError:
        for form in _FORMATS:
            try:
                yield datetime.strptime(text, form)  # noqa: DTZ007 - the caller gives it a zone
            except ValueError:
                continue
