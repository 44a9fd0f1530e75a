"""The questions about a call, put one after the other by whatever can put one: a dialog, a terminal. Each answer is kept at once:
whatever ends this, nothing that was said is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.adding import Entered, next_entry
from callerid.core.asking import Answer, NotThem, next_question
from callerid.core.followup import REFUSED, FollowUp, State, Told
from callerid.core.outcomes import offered
from callerid.core.people import Candidate
from callerid.core.questions import Asked, NoteBy, Offer
from callerid.core.resolution import Certainty, Resolution
from callerid.models import Match, NumberMatch
from callerid.turns.answering import logged_before, record_answer, record_entry
from callerid.turns.house import has_crm, situation, voice
from callerid.turns.insisting import insist

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.core.asking import Draft
    from callerid.core.followup import Situation
    from callerid.turns.house import House

    Put = Callable[[Asked, Draft], Draft | None]  # puts a question; the draft with its answer, or None when it was left


def next_asked(house: House, at_hand: Situation, now: datetime, offer: Offer | None = None) -> Asked | Answer | NotThem | Entered:
    """Given a follow-up in its situation, return what is to be asked next, or what was said in all."""
    followup, who, speak = at_hand.followup, at_hand.resolution, voice(house, now)
    offer = offer or offer_of(house, at_hand)
    if who.people:
        return next_question(followup.call, who, followup.draft, offer, speak)
    entered = next_entry(numbers.display(followup.call.number, house.region), followup.draft, speak)
    if isinstance(entered, Asked):
        return entered
    about = next_question(followup.call, _to_be(entered), followup.draft, offer, speak)
    return about if isinstance(about, Asked) else entered


def _to_be(entered: Entered) -> Resolution:
    """Somebody who is not in the CRM yet, as if they were."""
    person = Candidate(
        id="",
        first_name=entered.first_name,
        last_name=entered.last_name,
        email=entered.email,
        company=entered.company,
        company_id=None,
        owner=None,
        last_contacted=None,
        phone=None,
        match=NumberMatch(match=Match.EXACT, why=""),
        deals=(),
    )
    return Resolution(number="", certainty=Certainty.KNOWN, people=(person,))


def offer_of(house: House, at_hand: Situation) -> Offer:
    """Given a follow-up in its situation, return what there is to choose from."""
    people, before = at_hand.resolution.people, logged_before(house, at_hand.followup)
    outcomes = offered(at_hand.followup.call, house.mirror.outcomes(), house.texts)
    several = [person for person in people if len(person.deals) > 1]
    return Offer(
        outcomes=tuple(sorted(outcomes, key=lambda outcome: before is not None and outcome.id != before.outcome)),
        closed_deals=tuple((person.id, house.mirror.closed_deals(person.id)) for person in several),
        note=NoteBy(house.config.log.note),
        follow_up=house.config.log.follow_up and has_crm(house),
        before=before,
    )


def converse(house: House, followup: FollowUp, put: Put, clock: Callable[[], datetime], told: Told = Told.WANTED) -> bool:
    """Given a follow-up, ask to the end; False when the person left before."""
    while True:
        at_hand = situation(house, followup, clock())
        step = next_asked(house, at_hand, clock())
        if not isinstance(step, Asked):
            finish(house, followup, step, clock(), told)
            return True
        said = put(step, followup.draft)
        followup = keep(house, followup, said or (), clock())
        if said is None:
            return False


def keep(house: House, followup: FollowUp, draft: Draft, now: datetime) -> FollowUp:
    """Keep the answers so far, and return the follow-up with them; somebody may have changed the rest of it meanwhile."""
    kept = followup

    def store(before: FollowUp) -> bool:
        nonlocal kept
        after = house.ledger.calls.change(before, replace(before, draft=draft), now)
        kept = after or before
        return after is not None

    insist(house, followup, store)
    return replace(kept, draft=draft)


def finish(house: House, followup: FollowUp, said: Answer | NotThem | Entered, now: datetime, told: Told = Told.WANTED) -> None:
    """Store what was said in all."""
    match said:
        case Answer():
            record_answer(house, followup, said, now, told)
        case Entered():
            record_entry(house, followup, said, followup.draft, now)
        case NotThem():
            not_them(house, followup, now)


def not_them(house: House, followup: FollowUp, now: datetime) -> None:
    """Store that the caller was none of those whom the number suggests. What was logged of the call before is withdrawn."""

    def store(before: FollowUp) -> object:
        reason = "not whom the number suggests"
        gone = replace(before, state=State.NOT_IN_CRM, reason=reason, token="", batch="", draft=(), wanted_at=None)
        after = replace(gone, is_offered=True, told=Told.NOTHING)
        if before.state in (State.QUEUED, State.LOGGED, *REFUSED):
            return house.ledger.answers.withdraw(before, replace(after, state=State.QUEUED), now)
        return house.ledger.calls.change(before, after, now)

    insist(house, followup, store)
