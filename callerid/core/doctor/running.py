"""What keeps callerid running: the daemon and its heartbeat, its starters, the wake lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.doctor import pages
from callerid.core.doctor.finding import Finding, Fix, bad, good, unknown
from callerid.core.upkeep import heartbeat
from callerid.core.upkeep.wake_lock import WakeLockPolicy
from callerid.messages import message

if TYPE_CHECKING:
    from collections.abc import Collection

    from callerid.core.upkeep.heartbeat import Beat

_MINUTE = 60.0
_JOB = "callerid-sync"
WAKE_LOCK_HELD = "wake lock held"  # in Termux's own notification (TermuxService.java); nothing else tells


def daemon(*, runs: bool, beat: Beat | None, now: Beat, not_started: bool) -> Finding:
    """Return whether the daemon lives. `beat` is its last heartbeat, `now` this moment by the same clocks."""
    if not_started:
        return bad(message("the daemon could not be started"), message("Type: callerid run, and see what it says"))
    if not runs:
        return bad(message("not running"), message("Type: callerid run"))
    if beat is None or not beat.is_of_same_start(now):
        return good(message("running; no heartbeat yet"))
    late = beat.late(now)
    if late:
        return bad(
            message(
                "running, but has not stirred for {late:.0f} min of an awake phone: Android has frozen it, or it hangs",
                late=(late + heartbeat.EVERY) / _MINUTE,
            ),
            message(
                "Exempt Termux: {typed}; then start it anew: callerid run", typed=pages.typed(pages.battery_exemption(pages.TERMUX))
            ),
            Fix(pages=(pages.battery_exemption(pages.TERMUX), pages.app_info(pages.TERMUX))),
        )
    asleep = beat.asleep(now)
    slept = message("; the phone slept for {asleep:.0f} min of that", asleep=asleep / _MINUTE) if asleep >= _MINUTE else ""
    return good(message("running; last heartbeat {boot:.0f} min ago{slept}", boot=(now.boot - beat.boot) / _MINUTE, slept=slept))


def boot(*, app_installed: bool | None, script: bool, is_fresh: bool, blocked_by: str, seen: bool) -> Finding:
    """Return whether callerid starts with the phone. `script` is whether its file is in ~/.termux/boot, `is_fresh` whether it came
    there since the phone was started last, `blocked_by` a folder there, which ends Termux:Boot's work (BootReceiver.java), `seen`
    whether it ran at the last start of the phone."""
    if seen:
        return good(message("Termux:Boot started callerid when the phone was started last"))
    if app_installed is False:
        return bad(
            message("Termux:Boot is not installed, so nothing starts callerid with the phone"),
            message("Install it from where Termux is"),
        )
    if not script:
        return bad(message("nothing of callerid is in ~/.termux/boot"), message("Type: sh termux/install.sh"))
    if blocked_by:
        return bad(
            message("the folder ~/.termux/boot/{blocked_by} keeps Termux:Boot from what comes after it", blocked_by=blocked_by),
            message("Move it away"),
        )
    remedy = message(
        "Open Termux:Boot once, allow it to start by itself, and restart the phone: {typed}", typed=pages.typed(pages.BOOT_MAIN)
    )
    fix = Fix(pages=(pages.BOOT_MAIN, pages.app_info(pages.BOOT)))
    if is_fresh:
        return unknown(message("cannot be told before the phone is started anew"), remedy, fix)
    return bad(message("it did not run when the phone was started last"), remedy, fix)


def service(*, folder: bool | None, down: bool, state: str) -> Finding:
    """Return how the service of termux-services is. `folder` is whether it is installed, None where runit is not; `state` the first
    word of runit's own supervise/stat, "" unknown. Without a service, boot and commands start the daemon."""
    if folder is None:
        return good(message("termux-services is not installed; the daemon needs none"))
    if not folder:
        return unknown(message("not installed"), message("Type: sh termux/install.sh"))
    if down:
        return good(message("off; boot starts the daemon by itself"))
    if state == "run":
        return good(message("runsv keeps the daemon running"))
    return bad(
        message("on, but {state}", state=state or message("not supervised")),
        message("Open a new Termux window, then type: sv up callerid"),
    )


def job(printed: str, *, daemon_runs: bool) -> Finding:
    """Return whether Android's job is registered, from what `termux-job-scheduler --pending` printed."""
    if _JOB in printed:
        return good(message("registered"))
    if "No jobs found" not in printed and "Pending Job" not in printed:
        text = " ".join(printed.split())[:120]
        return unknown(
            message("termux-job-scheduler printed {text!r}", text=text) if text else message("termux-job-scheduler printed nothing")
        )
    if daemon_runs:
        return good(message("none; the daemon needs none"))
    return unknown(message("none, and no daemon runs: nothing syncs by itself"), message("Type: callerid run"))


def wake_lock(policy: WakeLockPolicy, *, enabled: bool, texts: Collection[str] | None) -> Finding:
    """Return whether the processor stays awake as the setting says. `enabled`: a daemon runs, and caller ID is on; `texts` are
    those of Termux's own notification, None where the list of notifications cannot be read."""
    if not enabled:
        return good(message("not wanted while no daemon runs, or caller ID is off"))
    if policy is WakeLockPolicy.OFF:
        return good(message("not wanted (wake_lock = off): with the screen off a ring may be announced late"))
    if policy is WakeLockPolicy.WHILE_RINGING:
        return good(message("taken while the phone rings"))
    if texts is None:
        return good(message("wanted; whether it is held, Termux's notification says"))
    if any(WAKE_LOCK_HELD in text.lower() for text in texts):
        return good(message("held"))
    return bad(
        message("it is wanted, and somebody has released it"), message("Type: termux-wake-lock"), Fix(command=("termux-wake-lock",))
    )
