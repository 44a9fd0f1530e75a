"""Taps that open a contact in the CRM. Where several have the number, the card asks which: opening one of them would be a guess."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.followup import cards
from callerid.core.followup.questions import contact_question
from callerid.core.followup.states import AWAITING_ANSWER, State
from callerid.core.record_links import contact_url
from callerid.errors import PhoneFault, Refused
from callerid.turns.followup.situation import read_situation
from callerid.turns.retry_on_conflict import change_followup
from callerid.turns.ringing.resolve_caller import resolve_call
from callerid.turns.wake import Wake

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.core.callers.candidate import Candidate
    from callerid.core.followup.state import FollowUp
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts


def open_contact(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake:
    """Open the contact of a call, or ask which of several."""
    candidates = resolve_call(app, followup).candidates
    if len(candidates) > 1:
        return _ask_which(app, followup, 0, facts)
    _open(app, candidates, facts.now)
    return Wake()


def open_contact_and_settle(
    app: AppContext, followup: FollowUp, facts: TurnFacts, settle: Callable[[FollowUp, str], object]
) -> Wake:
    """Open the contact of a missed call, whose card was removed by a tap on its body, and settle the call, with a reason; where the
    contact could not be opened, show the card again."""
    candidates = resolve_call(app, followup).candidates
    if len(candidates) > 1:
        return _ask_which(app, followup, 0, facts)
    is_open = _open(app, candidates, facts.now)
    if is_open or not facts.has_crm:
        reason = "contact viewed" if is_open else "seen"
        change_followup(app.ledger, followup, lambda newest: newest.state not in AWAITING_ANSWER or settle(newest, reason))
    else:
        _show_again(app.ledger, followup, facts.now)
    return Wake(attend=True)


def open_chosen_contact(app: AppContext, followup: FollowUp, word: str, facts: TurnFacts) -> Wake:
    """Open the contact that was chosen by a tap on the card that asks which, or turn to further ones. Where other contacts have the
    number by now, ask again."""
    resolution = resolve_call(app, followup)
    index = cards.place_in_word(word, contact_question(resolution, facts.style))
    if len(resolution.candidates) > 1 and (index is None or word.startswith("whom-")):
        return _ask_which(app, followup, index or 0, facts)
    if index is not None:
        _open(app, resolution.candidates[index : index + 1], facts.now)
    return restore_card(app, followup, facts)


def restore_card(app: AppContext, followup: FollowUp, facts: TurnFacts) -> Wake:
    """Show the call's own card in place of the one that asks which contact to open."""
    _show_again(app.ledger, followup, facts.now)
    return Wake(attend=True)


def _open(app: AppContext, candidates: tuple[Candidate, ...], now: datetime) -> bool:
    """Open the first of some contacts in the CRM, and return whether that worked."""
    account = app.mirror.account()
    if not (account and candidates):
        return False
    try:
        app.termux.open_url(contact_url(account, candidates[0].id))
    except (PhoneFault, Refused) as fault:
        app.report_notification_fault(fault, now)
        return False
    return True


def _ask_which(app: AppContext, followup: FollowUp, first: int, facts: TurnFacts) -> Wake:
    """Ask on the call's card which contact to open. The card keeps its token."""
    situation, style = read_situation(app, followup, facts), facts.style
    question = contact_question(situation.resolution, style)
    if not app.show_card(cards.contact_choice_card(situation, question, first, style), facts.now):
        _show_again(app.ledger, followup, facts.now)
    return Wake(attend=True)


def _show_again(ledger: Ledger, followup: FollowUp, now: datetime) -> None:
    def store(before: FollowUp) -> object:
        is_shown = before.state is State.NOTIFIED
        return not is_shown or ledger.calls.change(before, replace(before, state=State.OPEN), now)

    change_followup(ledger, followup, store)
