"""What works on this phone, what each way of hearing a ring costs, and what to do about the rest."""

from __future__ import annotations

import resource
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.core.ringing import sense_polling
from callerid.core.ringing.sense_health import is_deaf
from callerid.core.ringing.senses import Sense
from callerid.errors import CommandHung, PhoneFault, Stopped
from callerid.phone.android import AccessMethod, System
from callerid.phone.line_stream import stream_fault
from callerid.turns.ringing.notification_access import note_list_answered, note_list_hung, notifications_readable
from callerid.turns.ringing.sense_health import read_sense_health

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from callerid.turns.context import AppContext

_LOOKS = 3  # the first pays for what the others find in memory
_EVENT = 10.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one look: milliseconds of processor of the command itself (Android's own work for it is not seen from here) and of
    waiting; and how many looks a day has at the most, when twenty calls ring. For the inbox a look is an event that is told."""

    cpu_ms: float
    wall_ms: float
    looks_a_day: int

    @property
    def cpu_seconds_a_day(self) -> float:
        """Seconds of processor a day."""
        return self.cpu_ms * self.looks_a_day / 1000

    @property
    def battery_a_day(self) -> float:
        """Roughly which part of a battery that is, in per cent."""
        return sense_polling.battery_share(self.cpu_seconds_a_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found about one thing: `works` is None when it was not tried."""

    name: str
    works: bool | None
    says: str
    remedy: str = ""
    cost: Cost | None = None


def examine(app: AppContext, now: datetime, *, notices: bool) -> Iterator[Finding]:
    """Try what the phone lets us do, one thing after the other. The list of notifications is only asked for when `notices` is set
    or it is known to work: without access, asking opens a settings page."""
    system = System(app.termux.runner)
    yield _tried("inbox", lambda: _inbox(app))
    shell = system.find_shell()
    yield _tried("stream", lambda: _stream(system, shell))
    yield _tried(
        "telephony", lambda: _telephony(app, system, AccessMethod.GRANT if system.can_read_registry(AccessMethod.GRANT) else shell)
    )
    yield _tried("notifications", lambda: _notifications(app, now, notices=notices), remedy=_ACCESS)
    yield _tried("call log", lambda: _call_log(app))
    yield _tried("phone contacts", lambda: _contacts(app))
    yield _region(app)


def _tried(name: str, find: Callable[[], Finding], *, remedy: str = "") -> Finding:
    """What fails while it is tried does not work; the rest is tried all the same."""
    try:
        return find()
    except Stopped:
        raise
    except PhoneFault as fault:
        return Finding(name=name, works=False, says=fault.sentence, remedy=remedy or fault.remedy)


def _inbox(app: AppContext) -> Finding:
    ear = read_sense_health(app, Sense.INBOX)
    door = app.actions.program
    if ear.ever_heard and not ear.identifies_callers and not is_deaf(ear):
        says = "an automation tells of calls, but not of their numbers"
        return Finding(name="inbox", works=False, says=says, remedy="Allow it Call logs, and see docs/hearing-a-ring.md")
    if ear.ever_heard and not is_deaf(ear):
        says = "an automation has told of the last call; it costs nothing while nothing happens"
        return Finding(name="inbox", works=True, says=says, cost=_cost_of_events(app))
    says = "an automation told of calls, and missed the last ones" if ear.ever_heard else "no automation has told of a call yet"
    return Finding(name="inbox", works=False, says=says, remedy=f"See docs/hearing-a-ring.md; try it: sh {door} ring +15550100")


def _cost_of_events(app: AppContext) -> Cost:
    """Tell of an event in an empty home."""
    runner = app.termux.runner
    with tempfile.TemporaryDirectory() as home:
        environment = {**runner.without(), "CALLERID_HOME": home}
        command = ["sh", str(app.actions.program), "idle"]
        return _measured(lambda: runner.run(command, timeout=_EVENT, environment=environment), sense_polling.push_reads_a_day())


def _stream(system: System, shell: AccessMethod | None) -> Finding:
    fault = stream_fault(lambda: system.follow_telecom(shell)) if shell else None
    if shell and fault:
        says = f"the system's log cannot be followed by {shell}: {fault.sentence}"
        return Finding(name="stream", works=False, says=says, remedy="Try it: logcat -d -s Telecom:I, as root or in rish")
    if shell:
        cost = _measured(lambda: system.read_registry(shell), sense_polling.push_reads_a_day())
        says = f"the system's log can be followed by {shell}; it costs nothing while nothing happens"
        return Finding(name="stream", works=True, says=says, cost=cost)
    found = ", ".join(system.shells()) or "neither su nor rish"
    return Finding(
        name="stream",
        works=False,
        says=f"no root and no Shizuku ({found} here)",
        remedy="Optional: start Shizuku, and set up its rish in Termux",
    )


def _telephony(app: AppContext, system: System, way: AccessMethod | None) -> Finding:
    if way is None:
        remedy = "On a computer with adb: adb shell pm grant com.termux android.permission.DUMP"
        return Finding(name="telephony", works=False, says="the registry may not be read", remedy=remedy)
    cost = _measured(lambda: system.read_registry(way), sense_polling.polls_a_day(app.config.ring.poll))
    if app.hides_numbers(Sense.TELEPHONY):
        says = f"by {way}, but this phone's maker leaves the caller's number out"
        return Finding(name="telephony", works=False, says=says, remedy="Use the inbox or the notifications", cost=cost)
    return Finding(name="telephony", works=True, says=f"by {way}", cost=cost)


def _notifications(app: AppContext, now: datetime, *, notices: bool) -> Finding:
    name = Sense.NOTIFICATIONS.value
    if not notices and not notifications_readable(app, now):
        says = "not tried: without notification access, Android opens a settings page"
        return Finding(name=name, works=None, says=says, remedy="To try it: callerid doctor --notifications")
    try:
        cost = _measured(app.termux.notification_list, sense_polling.polls_a_day(app.config.ring.poll))
    except CommandHung:
        note_list_hung(app, now)
        raise
    note_list_answered(app)
    return Finding(name=name, works=True, says="readable; if your dialer is not heard: callerid doctor --learn", cost=cost)


_ACCESS = "am start -a android.settings.ACTION_NOTIFICATION_LISTENER_SETTINGS, and allow Termux:API there"


def _call_log(app: AppContext) -> Finding:
    log = app.config.log
    cost = _measured(lambda: app.termux.call_log(50), sense_polling.call_log_polls_a_day(log.poll, log.poll_slowest))
    return Finding(name="call log", works=True, says="readable: after a call, it always tells", cost=cost)


def _contacts(app: AppContext) -> Finding:
    count = len(app.termux.contact_list())
    return Finding(name="phone contacts", works=True, says=f"{count} people, one number of each (Termux:API tells no more)")


def _region(app: AppContext) -> Finding:
    if app.region:
        return Finding(name="region", works=True, says=app.region)
    says = "unknown: numbers without a country code are not understood"
    return Finding(name="region", works=False, says=says, remedy="Type: callerid config set region DE")


def _measured(look: Callable[[], object], looks_a_day: int) -> Cost:
    look()
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    for _ in range(_LOOKS):
        look()
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu_ms=cpu / _LOOKS * 1000, wall_ms=wall / _LOOKS * 1000, looks_a_day=looks_a_day)
