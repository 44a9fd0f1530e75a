"""Withdraw what was logged, and retry or give up what the CRM refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.delivery.manual import cancel, request_withdrawal, retry_now
from callerid.core.delivery.outbox_row import is_settled, may_be_in_crm
from callerid.core.delivery.states import DeliveryState, Intent
from callerid.core.delivery.transitions import WITHDRAWN
from callerid.core.followup.states import ANSWERED, CardStatus, ShownState, State, shown_state
from callerid.logs import log
from callerid.turns.followup.record_answer import contact_delivery
from callerid.turns.retry_on_conflict import change_delivery, change_followup

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.delivery.outbox_row import Delivery
    from callerid.core.followup.state import FollowUp
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext


def withdraw(app: AppContext, followup: FollowUp, now: datetime, card_status: CardStatus = CardStatus.NONE) -> bool:
    """Take a call and its task out of the CRM again, or keep them from being delivered; return whether there was
    anything to withdraw. `card_status` says whether the call's card shows it.

    A contact that was to be added with the call is not added, unless that is under way already.
    """
    is_logged = followup.state in ANSWERED

    def store(before: FollowUp) -> bool:
        nonlocal is_logged
        is_logged = before.state in ANSWERED
        if not is_logged:
            return True
        row, contact = app.ledger.outbox.of_call(before.call.key), _contact_of_this_call_alone(app.ledger, before)
        state = State.QUEUED if row and row.state is not DeliveryState.DROPPED else State.DISMISSED
        after = replace(
            before,
            state=state,
            reason=WITHDRAWN,
            token="",
            card_status=card_status,
            draft=(),
            answers=(),
            dialog_wanted_at=None,
        )
        return app.ledger.answers.withdraw(before, after, now, contact=contact)

    done = change_followup(app.ledger, followup, store) and is_logged
    if done:
        log.info("call %s: withdrawn", followup.call.key)
    return done


def is_to_be_withdrawn(ledger: Ledger, followup: FollowUp) -> bool:
    """Return whether a follow-up's call is on the way out of the CRM."""
    row = ledger.outbox.of_call(followup.call.key) if followup.state is State.QUEUED else None
    return row is not None and row.intent is Intent.WITHDRAW


def shown_state_now(ledger: Ledger, followup: FollowUp) -> ShownState:
    """Return what a person is told of where a call stands."""
    return shown_state(followup.state, withdrawing=is_to_be_withdrawn(ledger, followup))


def reason_beside(state: ShownState, followup: FollowUp) -> str:
    """Return the reason that is told beside where a call stands: not that it is withdrawn while that is still to be done."""
    return "" if state is ShownState.WITHDRAWING and followup.reason == WITHDRAWN else followup.reason


def cancel_new_contact(ledger: Ledger, followup: FollowUp, now: datetime) -> None:
    """Do not add the contact that was to be added for a follow-up, given as it was before a contact of the CRM was named."""
    row = _contact_of_this_call_alone(ledger, followup)
    if row:
        change_delivery(ledger, row, lambda newest: None if is_settled(newest) else request_withdrawal(newest), now)


def _contact_of_this_call_alone(ledger: Ledger, followup: FollowUp) -> Delivery | None:
    """Return the delivery of the contact that was to be added for this call alone, and certainly is not in the CRM yet."""
    row = contact_delivery(ledger, followup) if followup.state in (State.ADDING, State.DEAD) else None
    adding = ledger.calls.in_state(State.ADDING)
    others = any(other.line == followup.line and other.call != followup.call for other in adding)
    return None if others or (row and may_be_in_crm(row)) else row


def retry_refused(ledger: Ledger, followup: FollowUp, now: datetime) -> None:
    """Try everything of a call again that the CRM refused."""
    for row in (contact_delivery(ledger, followup), *ledger.outbox.engagements_of(followup.call.key).values()):
        if row:
            change_delivery(ledger, row, lambda newest: retry_now(newest) if newest.state is DeliveryState.DEAD else None, now)
    wait_for_caller(ledger, followup.line, now)


def discard_refused_change(ledger: Ledger, followup: FollowUp, now: datetime) -> None:
    """Leave a call, and its task, as the CRM has them, where it refused a change."""
    rows = ledger.outbox.engagements_of(followup.call.key).values()
    cancelled = [
        change_delivery(ledger, row, lambda newest: cancel(newest) if newest.state is DeliveryState.DEAD else None, now)
        for row in rows
    ]
    if any(cancelled):
        log.info("call %s: its refused change was given up", followup.call.key)


def settle_without_caller(app: AppContext, line: str, now: datetime) -> None:
    """Settle the calls of a line whose caller the CRM refused, and who is not to be added any more."""
    for followup in app.ledger.calls.in_state(State.DEAD):
        if followup.line == line and app.ledger.outbox.of_call(followup.call.key) is None:
            withdraw(app, followup, now)


def wait_for_caller(ledger: Ledger, line: str, now: datetime) -> None:
    """Let the calls of a line whose caller the CRM refused wait again, if adding them is tried again."""
    for followup in ledger.calls.in_state(State.DEAD):
        contact = contact_delivery(ledger, followup) if followup.line == line else None
        if contact and contact.state in (DeliveryState.WAITING, DeliveryState.UNSURE):
            change_followup(ledger, followup, lambda newest: newest.state is not State.DEAD or _wait_again(ledger, newest, now))


def _wait_again(ledger: Ledger, dead: FollowUp, now: datetime) -> bool:
    after = replace(dead, state=State.ADDING, reason="", card_status=CardStatus.DUE)
    return ledger.calls.change(dead, after, now) is not None
