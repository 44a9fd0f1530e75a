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


def record_answer(house: House, followup: FollowUp, answer: Answer, now: datetime) -> bool:
    """Store the answer to a follow-up together with its delivery; False when it was answered elsewhere meanwhile."""
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
    after = replace(followup, state=State.QUEUED, reason="", token="", wanted_at=None, draft=(), not_before=None)
    done = house.ledger.calls.answer(followup, after, whole, now)
    log.info("call %s: %s", call.key, "answered" if done else "was answered elsewhere")
    return done


def _owner_id(house: House) -> str | None:
    """Return the owner under whose name calls are logged: the one named in the settings, else the token's own."""
    wanted = house.config.crm.owner
    if wanted:
        owner = house.mirror.owner_by_email(wanted)
        return owner.id if owner else None
    account = house.mirror.account()
    return account.own_owner_id if account else None
