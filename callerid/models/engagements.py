"""What is written into the CRM: calls, tasks and new contacts."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime


class Direction(StrEnum):
    """The direction of a call, in HubSpot's words."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


class CallStatus(StrEnum):
    """The statuses of a call that a phone can know, in HubSpot's words."""

    COMPLETED = "COMPLETED"
    NO_ANSWER = "NO_ANSWER"
    BUSY = "BUSY"


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
