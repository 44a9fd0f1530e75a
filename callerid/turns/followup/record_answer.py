"""From what a person said to the ledger and the outbox (T3): one transaction, and what was said last counts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.resolve import NOT_THIS_CONTACT
from callerid.core.delivery import engagement
from callerid.core.delivery.outbox_row import DeliveryState, Intent, Kind
from callerid.core.followup.conversation import answers_of
from callerid.core.followup.questions import LoggedCall
from callerid.core.followup.state import CardStatus, FollowUp, State
from callerid.models import CallEngagement, TaskEngagement
from callerid.turns.context import log
from callerid.turns.retry_on_conflict import change_followup

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.delivery.outbox_row import Delivery
    from callerid.core.followup.conversation import Answer
    from callerid.core.followup.new_contact import NewCaller
    from callerid.turns.context import AppContext


def record_answer(app: AppContext, followup: FollowUp, answer: Answer, now: datetime, told: CardStatus = CardStatus.DUE) -> bool:
    """Store the answer to a follow-up together with what is to be delivered of it. `told` says whether the call's card shall
    tell what becomes of it. False when it could not be stored, because others kept changing the follow-up.

    What a person says is stronger than what was decided while the dialog was open: a call that was dismissed, ignored or put
    off meanwhile is logged all the same, and one that was logged is corrected.
    """
    call = followup.call
    installation, owner_id = app.ledger.key_values.installation(), own_owner_id(app)
    whole = engagement.call_engagement(
        call,
        answer,
        installation=installation,
        own_number=app.config.log.own_number,
        owner_id=owner_id,
        number=numbers.e164(call.number, app.region) or call.number,
        texts=app.texts,
    )
    task = engagement.task_engagement(call, answer, installation=installation, owner_id=owner_id, texts=app.texts)
    task_id = engagement.external_id(installation, call.key, "task")

    def store(before: FollowUp) -> bool:
        after = _answered(before, State.QUEUED, told)
        return app.ledger.answers.log(before, after, whole, (task_id, task), now, again=answer.due_changed)

    stored = change_followup(app, followup, store)
    if stored:
        log.info("call %s: answered", call.key)
    return stored


def record_entry(app: AppContext, followup: FollowUp, said: NewCaller, now: datetime) -> bool:
    """Store what was entered of an unknown caller, who is to be added to the CRM, and the answer about the call, which is logged
    then. False when it could not be stored."""
    call = followup.call
    number = numbers.e164(call.number, app.region) or call.number
    new = said.entered.contact(number, own_owner_id(app))
    contact_id = _contact_id(app, followup)

    def store(before: FollowUp) -> bool:
        who = tuple(pair for pair in before.answers if pair[0] == NOT_THIS_CONTACT)
        whole = (*who, *said.entered.answers(), *answers_of(said.answer))
        after = replace(_answered(before, State.ADDING, CardStatus.DUE), answers=whole)
        return app.ledger.answers.add_contact(before, after, contact_id, new, now)

    stored = change_followup(app, followup, store)
    if stored:
        log.info("call %s: its caller will be added to the CRM", call.key)
    return stored


def _contact_id(app: AppContext, followup: FollowUp) -> str:
    """Our own id of whoever has a call's number: however many calls they make, they are added once."""
    return engagement.external_id(app.ledger.key_values.installation(), followup.line or followup.call.key, "contact")


def adding_of(app: AppContext, followup: FollowUp) -> Delivery | None:
    """Given a follow-up, return the delivery of its caller to the CRM, if they were to be added."""
    return app.ledger.outbox.of_contact(_contact_id(app, followup))


def logged_before(app: AppContext, followup: FollowUp) -> LoggedCall | None:
    """Given a follow-up, return what is logged of its call, in the CRM or on the way there; None when nothing is."""
    rows = app.ledger.outbox.engagements_of(followup.call.key)
    call, task = _wanted(rows.get(Kind.CALL)), _wanted(rows.get(Kind.TASK))
    if not isinstance(call, CallEngagement):
        return None
    due = task.due if isinstance(task, TaskEngagement) else None
    return LoggedCall(contact_id=call.contact_id or "", outcome=call.outcome or "", deal_id=call.deal_id, note=call.note, due=due)


def _wanted(row: Delivery | None) -> object:
    return row.content if row and row.intent is Intent.KEEP and row.state is not DeliveryState.DROPPED else None


def _answered(before: FollowUp, state: State, told: CardStatus) -> FollowUp:
    return replace(
        before,
        state=state,
        reason="",
        token="",
        dialog_wanted_at=None,
        draft=(),
        answers=(),
        not_before=None,
        batch="",
        card_status=told,
        late_match_settled=True,
    )


def own_owner_id(app: AppContext) -> str | None:
    """Return the owner under whose name calls are logged: the one named in the settings, else the token's own."""
    wanted = app.config.crm.owner
    if wanted:
        owner = app.mirror.owner_by_email(wanted)
        return owner.id if owner else None
    account = app.mirror.account()
    return account.own_owner_id if account else None
