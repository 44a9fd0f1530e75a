"""An answer and its delivery are one transaction (T3)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.engagement import engagement
from callerid.core.followup import FollowUp, State
from callerid.turns.house import log

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.asking import Answer
    from callerid.turns.house import House

_TRIES = 5  # somebody else changes the same row now and then, not five times within a moment


def record_answer(house: House, followup: FollowUp, answer: Answer, now: datetime) -> bool:
    """Store the answer to a follow-up together with its delivery; False when it is on its way to the CRM already.

    What a person says is stronger than what was decided while the dialog was open: a call that was dismissed, ignored or put
    off meanwhile is logged all the same.
    """
    call = followup.call
    whole = engagement(
        call,
        answer,
        installation=house.ledger.notebook.installation(),
        own_number=house.config.log.own_number,
        owner_id=_owner_id(house),
        number=numbers.e164(call.number, house.region) or call.number,
        texts=house.texts,
    )
    for _ in range(_TRIES):
        after = replace(followup, state=State.QUEUED, reason="", token="", wanted_at=None, draft=(), not_before=None)
        if house.ledger.calls.answer(followup, after, whole, now):
            log.info("call %s: answered", call.key)
            return True
        fresh = house.ledger.calls.followup(call.key)
        if fresh is None or fresh == followup:
            break
        followup = fresh
    log.warning("call %s: it was logged elsewhere before this answer", call.key)
    return False


def _owner_id(house: House) -> str | None:
    """Return the owner under whose name calls are logged: the one named in the settings, else the token's own."""
    wanted = house.config.crm.owner
    if wanted:
        owner = house.mirror.owner_by_email(wanted)
        return owner.id if owner else None
    account = house.mirror.account()
    return account.own_owner_id if account else None
