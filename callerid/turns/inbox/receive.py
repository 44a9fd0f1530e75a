"""Events of the inbox: reports of the phone's state, and taps on our notifications."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.inbox_events import Dialled, Idle, LedgerWritten, Offhook, Reply, Ring, SyncWanted, Tap
from callerid.core.upkeep.health import Source
from callerid.errors import CalleridError, Stopped, StoreFault, WrittenByNewer
from callerid.store.mirror.database import empty_mirror
from callerid.turns.full_disk import with_reserve
from callerid.turns.inbox.taps import receive_tap
from callerid.turns.inbox.typed_note import receive_reply
from callerid.turns.repair import retry_if_damaged
from callerid.turns.ringing.blocked_callers import has_exclusions
from callerid.turns.ringing.show_ring import show_ring
from callerid.turns.ringing.speak import OFF_HOOK, ON_HOOK
from callerid.turns.wake import Wake

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.inbox_events import Event
    from callerid.turns.context import AppContext


def must_stay(event: Event, fault: Exception) -> bool:
    """Return whether an event that failed is received again, and its file stays until then: the store failed, or callerid stops, or
    nobody knows why what a person said could not be stored."""
    if isinstance(fault, CalleridError):
        return isinstance(fault, Stopped | StoreFault)
    return isinstance(fault, OSError) or isinstance(event, Tap | Reply)


def receive(app: AppContext, event: Event, now: datetime, *, over: bool = False) -> Wake:
    """Do what an event asks for, and return which loops to wake. A ring that is `over` already is recorded without a card. What a
    person says gets the reserved space if the disk is full. Raise PhoneFault when a termux command fails, StoreFault when nothing
    can be stored: the event must then be received again."""
    try:
        return retry_if_damaged(app, lambda: _receive(app, event, now, over=over), now)
    except WrittenByNewer as fault:
        if not isinstance(event, Ring | Dialled):
            raise  # what the person says waits for the daemon that can read the mirror
        app.report(Source.MIRROR, fault, now)
        return _receive(replace(app, mirror=empty_mirror(app.paths.mirror)), event, now, over=over)


def _receive(app: AppContext, event: Event, now: datetime, *, over: bool) -> Wake:
    match event:
        case Ring():
            shown = show_ring(app, event, now, ended=over)
            return Wake(
                call_under_way=True,
                attend=shown is not None or has_exclusions(app.ledger, app.config),
                look_up_live=event if shown and shown.has_number else None,
                speak=shown.spoken_text if shown else "",
            )
        case Dialled():
            shown = show_ring(app, event, now, ended=over)
            called = (
                Ring(at=event.at, number=event.number, name=event.name, slot=event.slot) if shown and shown.has_number else None
            )
            return Wake(
                call_under_way=True, attend=shown is not None or has_exclusions(app.ledger, app.config), look_up_live=called
            )
        case Offhook():
            app.ledger.rings.mark_answered(event.at)
            app.ledger.key_values.write_time(OFF_HOOK, event.at)
            # a call that waited may be over, and be in the call log
            return Wake(call_under_way=True, attend=True, watch=True, stop_speaking=True)
        case Idle():
            app.ledger.rings.mark_ended(event.at)
            app.ledger.key_values.write_time(ON_HOOK, event.at)
            return Wake(attend=True, watch=True, stop_speaking=True)
        case Tap():
            return with_reserve(app, lambda: receive_tap(app, event, now))
        case SyncWanted():
            return Wake(pull=True)
        case LedgerWritten():
            return Wake(attend=True, ask=True, deliver=True, listen=True)
        case Reply():
            return with_reserve(app, lambda: receive_reply(app, event, now))
