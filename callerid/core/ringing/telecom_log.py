"""The lines of `logcat -s Telecom:I` about calls. Numbers are masked there, so a line is only a reason to read the state."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from callerid.records import dataclass

# `CallsManager: setCallState RINGING -> ANSWERED, call: [Call id=TC@21, …]`; newer Android writes `RINGING(RINGING) -> ANSWERED`,
# and makers put a word before CallsManager (Vivo: VivoCallsManager).
_STATE = re.compile(r"setCallState:? *[A-Z_]+(?:\([A-Z_]*\))? *-> *([A-Z_]+)")
_EPOCH = re.compile(r"\s*(\d{9,11})\.(\d{1,9})\s")
_LONGEST_LINE = 4000
_STALE = timedelta(minutes=1)


class Trigger(StrEnum):
    """What happened to a call."""

    RINGING = "ringing"
    DIALLING = "dialling"
    TALKING = "talking"
    ENDED = "ended"


_TRIGGERS = {
    "RINGING": Trigger.RINGING,
    "SIMULATED_RINGING": Trigger.RINGING,
    "ANSWERED": Trigger.TALKING,
    "ACTIVE": Trigger.TALKING,
    "DIALING": Trigger.DIALLING,
    "CONNECTING": Trigger.DIALLING,
    "DISCONNECTED": Trigger.ENDED,
    "ABORTED": Trigger.ENDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """A change of a call's state; `at` is UTC, None if the line does not give it (logcat -v epoch does)."""

    trigger: Trigger
    at: datetime | None


def parse_line(line: str) -> StateChange | None:
    """Return the change of a call's state that a line of the log is about, None for other lines."""
    state = _STATE.search(line[:_LONGEST_LINE])
    trigger = _TRIGGERS.get(state[1]) if state and "allsManager" in line[:_LONGEST_LINE] else None
    if trigger is None:
        return None
    seconds = _EPOCH.match(line)
    return StateChange(trigger=trigger, at=datetime.fromtimestamp(int(seconds[1]), UTC) if seconds else None)


def is_recent(change: StateChange, now: datetime) -> bool:
    """Return whether a change is new, not one that the log still held when the stream began."""
    return change.at is None or abs(now - change.at) <= _STALE
