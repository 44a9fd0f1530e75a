"""A person as an entry of a file, and the contact, company and owner that the mirror makes of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.messages import message
from callerid.models import Company, Contact, ContactPhone, Owner
from callerid.models.name_order import parts_of
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MASK = frozenset("*•●")


class InvalidEntry(ValueError):
    """An entry that cannot be used; its text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One entry of a file. `line` is where it begins; `id` is the file's own, "" when it has none; `phones` are pairs of a field's
    name and its raw number, `other_texts` those of which something is no number, with all that stands in the field. `whole_name` is
    what first and last name were divided from, "" where the file has them apart."""

    line: int
    id: str = ""
    first_name: str = ""
    last_name: str = ""
    whole_name: str = ""
    email: str = ""
    company: str = ""
    owner: str = ""
    last_contacted: str = ""
    phones: tuple[tuple[str, str], ...] = ()
    other_texts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneField:
    """A phone field of an entry: its name, what stands in it, and what is left of that as numbers ("" for nothing)."""

    name: str
    text: str
    left: str

    @property
    def is_other_text(self) -> bool:
        """Whether something in it is no number."""
        return self.text != self.left and any(sign.isalnum() or sign in _MASK for sign in self.text)


def with_own_names(fields: Sequence[PhoneField]) -> list[PhoneField]:
    """Return phone fields of which each that has another text has a name of its own: a card may give several one label."""
    uses = Counter(field.name for field in fields)
    return [
        replace(field, name=f"{field.name} {place}") if field.is_other_text and uses[field.name] > 1 else field
        for place, field in enumerate(fields, start=1)
    ]


def checked(person: Person) -> Person:
    """Return an entry. Raise InvalidEntry when it has neither a name nor a number."""
    if not any(raw.strip() for _, raw in person.phones) and not (person.first_name or person.last_name or person.company):
        raise InvalidEntry(message("it has neither a name nor a number"))
    return person


def stable_id(*parts: str) -> int:
    """Return a number that is always the same for the same texts, and fits where ids go."""
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8], "big") >> 5


def contact_id(person: Person) -> str:
    """Return an entry's id: the file's own, or one made of what tells the person from others."""
    if person.id.isascii() and person.id.isdigit() and len(person.id) <= 18:  # noqa: PLR2004
        return str(int(person.id))
    if person.id:
        return str(stable_id("id", person.id))
    numbers = (raw for _, raw in person.phones)
    names = parts_of(person.whole_name) if person.whole_name else (person.first_name, person.last_name)  # as before it was turned
    return str(stable_id("person", *names, person.company, person.email, *numbers))


def contact(person: Person) -> Contact:
    """Return the contact of an entry."""
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
        other_texts=tuple(ContactPhone(property=name, raw=text) for name, text in person.other_texts),
    )


def company(person: Person) -> Company:
    """Return the company of an entry."""
    return Company(id=str(stable_id("company", person.company)), name=person.company)


def owner(person: Person) -> Owner:
    """Return the owner of an entry, who is named by e-mail or by name."""
    email = person.owner if "@" in person.owner else ""
    names = ("", "") if email else parts_of(person.owner)
    return Owner(id=str(stable_id("owner", person.owner)), email=email, first_name=names[0], last_name=names[1])


_FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y %H:%M")


def moment(text: str) -> datetime | None:
    """Return the time that an export writes, in UTC where it names no zone; None when it is not a date."""
    for parsed in _parsed(text.strip()):
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return None


def _parsed(text: str) -> Iterator[datetime]:
    if not text:
        return
    try:
        yield datetime.fromisoformat(text)
    except ValueError:
        for date_format in _FORMATS:
            try:
                yield datetime.strptime(text, date_format)  # noqa: DTZ007 - the caller adds the zone
            except ValueError:
                continue
