"""Which contacts an address book gets, and what of each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.addressbook.vcard import AddressCard, CardNumber
from callerid.core.numbers.fields import find_numbers
from callerid.core.numbers.parse import parse_number
from callerid.core.wording.names import full_name
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from callerid.catalogue import Catalogue
    from callerid.core.callers.candidate import Candidate
    from callerid.models import Contact, ContactPhone

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which contacts are wanted: of an owner (id, None for any), only those with an open deal."""

    owner_id: str | None = None
    with_open_deal: bool = False


def select(people: Iterable[Candidate], selection: Selection) -> list[Candidate]:
    """Return the people that are wanted, those whom somebody contacted last first. How many of them is not looked at: who has no
    number, and so no card, takes nobody's place."""
    wanted = (person for person in people if _is_wanted(person, selection))
    return sorted(wanted, key=lambda person: (person.last_contacted or _NEVER, int(person.id)), reverse=True)


def _is_wanted(person: Candidate, selection: Selection) -> bool:
    is_owned = selection.owner_id is None or (person.owner is not None and person.owner.id == selection.owner_id)
    return is_owned and (bool(person.deals) or not selection.with_open_deal)


def address_card(person: Candidate, contact: Contact, *, uid: str, url: str, region: str, texts: Catalogue) -> AddressCard | None:
    """Return what is exported of a person, by what the mirror has of the same contact; None for one without a number."""
    of_card = tuple(dict.fromkeys(number for phone in contact.phones for number in _numbers(phone, region)))
    has_name = person.first_name or person.last_name
    return (
        AddressCard(
            uid=uid,
            first_name=person.first_name,
            last_name=person.last_name,
            full_name=full_name(person, texts) if has_name else person.company or full_name(person, texts),
            company=person.company,
            email=person.email,
            numbers=of_card,
            url=url,
            modified=contact.modified,
        )
        if of_card
        else None
    )


def _numbers(phone: ContactPhone, region: str) -> Iterator[CardNumber]:
    """Yield the numbers of a property, each once whatever its spelling. The property says what is a fax, the plan what a mobile."""
    for raw in find_numbers(phone.raw, region):
        line = parse_number(raw, region)
        is_certain = line is not None and bool(line.e164) and not line.doubt
        number = line.key if line and is_certain else numbers.dialable(raw)  # a doubtful country code would dial somebody else
        kind = "fax" if "fax" in phone.property else "cell" if numbers.line_type(raw, region) == "mobile" else "voice"
        if number:
            yield CardNumber(number=number, extension=line.extension if line else "", type=kind)
