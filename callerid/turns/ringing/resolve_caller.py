"""Who a caller is: by number, by the name that the phone shows, or by both."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.resolve import Certainty, Resolution, confirmed_as, resolve, sure_candidates, without_denied
from callerid.core.numbers.plain import plain

if TYPE_CHECKING:
    from callerid.config.settings import Config
    from callerid.core.callers.candidate import Candidate
    from callerid.core.followup.state import FollowUp
    from callerid.store.mirror.database import Mirror
    from callerid.turns.context import AppContext

_MOST_NUMBERS_OF_A_NAME = 10


def resolve_number(app: AppContext, number: str) -> Resolution:
    """Return who a raw number belongs to, by the mirror and the phone contacts."""
    if not plain(number) and numbers.is_hidden(number):
        return resolve(number, hidden=True, candidates=(), companies=())
    known = app.mirror.by_number(number, app.region)
    companies = () if known.candidates else app.mirror.companies_by_number(number, app.region)
    resolution = resolve(number, hidden=False, candidates=known.candidates, companies=companies, line=known.line)
    resolution = _with_saved_name(app, resolution) if known.is_saved else resolution
    if resolution.certainty is not Certainty.UNKNOWN or resolution.saved_name:
        return resolution
    company = app.mirror.company_of_range(number, app.region)
    return replace(resolution, certainty=Certainty.RANGE, companies=(company,)) if company else resolution


def _with_saved_name(app: AppContext, resolution: Resolution) -> Resolution:
    """Return a resolution with the name that the phone contacts have for its number, if the settings want it."""
    if app.config.ring.phone_contacts == "off":
        return resolution
    name = app.mirror.phone_contacts.name_of(resolution.number, app.region, resolution.line)
    return replace(resolution, saved_name=name) if name else resolution


def resolve_call(app: AppContext, followup: FollowUp) -> Resolution:
    """Return who the call of a follow-up was with, by its number and by what was answered about it."""
    from callerid.core.followup.questions import Question

    resolution = without_denied(resolve_number(app, followup.call.number), followup.answers)
    contact_id = dict(followup.answers).get(Question.PERSON) if not resolution.candidates else None
    contact = app.mirror.candidate(contact_id) if contact_id else None
    return confirmed_as(resolution, contact) if contact else resolution


def resolve_caller(app: AppContext, number: str, name: str = "") -> Resolution:
    """Return who a caller is, by what a sense reported: a raw number, the name that the phone shows, or both.

    A name alone gives no number: the contact may have more numbers than the phone contacts do, so none is taken for the caller's.
    """
    if number or not name:
        return _with_shown_name(app.config, resolve_number(app, number), name)
    by_number = [resolve_number(app, raw) for raw in app.mirror.phone_contacts.numbers_of(name)[:_MOST_NUMBERS_OF_A_NAME]]
    known = {candidate.id: replace(candidate, phone=None) for caller in by_number for candidate in caller.candidates}
    candidates = tuple(known.values()) or app.mirror.candidates_named(name)
    companies = by_number[0].companies if len(by_number) == 1 else ()
    resolution = resolve("", hidden=False, candidates=candidates, companies=companies)
    saved_name = next((caller.saved_name for caller in by_number if caller.saved_name.casefold() == name.casefold()), name)
    return replace(resolution, saved_name=saved_name if app.config.ring.phone_contacts != "off" or not candidates else "")


def is_name(text: str) -> bool:
    """Return whether what a person typed is a name or an e-mail address, and no number, raw or hidden."""
    return ("@" in text or not any(map(str.isdigit, text))) and not numbers.is_hidden(text)


def resolve_name(app: AppContext, text: str) -> Resolution:
    """Return who has a name, a part of it, or an e-mail address, by the mirror and the phone contacts. This reads the whole table:
    for commands."""
    people = app.mirror.search(text)
    if not people and app.mirror.phone_contacts.numbers_of(text):
        return resolve_caller(app, "", text)
    people = people or app.mirror.search(text, by_beginnings=True)
    if not people:
        return resolve(text, hidden=False, candidates=(), companies=())
    certainty = Certainty.KNOWN if len(people) == 1 else Certainty.SEVERAL
    return Resolution(number="", certainty=certainty, candidates=people)


def _with_shown_name(config: Config, resolution: Resolution, name: str) -> Resolution:
    """Return a resolution with the name that the dialer shows with the number, if nothing else is known."""
    is_unknown = not resolution.candidates and not resolution.saved_name and not numbers.is_hidden(resolution.number)
    return replace(resolution, saved_name=name) if is_unknown and config.ring.phone_contacts != "off" else resolution


def numbers_of_name(mirror: Mirror, name: str) -> frozenset[str]:
    """Return the raw numbers that phone contacts and mirror have for a name."""
    ids = [candidate.id for candidate in mirror.candidates_named(name)]
    phones = (phone.raw for contact in mirror.contacts_by_id(ids) for phone in contact.phones)
    return frozenset((*mirror.phone_contacts.numbers_of(name), *phones))


def known_names(app: AppContext, number: str) -> frozenset[str]:
    """Return the names under which a dialer may show a raw number: those of the phone contacts and of sure candidates."""
    if numbers.is_hidden(number):
        return frozenset()
    saved_names = app.mirror.phone_contacts.names_of(number, app.region)
    sure = sure_candidates(resolve(number, hidden=False, candidates=app.mirror.candidates(number, app.region), companies=()))
    return saved_names.union(*(name_orders(candidate) for candidate in sure))


def name_orders(contact: Candidate) -> tuple[str, str]:
    """Return a contact's name with the first name first, and with the last name first: a dialer may show either."""
    return f"{contact.first_name} {contact.last_name}".strip(), f"{contact.last_name} {contact.first_name}".strip()
