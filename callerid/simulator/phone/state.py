"""What a simulated phone remembers: in files that several processes share, or in the memory of one."""

from __future__ import annotations

import abc
import contextlib
import fcntl
import json
import os
import sys
import threading
import time

TYPE_CHECKING = False  # without typing, which takes a third of a command's start
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from typing import Any, TypeVar

    Result = TypeVar("Result")

FRESH: dict[str, Any] = {
    "zone": "Europe/Berlin",
    "locale": "en_US.UTF-8",  # of a shell in Termux
    "clock_offset": 0.0,
    "digits": "0123456789",
    "calls": [],
    "ringing": [],
    "contacts": [],
    "wifi": True,
    "faults": {},
    "jobs": {},
    "uninstalled": ["rish"],
    "dialogs_blocked": False,
    "calls_refused": False,
    "notification_access": True,
    "listener_connected": True,  # Android has connected Termux:API to the notifications
    "dialer_rows": [],  # further rows of termux-notification-list, as a dialer's notifications give them
    "dump_granted": False,
    "logs_granted": False,
    "su_installed": False,
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
    "sdk": 34,  # Android 14
    "packages": {
        "com.termux": {"code": 118, "installer": "org.fdroid.fdroid", "uid": 10234},
        "com.termux.api": {"code": 1002, "installer": "org.fdroid.fdroid", "uid": 10234},
        "com.termux.boot": {"code": 1000, "installer": "org.fdroid.fdroid", "uid": 10234},
    },
    "settings": {},  # of Android, by "NAMESPACE KEY"; one that is not there is not set
    "whitelist": ["com.termux", "com.termux.api"],  # exempt from battery optimisation
    "appops": {},  # modes that are not "allow", by "PACKAGE OP"
    "activities": [],  # settings pages of the maker, as PACKAGE/CLASS
    "headset": "",
    "battery": 80,
    "charging": False,
    "sim_country": "ie",
    "network_country": "ie",
    "notifications": [],
    "dialog": None,  # the one on the screen
    "answers": {},  # by a dialog's number, until its command has printed it
    "last_index": None,
    "reply_intents": {},  # by a button's number: the notification whose reply runs, whichever was typed into
    "events": [],
    "event_environment": {},
    "next": 1,
}
LOOK_EVERY = 0.02  # seconds between looks at what another process may have changed


class State(abc.ABC):
    """What one phone remembers: its settings and screen, as one JSON object, and two logs of lines."""

    @abc.abstractmethod
    def changing(self) -> AbstractContextManager[dict[str, Any]]:
        """Give the state to change, exclusively; it is kept when the block ends without an exception."""

    @abc.abstractmethod
    def read(self) -> dict[str, Any]:
        """Return the state, not to be changed."""

    @abc.abstractmethod
    def add_line(self, log: str, line: str) -> None:
        """Add a line to a log: "journal" or "telecom"."""

    @abc.abstractmethod
    def lines(self, log: str) -> list[str]:
        """Return the lines of a log, oldest first."""

    @abc.abstractmethod
    def wait(self, look: Callable[[], Result | None]) -> Result:
        """Call `look` whenever something may have changed, until it returns something true, and return that."""

    def journal(self, **entry: Any) -> None:
        """Write down something that happened."""
        self.add_line("journal", json.dumps({"at": time.time()} | entry))

    def now(self) -> float:
        """Return what the phone's clock says, in epoch seconds."""
        return time.time() + float(self.read()["clock_offset"])


class FileState(State):
    """In a folder, under one lock."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def changing(self) -> Iterator[dict[str, Any]]:
        """Give the state to change; it is written when the block ends without an exception."""
        with open(self._path("lock"), "a", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = self.read()
            yield state
            fresh = self._path(f".state.{os.getpid()}.{time.monotonic_ns()}")
            with open(fresh, "w", encoding="utf-8") as file:
                json.dump(state, file)
            os.replace(fresh, self._path("state.json"))

    def read(self) -> dict[str, Any]:
        """Return a copy of the state."""
        try:
            with open(self._path("state.json"), encoding="utf-8") as file:
                state: dict[str, Any] = json.load(file)
        except FileNotFoundError:
            state = json.loads(json.dumps(FRESH))
        return state

    def add_line(self, log: str, line: str) -> None:
        """Append to the log's file, at once, because others append too."""
        with open(self._path(f"{log}.log"), "a", encoding="utf-8", errors="surrogateescape") as file:
            file.write(f"{line}\n")

    def lines(self, log: str) -> list[str]:
        """Return the whole lines of the log's file."""
        try:
            with open(self._path(f"{log}.log"), encoding="utf-8", errors="surrogateescape", newline="\n") as file:
                return file.read().split("\n")[:-1]
        except FileNotFoundError:
            return []

    def wait(self, look: Callable[[], Result | None]) -> Result:
        """Look again and again: a change by another process cannot be waited for. On a phone that was thrown away, end."""
        while not (result := look()):
            if not os.path.isdir(self._folder):
                sys.exit("the simulated phone is gone")
            time.sleep(LOOK_EVERY)
        return result

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name)


class MemoryState(State):
    """In this process, for any of its threads."""

    def __init__(self, dumped: str = "") -> None:
        self._text = dumped or json.dumps(FRESH)
        self._state: dict[str, Any] = json.loads(self._text)
        self._logs: dict[str, list[str]] = {"journal": [], "telecom": []}
        self._changed = threading.Condition()
        self._changes = 0

    @contextlib.contextmanager
    def changing(self) -> Iterator[dict[str, Any]]:
        """Give a copy to change, which replaces the state when the block ends without an exception."""
        with self._changed:
            state: dict[str, Any] = json.loads(self._text)
            yield state
            self._text = json.dumps(state)
            self._state = json.loads(self._text)
        self.wake()

    def dump(self) -> str:
        """Return the state as text, from which another can begin; the logs are not in it."""
        return self._text

    def read(self) -> dict[str, Any]:
        """Return the state as it is now; it is never changed, only replaced."""
        return self._state

    def add_line(self, log: str, line: str) -> None:
        """Add it to the log's list."""
        self._logs[log].append(line)
        self.wake()

    def lines(self, log: str) -> list[str]:
        """Return a copy of the log's list."""
        return list(self._logs[log])

    def wait(self, look: Callable[[], Result | None]) -> Result:
        """Look after each change; and now and then, for what is not of the phone."""
        while True:
            before = self._changes
            if result := look():
                return result
            with self._changed:
                self._changed.wait_for(lambda before=before: self._changes != before, LOOK_EVERY)  # type: ignore[misc]

    def wake(self) -> None:
        """Let every thread that waits look again."""
        with self._changed:
            self._changes += 1
            self._changed.notify_all()
