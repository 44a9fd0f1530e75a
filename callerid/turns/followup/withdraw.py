"""Taking back what was logged, and trying again what the CRM refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.delivery.manual import cancel, request_withdrawal, retry_now
from callerid.core.delivery.outbox_row import DeliveryState, may_be_in_crm
from callerid.core.followup.state import ANSWERED, CardStatus, FollowUp, State
from callerid.turns.context import log
from callerid.turns.followup.record_answer import adding_of
from callerid.turns.retry_on_conflict import change_followup

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.delivery.outbox_row import Delivery
    from callerid.turns.context import AppContext


def withdraw(app: AppContext, followup: FollowUp, now: datetime, told: CardStatus = CardStatus.NONE) -> bool:
    """Take a call and its task out of the CRM again, or keep them from getting there; False when there is nothing to take back.
    `told` says whether its card shall tell.

    A person who was to be added with the call is not added, unless that is under way already.
    """
    is_logged = followup.state in ANSWERED

    def store(before: FollowUp) -> bool:
        nonlocal is_logged
        is_logged = before.state in ANSWERED
        if not is_logged:
            return True
        waiting, adding = app.ledger.outbox.of_call(before.call.key), _only_ours(app, before)
        state = State.QUEUED if waiting else State.DISMISSED
        after = replace(
            before, state=state, reason="withdrawn", token="", card_status=told, draft=(), answers=(), dialog_wanted_at=None
        )
        return app.ledger.answers.withdraw(before, after, now, contact=adding)

    done = change_followup(app, followup, store) and is_logged
    if done:
        log.info("call %s: withdrawn", followup.call.key)
    return done


def add_nobody(app: AppContext, followup: FollowUp, now: datetime) -> None:
    """Given a follow-up as it was before somebody of the CRM was named, keep whoever was to be added for it from being added."""
    row = _only_ours(app, followup)
    if row and row.state is not DeliveryState.DROPPED:
        app.ledger.outbox.change(row, request_withdrawal(row), now)


def _only_ours(app: AppContext, followup: FollowUp) -> Delivery | None:
    """The caller who was to be added for this call alone, and surely is not in the CRM yet."""
    row = adding_of(app, followup) if followup.state in (State.ADDING, State.DEAD) else None
    others = [one for one in app.ledger.calls.in_state(State.ADDING) if one.line == followup.line and one.call != followup.call]
    return None if others or (row and may_be_in_crm(row)) else row


def try_again(app: AppContext, followup: FollowUp, now: datetime) -> None:
    """Try everything of a call that the CRM refused once more."""
    for row in (adding_of(app, followup), *app.ledger.outbox.engagements_of(followup.call.key).values()):
        if row and row.state is DeliveryState.DEAD:
            app.ledger.outbox.change(row, retry_now(row), now)
    wait_for_caller(app, followup.line, now)


def give_change_up(app: AppContext, followup: FollowUp, now: datetime) -> None:
    """Leave a call, and what was refused with the change of it, as the CRM has it."""
    for row in app.ledger.outbox.engagements_of(followup.call.key).values():
        if row and row.state is DeliveryState.DEAD:
            app.ledger.outbox.change(row, cancel(row), now)
    log.info("call %s: its change was given up", followup.call.key)


def give_caller_up(app: AppContext, line: str, now: datetime) -> None:
    """Let the calls of a line be settled whose caller the CRM refused, and who is not to be added any more."""
    for followup in app.ledger.calls.in_state(State.DEAD):
        if followup.line == line and app.ledger.outbox.of_call(followup.call.key) is None:
            withdraw(app, followup, now)


def wait_for_caller(app: AppContext, line: str, now: datetime) -> None:
    """Let the calls of a line whose caller the CRM refused wait for them again, if they are tried again."""
    for followup in app.ledger.calls.in_state(State.DEAD):
        adding = adding_of(app, followup) if followup.line == line else None
        if adding and adding.state in (DeliveryState.WAITING, DeliveryState.UNSURE):
            change_followup(app, followup, lambda seen: seen.state is not State.DEAD or _waits(app, seen, now))


def _waits(app: AppContext, dead: FollowUp, now: datetime) -> bool:
    after = replace(dead, state=State.ADDING, reason="", card_status=CardStatus.DUE)
    return app.ledger.calls.change(dead, after, now) is not None
