"""What comes in by the inbox: hints of the phone's state, and taps on our notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.inbox_events import Dialled, Idle, LedgerWritten, Offhook, Reply, Ring, SyncWanted, Tap
from callerid.turns.inbox.taps import receive_reply, receive_tap
from callerid.turns.ringing.blocked_callers import has_exclusions
from callerid.turns.ringing.show_ring import show_ring
from callerid.turns.ringing.speak import OFF_HOOK, ON_HOOK
from callerid.turns.wake import Wake

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.inbox_events import Event
    from callerid.turns.context import AppContext


def receive(app: AppContext, event: Event, now: datetime, *, over: bool = False) -> Wake:
    """Do what an event asks for, and return which loops to wake; a ring that is `over` already is only remembered. Raise PhoneFault
    when the phone does not do its part."""
    match event:
        case Ring():
            announced = show_ring(app, event, now, ended=over)
            stranger = announced is not None and announced.is_stranger
            words = announced.spoken_text if announced else ""
            attend = announced is not None or has_exclusions(app)
            return Wake(call_under_way=True, attend=attend, look_up_live=event if stranger else None, speak=words)
        case Dialled():
            announced = show_ring(app, event, now, ended=over)
            asked = Ring(at=event.at, number=event.number, slot=event.slot) if announced and announced.is_stranger else None
            return Wake(call_under_way=True, attend=announced is not None or has_exclusions(app), look_up_live=asked)
        case Offhook():
            app.ledger.rings.answered(event.at)
            app.ledger.key_values.write_time(OFF_HOOK, event.at)
            return Wake(
                call_under_way=True, attend=True, watch=True, stop_speaking=True
            )  # a call that waited may be over, and be in the log
        case Idle():
            app.ledger.rings.ended(event.at)
            app.ledger.key_values.write_time(ON_HOOK, event.at)
            return Wake(attend=True, watch=True, stop_speaking=True)
        case Tap():
            return receive_tap(app, event, now)
        case SyncWanted():
            return Wake(pull=True)
        case LedgerWritten():
            return Wake(attend=True, ask=True, deliver=True)
        case Reply():
            return receive_reply(app, event, now)
