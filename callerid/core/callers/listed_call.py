"""A call as lists show it: with whom it was, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.models import CallType


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCall:
    """A call of the ledger with its caller and its state. Empty text means that there is none."""

    key: str
    start: datetime  # UTC
    local: datetime  # the same in the phone's zone
    number: str  # raw; "" when hidden
    type: CallType
    duration: int  # seconds, connected
    sim: str | None
    who: str
    company: str
    contact_id: str
    certainty: str  # of who it was: a word of `Certainty`
    state: str  # a word of `State`
    shown_state: str  # a word of `ShownState`
    shown_reason: str  # what is told beside that
    reason: str
    outcome: str  # a label in the person's language
    crm_outcome: str  # the label in the CRM, by which its import knows it
    note: str
