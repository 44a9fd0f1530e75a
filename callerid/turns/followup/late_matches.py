"""Earlier calls of somebody who has come into the CRM: they are offered once, however long ago they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.followup.next_step import Enqueue, Gather, next_step
from callerid.turns.context import log, turn_facts
from callerid.turns.followup.attend import add_to_batch, log_without_asking
from callerid.turns.followup.situation import followup_policy, read_situation

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.turns.context import AppContext


def offer_late_matches(app: AppContext, now: datetime) -> int:
    """Look up the unknown callers again, log or ask about the calls of those who are in the CRM now, and return the count of these
    calls. For after anything that brings contacts into the mirror."""
    facts = turn_facts(app, now)
    unmatched_lines: set[str] = set()
    count = 0
    for followup in app.ledger.calls.not_offered():
        if followup.line in unmatched_lines:
            continue
        situation = read_situation(app, followup, facts)
        step = next_step(situation, followup_policy(app.config, facts), facts.local)
        match step:
            case Gather():
                count += add_to_batch(app, followup, step, now)
            case Enqueue():
                count += log_without_asking(app, situation, step, facts)
            case _:
                unmatched_lines.add(followup.line)
    if count:
        log.info("%d earlier calls match contacts that came into the CRM later", count)
    return count
