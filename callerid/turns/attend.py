"""Follow-ups -> notifications. Asks `next_step` about each and does what it says: effect first, record after."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core import wording
from callerid.core.cards import is_over
from callerid.core.followup import Ask, Clear, FollowUp, Notify, Settle, Situation, State, Wait, is_missed, next_step
from callerid.core.health import Source
from callerid.errors import PhoneFault
from callerid.models import Button, Notification
from callerid.turns.house import log, policy, situation, voice

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.wording import Voice
    from callerid.turns.house import House

_AFTER_FAULT = timedelta(seconds=30)
_CARDS_AGAIN = timedelta(seconds=21)
_MISSED = (("view", "view"), ("call", "call"), ("log", "log"))  # the buttons: name of the label, word of the tap
_MISSED_WITHOUT_CRM = (("call", "call"),)
_AFTER = (("connected", "connected"), ("log_more", "log"), ("later", "later"))
_STEPS_AT_MOST = 4  # notify, then ask; settle, then clear


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """What one round over the follow-ups left: is a dialog wanted, and when is the next round due at the latest?"""

    ask: bool
    next_at: datetime | None


def attend(house: House, now: datetime) -> Attended:
    """Do every follow-up's next steps but the dialogs, and take away the cards whose time has passed."""
    _clear_cards(house, now)
    ask, waits = False, []
    for seen in house.ledger.calls.at_work():
        step = _steps(house, seen.call.key, now)
        ask = ask or isinstance(step, Ask)
        waits += [step.until] if isinstance(step, Wait) else []
    waits += [now + _CARDS_AGAIN] if house.ledger.rings.open_cards() else []
    return Attended(ask=ask, next_at=min(waits, default=None))


def _steps(house: House, call_key: str, now: datetime) -> Ask | Wait | None:
    """Do a follow-up's steps until one is left to others or to time, or until a step changed nothing.

    It is read anew each time: an earlier follow-up of this round, or somebody else, may have changed it.
    """
    before: FollowUp | None = None
    for _ in range(_STEPS_AT_MOST):
        followup = house.ledger.calls.followup(call_key)
        if followup is None or followup == before:
            return None
        step = _do_one(house, followup, now)
        if step:
            return step
        before = followup
    return None


def _do_one(house: House, followup: FollowUp, now: datetime) -> Ask | Wait | None:
    at_hand = situation(house, followup)
    step = next_step(at_hand, policy(house), house.local(now))
    match step:
        case Settle():
            _settle(house, at_hand, step, now)
        case Notify():
            return _notify(house, at_hand, now)
        case Clear():
            _clear(house, followup, now)
        case Ask() | Wait():
            return step
        case None:
            pass
    return None


def _settle(house: House, at_hand: Situation, step: Settle, now: datetime) -> None:
    before = at_hand.followup
    counted_in = ""
    if at_hand.newer_missed and not at_hand.spoken_since:
        later = house.ledger.calls.on_line_since(before)
        counted_in = next(other.call.key for other in later if is_missed(other.call))
    after = replace(before, state=step.state, reason=step.reason, token="")
    if house.ledger.calls.change(before, after, now, counted_in=counted_in):
        log.info("call %s: %s (%s)", before.call.key, step.state, step.reason)
        if before.notification_out:
            _clear(house, after, now)


def _notify(house: House, at_hand: Situation, now: datetime) -> Wait | None:
    before = at_hand.followup
    armed = replace(before, token=secrets.token_urlsafe(18), notification_out=True)
    if not house.ledger.calls.change(before, armed, now):
        return None
    shown = notification(replace(at_hand, followup=armed), voice(house, now))
    try:
        house.replace_card(shown)
    except PhoneFault as fault:
        house.report(Source.NOTIFICATIONS, fault, now)
        later = replace(armed, not_before=now + _AFTER_FAULT)
        house.ledger.calls.change(armed, later, now)
        return Wait(until=now + _AFTER_FAULT)
    house.report(Source.NOTIFICATIONS, None, now)
    done = replace(armed, state=State.NOTIFIED, notified_at=now, not_before=None)
    if not house.ledger.calls.change(armed, done, now):
        house.ledger.calls.mark_shown(before.call.key)  # answered meanwhile: the next round takes it away again
    return None


def _clear(house: House, followup: FollowUp, now: datetime) -> None:
    try:
        house.take_away(followup.notification_id)
    except PhoneFault as fault:
        house.report(Source.NOTIFICATIONS, fault, now)
        return
    house.ledger.calls.change(followup, replace(followup, notification_out=False), now)


def _clear_cards(house: House, now: datetime) -> None:
    for card in house.ledger.rings.open_cards():
        if is_over(card, now):
            try:
                house.take_away(card.notification_id)
            except PhoneFault as fault:
                house.report(Source.NOTIFICATIONS, fault, now)
                return
            house.ledger.rings.close(card)


def notification(at_hand: Situation, speak: Voice) -> Notification:
    """Given a follow-up in its situation, return the notification that asks about it."""
    followup, who = at_hand.followup, at_hand.resolution
    missed = is_missed(followup.call)
    buttons = (_MISSED if speak.has_crm else _MISSED_WITHOUT_CRM) if missed else _AFTER
    if missed:
        title = wording.missed_title(followup.call, who, followup.missed_count, speak)
        body = wording.missed_body(followup.call, who, speak)
    else:
        title, body = wording.after_title(who, speak), wording.after_body(followup.call, who, speak)
    return Notification(
        id=followup.notification_id,
        title=title,
        body=body,
        buttons=tuple(Button(label=speak.texts.say(f"button.{label}"), word=word) for label, word in buttons),
        tap="seen" if missed else "log",
        swipe="dismiss",
        token=followup.token,
    )
