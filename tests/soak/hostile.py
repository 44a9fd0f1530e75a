"""What can go wrong, each kind with how it is brought about. A kind counts as applied when it was seen to happen, not when it was
planned."""

from __future__ import annotations

import re
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from callerid.simulator.phone.runner import SimulatedRunner
from callerid.simulator.portal import SimulatedPortal
from callerid.simulator.portal.limits import Fault
from tests.crash.seams import Crash, SeamedRunner, Seams
from tests.damages import DAMAGES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence

    from callerid.models.commands import CommandOutput

TERMUX = ("hang", "denied", "empty", "truncated", "slow", "nonsense", "killed", "endless")
COMMANDS = ("termux-call-log", "termux-notification", "termux-notification-remove", "termux-dialog")
CRM = ("cut before", "cut after", "429", "477", "502", "HTML", "slow", "not JSON", "cut short", "too large", "scopes lost")
DISK = ("disk full", "disk read-only")
_IN_WORDS = {
    "overwrite_middle": "overwritten in the middle",
    "overwrite_header": "overwritten at the start",
    "cut_in_half": "cut in half",
    "cut_to_nothing": "emptied",
    "delete": "deleted",
    "delete_with_journal": "deleted with its journal",
    "replace_by_folder": "replaced by a folder",
}
DAMAGED = {  # by kind: which database, and how, while it is open
    f"{database} {_IN_WORDS[damage.__name__]}": (database, damage) for database in ("mirror", "ledger") for damage in DAMAGES
}
PHONE = ("kill -9", "reboot", "clock", "zone", "mirror deleted while stopped", "config edited", "second daemon", *DISK, *DAMAGED)
ALL_KINDS = (
    *(f"termux: {kind}" for kind in TERMUX),
    *(f"CRM: {kind}" for kind in CRM),
    *(f"phone: {kind}" for kind in PHONE),
)
_SLOWER_THAN_THE_TIMEOUT = 0.9  # seconds
READ_TIMEOUT = 0.6  # seconds
_ANSWERED = ("slow", "truncated")  # faults with which a dialog is on the screen all the same
_NO_BOUND = 4294967294  # pages, as SQLite has it
_LARGE = 12 * 1024 * 1024  # bytes; more than an answer may have
_WRITES = "(POST|PATCH|PUT|DELETE) /crm/objects"
_REQUESTS: dict[str, tuple[str, dict[str, Any]]] = {  # by kind: which requests meet it, and how
    "cut before": (_WRITES, {"kind": "cut_before"}),
    "cut after": (_WRITES, {"kind": "cut_after"}),
    "429": (".", {"kind": "status", "status": 429, "retry_after": "2"}),
    "477": (".", {"kind": "status", "status": 477, "retry_after": "300"}),
    "502": (".", {"kind": "status", "status": 502}),
    "HTML": (".", {"kind": "html"}),
    "slow": (".", {"kind": "slow", "seconds": _SLOWER_THAN_THE_TIMEOUT}),
    "not JSON": (".", {"kind": "not_json_200"}),
    "cut short": (".", {"kind": "truncated_json"}),
    "too large": (".", {"kind": "large", "size": _LARGE}),
}


class FaultyPortal(SimulatedPortal):
    """A portal whose next requests meet the faults that are planned, and which says when one has: `applied` gets its kind."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.applied: Callable[[str], object] = str
        self.planned: deque[str] = deque()
        self._slow_until = 0.0

    def finish_slow_requests(self) -> None:
        """Wait until what nobody waits for any more has had its effect: time is stepped, but not the portal's own."""
        time.sleep(max(0.0, self._slow_until - time.monotonic()))

    def next_fault(self, request: str) -> Fault | None:
        """Return the fault that a request, "METHOD path", meets, if any."""
        with self._lock:
            if not self.planned or not re.match(_REQUESTS[self.planned[0]][0], request):
                return None
            kind = self.planned.popleft()
            self._slow_until = max(self._slow_until, time.monotonic() + (1.2 * _SLOWER_THAN_THE_TIMEOUT if kind == "slow" else 0))
        self.applied(f"CRM: {kind}")
        return Fault(**_REQUESTS[kind][1])


class FaultyRunner(SeamedRunner):
    """Says when a command has met a fault that was planned for it: `applied` gets its kind."""

    applied: Callable[[str], None]

    def run(
        self, argv: Sequence[str], *, timeout: float, stdin: str | None = None, environment: Mapping[str, str] | None = None
    ) -> CommandOutput:
        """Run a command; see CommandRunner."""
        planned = self.phone.state.read()["faults"].get(argv[0])
        if planned:
            self.applied(f"termux: {planned[0]['kind']}")
        if planned and argv[0] == "termux-dialog" and planned[0]["kind"] not in _ANSWERED:
            with self._seams.around(argv[0]):
                return SimulatedRunner.run(self, argv, timeout=timeout, stdin=stdin, environment=environment)
        return super().run(argv, timeout=timeout, stdin=stdin, environment=environment)


class NextSeam(Seams):
    """Lets the process crash at the so-and-so-manieth seam from now, once."""

    def __init__(self) -> None:
        super().__init__()
        self.left: int | None = None

    def reach(self, name: str) -> None:
        """Count a seam that is reached. Raise Crash at the one to crash at, and until the process has ended."""
        if self.left is not None and not self.has_crashed:
            self.left -= 1
            self.has_crashed = self.left < 0
        if self.has_crashed:
            raise Crash(name)

    def start(self) -> None:
        """Begin as a new process."""
        self.left, self.has_crashed = None, False


def let_refuse(connection: sqlite3.Connection, kind: str) -> None:
    """Let a database refuse what is written, as on such a disk; "" for none. SQLite itself raises the errors."""
    connection.execute(f"PRAGMA query_only = {int(kind == 'disk read-only')}")
    connection.execute(f"PRAGMA max_page_count = {1 if kind == 'disk full' else _NO_BOUND}")  # never less than there are
