"""The ways to hear a ring, the state of the phone that each of them reads, and the events between two states."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.inbox_events import Dialled, Idle, Offhook, Ring

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.inbox_events import Event


class Sense(StrEnum):
    """A way to hear a ring (setting ring.senses)."""

    INBOX = "inbox"  # an automation app reports it
    STREAM = "stream"  # the system's log, followed
    TELEPHONY = "telephony"  # dumpsys telephony.registry, polled
    NOTIFICATIONS = "notifications"  # the list of notifications, polled


PUSH = (Sense.STREAM, Sense.INBOX)
POLLED = (Sense.TELEPHONY, Sense.NOTIFICATIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerInfo:
    """What a sense knows about the other end of a call."""

    number: str = ""  # raw; "" if it is hidden or not known
    name: str = ""  # as the phone shows it
    slot: int | None = None  # of the SIM


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

    A ring that ends during another call is an Offhook: its row may be in the call log already.
    """
    events: list[Event] = [
        Ring(at=at, number=caller.number, name=caller.name, slot=caller.slot, sense=sense.value)
        for caller in after.ringing
        if caller not in before.ringing
    ]
    events += [
        Dialled(at=at, number=caller.number, name=caller.name, slot=caller.slot, sense=sense.value)
        for caller in after.dialling
        if caller not in before.dialling
    ]
    if after.is_idle:
        return (*events, Idle(at=at)) if not before.is_idle else tuple(events)
    ring_ended = len(after.ringing) < len(before.ringing)
    if (after.talking and not before.talking) or ring_ended:
        events.append(Offhook(at=at))
    return tuple(events)
