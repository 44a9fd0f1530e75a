"""Whom a person means by a number, a name, a part of it, an e-mail address, or a contact's id."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.typed_name import Closeness, TypedName, in_any_order
from callerid.records import dataclass
from callerid.turns.ringing.resolve_caller import resolve_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callerid.core.callers.candidate import Candidate
    from callerid.turns.context import AppContext

_FEWEST_DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPerson:
    """A name that the phone's contacts or its call log have, and its raw numbers."""

    name: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPeople:
    """The contacts that are meant, and those whom only the phone or the ledger knows."""

    contacts: tuple[Candidate, ...] = ()
    saved: tuple[SavedPerson, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return the raw numbers of those whom only the phone or the ledger knows."""
        return tuple(dict.fromkeys(_numbers(self.saved)))


def find_people(app: AppContext, who: str, *, by_parts: bool = True) -> FoundPeople:
    """Return whom a text means: a number first, because an id is rarely typed.

    A whole name that only the phone knows is meant beside the contacts who have it as a part of theirs. Without `by_parts` it is
    meant alone, no beginnings of words do, and the names that only the phone knows have to be whole.
    """
    text = " ".join(who.split())
    if is_number(app, text):
        contacts = resolve_number(app, text).candidates or app.mirror.search(text)
        return FoundPeople(contacts=contacts, saved=() if contacts else (SavedPerson(name="", numbers=(text,)),))
    contacts = app.mirror.search(text) if text else ()
    if not text or _have_whole_name(contacts, text):
        return FoundPeople(contacts=contacts)
    saved = saved_people(app, text, Closeness.WORDS if by_parts and not contacts else Closeness.WHOLE)
    if not by_parts:
        return _together(app, () if saved else contacts, saved)
    if not contacts and not saved:
        contacts = app.mirror.search(text, by_beginnings=True)
        saved = () if contacts else saved_people(app, text, Closeness.BEGINNINGS)
    return _together(app, contacts, saved)


def _have_whole_name(contacts: Iterable[Candidate], text: str) -> bool:
    """Return whether a text is the whole name of any of these contacts, but for accents, marks and order, or no name: an id or an
    e-mail address."""
    typed = TypedName(text)
    closeness = [typed.closeness(person.first_name, person.last_name) for person in contacts]
    return any(each <= Closeness.WHOLE or each is Closeness.NONE for each in closeness)


def _together(app: AppContext, contacts: Iterable[Candidate], saved: Iterable[SavedPerson]) -> FoundPeople:
    """Return contacts with those whom the phone has under a name: one whose number is a contact's is that contact."""
    found, unknown = {person.id: person for person in contacts}, []
    for person in saved:
        known = {each.id: each for raw in person.numbers for each in resolve_number(app, raw).candidates}
        found |= known
        unknown += [] if known else [person]
    return FoundPeople(contacts=tuple(found.values()), saved=tuple(unknown))


def saved_people(app: AppContext, name: str, least: Closeness) -> tuple[SavedPerson, ...]:
    """Return whom the phone's contacts or its call log have under a name, else under those that fit it best, at least so well."""
    exact = dict.fromkeys((*app.mirror.phone_contacts.numbers_of(name), *app.ledger.calls.numbers_with_name(name)))
    if exact:
        return (SavedPerson(name=name, numbers=tuple(exact)),)
    people: dict[str, tuple[str, dict[str, None]]] = {}
    for raw, saved in _closest_saved(app, TypedName(name), least):
        people.setdefault(in_any_order(saved), (saved, {}))[1][raw] = None
    return _each_once(app, (SavedPerson(name=saved, numbers=tuple(raws)) for saved, raws in people.values()))


def _each_once(app: AppContext, people: Iterable[SavedPerson]) -> tuple[SavedPerson, ...]:
    """Return people, with those as one, under all their names, who have the same numbers: only their names tell them apart."""
    by_lines: dict[frozenset[str], SavedPerson] = {}
    for person in people:
        lines = frozenset(app.line_of(raw) or raw for raw in person.numbers)
        same = by_lines.get(lines)
        by_lines[lines] = replace(same, name=f"{same.name} / {person.name}") if same else person
    return tuple(by_lines.values())


def names_alike(app: AppContext, name: str) -> tuple[str, ...]:
    """Return the names, as they are written in the mirror, the phone's contacts and the call log, that are closest to a typed one
    and differ from it by no more than accents, marks and the order of their words."""
    typed = TypedName(name)
    people = [
        person for person in app.mirror.search(name) if typed.closeness(person.first_name, person.last_name) <= Closeness.WHOLE
    ]
    written = (f"{person.first_name} {person.last_name}".strip() for person in people)
    return tuple(dict.fromkeys((*written, *(saved for _, saved in _closest_saved(app, typed, Closeness.WHOLE)))))


def _closest_saved(app: AppContext, typed: TypedName, least: Closeness) -> list[tuple[str, str]]:
    """Return the raw numbers, each with its name, of those whom a name fits best that somebody typed."""
    by_closeness: dict[Closeness, list[tuple[str, str]]] = {}
    for raw, saved in (*app.mirror.phone_contacts.every(), *app.ledger.calls.callers()):
        closeness = typed.closeness(saved)
        if raw and closeness <= least:
            by_closeness.setdefault(closeness, []).append((raw, saved))
    return by_closeness[min(by_closeness)] if by_closeness else []


def _numbers(saved: Iterable[SavedPerson]) -> Iterable[str]:
    return (number for person in saved for number in person.numbers)


def is_number(app: AppContext, text: str) -> bool:
    """Return whether a text can be a phone number: it has some digits and no letters."""
    has_letters = any(map(str.isalpha, text.partition("ext")[0]))
    return not has_letters and sum(map(str.isdigit, text)) >= _FEWEST_DIGITS and bool(numbers.index_keys(text, app.region))
