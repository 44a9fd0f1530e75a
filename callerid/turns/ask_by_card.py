"""Questions -> the call's own notification, one button a label, for phones that show no dialogs. Nothing can be typed there, so
notes and dates are left out."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core import prompts
from callerid.core.asking import Answer, Asked, NoteBy, NotThem, chosen
from callerid.core.followup import ASKED_ABOUT, State
from callerid.core.health import Source
from callerid.errors import PhoneFault
from callerid.turns.conversation import finish, next_asked, offer_of
from callerid.turns.house import log, situation, voice

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.adding import Entered
    from callerid.core.followup import FollowUp, Situation
    from callerid.turns.house import House

_SHOWN_WITHIN = timedelta(seconds=30)  # else the call's own card is shown again


def ask_by_card(house: House, at_hand: Situation, now: datetime, first: int = 0) -> bool:
    """Given a follow-up, put its next question on its card, from the label at place `first` on; True when nothing is left to ask
    and the answer is stored."""
    before = at_hand.followup
    step = _next(house, at_hand, now)
    if not isinstance(step, Asked):
        finish(house, before, step, now)
        return True
    if not step.dialog.labels:
        log.warning("call %s: %r must be typed, and no dialog shows; in Termux: callerid log", before.call.key, step.dialog.title)
        state = State.OPEN if before.state in ASKED_ABOUT else before.state
        house.ledger.calls.change(before, replace(before, state=state, wanted_at=None), now)
        return False
    asks = before.state in ASKED_ABOUT
    armed = replace(before, token=secrets.token_urlsafe(18), notification_out=True, notified_at=now, batch="", wanted_at=None)
    if asks:  # what was logged stays so until it is changed
        armed = replace(armed, state=State.OPEN, not_before=now + _SHOWN_WITHIN)
    if house.ledger.calls.change(before, armed, now):
        try:
            house.replace_card(prompts.question(armed, step, first, voice(house, now)))
        except PhoneFault as fault:
            house.report(Source.NOTIFICATIONS, fault, now)
            return False
        if asks:
            house.ledger.calls.change(armed, replace(armed, state=State.NOTIFIED, not_before=None), now)
    return False


def picked(house: House, followup: FollowUp, word: str, now: datetime) -> bool:
    """Given the word of a tap on a question's card, take that for the answer, or turn to further labels; True when the call's whole
    answer is stored."""
    at_hand, place = situation(house, followup, now), prompts.place_of(word)
    if word.startswith("more-"):
        return ask_by_card(house, at_hand, now, place)
    step = _next(house, at_hand, now)
    if isinstance(step, Asked) and place < len(step.values):
        after = replace(followup, draft=chosen(step, place, "", followup.draft))
        if not house.ledger.calls.change(followup, after, now):
            return False
        at_hand = replace(at_hand, followup=after)
    return ask_by_card(house, at_hand, now)


def _next(house: House, at_hand: Situation, now: datetime) -> Asked | Answer | NotThem | Entered:
    offer = replace(offer_of(house, at_hand), note=NoteBy.OFF, follow_up=False)
    return next_asked(house, at_hand, now, offer)
