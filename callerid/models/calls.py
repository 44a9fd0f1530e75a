"""Calls of the call log, and what is written about them into the CRM."""

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


class Direction(StrEnum):
    """The direction of a call, in HubSpot's words."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


class CallStatus(StrEnum):
    """The statuses of a call that a phone can know, in HubSpot's words."""

    COMPLETED = "COMPLETED"
    NO_ANSWER = "NO_ANSWER"
    BUSY = "BUSY"


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


class EngagementKind(StrEnum):
    """The kinds of engagements that are written to the CRM."""

    CALL = "call"
    TASK = "task"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEngagement:
    """A call as the CRM is to hold it. `external_id` is our own uuid, by which the same engagement is never created twice."""

    external_id: str
    start: datetime
    duration_ms: int
    direction: Direction
    status: CallStatus
    outcome: str | None  # the id of a `CallOutcome`
    title: str
    note: str  # plain text
    from_number: str
    to_number: str
    owner_id: str | None
    contact_id: str | None  # None when the contact was deleted and only company or deal are left
    company_id: str | None = None
    deal_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEngagement:
    """A task as the CRM is to hold it, which is due at a time and has the associations of its call."""

    external_id: str
    due: datetime  # of the reminder, too
    title: str
    note: str  # plain text
    owner_id: str | None
    contact_id: str | None
    company_id: str | None = None
    deal_id: str | None = None


Engagement = CallEngagement | TaskEngagement


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContact:
    """A person to be added to the CRM. Empty text means not given; `number` is E.164, or raw where it has none."""

    first_name: str
    last_name: str
    company: str
    email: str
    number: str
    owner_id: str | None
