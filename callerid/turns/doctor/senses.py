"""Checks of the senses: whether each can hear the phone ring, and what that costs."""

from __future__ import annotations

import resource
import tempfile
import time
from typing import TYPE_CHECKING

from callerid.core.doctor.finding import Cost, Finding, bad, could_be, good, unknown
from callerid.core.ringing.dialer_packages import TEXTLESS_REMEDY
from callerid.core.ringing.hearing import Sense, is_deaf
from callerid.core.ringing.sense_health import ALLOW_ACCESS, remedy
from callerid.core.upkeep import daily_cost
from callerid.errors import ListenerNotConnected
from callerid.messages import joined, message
from callerid.phone.android import AccessMethod
from callerid.phone.line_stream import stream_fault
from callerid.turns.ringing.hearing import has_reported, read_sense_health

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.turns.doctor.examination import Examination

_READS = 3  # after a first one, which fills the caches for the others
_EVENT = 10.0  # seconds
_ACCESS = message(
    "{command}, and {allow}", command="am start -a android.settings.ACTION_NOTIFICATION_LISTENER_SETTINGS", allow=ALLOW_ACCESS
)


def inbox(examination: Examination) -> Finding:
    """Check whether an automation app reports calls."""
    health = read_sense_health(examination.app.ledger, Sense.INBOX)
    if health.ever_heard and not health.identifies_callers and not is_deaf(health):
        says = message("an automation app reports calls, but without their numbers")
        return bad(says, message("Allow it Call logs, and see docs/hearing-a-ring.md"))
    if health.ever_heard and not is_deaf(health):
        return good(message("an automation app reported the last call; it costs nothing while the phone is idle"))
    if has_reported(examination.app.ledger, Sense.INBOX, examination.around.now):
        return good(message("a ring was reported; whether an automation app does that by itself, the next call will tell"))
    if health.ever_heard:
        # no test ring tells whether the app reports the next call
        return bad(message("an automation app has reported calls, but missed the last ones"), remedy(Sense.INBOX, maker=""))
    return could_be(
        message("no automation app has reported a call yet"),
        message("Set one up: docs/hearing-a-ring.md; try the way to callerid without one: callerid doctor --ring"),
    )


def _missing(examination: Examination, sense: Sense, says: str, remedy: str) -> Finding:
    """Return that a sense is not set up; one that has heard a ring before is a loss."""
    return bad(says, remedy) if sense in examination.proven else could_be(says, remedy)


def stream(examination: Examination) -> Finding:
    """Check whether the system's log can be followed."""
    shell = examination.shell
    if shell is None:
        shells = joined(", ", examination.system.shells()) or message("neither su nor rish")
        return _missing(
            examination,
            Sense.STREAM,
            message("no root and no Shizuku ({shells} here)", shells=shells),
            message("Start Shizuku, and set up its rish in Termux"),
        )
    fault = stream_fault(lambda: examination.system.follow_telecom(shell))
    if fault:
        says = message("the system's log cannot be followed by {reader}: {sentence}", reader=shell, sentence=fault.sentence)
        return bad(says, message("Try it: logcat -d -s Telecom:I, as root or in rish"))
    return good(message("the system's log can be followed by {reader}; it costs nothing while the phone is idle", reader=shell))


def _method(examination: Examination) -> AccessMethod | None:
    return AccessMethod.GRANT if examination.has_grant else examination.shell


def telephony(examination: Examination) -> Finding:
    """Check whether the registry can be read, and has the callers' numbers."""
    method = _method(examination)
    if method is None:
        grant = message("On a computer with adb: adb shell pm grant com.termux android.permission.DUMP")
        return _missing(examination, Sense.TELEPHONY, message("callerid may not read the registry"), grant)
    if examination.hides_numbers:
        return bad(
            message("by {method}, but this phone's maker leaves the caller's number out", method=method),
            message("Use the inbox or the notifications"),
        )
    return good(message("by {method}", method=method))


def notifications(examination: Examination) -> Finding:
    """Check whether the list of notifications can be read."""
    card = examination.test_card
    if card.list_fault:
        fault = card.list_fault
        return bad(fault.sentence, fault.remedy if isinstance(fault, ListenerNotConnected) else _ACCESS)
    if card.rows is None and examination.access_works is False:
        return _missing(examination, Sense.NOTIFICATIONS, message("Termux:API has no notification access"), _ACCESS)
    if card.rows is None:
        says = message("not tried: without notification access, Android opens a settings page")
        return unknown(says, message("To try it: callerid doctor --notifications"))
    return good(
        message(
            "readable; if calls of your dialer are missed: callerid doctor --learn. {textless_remedy}",
            textless_remedy=TEXTLESS_REMEDY,
        )
    )


# ------------------------------------------------------------------------------------------------ costs


def cost_of_inbox(examination: Examination) -> Cost:
    """Measure an event that is sent to an empty home."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**examination.runner.without(), "CALLERID_HOME": home}
        command = ["sh", str(examination.app.actions.program), "idle"]
        return _measured(
            lambda: examination.runner.run(command, timeout=_EVENT, environment=environment), daily_cost.reads_by_push()
        )


def cost_of_stream(examination: Examination) -> Cost:
    """Measure the look at the registry that follows a line of the log."""
    shell = examination.shell or AccessMethod.ROOT
    return _measured(lambda: examination.system.read_registry(shell), daily_cost.reads_by_push())


def cost_of_telephony(examination: Examination) -> Cost:
    """Measure a look at the registry."""
    method = _method(examination) or AccessMethod.GRANT
    return _measured(lambda: examination.system.read_registry(method), daily_cost.sense_polls(examination.app.config.ring.poll))


def cost_of_notifications(examination: Examination) -> Cost:
    """Measure a look at the list of notifications."""
    return _measured(examination.termux.notification_list, daily_cost.sense_polls(examination.app.config.ring.poll))


def cost_of_call_log(examination: Examination) -> Cost:
    """Measure a look at the call log."""
    settings = examination.app.config.log
    return _measured(lambda: examination.termux.call_log(50), daily_cost.call_log_polls(settings.poll, settings.poll_slowest))


def _measured(read: Callable[[], object], looks_a_day: int) -> Cost:
    """Measure a read; nothing else of this process may start children meanwhile."""
    read()
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    for _ in range(_READS):
        read()
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
    cpu = max(0.0, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)  # a sum of fractions may be just below zero
    return Cost(cpu_ms=cpu / _READS * 1000, wall_ms=wall / _READS * 1000, looks_a_day=looks_a_day)
