"""What a turn leaves to other loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from callerid.core.inbox_events import Ring


@dataclass(frozen=True, slots=True, kw_only=True)
class Wake:
    """Which loops have something to do now, by the loops' names, and what they need for it."""

    call_under_way: bool = False  # the call log will change soon
    watch: bool = False  # the call log has just changed
    attend: bool = False
    ask: bool = False
    deliver: bool = False
    pull: bool = False
    listen: bool = False  # what had no success may be tried again
    look_up_live: Ring | None = None  # a ring whose caller is looked up in the CRM
    speak: str = ""  # text to speak aloud
    stop_speaking: bool = False  # nobody rings any more
