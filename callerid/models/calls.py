"""Calls of the call log, and how they can end."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.models.kinds import CallType


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One row of Android's call log. `starts` holds one moment, or two when a clock change makes the row's local time ambiguous."""

    starts: tuple[datetime, ...]
    number: str  # as the network sent or the person dialled it; "" when hidden
    type: CallType
    duration: int  # seconds, connected
    sim: str | None
    name: str  # from the phone contacts; "" when they have none


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call record: a row of the call log with an identity. `key` never changes: UTC start, number, SIM, and ordinal among rows
    that are alike in these."""

    key: str
    start: datetime
    number: str
    type: CallType
    duration: int
    sim: str | None
    ordinal: int
    name: str


class Outcome(StrEnum):
    """The outcomes that callerid itself can tell, by its own stable words; the CRM module translates them."""

    CONNECTED = "connected"
    LEFT_LIVE_MESSAGE = "left-live-message"
    LEFT_VOICEMAIL = "left-voicemail"
    NO_ANSWER = "no-answer"
    BUSY = "busy"
    WRONG_NUMBER = "wrong-number"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOutcome:
    """An outcome that the portal offers. `id` is a word of `Outcome` where it is one of those, else the CRM's own id."""

    id: str
    label: str
