"""Android's settings that stop or mute an app: judged from what the phone's own programs print; "" where they printed nothing.

Sources: AOSP's CachedAppOptimizer (cached_apps_freezer), FeatureFlagUtils (phantom processes), its settings app (the cooldown is on
unless it is 0), DeviceIdleController.dumpShell (lines such as `user,com.termux,10234`), AppOpsService (`OP: allow`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from callerid.core.doctor import pages
from callerid.core.doctor.finding import Finding, Fix, bad, could_be, good, unknown
from callerid.core.ringing.sense_health import ALLOW_ACCESS
from callerid.messages import joined, message

if TYPE_CHECKING:
    from callerid.core.upkeep.heartbeat import Freeze

ANDROID_12, ANDROID_12L, ANDROID_14, ANDROID_16 = 31, 32, 34, 36  # API levels
_CMD = "/system/bin/cmd"
FREEZER = ("settings", "get", "global", "cached_apps_freezer")
PHANTOMS = ("settings", "get", "global", "settings_enable_monitor_phantom_procs")
COOLDOWN = ("settings", "get", "system", "notification_cooldown_enabled")
LISTENERS = ("settings", "get", "secure", "enabled_notification_listeners")
OVERLAY_OP = f"{_CMD} appops get {pages.API} SYSTEM_ALERT_WINDOW"
NOTIFY_OP = f"{_CMD} appops get {pages.API} POST_NOTIFICATION"
AUTOSTART_OP = f"{_CMD} appops get {pages.TERMUX} 10008"  # MIUI's and HyperOS's own
_DUMP = "android.permission.DUMP"
_OP = re.compile(r"^\s*(?:Uid mode: )?\S+: (allow|deny|ignore|default|foreground)\b", re.MULTILINE)
_MINUTE = 60.0


def appop(printed: str) -> str:
    """Return the mode that `cmd appops get` printed; "" when it printed none. The last line is the app's own."""
    modes = _OP.findall(printed)
    return modes[-1] if modes else ""


def _value(printed: str) -> str:
    """Return a setting that `settings get` printed; "null" means that it is not set."""
    return printed.strip()


def freezer(value: str, freeze: Freeze | None, minutes_ago: float) -> Finding:
    """Return whether Android freezes us. `freeze` is the last one that the daemon noticed, `minutes_ago` how long ago."""
    if _value(value) == "disabled":
        return good(message("off: Android freezes no app"))
    if freeze and minutes_ago < 24 * 60:
        return bad(
            message(
                "Android froze the daemon for {seconds:.0f} min, {minutes_ago:.0f} h ago",
                seconds=freeze.seconds / _MINUTE,
                minutes_ago=minutes_ago / 60,
            ),
            message(
                "Exempt Termux and Termux:API: {typed}. If that does not help, on a computer: adb shell "
                "settings put global cached_apps_freezer disabled, then restart the phone",
                typed=pages.typed(pages.battery_exemption(pages.TERMUX)),
            ),
            Fix(
                shell_line=f"{_CMD} settings put global cached_apps_freezer disabled",
                pages=(pages.battery_exemption(pages.TERMUX), pages.app_info(pages.TERMUX)),
            ),
        )
    return good(message("the daemon was not frozen in the last day"))


def phantoms(value: str, sdk: int) -> Finding:
    """Return whether Android kills the children of apps, of which it allows 32 in all (signal 9)."""
    if sdk < ANDROID_12:
        return good(message("this Android does not count child processes"))
    if _value(value) == "false":
        return good(message("off: Android does not end child processes"))
    by_adb = "adb shell settings put global settings_enable_monitor_phantom_procs false"
    if sdk < ANDROID_12L:
        by_adb = "adb shell device_config put activity_manager max_phantom_processes 2147483647"
        return unknown(
            message("cannot be told on Android 12"), message("If Termux ends with signal 9, on a computer: {by_adb}", by_adb=by_adb)
        )
    return bad(
        message("Android ends child processes when all apps have more than 32 (signal 9)"),
        message("Developer options > Disable child process restrictions, or on a computer: {by_adb}", by_adb=by_adb)
        if sdk >= ANDROID_14
        else message("on a computer: {by_adb}", by_adb=by_adb),
        Fix(
            shell_line=f"{_CMD} settings put global settings_enable_monitor_phantom_procs false",
            pages=(pages.DEVELOPER,) if sdk >= ANDROID_14 else (),
        ),
    )


def cooldown(value: str, sdk: int) -> Finding:
    """Return whether Android mutes an app that shows several notifications in a row."""
    if sdk < ANDROID_16 or _value(value) == "0":
        return good(message("off") if sdk >= ANDROID_16 else message("this Android has none"))
    return bad(
        message("on: a card that follows another one closely makes no sound"),
        message("Settings > Notifications > Notification cooldown: {typed}", typed=pages.typed(pages.ALL_NOTIFICATIONS)),
        Fix(shell_line=f"{_CMD} settings put system notification_cooldown_enabled 0", pages=(pages.ALL_NOTIFICATIONS,)),
    )


def battery(whitelist: str | None) -> Finding:
    """Return whether both apps are exempt from battery optimisation, from `dumpsys deviceidle whitelist`; None: may not be read."""
    apps = (pages.TERMUX, pages.API)
    exempt = {line.split(",")[1] for line in (whitelist or "").splitlines() if line.count(",") == 2}  # noqa: PLR2004
    missing = [app for app in apps if app not in exempt]
    if not missing:
        return good(message("Termux and Termux:API are exempt"))
    remedy = "; ".join(pages.typed(pages.battery_exemption(app)) for app in missing)
    first, *more = ((pages.battery_exemption(app), pages.app_info(app)) for app in missing)
    if whitelist is None:
        return unknown(
            message("cannot be read without the DUMP grant, root or Shizuku"), remedy, Fix(pages=first, more=tuple(more))
        )
    line = f"/system/bin/dumpsys deviceidle whitelist {' '.join(f'+{app}' for app in missing)}"
    return bad(
        message("not exempt: {names}", names=joined(message(" and "), missing)),
        remedy,
        Fix(shell_line=line, pages=first, more=tuple(more)),
    )


def overlay(mode: str, *, dialogs_fail: bool, dialog_tried: bool) -> Finding:
    """Return whether dialogs may open from the background: from Android's own mode where it may be read, else from the last one."""
    fix = Fix(shell_line=f"{_CMD} appops set {pages.API} SYSTEM_ALERT_WINDOW allow", pages=(pages.OVERLAY,))
    if mode == "allow":
        return good(message("Termux:API may draw over other apps"))
    if mode in ("deny", "ignore", "default"):
        return bad(message("Termux:API may not draw over other apps"), pages.typed(pages.OVERLAY), fix)
    if dialogs_fail:
        return bad(message("the last dialog did not show"), pages.typed(pages.OVERLAY), fix)
    if dialog_tried:
        return good(message("the last dialog was shown"))
    return unknown(message("cannot be told before the first dialog"), pages.typed(pages.OVERLAY), fix)


def notification_access(listeners: str) -> Finding:
    """Return whether Termux:API may read the notifications, from the names of all that may; it is optional."""
    value = _value(listeners)
    if any(name.startswith(f"{pages.API}/") for name in value.split(":")):
        return good(message("Termux:API may read the notifications"))
    if not value or "/" not in value + ("/" if value == "null" else ""):
        return unknown(message("cannot be read on this Android"), message("Look: {typed}", typed=pages.typed(pages.LISTENERS)))
    return could_be(
        message("Termux:API may not read the notifications"),
        message("{typed}, and {allow_access}", typed=pages.typed(pages.LISTENERS), allow_access=ALLOW_ACCESS),
        Fix(pages=(pages.LISTENERS,)),  # a person grants it, if anybody: with it an app reads all notifications
    )


def cards(mode: str, listed: bool | None, fault: str, remedy: str) -> Finding:
    """Return whether a notification that was shown for a test was really on the screen. `mode` is Android's own for Termux:API, ""
    unknown; `listed` whether the list of notifications had it, None where the list cannot be read; `fault` what went wrong."""
    fix = Fix(shell_line=f"{_CMD} appops set {pages.API} POST_NOTIFICATION allow", pages=(pages.APP_NOTIFICATIONS,))
    if fault:
        return bad(fault, remedy, Fix(pages=(pages.API_MAIN, pages.app_info(pages.API))))
    if listed:
        return good(message("a test notification was on the screen, and is gone again"))
    if mode in ("deny", "ignore") or listed is False:
        return bad(
            message("Android shows no notifications of Termux:API"),
            message("Allow them: {typed}", typed=pages.typed(pages.APP_NOTIFICATIONS)),
            fix,
        )
    if mode == "allow":
        return good(message("a test notification was shown and taken away; Android allows them"))
    return good(message("a test notification was shown and taken away; whether Android allows it to be seen, only you can see"))


def dump_grant(granted: bool, *, is_play_store: bool) -> Finding:
    """Return whether Termux may read the telephony registry itself."""
    if granted:
        return good(message("granted"))
    if is_play_store:
        return could_be(message("cannot be granted to the Play store's Termux"), message("Install Termux from F-Droid"))
    return could_be(
        message("not granted"),
        message("On a computer with adb: adb shell pm grant {termux} {dump}", termux=pages.TERMUX, dump=_DUMP),
        Fix(shell_line=f"{_CMD} package grant {pages.TERMUX} {_DUMP}"),
    )


def autostart(manufacturer: str, mode: str, *, boot_seen: bool) -> Finding:
    """Return whether a maker lets Termux start and live in the background. `mode` is that of MIUI's own switch, "" unknown;
    `boot_seen` whether Termux:Boot ran at the last start of the phone."""
    maker = pages.maker(manufacturer)
    if maker is None:
        return good(message("no switch is known of {manufacturer}", manufacturer=manufacturer or message("this maker")))
    remedy = message("{advice}: {typed}", advice=maker.advice, typed=pages.typed(maker.pages[0]))
    fix = Fix(pages=maker.pages)
    if mode in ("ignore", "deny"):
        return bad(message("{manufacturer} does not let Termux start by itself", manufacturer=manufacturer), remedy, fix)
    if mode == "allow" or boot_seen:
        return good(message("{manufacturer} let Termux start by itself", manufacturer=manufacturer))
    return unknown(message("{manufacturer} has a switch of its own, which cannot be read", manufacturer=manufacturer), remedy, fix)
