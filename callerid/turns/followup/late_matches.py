"""Somebody appears in the CRM: their earlier calls are offered, once, however long ago that was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.followup.next_step import Enqueue, Gather, next_step
from callerid.turns.context import log
from callerid.turns.followup.attend import gather, log_unasked
from callerid.turns.followup.situation import policy, situation

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.turns.context import House


def offer_late(house: House, now: datetime) -> int:
    """Look who of the unknown callers is in the CRM by now, do with their calls what the settings say, and return how many calls
    that were. To be taken after whatever brings people into the mirror."""
    nobody: set[str] = set()
    offered = 0
    for followup in house.ledger.calls.not_offered():
        if followup.line in nobody:
            continue
        at_hand = situation(house, followup, now)
        step = next_step(at_hand, policy(house, now), house.local(now))
        match step:
            case Gather():
                offered += gather(house, followup, step, now)
            case Enqueue():
                offered += log_unasked(house, at_hand, step, now)
            case _:
                nobody.add(followup.line)
    if offered:
        log.info("%d earlier calls are of people who are in the CRM now", offered)
    return offered
