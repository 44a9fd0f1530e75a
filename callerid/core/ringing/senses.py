"""The state of the phone that each sense reads, and the events between two states."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from callerid.core.inbox_events import Dialled, EarlierCaller, Idle, Offhook, Ring
from callerid.core.ringing.hearing import Sense
from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.inbox_events import Event


PUSH = (Sense.STREAM, Sense.INBOX)
POLLED = (Sense.TELEPHONY, Sense.NOTIFICATIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerInfo:
    """What a sense knows about the other end of a call."""

    number: str = ""  # raw; "" if it is hidden or not known
    name: str = ""  # as the phone shows it
    slot: int | None = None  # of the SIM
    notification_key: str = field(default="", compare=False)  # of the dialer's notification that shows the call


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneState:
    """The calls of the phone at one moment."""

    ringing: tuple[CallerInfo, ...] = ()
    dialling: tuple[CallerInfo, ...] = ()
    talking: bool = False

    @property
    def is_idle(self) -> bool:
        """Return whether there is no call at all."""
        return not (self.ringing or self.dialling or self.talking)


IDLE = PhoneState()


def events_between(before: PhoneState, after: PhoneState, sense: Sense, at: datetime) -> tuple[Event, ...]:
    """Return what happened between two states of the phone, with `at` as its time.

    A ring that ends during another call is an Offhook: its row may be in the call log already. A notification that goes on ringing
    is one call: if its caller has changed, the event says who it was before.
    """
    of_callers = ((Ring, before.ringing, after.ringing), (Dialled, before.dialling, after.dialling))
    events: list[Event] = [
        kind(
            at=at,
            number=caller.number,
            name=caller.name,
            slot=caller.slot,
            sense=sense.value,
            earlier=_earlier(caller, callers_before, callers),
        )
        for kind, callers_before, callers in of_callers
        for caller in callers
        if caller not in callers_before
    ]
    if after.is_idle:
        return (*events, Idle(at=at)) if not before.is_idle else tuple(events)
    ring_ended = len(after.ringing) < len(before.ringing)
    if (after.talking and not before.talking) or ring_ended:
        events.append(Offhook(at=at))
    return tuple(events)


def _earlier(caller: CallerInfo, before: tuple[CallerInfo, ...], after: tuple[CallerInfo, ...]) -> EarlierCaller | None:
    """Return whom the notification of a caller showed before; None if it is new, or its other call goes on as well."""
    if not caller.notification_key:
        return None
    earlier = (shown for shown in before if shown.notification_key == caller.notification_key and shown not in after)
    return next((EarlierCaller(number=shown.number, name=shown.name) for shown in earlier), None)
