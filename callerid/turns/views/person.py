"""A contact, or a number that nobody knows -> the person as the phone knows them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.person import Links, Person, PersonNumber, PersonTask
from callerid.core.numbers.text.masks import is_masked
from callerid.core.record_links import RecordType, record_url
from callerid.core.wording.names import full_name
from callerid.models import TaskEngagement
from callerid.turns.context import local_clock
from callerid.turns.facts import turn_facts
from callerid.turns.ringing.resolve_caller import resolve_number
from callerid.turns.views.listed_calls import MOST_OF_A_PERSON, caller_of, is_with, listed_call

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from callerid.core.callers.candidate import Candidate, OpenDeal
    from callerid.core.callers.listed_call import ListedCall
    from callerid.core.callers.resolve import Resolution
    from callerid.models import Contact, ContactPhone
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts


def person_of_contact(app: AppContext, contact: Candidate, limit: int, now: datetime) -> Person:
    """Return a contact with numbers, deals, tasks, links, and so many of the newest calls."""
    phones = [phone for known in app.mirror.contacts_by_id([contact.id]) for phone in _shown_fields(known)]
    own = tuple(_number(app, phone.raw, phone.property, contact) for phone in phones)
    closed = app.mirror.closed_deals(contact.id)
    facts = turn_facts(app, now)
    return Person(
        name=full_name(contact, app.texts),
        contact=contact,
        numbers=own,
        closed_deals=closed,
        tasks=_tasks(app, contact),
        calls=_calls(app, contact.id, own, limit, facts),
        links=_links(app, contact, (*contact.deals, *closed)) if facts.has_crm else Links(),
    )


def person_of_numbers(app: AppContext, raws: tuple[str, ...], limit: int, now: datetime) -> Person:
    """Return somebody who is not in the mirror, by their raw numbers."""
    own = tuple(_number(app, raw, "", None) for raw in raws)
    saved = (app.mirror.phone_contacts.name_of(raw, app.region) for raw in raws)
    calls = _calls(app, "", own, limit, turn_facts(app, now))
    name = next(filter(None, saved), "") or next((call.who for call in calls), "") or own[0].shown
    return Person(name=name, contact=None, numbers=own, calls=calls)


def _shown_fields(contact: Contact) -> tuple[ContactPhone, ...]:
    """Return a contact's numbers, and the fields whose digits the CRM does not let us see."""
    return (*contact.phones, *(field for field in contact.other_texts if is_masked(field.raw)))


def _number(app: AppContext, raw: str, name: str, contact: Candidate | None) -> PersonNumber:
    rings = numbers.as_it_rings(raw, app.region)
    resolution = resolve_number(app, rings)
    own = next((person for person in resolution.candidates if contact and person.id == contact.id), None)
    has_extension = rings != raw
    saved = tuple(filter(None, (resolution.saved_name,)))
    return PersonNumber(
        raw=raw,
        e164=numbers.e164(raw, app.region),
        shown=numbers.display(raw, app.region),
        property=name,
        certainty=resolution.certainty,
        others=_others(app, resolution, contact) or (saved if has_extension and not own else ()),
        why=own.match.why if own else "",
        has_extension=has_extension,
        is_masked=is_masked(raw),
    )


def _others(app: AppContext, resolution: Resolution, contact: Candidate | None) -> tuple[str, ...]:
    return tuple(full_name(person, app.texts) for person in resolution.candidates if not contact or person.id != contact.id)


def _calls(app: AppContext, contact_id: str, own: Iterable[PersonNumber], limit: int, facts: TurnFacts) -> tuple[ListedCall, ...]:
    """Return the newest calls with a contact, and those on a number of theirs that others share, as long as nobody was chosen."""
    lines = {line for number in own if (line := app.line_of(number.raw))}
    local = local_clock(app.ledger)
    followups = app.ledger.call_lists.of_contact(contact_id, lines, MOST_OF_A_PERSON)
    known = ((followup, caller_of(app, followup, facts)) for followup in followups)
    theirs = (listed_call(app, followup, caller, facts, local) for followup, caller in known if is_with((contact_id,), caller))
    return tuple(islice(theirs, limit))


def _tasks(app: AppContext, contact: Candidate) -> tuple[PersonTask, ...]:
    rows = ((row, row.content) for row in app.ledger.call_lists.tasks_of_contact(contact.id))
    return tuple(
        PersonTask(due=task.due, title=task.title, note=task.note, state=row.state.value)
        for row, task in rows
        if isinstance(task, TaskEngagement)
    )


def _links(app: AppContext, contact: Candidate, deals: Iterable[OpenDeal]) -> Links:
    account = app.mirror.account()
    of_deals = ((deal.id, record_url(account, RecordType.DEAL, deal.id)) for deal in deals)
    return Links(
        contact=record_url(account, RecordType.CONTACT, contact.id),
        company=record_url(account, RecordType.COMPANY, contact.company_id or ""),
        deals=tuple((deal_id, url) for deal_id, url in of_deals if url),
    )
