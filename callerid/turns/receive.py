"""What comes in by the inbox: hints of the phone's state, and taps on our notifications."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.asking import quick_answer
from callerid.core.events import Dialled, Idle, Offhook, Reply, Ring, SyncWanted, Tap
from callerid.core.followup import FollowUp, State
from callerid.core.health import Source
from callerid.core.portal_links import contact_url
from callerid.errors import PhoneFault, Refused
from callerid.models import Outcome
from callerid.turns.announce import announce
from callerid.turns.answering import record_answer
from callerid.turns.house import log, situation

if TYPE_CHECKING:
    from callerid.core.events import Event
    from callerid.turns.house import House


@dataclass(frozen=True, slots=True, kw_only=True)
class Wake:
    """Which loops have something to do now."""

    alert: bool = False  # the call log will change before long
    watch: bool = False  # it has just changed
    attend: bool = False
    ask: bool = False
    deliver: bool = False
    pull: bool = False
    inquire: Ring | None = None  # whose caller may have to be looked up
    words: str = ""  # to be said aloud


def receive(house: House, event: Event, now: datetime, *, over: bool = False) -> Wake:
    """Do what an event asks for, and return which loops to wake; a ring that is `over` already is only remembered. Raise PhoneFault
    when the phone does not do its part."""
    match event:
        case Ring():
            announced = announce(house, event, now, over=over)
            stranger = announced is not None and announced.is_stranger
            words = announced.words if announced else ""
            return Wake(alert=True, attend=announced is not None, inquire=event if stranger else None, words=words)
        case Dialled():
            return Wake(alert=True, attend=announce(house, event, now, over=over) is not None)
        case Offhook():
            house.ledger.rings.answered(event.at)
            return Wake(alert=True, attend=True, watch=True)  # a call that waited may be over, and be in the log
        case Idle():
            house.ledger.rings.ended(event.at)
            return Wake(attend=True, watch=True)
        case Tap():
            return tapped(house, event, now)
        case SyncWanted():
            return Wake(pull=True)
        case Reply():
            log.warning("a reply came in, but no notification of ours asks for one; it was dropped")
            return Wake()


def tapped(house: House, tap: Tap, now: datetime) -> Wake:
    """Do what a tapped button says, if its token is that of a live notification: an old one changes nothing."""
    followup = house.ledger.calls.followup_of_token(tap.token)
    if followup is None or followup.state not in (State.OPEN, State.NOTIFIED):
        log.info("tap %r on a notification that is no longer live", tap.word)
        return Wake(attend=True)
    log.info("call %s: tap %r", followup.call.key, tap.word)
    match tap.word:
        case "view" | "seen":
            return _view(house, followup, now, seen=tap.word == "seen")
        case "call":
            return _call_back(house, followup, now)
        case "connected":
            return _connected(house, followup, now)
        case "log":
            return _want_dialog(house, followup, now)
        case "later":
            return _later(house, followup, now)
        case "dismiss":
            gone = replace(followup, state=State.DISMISSED, reason="swiped away", token="", notification_out=False)
            house.ledger.calls.change(followup, gone, now)
            return Wake()
        case _:
            log.warning("tap with an unknown word: %r", tap.word)
            return Wake()


def _view(house: House, followup: FollowUp, now: datetime, *, seen: bool) -> Wake:
    account, people = house.mirror.account(), situation(house, followup).resolution.people
    if account and people:
        try:
            house.termux.open_url(contact_url(account, people[0].id))
        except (PhoneFault, Refused) as fault:
            house.report(Source.NOTIFICATIONS, fault, now)
    if seen:  # a tap on the body has taken the notification away already
        after = replace(followup, state=State.DISMISSED, reason="contact viewed", token="", notification_out=False)
        house.ledger.calls.change(followup, after, now)
    return Wake()


def _call_back(house: House, followup: FollowUp, now: datetime) -> Wake:
    number = numbers.dialable(followup.call.number)
    if number is None:
        log.warning("call %s: its number cannot be dialled", followup.call.key)
        return Wake()
    try:
        house.termux.telephony_call(number)
    except PhoneFault as fault:
        house.report(Source.NOTIFICATIONS, fault, now)
    return Wake(alert=True)


def _connected(house: House, followup: FollowUp, now: datetime) -> Wake:
    answer = quick_answer(situation(house, followup).resolution, Outcome.CONNECTED)
    if answer is None:  # somebody or some deal must be chosen first: only the outcome is known
        preset = replace(followup, draft=(("outcome", Outcome.CONNECTED.value),))
        return _want_dialog(house, followup, now, preset)
    record_answer(house, followup, answer, now)
    return Wake(attend=True, deliver=True)


def _want_dialog(house: House, followup: FollowUp, now: datetime, preset: FollowUp | None = None) -> Wake:
    house.ledger.calls.change(followup, replace(preset or followup, wanted_at=now), now)
    return Wake(ask=True)


def _later(house: House, followup: FollowUp, now: datetime) -> Wake:
    until = this_evening(house.local(now), house.config.log.evening)
    after = replace(followup, state=State.OPEN, token="", not_before=until, asked=followup.asked + 1)
    if house.ledger.calls.change(followup, after, now):
        try:
            house.termux.remove_notification(followup.notification_id)
        except PhoneFault as fault:
            house.report(Source.NOTIFICATIONS, fault, now)
    return Wake(attend=True)


def this_evening(local_now: datetime, evening: time) -> datetime:
    """Given now in the phone's zone and the hour of the evening, return the next evening that is at least a minute away."""
    today = datetime.combine(local_now.date(), evening, tzinfo=local_now.tzinfo)
    return today if today - local_now > timedelta(minutes=1) else today + timedelta(days=1)
