"""Whom a person means by a number, a name, a part of it, an e-mail address, or a contact's id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.typed_name import Closeness, TypedName
from callerid.records import dataclass
from callerid.turns.ringing.resolve_caller import resolve_number

if TYPE_CHECKING:
    from callerid.core.callers.candidate import Candidate
    from callerid.turns.context import AppContext

_FEWEST_DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPeople:
    """The contacts that are meant; where there are none, the raw numbers of somebody whom only the phone or the ledger knows."""

    contacts: tuple[Candidate, ...] = ()
    numbers: tuple[str, ...] = ()


def find_people(app: AppContext, who: str, *, by_parts: bool = True) -> FoundPeople:
    """Return whom a text means: a number first, because an id is rarely typed. Without `by_parts`, no beginnings of words do, and
    the names that only the phone knows have to be whole."""
    text = " ".join(who.split())
    if is_number(app, text):
        contacts = resolve_number(app, text).candidates or app.mirror.search(text)
        return FoundPeople(contacts=contacts, numbers=() if contacts else (text,))
    contacts = app.mirror.search(text) if text else ()
    if contacts or not text:
        return FoundPeople(contacts=contacts)
    saved = _saved_numbers(app, text, Closeness.WORDS if by_parts else Closeness.WHOLE)
    if not saved:
        return FoundPeople(contacts=app.mirror.search(text, by_beginnings=True) if by_parts else ())
    known = {person.id: person for raw in saved for person in resolve_number(app, raw).candidates}
    return FoundPeople(contacts=tuple(known.values()), numbers=() if known else tuple(saved))


def _saved_numbers(app: AppContext, name: str, least: Closeness) -> dict[str, None]:
    """Return the raw numbers that the phone's contacts or its call log have under a name, or else under one that fits so well."""
    exact = dict.fromkeys((*app.mirror.phone_contacts.numbers_of(name), *app.ledger.calls.numbers_with_name(name)))
    typed, callers = TypedName(name), app.ledger.calls.callers()
    return exact or dict.fromkeys(
        (
            *app.mirror.phone_contacts.search(typed, least),
            *(raw for raw, called in callers if raw and typed.closeness(called) <= least),
        )
    )


def is_number(app: AppContext, text: str) -> bool:
    """Return whether a text can be a phone number: it has some digits and no letters."""
    has_letters = any(map(str.isalpha, text.partition("ext")[0]))
    return not has_letters and sum(map(str.isdigit, text)) >= _FEWEST_DIGITS and bool(numbers.index_keys(text, app.region))
