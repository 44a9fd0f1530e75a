"""Taking back what was logged, and trying again what the CRM refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.delivery import DeliveryState, Kind, tried_again
from callerid.core.followup import FollowUp, State, Told
from callerid.turns.house import log

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.turns.house import House

LOGGED = (State.QUEUED, State.LOGGED, State.DEAD, State.ADDING)


def withdraw(house: House, followup: FollowUp, now: datetime, told: Told = Told.NOTHING) -> bool:
    """Take a call and its task out of the CRM again, or keep them from getting there; False when there is nothing to take back.
    `told` says whether its card shall tell.

    A person who was to be added with the call is not added, unless that is under way already.
    """
    if followup.state not in LOGGED:
        return False
    waiting = house.ledger.outbox.of_call(followup.call.key)
    state = State.QUEUED if waiting else State.DISMISSED
    after = replace(followup, state=state, reason="withdrawn", token="", told=told, draft=(), wanted_at=None)
    done = house.ledger.calls.withdraw(followup, after, now)
    if done:
        log.info("call %s: withdrawn", followup.call.key)
    return done


def try_again(house: House, followup: FollowUp, now: datetime) -> None:
    """Try everything of a call that the CRM refused once more."""
    for kind in Kind:
        row = house.ledger.outbox.of_call(followup.call.key, kind)
        if row and row.state is DeliveryState.DEAD:
            house.ledger.outbox.change(row, tried_again(row), now)
    wait_for_caller(house, followup.call.key, now)


def wait_for_caller(house: House, call_key: str, now: datetime) -> None:
    """Let a call whose caller the CRM refused wait for them again, if they are tried again."""
    adding, followup = house.ledger.outbox.of_call(call_key, Kind.CONTACT), house.ledger.calls.followup(call_key)
    tried = adding and adding.state in (DeliveryState.WAITING, DeliveryState.UNSURE)
    if tried and followup and followup.state is State.DEAD:
        house.ledger.calls.change(followup, replace(followup, state=State.ADDING, reason="", told=Told.WANTED), now)
