"""What a turn leaves to others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callerid.core.inbox_events import Ring


@dataclass(frozen=True, slots=True, kw_only=True)
class Wake:
    """Which loops have something to do now."""

    alert: bool = False  # the call log will change before long
    watch: bool = False  # it has just changed
    attend: bool = False
    ask: bool = False
    deliver: bool = False
    pull: bool = False
    look_up_live: Ring | None = None  # whose caller may have to be looked up
    words: str = ""  # to be said aloud
    hush: bool = False  # nothing more is to be said of the ring before
