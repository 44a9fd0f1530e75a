"""Who calls, by what a sense told of them: a number, a name, or both; and whether they are to be shown at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.resolve import Certainty, Resolution, confirmed_as, resolve, without_denied
from callerid.core.followup.questions import Question
from callerid.models import Match
from callerid.store.ledger.block_list import Kind

if TYPE_CHECKING:
    from callerid.core.callers.candidate import Candidate
    from callerid.core.followup.state import FollowUp
    from callerid.turns.context import AppContext

_MOST_NUMBERS_OF_A_NAME = 10


def resolve_number(app: AppContext, number: str) -> Resolution:
    """Given a raw number, return who it is by the mirror and the phone's own contacts."""
    if numbers.is_hidden(number):
        return resolve(number, hidden=True, candidates=(), companies=())
    people = app.mirror.people(number, app.region)
    companies = () if people else app.mirror.companies(number, app.region)
    found = resolve(number, hidden=False, candidates=people, companies=companies)
    if app.config.ring.phone_contacts != "off":
        found = replace(found, saved_name=app.mirror.phone_contacts.name_of(number, app.region))
    if found.certainty is not Certainty.UNKNOWN or found.saved_name:
        return found
    company = app.mirror.company_of_range(number, app.region)
    return replace(found, certainty=Certainty.RANGE, companies=(company,)) if company else found


def resolve_call(app: AppContext, followup: FollowUp) -> Resolution:
    """Given a follow-up, return who it may have been by the mirror, the phone's own contacts, and what was said of it."""
    found = without_denied(resolve_number(app, followup.call.number), followup.answers)
    said = dict(followup.answers).get(Question.PERSON) if not found.candidates else None
    person = app.mirror.person(said) if said else None
    return confirmed_as(found, person) if person else found


def resolve_caller(app: AppContext, number: str, name: str = "") -> Resolution:
    """Given what a sense told of a caller, a raw number, the name that the phone shows, or both, return who it is.

    A name alone says nothing of the number: its owner may have more of them than the phone's list has, so none is taken for theirs.
    """
    if number or not name:
        return _called_by_the_phone(app, resolve_number(app, number), name)
    found = [resolve_number(app, raw) for raw in app.mirror.phone_contacts.numbers_of(name)[:_MOST_NUMBERS_OF_A_NAME]]
    known = {
        person.id: replace(person, phone=None) for one in found for person in one.candidates
    }  # found by the name, not by a number
    people = tuple(known.values()) or app.mirror.people_named(name)
    named = resolve("", hidden=False, candidates=people, companies=found[0].companies if len(found) == 1 else ())
    spelt = next((one.saved_name for one in found if one.saved_name.casefold() == name.casefold()), name)
    return replace(named, saved_name=spelt if app.config.ring.phone_contacts != "off" or not people else "")


def _called_by_the_phone(app: AppContext, found: Resolution, name: str) -> Resolution:
    """Who is known to nobody here has at least the name that the dialer shows with the number."""
    unknown = not found.candidates and not found.saved_name and not numbers.is_hidden(found.number)
    return replace(found, saved_name=name) if unknown and app.config.ring.phone_contacts != "off" else found


def has_exclusions(app: AppContext) -> bool:
    """Is there anybody whose card would have to go when it is told who rings: ignored, forgotten, or on another SIM?"""
    return bool(app.config.log.sims or app.config.log.ignore) or not app.ledger.block_list.is_empty


def block_list_kinds(app: AppContext, number: str, name: str = "") -> frozenset[Kind]:
    """Return on which lists of the block list a raw number and a name ("" for none) are."""
    return app.ledger.block_list.kinds_of(app.line_of(number), name)


def is_ignored_caller(app: AppContext, number: str, name: str, listed: frozenset[Kind] | None = None) -> bool:
    """Is a caller to be ignored, of whom a sense told a raw number, a name, or both? One of whom only the name was told is when all
    numbers are that are known of it. `listed` is what `block_list_kinds` returned of them, where that was read already."""
    if number or not name:
        return is_ignored_number(app, number, listed)
    if not has_exclusions(app):
        return False
    raws = numbers_of_name(app, name)
    return bool(raws) and all(is_ignored_number(app, raw) for raw in raws)


def numbers_of_name(app: AppContext, name: str) -> frozenset[str]:
    """Given a name, return the raw numbers that phone and CRM have for it."""
    ids = [person.id for person in app.mirror.people_named(name)]
    phones = (phone.raw for contact in app.mirror.contacts_of(ids) for phone in contact.phones)
    return frozenset((*app.mirror.phone_contacts.numbers_of(name), *phones))


def is_ignored_number(app: AppContext, number: str, listed: frozenset[Kind] | None = None) -> bool:
    """Is a raw number surely one of those that the person never wants to hear of? `listed` as for `is_unwelcome`."""
    if not number:
        return False
    if Kind.IGNORED_LINE in (block_list_kinds(app, number) if listed is None else listed):
        return True
    sure = (Match.EXACT, Match.SAME_LINE)
    return any(numbers.match(number, other, app.region).match in sure for other in app.config.log.ignore)


def is_forgotten(app: AppContext, number: str, name: str = "", listed: frozenset[Kind] | None = None) -> bool:
    """Did the person want a raw number, or a name, forgotten (callerid forget)? Somebody else may have the same name: who is known
    by their number is not taken for another. `listed` as for `is_unwelcome`."""
    listed = block_list_kinds(app, number, name) if listed is None else listed
    if Kind.FORGOTTEN_LINE in listed:
        return True
    return Kind.FORGOTTEN_NAME in listed and not (number and app.mirror.people(number, app.region))


def known_names(app: AppContext, number: str) -> frozenset[str]:
    """Given a raw number, return the names under which phone and CRM know it, as a dialer may show them."""
    saved = app.mirror.phone_contacts.names_of(number, app.region)
    found = resolve_number(app, number)
    sure = found.candidates if found.certainty in (Certainty.KNOWN, Certainty.SEVERAL) else ()
    return saved.union(*(name_orders(person) for person in sure))


def name_orders(person: Candidate) -> tuple[str, str]:
    """How a dialer may show a person's name."""
    return f"{person.first_name} {person.last_name}".strip(), f"{person.last_name} {person.first_name}".strip()
