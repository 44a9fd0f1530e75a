"""Calls of the ledger -> as lists show them, with whom they were and what became of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.listed_call import ListedCall
from callerid.core.followup.called_back import not_called_back
from callerid.core.followup.outcomes import crm_label, is_missed
from callerid.core.followup.states import ANSWERED
from callerid.core.wording import safe_text
from callerid.core.wording.ring_card import RingCardDetails, ring_title
from callerid.core.wording.style import Discretion
from callerid.turns.followup.contact_of_call import logged_resolution
from callerid.turns.followup.record_answer import logged_call
from callerid.turns.followup.withdraw import reason_beside, shown_state_now
from callerid.turns.ringing.blocked_callers import is_ignored_number
from callerid.turns.ringing.resolve_caller import resolve_call
from callerid.turns.ringing.ring_start import outcome_label

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from callerid.core.callers.resolve import Resolution
    from callerid.core.followup.state import FollowUp
    from callerid.models import Call
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts

MOST_OF_A_PERSON = 1_000_000  # calls


def caller_of(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Resolution:
    """Return with whom a call is logged, or whom its number suggests."""
    resolution = resolve_call(app, followup)
    if followup.state in ANSWERED:
        resolution = logged_resolution(app, followup, resolution, facts.style)
    return resolution


def is_with(people: Collection[str], caller: Resolution) -> bool:
    """Return whether a call that is on a line of one of these contacts (ids; "" for somebody who is none), or logged with one, was
    with them, as far as is known: one that was logged with another contact who has the line, too, was not."""
    known = {candidate.id for candidate in caller.candidates}
    return not known or "" in people or not known.isdisjoint(people)


def listed_call(
    app: AppContext, followup: FollowUp, caller: Resolution, facts: TurnFacts, local: Callable[[datetime], datetime]
) -> ListedCall:
    """Return a call as a list shows it, with its caller, whom it names whatever notifications show."""
    call, logged = followup.call, logged_call(app.ledger, followup) if followup.state in ANSWERED else None
    title = ring_title(
        caller,
        replace(facts.style, discretion=Discretion.NAMES),
        RingCardDetails(number_shown=numbers.display(call.number, app.region)),
    )
    shown = shown_state_now(app.ledger, followup)
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
        shown_state=shown.value,
        shown_reason=reason_beside(shown, followup),
        reason=followup.reason,
        outcome=outcome_label(app, logged.outcome) if logged else "",
        crm_outcome=crm_label(logged.outcome, app.mirror.outcomes()) if logged else "",
        note=logged.note if logged else "",
    )


def calls_not_returned(app: AppContext, facts: TurnFacts) -> dict[str, tuple[Call, ...]]:
    """Return the missed calls that were not returned, whichever of a contact's numbers came or was called, newest first, by what
    stands for their caller: a contact's id, or a line. Left out are ignored callers, and missed calls of SIMs that are not chosen.

    A call that nobody was asked about returns a missed one all the same: to whom, says its number.
    """
    known: dict[str, str] = {}
    sims = app.config.log.sims

    def stands_for(followup: FollowUp) -> str:
        if followup.line and followup.line not in known:
            people = caller_of(app, followup, facts).candidates
            caller = people[0].id if len(people) == 1 else followup.line
            known[followup.line] = "" if is_ignored_number(app, followup.call.number) else caller
        return known.get(followup.line, "")

    followups = app.ledger.call_lists.between(None, None)
    wanted = (followup for followup in followups if not (sims and is_missed(followup.call) and followup.call.sim not in sims))
    return not_called_back((stands_for(followup), followup.call) for followup in wanted)
