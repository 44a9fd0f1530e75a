"""What comes in by the inbox: hints of the phone's state, and taps on our notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.inbox_events import Dialled, Idle, LedgerWritten, Offhook, Reply, Ring, SyncWanted, Tap
from callerid.turns.inbox.taps import replied, tapped
from callerid.turns.ringing.announce import announce
from callerid.turns.ringing.callers import may_be_unwelcome
from callerid.turns.ringing.speak import OFF_HOOK, ON_HOOK
from callerid.turns.wake import Wake

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.inbox_events import Event
    from callerid.turns.context import House


def receive(house: House, event: Event, now: datetime, *, over: bool = False) -> Wake:
    """Do what an event asks for, and return which loops to wake; a ring that is `over` already is only remembered. Raise PhoneFault
    when the phone does not do its part."""
    match event:
        case Ring():
            announced = announce(house, event, now, over=over)
            stranger = announced is not None and announced.is_stranger
            words = announced.words if announced else ""
            attend = announced is not None or may_be_unwelcome(house)
            return Wake(alert=True, attend=attend, inquire=event if stranger else None, words=words)
        case Dialled():
            announced = announce(house, event, now, over=over)
            asked = Ring(at=event.at, number=event.number, slot=event.slot) if announced and announced.is_stranger else None
            return Wake(alert=True, attend=announced is not None or may_be_unwelcome(house), inquire=asked)
        case Offhook():
            house.ledger.rings.answered(event.at)
            house.ledger.notebook.write_time(OFF_HOOK, event.at)
            return Wake(alert=True, attend=True, watch=True, hush=True)  # a call that waited may be over, and be in the log
        case Idle():
            house.ledger.rings.ended(event.at)
            house.ledger.notebook.write_time(ON_HOOK, event.at)
            return Wake(attend=True, watch=True, hush=True)
        case Tap():
            return tapped(house, event, now)
        case SyncWanted():
            return Wake(pull=True)
        case LedgerWritten():
            return Wake(attend=True, ask=True, deliver=True)
        case Reply():
            return replied(house, event, now)
