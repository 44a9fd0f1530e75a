"""An unknown caller -> the CRM, unless they are there already; and then their call."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.resolve import Certainty
from callerid.core.delivery.outbox_row import DeliveryState, Kind
from callerid.core.followup.conversation import merged
from callerid.core.followup.new_contact import EnteredContact, contact_field_answers, existing_contact, next_field_question
from callerid.core.followup.questions import Question
from callerid.core.followup.state import CardStatus, FollowUp, State
from callerid.errors import AlreadyExists
from callerid.models import Contact, ContactPhone, Page
from callerid.models import Kind as Record
from callerid.turns.context import log, turn_facts
from callerid.turns.followup.contact_of_call import to_be
from callerid.turns.followup.conversation import answer_at_once
from callerid.turns.followup.record_answer import adding_of, record_answer
from callerid.turns.retry_on_conflict import change_followup
from callerid.turns.ringing.callers import resolve_number
from callerid.turns.sync.mirror_scope import USUAL_PHONES, current_sync_request

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.callers.candidate import Candidate
    from callerid.core.delivery.outbox_row import Delivery
    from callerid.core.followup.conversation import Draft
    from callerid.core.wording.notifications import TextStyle
    from callerid.crm.port import Crm
    from callerid.models import NewContact
    from callerid.turns.context import AppContext


def create_contact(app: AppContext, port: Crm, new: NewContact) -> str:
    """Given somebody to be added, return the id under which the CRM has them: it may know them by their number, or by their
    e-mail, and then gets the number. Raise as the port does."""
    known = find_contact(app, port, new)
    if known:
        return known
    try:
        remote_id = port.create_contact(new)
    except AlreadyExists as there:
        return _with_number(app, port, new, _records(app, port, there.remote_id), there.remote_id)
    phone = ContactPhone(property=USUAL_PHONES[0], raw=new.number)
    made = Contact(
        id=remote_id,
        first_name=new.first_name,
        last_name=new.last_name,
        email=new.email,
        company_text=new.company,
        owner_id=new.owner_id,
        phones=(phone,),
    )
    _put(app, made)
    return remote_id


def find_contact(app: AppContext, port: Crm, new: NewContact) -> str | None:
    """Given somebody to be added, return the id of the contact that they are in the CRM, with the number if it had none; None for
    nobody. Raise as the port does."""
    here = resolve_number(app, new.number)
    if here.certainty is Certainty.KNOWN:  # put into the mirror a moment ago, where a search does not see them yet
        return here.candidates[0].id
    found = port.possible_duplicates(new, numbers.national(new.number, app.region), current_sync_request(app, port.now))
    same = existing_contact(new, found, app.region)
    return _with_number(app, port, new, same, same.id) if same else None


def _records(app: AppContext, port: Crm, remote_id: str) -> Contact | None:
    pages = port.records_by_id(Record.CONTACTS, [remote_id], current_sync_request(app, port.now))
    return next((contact for page in pages for contact in page.contacts), None)


def _with_number(app: AppContext, port: Crm, new: NewContact, known: Contact | None, remote_id: str) -> str:
    """See that a contact has the number, and that the mirror knows. Nothing that the CRM has is overwritten."""
    if known is None:
        return remote_id
    if not existing_contact(replace(new, email=""), [known], app.region):
        name = next((name for name in USUAL_PHONES if port.set_phone_if_empty(known.id, name, new.number)), None)
        if name:
            known = replace(known, phones=(*known.phones, ContactPhone(property=name, raw=new.number)))
    _put(app, known)
    return known.id


def _put(app: AppContext, contact: Contact) -> None:
    app.mirror.mirror_update(app.region).put(Page(contacts=(contact,)))


def finish_added(app: AppContext, now: datetime) -> None:
    """Log the calls whose callers have come into the CRM, as was answered then; ask again where that is not possible."""
    for followup in app.ledger.calls.in_state(State.ADDING):
        row = adding_of(app, followup)
        if row is None or row.state in (DeliveryState.DELIVERED, DeliveryState.DROPPED):
            _finish(app, followup, row.remote_id if row and row.state is DeliveryState.DELIVERED else "", now)
        elif row.state is DeliveryState.DEAD:
            _leave_adding(app, followup, State.DEAD, row.fault, CardStatus.DUE, now)


def _finish(app: AppContext, followup: FollowUp, contact_id: str, now: datetime) -> None:
    """Log a call with the contact that its caller is in the CRM, whether or not that has the number: all its fields may have been
    taken."""
    facts = turn_facts(app, now)
    said = answer_at_once(app, followup, followup.answers, facts, _who_came(app, followup, contact_id, facts.style))
    if said:
        record_answer(app, followup, said, now)
        return
    log.info("call %s: its caller is in the CRM; it is to be asked about", followup.call.key)
    _leave_adding(app, followup, State.OPEN, "", CardStatus.NONE, now, ((Question.PERSON, contact_id),) if contact_id else ())


def _who_came(app: AppContext, followup: FollowUp, contact_id: str, style: TextStyle) -> Candidate | None:
    """Whoever is not in the mirror, as its scope may have it, is who was entered."""
    entered = next_field_question("", contact_field_answers(followup.answers), style)
    known = app.mirror.person(contact_id)
    if known or not contact_id or not isinstance(entered, EnteredContact):
        return known
    return replace(to_be(entered).candidates[0], id=contact_id)


def _leave_adding(
    app: AppContext, followup: FollowUp, state: State, reason: str, told: CardStatus, now: datetime, also: Draft = ()
) -> None:
    def store(before: FollowUp) -> bool:
        after = replace(before, state=state, reason=reason, card_status=told, answers=merged(before.answers, also))
        return before.state is not State.ADDING or app.ledger.calls.change(before, after, now) is not None

    change_followup(app, followup, store)


def rows_of(app: AppContext, number: str) -> tuple[Delivery, ...]:
    """Given a raw number, return the deliveries of contacts that were to be added with it."""
    line = app.line_of(number)
    rows = app.ledger.outbox.all(settled=True)
    return tuple(row for row in rows if row.kind is Kind.CONTACT and app.line_of(getattr(row.content, "number", "")) == line)
