"""What a line of `logcat -s Telecom:I` says of calls. Numbers are masked there, so a line is only ever a reason to look."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

# `CallsManager: setCallState RINGING -> ANSWERED, call: [Call id=TC@21, …]`; newer ones write `RINGING(RINGING) -> ANSWERED`, and
# makers put a word before CallsManager (Vivo: VivoCallsManager).
_STATE = re.compile(r"setCallState:? *[A-Z_]+(?:\([A-Z_]*\))? *-> *([A-Z_]+)")
_EPOCH = re.compile(r"\s*(\d{9,11})\.(\d{1,9})\s")
_LONGEST_LINE = 4000
_STALE = timedelta(minutes=1)


class Trigger(StrEnum):
    """Why the phone is to be looked at."""

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
    """A change of a call's state; `at` is UTC where the line says it (logcat -v epoch)."""

    trigger: Trigger
    at: datetime | None


def parse_line(line: str) -> StateChange | None:
    """Given a line, return the change that it tells of, or None."""
    found = _STATE.search(line[:_LONGEST_LINE])
    trigger = _TRIGGERS.get(found[1]) if found and "allsManager" in line[:_LONGEST_LINE] else None
    if trigger is None:
        return None
    stamped = _EPOCH.match(line)
    return StateChange(trigger=trigger, at=datetime.fromtimestamp(int(stamped[1]), UTC) if stamped else None)


def is_recent(heard: StateChange, now: datetime) -> bool:
    """Given a change and now, is it more than an old line that the log still held when the stream began?"""
    return heard.at is None or abs(now - heard.at) <= _STALE
