"""An answer -> ledger and outbox, in one transaction. The last answer counts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.resolve import NOT_THIS_CONTACT
from callerid.core.delivery import engagement
from callerid.core.delivery.states import DeliveryState, Intent, Kind
from callerid.core.followup.conversation import answers_of
from callerid.core.followup.questions import LoggedCall
from callerid.core.followup.states import CardStatus, State
from callerid.logs import log
from callerid.models import CallEngagement, TaskEngagement
from callerid.turns.retry_on_conflict import store_answer

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.config.settings import Config
    from callerid.core.delivery.outbox_row import Content, Delivery
    from callerid.core.followup.conversation import Answer
    from callerid.core.followup.new_contact import NewCaller
    from callerid.core.followup.state import FollowUp
    from callerid.store.ledger.database import Ledger
    from callerid.store.mirror.database import Mirror
    from callerid.turns.context import AppContext


def record_answer(
    app: AppContext, followup: FollowUp, answer: Answer, now: datetime, card_status: CardStatus = CardStatus.DUE
) -> bool:
    """Store the answer about a call together with what is to be delivered of it, and return whether it was stored: others may keep
    changing the follow-up. `card_status` says whether the call's card shows what becomes of it.

    A person's answer overrides what was decided while the dialog was open: a call that was dismissed, ignored or put off in the
    meantime is logged anyway, and one that was logged is corrected.
    """
    call = followup.call
    installation, owner_id = app.ledger.key_values.installation_id(), own_owner_id(app.mirror, app.config)
    call_content = engagement.call_engagement(
        call,
        answer,
        installation=installation,
        own_number=app.config.log.own_number,
        owner_id=owner_id,
        number=numbers.e164(call.number, app.region) or call.number,
        texts=app.crm_texts,
    )
    task = engagement.task_engagement(call, answer, installation=installation, owner_id=owner_id, texts=app.crm_texts)
    task_id = engagement.external_id(installation, call.key, "task")

    def store(before: FollowUp) -> bool:
        after = _answered(before, State.QUEUED, card_status)
        return app.ledger.answers.log(before, after, call_content, (task_id, task), now, again=answer.due_changed)

    stored = store_answer(app.ledger, followup, store)
    if stored:
        log.info("call %s: answered", call.key)
    return stored


def record_new_caller(app: AppContext, followup: FollowUp, caller: NewCaller, now: datetime) -> bool:
    """Store a new contact that is to be added to the CRM, with the answer about its call, which is logged then; return whether that
    was stored."""
    call = followup.call
    number = numbers.e164(call.number, app.region) or call.number
    new = caller.entered.contact(number, own_owner_id(app.mirror, app.config))
    contact_id = _contact_id(app.ledger, followup)

    def store(before: FollowUp) -> bool:
        denials = tuple(pair for pair in before.answers if pair[0] == NOT_THIS_CONTACT)
        answers = (*denials, *caller.entered.answers(), *answers_of(caller.answer))
        after = replace(_answered(before, State.ADDING, CardStatus.DUE), answers=answers)
        return app.ledger.answers.add_contact(before, after, contact_id, new, now)

    stored = store_answer(app.ledger, followup, store)
    if stored:
        log.info("call %s: its caller will be added to the CRM", call.key)
    return stored


def _contact_id(ledger: Ledger, followup: FollowUp) -> str:
    """Return our own id of whoever has a call's number: they are added once, however often they call."""
    return engagement.external_id(ledger.key_values.installation_id(), followup.line or followup.call.key, "contact")


def contact_delivery(ledger: Ledger, followup: FollowUp) -> Delivery | None:
    """Return the delivery of a follow-up's caller to the CRM; None when they were not to be added."""
    return ledger.outbox.by_external_id(_contact_id(ledger, followup))


def logged_call(ledger: Ledger, followup: FollowUp) -> LoggedCall | None:
    """Return what is logged of a follow-up's call, in the CRM or on the way there; None for nothing."""
    rows = ledger.outbox.engagements_of(followup.call.key)
    call, task = _kept_content(rows.get(Kind.CALL)), _kept_content(rows.get(Kind.TASK))
    if not isinstance(call, CallEngagement):
        return None
    due = task.due if isinstance(task, TaskEngagement) else None
    return LoggedCall(contact_id=call.contact_id or "", outcome=call.outcome or "", deal_id=call.deal_id, note=call.note, due=due)


def _kept_content(row: Delivery | None) -> Content | None:
    return row.content if row and row.intent is Intent.KEEP and row.state is not DeliveryState.DROPPED else None


def _answered(before: FollowUp, state: State, card_status: CardStatus) -> FollowUp:
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
        card_status=card_status,
        late_match_settled=True,
    )


def own_owner_id(mirror: Mirror, config: Config) -> str | None:
    """Return the id of the owner under whom calls are logged: the one of the settings, else the token's own."""
    email = config.crm.owner
    if email:
        owner = mirror.owner_by_email(email)
        return owner.id if owner else None
    account = mirror.account()
    return account.own_owner_id if account else None
