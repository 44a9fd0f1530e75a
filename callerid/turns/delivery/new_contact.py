"""Add an unknown caller to the CRM, unless they are in it already, and then log their call."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.resolve import Certainty
from callerid.core.delivery.states import DeliveryState, Kind
from callerid.core.followup.conversation import merged
from callerid.core.followup.new_contact import EnteredContact, contact_field_answers, existing_contact, next_field_question
from callerid.core.followup.questions import Question
from callerid.core.followup.states import CardStatus, State
from callerid.errors import AlreadyExists
from callerid.logs import log
from callerid.models import Contact, ContactPhone, Page
from callerid.models import Kind as Record
from callerid.turns.delivery.side_by_side import answer_to
from callerid.turns.facts import turn_facts
from callerid.turns.followup.contact_of_call import resolution_of_entered
from callerid.turns.followup.conversation import answer_without_asking
from callerid.turns.followup.record_answer import contact_delivery, record_answer
from callerid.turns.retry_on_conflict import change_followup
from callerid.turns.ringing.resolve_caller import resolve_number
from callerid.turns.sync.mirror_scope import DEFAULT_PHONE_PROPERTIES, current_sync_request

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.callers.candidate import Candidate
    from callerid.core.delivery.outbox_row import Delivery
    from callerid.core.followup.conversation import Draft
    from callerid.core.followup.state import FollowUp
    from callerid.core.wording.style import TextStyle
    from callerid.crm.port import Crm
    from callerid.models import NewContact, SyncRequest
    from callerid.store.ledger.database import Ledger
    from callerid.store.mirror.database import Mirror
    from callerid.turns.context import AppContext
    from callerid.turns.delivery.side_by_side import Steps


def create_contact(app: AppContext, port: Crm, new: NewContact) -> Steps[str]:
    """Return the id of a contact that is to be added. A contact of the CRM with the same number or e-mail is taken instead, and
    gets the number. Raise as the port does."""
    known = yield from find_contact(app, port, new)
    if known:
        return known
    try:
        remote_id = yield from answer_to(port, lambda: port.create_contact(new))
    except AlreadyExists as existing:
        existing_id = existing.remote_id
        sync_request = current_sync_request(app.mirror, app.config, port.now)
        contact = yield from answer_to(port, lambda: _contact(port, existing_id, sync_request))
        return (yield from _with_number(app, port, new, contact, existing_id))
    phone = ContactPhone(property=DEFAULT_PHONE_PROPERTIES[0], raw=new.number)
    contact = Contact(
        id=remote_id,
        first_name=new.first_name,
        last_name=new.last_name,
        email=new.email,
        company_text=new.company,
        owner_id=new.owner_id,
        phones=(phone,),
    )
    _put(app.mirror, app.region, contact)
    return remote_id


def find_contact(app: AppContext, port: Crm, new: NewContact) -> Steps[str | None]:
    """Return the id of the CRM's contact that has the number or the e-mail of a new one, or None. The contact gets the number if it
    lacks it. Raise as the port does."""
    mirrored = resolve_number(app, new.number)
    if mirrored.certainty is Certainty.KNOWN:  # perhaps added a moment ago: the CRM's search does not show them yet
        return mirrored.candidates[0].id
    national, sync_request = numbers.national(new.number, app.region), current_sync_request(app.mirror, app.config, port.now)
    similar = yield from answer_to(port, lambda: port.possible_duplicates(new, national, sync_request))
    same = existing_contact(new, similar, app.region)
    return (yield from _with_number(app, port, new, same, same.id)) if same else None


def _contact(port: Crm, remote_id: str, sync_request: SyncRequest) -> Contact | None:
    pages = port.records_by_id(Record.CONTACTS, [remote_id], sync_request)
    return next((contact for page in pages for contact in page.contacts), None)


def _with_number(app: AppContext, port: Crm, new: NewContact, known: Contact | None, remote_id: str) -> Steps[str]:
    """Give a contact the number if it lacks it, in the CRM and in the mirror. No value of the CRM is overwritten."""
    if known is None:
        return remote_id
    if not existing_contact(replace(new, email=""), [known], app.region):
        written = yield from answer_to(port, lambda: _write_number(port, remote_id, new.number))
        if written:
            known = replace(known, phones=(*known.phones, ContactPhone(property=written, raw=new.number)))
    _put(app.mirror, app.region, known)
    return known.id


def _write_number(port: Crm, contact_id: str, number: str) -> str | None:
    return next((name for name in DEFAULT_PHONE_PROPERTIES if port.set_phone_if_empty(contact_id, name, number)), None)


def _put(mirror: Mirror, region: str, contact: Contact) -> None:
    mirror.update(region).put(Page(contacts=(contact,)))


def finish_added(app: AppContext, now: datetime) -> None:
    """Log the calls whose callers are in the CRM now, with the answers given when they were entered; ask again where that fails."""
    for followup in app.ledger.calls.in_state(State.ADDING):
        row = contact_delivery(app.ledger, followup)
        if row is None or row.state in (DeliveryState.DELIVERED, DeliveryState.DROPPED):
            _finish(app, followup, row.remote_id if row and row.state is DeliveryState.DELIVERED else "", now)
        elif row.state is DeliveryState.DEAD:
            _leave_adding(app.ledger, followup, State.DEAD, row.fault, CardStatus.DUE, now)


def _finish(app: AppContext, followup: FollowUp, contact_id: str, now: datetime) -> None:
    """Log a call with its caller's contact, even if that lacks the number because all its phone properties were taken."""
    facts = turn_facts(app, now)
    answer = answer_without_asking(
        app, followup, followup.answers, facts, _added_caller(app.mirror, followup, contact_id, facts.style)
    )
    if answer:
        record_answer(app, followup, answer, now)
        return
    log.info("call %s: its caller is in the CRM; the call is asked about", followup.call.key)
    _leave_adding(
        app.ledger, followup, State.OPEN, "", CardStatus.NONE, now, ((Question.PERSON, contact_id),) if contact_id else ()
    )


def _added_caller(mirror: Mirror, followup: FollowUp, contact_id: str, style: TextStyle) -> Candidate | None:
    """Return the caller from the mirror or, where its scope leaves them out, as they were entered."""
    entered = next_field_question("", contact_field_answers(followup.answers), style, as_typed=True)
    mirrored = mirror.candidate(contact_id)
    if mirrored or not contact_id or not isinstance(entered, EnteredContact):
        return mirrored
    return replace(resolution_of_entered(entered).candidates[0], id=contact_id)


def _leave_adding(
    ledger: Ledger, followup: FollowUp, state: State, reason: str, status: CardStatus, now: datetime, also: Draft = ()
) -> None:
    def store(before: FollowUp) -> bool:
        after = replace(before, state=state, reason=reason, card_status=status, answers=merged(before.answers, also))
        return before.state is not State.ADDING or ledger.calls.change(before, after, now) is not None

    change_followup(ledger, followup, store)


def contact_deliveries(app: AppContext, number: str) -> tuple[Delivery, ...]:
    """Return the deliveries of the contacts that were to be added with a raw number."""
    line = app.line_of(number)
    rows = app.ledger.outbox.all(settled=True)
    return tuple(row for row in rows if row.kind is Kind.CONTACT and app.line_of(getattr(row.content, "number", "")) == line)
