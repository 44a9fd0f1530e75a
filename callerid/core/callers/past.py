"""A call that is over, and a note about one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.models import CallType


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCall:
    """A call that is over."""

    start: datetime
    type: CallType
    duration: int  # seconds, connected
    outcome: str = ""  # the id of a `CallOutcome`; "" when none was logged

    @property
    def connected(self) -> bool:
        """Whether the two spoke."""
        return self.type.is_talk(self.duration)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastNote:
    """A note about a call, and when that call began."""

    at: datetime
    text: str
