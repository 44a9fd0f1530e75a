"""What a simulated portal is set to: its token, its records, its limits and its faults."""

from __future__ import annotations

import random
import threading
import uuid
from typing import TYPE_CHECKING, Any

from callerid.simulator.portal.cursors import Cursors
from callerid.simulator.portal.exports.jobs import Exports
from callerid.simulator.portal.limits import Fault, Limits
from callerid.simulator.portal.records import Records

if TYPE_CHECKING:
    from collections.abc import Callable

SCOPES = frozenset(
    {
        "crm.objects.contacts.read",
        "crm.objects.contacts.write",
        "crm.objects.companies.read",
        "crm.objects.deals.read",
        "crm.objects.owners.read",
    }
)


class PortalState:
    """What a portal is set to, and the faults that its next requests meet. `clock` gives epoch seconds."""

    def __init__(self, token: str, clock: Callable[[], float]) -> None:
        self.token = token or f"pat-eu1-{uuid.uuid4()}"
        self.scopes, self.introspection = set(SCOPES), True
        self.records = Records(clock)
        self.limits = Limits(clock)
        self.search_lag, self.dead_target = 0.0, 400
        self.to_the_letter = False  # whether bodies must have what the description requires and the guides leave out
        self.latency = 0.0  # seconds that a request and its answer are under way, together
        self.cursors, self.exports = Cursors(), Exports(self.records)
        self.required: dict[str, tuple[str, ...]] = {}
        self.requests_seen: list[tuple[str, str, int]] = []
        self.recorded: list[tuple[str, str, bytes]] | None = None  # a list gets every request with its body
        self.stopping = threading.Event()
        self._faults: list[Fault] = []
        self._late: list[tuple[float, Callable[[], object]]] = []  # what is carried out later, and when
        self._lock = threading.Lock()

    def fault(self, kind: str, pattern: str = ".", times: int = 1, **more: Any) -> None:
        """Let the next requests whose "METHOD path" the pattern finds meet a fault; kinds: see limits.KINDS."""
        with self._lock:
            self._faults.append(Fault(kind=kind, pattern=pattern, times=times, **more))

    def clear_faults(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._faults.clear()

    def next_fault(self, request: str) -> Fault | None:
        """Return the fault that a request, "METHOD path", meets, if any."""
        with self._lock:
            return next((fault for fault in self._faults if fault.takes(request)), None)

    def carry_out_later(self, seconds: float, effect: Callable[[], object]) -> None:
        """Let a request that is not answered have its effect when so many seconds have passed by the portal's clock."""
        with self._lock:
            self._late.append((self.records.clock() + seconds, effect))

    def carry_out_due(self) -> None:
        """Let late requests have their effect whose time has come: before each request, and before anybody looks."""
        with self._lock:
            now = self.records.clock()
            due = sorted((late for late in self._late if late[0] <= now), key=lambda late: late[0])
            self._late = [late for late in self._late if late[0] > now]
        for _, effect in due:
            effect()

    def travel(self) -> None:
        """Take half of a request's latency, give or take a tenth."""
        if self.latency:
            self.stopping.wait(self.latency / 2 * random.uniform(0.9, 1.1))
