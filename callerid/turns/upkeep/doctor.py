"""Try what works on this phone, what each sense costs, and what to do about the rest."""

from __future__ import annotations

import resource
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.core.ringing.dialer_packages import TEXTLESS_REMEDY
from callerid.core.ringing.sense_health import ALLOW_ACCESS, is_deaf
from callerid.core.ringing.senses import Sense
from callerid.core.upkeep import daily_cost
from callerid.core.wording.counts import counted
from callerid.errors import CommandHung, ListenerNotConnected, PhoneFault, Stopped
from callerid.phone.android import AccessMethod, System
from callerid.phone.line_stream import stream_fault
from callerid.token_scopes import remedy_of, without_it
from callerid.turns.context import has_crm
from callerid.turns.ringing.notification_access import note_list_answered, note_list_failed, notifications_readable
from callerid.turns.ringing.sense_health import read_sense_health
from callerid.turns.sync.mirror_scope import owner_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from callerid.config.settings import Config
    from callerid.phone.termux import Termux
    from callerid.store.inspection import DatabaseReport
    from callerid.turns.context import AppContext

_READS = 3  # after a first one, which fills the caches for the others
_EVENT = 10.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one read by a sense costs. For the inbox, a read is one event that an automation sends."""

    cpu_ms: float  # processor time of the command; Android's own work for it cannot be measured from here
    wall_ms: float
    looks_a_day: int  # at most, on a day with twenty calls

    @property
    def cpu_seconds_a_day(self) -> float:
        """Seconds of processor a day."""
        return self.cpu_ms * self.looks_a_day / 1000

    @property
    def battery_a_day(self) -> float:
        """Roughly which part of a battery that is, in per cent."""
        return daily_cost.battery_share(self.cpu_seconds_a_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found about one thing that callerid uses."""

    name: str
    works: bool | None  # None: not tried
    says: str
    remedy: str = ""
    cost: Cost | None = None
    database: DatabaseReport | None = None


def examine(app: AppContext, now: datetime, *, notifications: bool) -> Iterator[Finding]:
    """Try what the phone lets callerid do, one thing after the other.

    The list of notifications is only read with `notifications`, or when it is known to work: without access, Android opens a
    settings page.
    """
    system = System(app.termux.runner)
    yield _tried("inbox", lambda: _inbox(app))
    shell = system.find_shell()
    yield _tried("stream", lambda: _stream(system, shell))
    method = AccessMethod.GRANT if system.can_read_registry(AccessMethod.GRANT) else shell
    yield _tried("telephony", lambda: _telephony(app, system, method))
    if method:  # a daemon that had searched for it without success searches again now
        app.ledger.key_values.forget_failures()
    yield _tried("notifications", lambda: _notifications(app, now, forced=notifications), remedy=_ACCESS)
    yield _tried("call log", lambda: _call_log(app.termux, app.config))
    yield _tried("phone contacts", lambda: _contacts(app.termux))
    yield _region(app.region)
    if app.config.crm.owner and app.config.crm.provider == "hubspot":
        yield _owner(app)
    if has_crm(app.mirror, app.config) and app.mirror.facts().built_at:
        yield from _scopes(app.mirror.facts().missing_scopes)


def _tried(name: str, find: Callable[[], Finding], *, remedy: str = "") -> Finding:
    """Return what was found, also when trying it fails: the rest is tried anyway."""
    try:
        return find()
    except Stopped:
        raise
    except ListenerNotConnected as fault:
        return Finding(name=name, works=False, says=fault.sentence, remedy=fault.remedy)
    except PhoneFault as fault:
        return Finding(name=name, works=False, says=fault.sentence, remedy=remedy or fault.remedy)


def _inbox(app: AppContext) -> Finding:
    health, program = read_sense_health(app.ledger, Sense.INBOX), app.actions.program
    if health.ever_heard and not health.identifies_callers and not is_deaf(health):
        says = "an automation app reports calls, but without their numbers"
        return Finding(name="inbox", works=False, says=says, remedy="Allow it Call logs, and see docs/hearing-a-ring.md")
    if health.ever_heard and not is_deaf(health):
        says = "an automation app reported the last call; it costs nothing while the phone is idle"
        return Finding(name="inbox", works=True, says=says, cost=_cost_of_events(app))
    missed = "an automation app has reported calls, but missed the last ones"
    says = missed if health.ever_heard else "no automation app has reported a call yet"
    return Finding(name="inbox", works=False, says=says, remedy=f"See docs/hearing-a-ring.md; try it: sh {program} ring +15550100")


def _cost_of_events(app: AppContext) -> Cost:
    """Measure an event that is sent to an empty home."""
    runner = app.termux.runner
    with tempfile.TemporaryDirectory() as home:
        environment = {**runner.without(), "CALLERID_HOME": home}
        command = ["sh", str(app.actions.program), "idle"]
        return _measured(lambda: runner.run(command, timeout=_EVENT, environment=environment), daily_cost.reads_by_push())


def _stream(system: System, shell: AccessMethod | None) -> Finding:
    fault = stream_fault(lambda: system.follow_telecom(shell)) if shell else None
    if shell and fault:
        says = f"the system's log cannot be followed by {shell}: {fault.sentence}"
        return Finding(name="stream", works=False, says=says, remedy="Try it: logcat -d -s Telecom:I, as root or in rish")
    if shell:
        cost = _measured(lambda: system.read_registry(shell), daily_cost.reads_by_push())
        says = f"the system's log can be followed by {shell}; it costs nothing while the phone is idle"
        return Finding(name="stream", works=True, says=says, cost=cost)
    shells = ", ".join(system.shells()) or "neither su nor rish"
    return Finding(
        name="stream",
        works=False,
        says=f"no root and no Shizuku ({shells} here)",
        remedy="Optional: start Shizuku, and set up its rish in Termux",
    )


def _telephony(app: AppContext, system: System, method: AccessMethod | None) -> Finding:
    if method is None:
        remedy = "On a computer with adb: adb shell pm grant com.termux android.permission.DUMP"
        return Finding(name="telephony", works=False, says="callerid may not read the registry", remedy=remedy)
    cost = _measured(lambda: system.read_registry(method), daily_cost.sense_polls(app.config.ring.poll))
    if app.hides_numbers(Sense.TELEPHONY):
        says = f"by {method}, but this phone's maker leaves the caller's number out"
        return Finding(name="telephony", works=False, says=says, remedy="Use the inbox or the notifications", cost=cost)
    return Finding(name="telephony", works=True, says=f"by {method}", cost=cost)


def _notifications(app: AppContext, now: datetime, *, forced: bool) -> Finding:
    name = Sense.NOTIFICATIONS.value
    if not forced and not notifications_readable(app.ledger, now):
        says = "not tried: without notification access, Android opens a settings page"
        return Finding(name=name, works=None, says=says, remedy="To try it: callerid doctor --notifications")
    try:
        cost = _measured(app.termux.notification_list, daily_cost.sense_polls(app.config.ring.poll))
    except (CommandHung, ListenerNotConnected):
        note_list_failed(app.ledger, now)
        raise
    note_list_answered(app.ledger)
    says = f"readable; if calls of your dialer are missed: callerid doctor --learn. {TEXTLESS_REMEDY}"
    return Finding(name=name, works=True, says=says, cost=cost)


_ACCESS = f"am start -a android.settings.ACTION_NOTIFICATION_LISTENER_SETTINGS, and {ALLOW_ACCESS}"


def _call_log(termux: Termux, config: Config) -> Finding:
    settings = config.log
    polls = daily_cost.call_log_polls(settings.poll, settings.poll_slowest)
    cost = _measured(lambda: termux.call_log(50), polls)
    return Finding(name="call log", works=True, says="readable: every call appears there after its end", cost=cost)


def _contacts(termux: Termux) -> Finding:
    count = len(termux.contact_list())
    return Finding(
        name="phone contacts", works=True, says=f"{counted(count, 'person', 'people')}, one number each (all that Termux:API gives)"
    )


def _region(region: str) -> Finding:
    if region:
        return Finding(name="region", works=True, says=region)
    says = "unknown: numbers without a country code are not understood"
    return Finding(name="region", works=False, says=says, remedy="Type: callerid config set region DE")


def _owner(app: AppContext) -> Finding:
    fault = owner_fault(app.mirror, app.config)
    if fault:
        return Finding(name="owner", works=False, says=fault.sentence, remedy=fault.remedy)
    if not app.mirror.owners():
        return Finding(name="owner", works=None, says="not known before the first sync", remedy="Type: callerid sync")
    return Finding(name="owner", works=True, says=f"calls are logged under the name of {app.config.crm.owner}")


def _scopes(missing: tuple[str, ...]) -> Iterator[Finding]:
    """Return a finding for each scope that the token lacked at the last sync, named by its last words; one if it lacked none."""
    for scope in missing:
        yield Finding(name=scope.removeprefix("crm.objects."), works=False, says=without_it(scope), remedy=remedy_of(scope))
    if not missing:
        yield Finding(name="scopes", works=True, says="at the last sync the token could read all that callerid uses")


def _measured(read: Callable[[], object], looks_a_day: int) -> Cost:
    read()
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    for _ in range(_READS):
        read()
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu_ms=cpu / _READS * 1000, wall_ms=wall / _READS * 1000, looks_a_day=looks_a_day)
