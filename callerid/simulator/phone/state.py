"""What the simulated phone remembers: plain files in one folder, shared by many short processes under one lock."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

FRESH: dict[str, Any] = {
    "zone": "Europe/Berlin",
    "clock_offset": 0.0,
    "digits": "0123456789",
    "calls": [],
    "ringing": [],
    "contacts": [],
    "wifi": True,
    "faults": {},
    "dialogs_blocked": False,
    "calls_refused": False,
    "notification_access": True,
    "dump_granted": False,
    "logs_granted": False,
    "rooted": False,
    "shizuku": False,
    "registry_number": "plain",  # or "empty", "masked", "absent": what a maker's build makes of it
    "dialer": {
        "package": "com.google.android.dialer",
        "ringing": "Incoming call",
        "talking": "Ongoing call",
        "dialling": "Calling…",
    },
    "maker": "Simulated",
    "headset": "",
    "battery": 80,
    "charging": False,
    "sim_country": "ie",
    "network_country": "ie",
    "last_index": None,
    "reply_intents": {},  # by a button's number: the notification whose reply runs, whichever was typed into
    "events": [],
    "event_environment": {},
    "next": 1,
}


class State:
    """The files of one phone."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def path(self, name: str) -> str:
        """Return the path of a file of the phone's."""
        return os.path.join(self.folder, name)

    @contextlib.contextmanager
    def changing(self) -> Iterator[dict[str, Any]]:
        """Give the state to change; it is written when the block ends well."""
        with open(self.path("lock"), "a", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            said = self.read()
            yield said
            self.write("state.json", said)

    def read(self) -> dict[str, Any]:
        """Return the state."""
        fresh: dict[str, Any] = json.loads(json.dumps(FRESH))  # its lists are changed by whoever reads them
        return fresh | (self.load("state.json") or {})

    def load(self, name: str) -> Any:
        """Return a file's JSON, or None when there is no such file."""
        try:
            with open(self.path(name), encoding="utf-8", errors="surrogateescape") as file:
                return json.load(file)
        except FileNotFoundError:
            return None

    def write(self, name: str, said: Any) -> None:
        """Write a file's JSON all at once."""
        fresh = self.path(f".{name}.{os.getpid()}.{time.monotonic_ns()}")
        with open(fresh, "w", encoding="utf-8", errors="surrogateescape") as file:
            json.dump(said, file)
        os.replace(fresh, self.path(name))

    def journal(self, **entry: Any) -> None:
        """Add a line about something that happened."""
        line = json.dumps({"at": time.time()} | entry) + "\n"
        with open(self.path("journal.jsonl"), "a", encoding="utf-8", errors="surrogateescape") as file:
            file.write(line)

    def now(self) -> float:
        """Return what the phone's clock says, in epoch seconds."""
        return time.time() + float(self.read()["clock_offset"])
