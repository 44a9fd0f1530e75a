"""Who calls, by what a sense told of them: a number, a name, or both; and whether they are to be shown at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.resolve import Certainty, Resolution, known_as, resolve, without
from callerid.core.followup.questions import Question
from callerid.models import Match
from callerid.store.ledger.block_list import Kind as Mark

if TYPE_CHECKING:
    from callerid.core.callers.candidate import Candidate
    from callerid.core.followup.state import FollowUp
    from callerid.turns.context import House

_MOST_NUMBERS_OF_A_NAME = 10


def who_is(house: House, number: str) -> Resolution:
    """Given a raw number, return who it is by the mirror and the phone's own contacts."""
    if numbers.is_hidden(number):
        return resolve(number, hidden=True, people=(), companies=())
    people = house.mirror.people(number, house.region)
    companies = () if people else house.mirror.companies(number, house.region)
    found = resolve(number, hidden=False, people=people, companies=companies)
    if house.config.ring.phone_contacts != "off":
        found = replace(found, saved=house.mirror.phonebook.name_of(number, house.region))
    if found.certainty is not Certainty.UNKNOWN or found.saved:
        return found
    company = house.mirror.company_of_range(number, house.region)
    return replace(found, certainty=Certainty.RANGE, companies=(company,)) if company else found


def who_was(house: House, followup: FollowUp) -> Resolution:
    """Given a follow-up, return who it may have been by the mirror, the phone's own contacts, and what was said of it."""
    found = without(who_is(house, followup.call.number), followup.said)
    said = dict(followup.said).get(Question.PERSON) if not found.people else None
    person = house.mirror.person(said) if said else None
    return known_as(found, person) if person else found


def who_calls(house: House, number: str, name: str = "") -> Resolution:
    """Given what a sense told of a caller, a raw number, the name that the phone shows, or both, return who it is.

    A name alone says nothing of the number: its owner may have more of them than the phone's list has, so none is taken for theirs.
    """
    if number or not name:
        return _called_by_the_phone(house, who_is(house, number), name)
    found = [who_is(house, raw) for raw in house.mirror.phonebook.numbers_of(name)[:_MOST_NUMBERS_OF_A_NAME]]
    known = {person.id: replace(person, phone=None) for one in found for person in one.people}  # found by the name, not by a number
    people = tuple(known.values()) or house.mirror.people_named(name)
    named = resolve("", hidden=False, people=people, companies=found[0].companies if len(found) == 1 else ())
    spelt = next((one.saved for one in found if one.saved.casefold() == name.casefold()), name)
    return replace(named, saved=spelt if house.config.ring.phone_contacts != "off" or not people else "")


def _called_by_the_phone(house: House, found: Resolution, name: str) -> Resolution:
    """Who is known to nobody here has at least the name that the dialer shows with the number."""
    unknown = not found.people and not found.saved and not numbers.is_hidden(found.number)
    return replace(found, saved=name) if unknown and house.config.ring.phone_contacts != "off" else found


def may_be_unwelcome(house: House) -> bool:
    """Is there anybody whose card would have to go when it is told who rings: ignored, forgotten, or on another SIM?"""
    return bool(house.config.log.sims or house.config.log.ignore) or not house.ledger.marks.is_empty


def is_unwelcome(house: House, number: str, name: str) -> bool:
    """Given what a sense told of a caller, are they on the ignore list? One of whom only the name was told is when all numbers are
    that are known of it."""
    if number or not name:
        return is_ignored(house, number)
    if not may_be_unwelcome(house):
        return False
    raws = numbers_named(house, name)
    return bool(raws) and all(is_ignored(house, raw) for raw in raws)


def numbers_named(house: House, name: str) -> frozenset[str]:
    """Given a name, return the raw numbers that phone and CRM have for it."""
    ids = [person.id for person in house.mirror.people_named(name)]
    phones = (phone.raw for contact in house.mirror.contacts_of(ids) for phone in contact.phones)
    return frozenset((*house.mirror.phonebook.numbers_of(name), *phones))


def is_ignored(house: House, number: str) -> bool:
    """Given a raw number, is it surely one of those that the person never wants to hear of?"""
    if not number:
        return False
    marks = house.ledger.marks
    if not marks.is_empty and marks.has(Mark.IGNORED_LINE, house.line_of(number)):
        return True
    sure = (Match.EXACT, Match.SAME_LINE)
    return any(numbers.match(number, other, house.region).match in sure for other in house.config.log.ignore)


def is_forgotten(house: House, number: str, name: str = "") -> bool:
    """Given a raw number and perhaps a name, did the person want them forgotten (callerid forget)? Somebody else may have the same
    name: who is known by their number is not taken for another."""
    marks = house.ledger.marks
    if marks.is_empty:
        return False
    if marks.has(Mark.FORGOTTEN_LINE, house.line_of(number)):
        return True
    return marks.has(Mark.FORGOTTEN_NAME, name) and not (number and house.mirror.people(number, house.region))


def names_of(house: House, number: str) -> frozenset[str]:
    """Given a raw number, return the names under which phone and CRM know it, as a dialer may show them."""
    saved = house.mirror.phonebook.names_of(number, house.region)
    found = who_is(house, number)
    sure = found.people if found.certainty in (Certainty.KNOWN, Certainty.SEVERAL) else ()
    return saved.union(*(spellings(person) for person in sure))


def spellings(person: Candidate) -> tuple[str, str]:
    """How a dialer may show a person's name."""
    return f"{person.first_name} {person.last_name}".strip(), f"{person.last_name} {person.first_name}".strip()
