"""What the CRM has of a contact besides records: notes of calls, open tasks and open tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.models.kinds import ActivityKind
    from callerid.models.records import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A call with a note, a task or a ticket."""

    id: str
    at: datetime | None  # when the call began, when the task is due, when the ticket was opened (UTC)
    text: str  # the note, or the subject: one line, never longer than a few hundred characters
    is_open: bool  # whether a card may show it: the call has a note, the task or the ticket is not closed
    modified: datetime | None
    owner_id: str | None = None
    pipeline_id: str = ""  # of a ticket, as its stage
    stage_id: str = ""
    stage: str = ""  # the label


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRequest:
    """Which activities are wanted of a kind."""

    kind: ActivityKind
    noted_since: datetime  # calls that began earlier are not wanted
    stages: tuple[Stage, ...] = ()  # of tickets


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityPage:
    """A page of activities, and how many there are with those that follow it."""

    activities: tuple[Activity, ...]
    ids: tuple[int, ...]  # of all rows, in the order of the page: a row that cannot be read counts
    total: int
