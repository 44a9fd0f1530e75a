"""Calls of the log, and what is written of them into the CRM."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class CallType(StrEnum):
    """The call log's types (Termux:API CallLogAPI.java)."""

    INCOMING = "INCOMING"
    OUTGOING = "OUTGOING"
    MISSED = "MISSED"
    REJECTED = "REJECTED"
    BLOCKED = "BLOCKED"
    VOICEMAIL = "VOICEMAIL"
    UNKNOWN = "UNKNOWN_TYPE"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One row of the phone's call log, parsed. `starts` holds one instant, or two when a clock change makes the text ambiguous."""

    starts: tuple[datetime, ...]
    number: str  # as the network or the person gave it; "" when hidden
    type: CallType
    duration: int  # connected seconds
    sim: str | None
    name: str  # the phone's own contact name; "" when it has none


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call in the ledger. `key` never changes: UTC start, number, SIM and ordinal among twins."""

    key: str
    start: datetime
    number: str
    type: CallType
    duration: int
    sim: str | None
    ordinal: int
    name: str


class Direction(StrEnum):
    """HubSpot's words for who called whom."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


class CallStatus(StrEnum):
    """The call statuses of HubSpot that a phone can know."""

    COMPLETED = "COMPLETED"
    NO_ANSWER = "NO_ANSWER"
    BUSY = "BUSY"


class Outcome(StrEnum):
    """The outcomes that we can tell by ourselves, by our own stable words; the edge knows what the CRM calls them."""

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


class EngagementKind(StrEnum):
    """What is written to the CRM about a call."""

    CALL = "call"
    TASK = "task"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEngagement:
    """A call as the CRM shall hold it. `external_id` is our own uuid: the same engagement is never created twice."""

    external_id: str
    start: datetime
    duration_ms: int
    direction: Direction
    status: CallStatus
    outcome: str | None  # the id of a `CallOutcome`
    title: str
    note: str  # plain text; the edge escapes it
    from_number: str
    to_number: str
    owner_id: str | None
    contact_id: str | None  # None when the contact is gone and only company or deal are left
    company_id: str | None = None
    deal_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEngagement:
    """A follow-up as the CRM shall hold it: a task that is due at a time, with the associations of its call."""

    external_id: str
    due: datetime  # aware; the reminder comes then, too
    title: str
    note: str  # plain text; the edge escapes it
    owner_id: str | None
    contact_id: str | None
    company_id: str | None = None
    deal_id: str | None = None


Engagement = CallEngagement | TaskEngagement


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContact:
    """A person to be added to the CRM. Empty text means not told; `number` is E.164, or raw where it has none."""

    first_name: str
    last_name: str
    company: str
    email: str
    number: str
    owner_id: str | None
