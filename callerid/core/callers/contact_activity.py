"""A note, a task or a ticket of a contact, which most have none of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.models import ActivityKind, Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactActivity:
    """What the CRM has of a contact: the note of a call, an open task, or an open ticket."""

    kind: ActivityKind
    id: str
    at: datetime | None  # when the call began, when the task is due, when the ticket was opened (UTC)
    text: str
    stage: str  # of a ticket, its label
    owner: Owner | None
