"""Calls of the ledger -> as lists show them, with whom they were and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.listed_call import ListedCall
from callerid.core.followup.state import ANSWERED
from callerid.core.wording import safe_text
from callerid.core.wording.ring_card import RingCardDetails, ring_title
from callerid.turns.followup.contact_of_call import logged_resolution
from callerid.turns.followup.record_answer import logged_call
from callerid.turns.ringing.resolve_caller import resolve_call
from callerid.turns.ringing.ring_start import outcome_label

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.core.callers.resolve import Resolution
    from callerid.core.followup.state import FollowUp
    from callerid.turns.context import AppContext, TurnFacts


def caller_of(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Resolution:
    """Return with whom a call is logged, or whom its number suggests."""
    resolution = resolve_call(app, followup)
    if followup.state in ANSWERED:
        resolution = logged_resolution(app, followup, resolution, facts.style)
    return resolution


def listed_call(
    app: AppContext, followup: FollowUp, caller: Resolution, facts: TurnFacts, local: Callable[[datetime], datetime]
) -> ListedCall:
    """Return a call as a list shows it, with its caller."""
    call, logged = followup.call, logged_call(app.ledger, followup) if followup.state in ANSWERED else None
    title = ring_title(caller, facts.style, RingCardDetails(number_shown=numbers.display(call.number, app.region)))
    only = caller.candidates[0] if len(caller.candidates) == 1 else None
    return ListedCall(
        key=call.key,
        start=call.start,
        local=local(call.start),
        number=call.number,
        type=call.type,
        duration=call.duration,
        sim=call.sim,
        who=safe_text.title(title if caller.candidates or not call.name else call.name),
        company=only.company if only else caller.company,
        contact_id=only.id if only else "",
        certainty=caller.certainty.value,
        state=followup.state.value,
        reason=followup.reason,
        outcome=outcome_label(app, logged.outcome) if logged else "",
        note=logged.note if logged else "",
    )
