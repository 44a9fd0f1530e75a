"""Taps that open a contact in the CRM. Where several have the number, the card asks which: opening one of them would be a guess."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.followup import cards
from callerid.core.followup.questions import contact_question
from callerid.core.followup.state import AWAITING_ANSWER, FollowUp, State
from callerid.core.record_links import contact_url
from callerid.core.upkeep.health import Source
from callerid.errors import PhoneFault, Refused
from callerid.turns.followup.situation import read_situation
from callerid.turns.retry_on_conflict import change_followup
from callerid.turns.ringing.resolve_caller import resolve_call
from callerid.turns.wake import Wake

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.core.callers.candidate import Candidate
    from callerid.turns.context import AppContext, TurnFacts


def open_contact(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake:
    """Open the contact of a call, or ask which of several."""
    people = resolve_call(app, followup).candidates
    if len(people) > 1:
        return _ask_which(app, followup, 0, facts)
    _open(app, people, facts.now)
    return Wake()


def open_contact_and_settle(
    app: AppContext, followup: FollowUp, facts: TurnFacts, settle: Callable[[FollowUp, str], object]
) -> Wake:
    """The body of a missed call's card was touched, which has taken it away: open the contact, and settle the call if that was
    done. Else the card is shown again."""
    people = resolve_call(app, followup).candidates
    if len(people) > 1:
        return _ask_which(app, followup, 0, facts)
    viewed = _open(app, people, facts.now)
    if viewed or not facts.has_crm:
        reason = "contact viewed" if viewed else "seen"
        change_followup(app, followup, lambda newest: newest.state not in AWAITING_ANSWER or settle(newest, reason))
    else:
        _show_again(app, followup, facts.now)
    return Wake(attend=True)


def open_chosen_contact(app: AppContext, followup: FollowUp, word: str, facts: TurnFacts) -> Wake:
    """Given the word of a tap on the card that asks which, open that contact, or turn to further ones. Where others have the number
    by now, it is asked anew."""
    found = resolve_call(app, followup)
    place = cards.place_in_word(word, contact_question(found, facts.style))
    if len(found.candidates) > 1 and (place is None or word.startswith("whom-")):
        return _ask_which(app, followup, place or 0, facts)
    if place is not None:
        _open(app, found.candidates[place : place + 1], facts.now)
    return restore_card(app, followup, facts)


def restore_card(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake:
    """Let the card that asks which give way to the call's own."""
    _show_again(app, followup, facts.now)
    return Wake(attend=True)


def _open(app: AppContext, people: tuple[Candidate, ...], now: datetime) -> bool:
    """Open the first of some people in the CRM, and say whether it was done."""
    account = app.mirror.account()
    if not (account and people):
        return False
    try:
        app.termux.open_url(contact_url(account, people[0].id))
    except (PhoneFault, Refused) as fault:
        app.report(Source.NOTIFICATIONS, fault, now)
        return False
    return True


def _ask_which(app: AppContext, followup: FollowUp, first: int, facts: TurnFacts) -> Wake:
    """The card of a call asks whose contact to open. It has the token that it had."""
    at_hand, speak = read_situation(app, followup, facts), facts.style
    if not app.show_card(cards.contact_choice_card(at_hand, contact_question(at_hand.resolution, speak), first, speak), facts.now):
        _show_again(app, followup, facts.now)
    return Wake(attend=True)


def _show_again(app: AppContext, followup: FollowUp, now: datetime) -> None:
    def store(before: FollowUp) -> object:
        out = before.state is State.NOTIFIED
        return not out or app.ledger.calls.change(before, replace(before, state=State.OPEN), now)

    change_followup(app, followup, store)
