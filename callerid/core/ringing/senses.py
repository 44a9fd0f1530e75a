"""What hears a ring, and what one look at the phone tells: a few values that every sense speaks in, and what changed between
two."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.inbox_events import Dialled, Idle, Offhook, Ring

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.inbox_events import Event


class Sense(StrEnum):
    """How a ring is heard (setting ring.senses)."""

    INBOX = "inbox"  # an automation app tells
    STREAM = "stream"  # the system's own log, as it is written
    TELEPHONY = "telephony"  # dumpsys telephony.registry, looked at again and again
    NOTIFICATIONS = "notifications"  # the dialer's notification, looked at again and again


PUSH = (Sense.STREAM, Sense.INBOX)
POLLED = (Sense.TELEPHONY, Sense.NOTIFICATIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerInfo:
    """Somebody at the other end, as far as a sense tells: a raw number ("" when it is hidden or not told), the name that the
    phone shows, the slot of the SIM."""

    number: str = ""
    name: str = ""
    slot: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneState:
    """What the phone was doing when it was looked at."""

    ringing: tuple[CallerInfo, ...] = ()
    dialling: tuple[CallerInfo, ...] = ()
    talking: bool = False

    @property
    def is_idle(self) -> bool:
        """Is there no call at all?"""
        return not (self.ringing or self.dialling or self.talking)


IDLE = PhoneState()


def events_between(before: PhoneState, after: PhoneState, sense: Sense, at: datetime) -> tuple[Event, ...]:
    """Given two looks one after the other, return what happened between them. A ring that ends while another call goes on is told
    as "off the hook": its row may be in the call log already."""
    found: list[Event] = [
        Ring(at=at, number=caller.number, name=caller.name, slot=caller.slot, sense=sense.value)
        for caller in after.ringing
        if caller not in before.ringing
    ]
    found += [
        Dialled(at=at, number=caller.number, name=caller.name, slot=caller.slot, sense=sense.value)
        for caller in after.dialling
        if caller not in before.dialling
    ]
    if after.is_idle:
        return (*found, Idle(at=at)) if not before.is_idle else tuple(found)
    fewer = len(after.ringing) < len(before.ringing)
    if (after.talking and not before.talking) or fewer:
        found.append(Offhook(at=at))
    return tuple(found)
