"""Somebody appears in the CRM: their earlier calls are offered, once, however long ago that was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.followup.next_step import Enqueue, Gather, next_step
from callerid.turns.context import log, turn_facts
from callerid.turns.followup.attend import gather, log_unasked
from callerid.turns.followup.situation import policy, situation

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.turns.context import AppContext


def offer_late(app: AppContext, now: datetime) -> int:
    """Look who of the unknown callers is in the CRM by now, do with their calls what the settings say, and return how many calls
    that were. To be taken after whatever brings people into the mirror."""
    facts = turn_facts(app, now)
    nobody: set[str] = set()
    offered = 0
    for followup in app.ledger.calls.not_offered():
        if followup.line in nobody:
            continue
        at_hand = situation(app, followup, facts)
        step = next_step(at_hand, policy(app.config, facts), facts.local)
        match step:
            case Gather():
                offered += gather(app, followup, step, now)
            case Enqueue():
                offered += log_unasked(app, at_hand, step, facts)
            case _:
                nobody.add(followup.line)
    if offered:
        log.info("%d earlier calls are of people who are in the CRM now", offered)
    return offered
