"""Android's own programs on the simulated phone: what /system/bin has, and the shells of root and Shizuku.

Layouts: AOSP TelephonyRegistry.dump() (Android 14), logcat -v epoch, content query, toybox inotifyd.
"""

from __future__ import annotations

import os

from callerid.simulator.phone.invocation import BY_SHELL, Failure, Invocation

TYPE_CHECKING = False  # see state.py
if TYPE_CHECKING:
    from typing import Any

_SLOTS = 2


def _may(run: Invocation, grant: str) -> bool:
    return run.environment.get(BY_SHELL) in ("su", "rish") or bool(run.state.read()[grant])


def dumpsys(run: Invocation) -> tuple[str, int]:
    """Dumpsys telephony.registry, or deviceidle whitelist, for those who may."""
    if run.arguments[:2] == ["deviceidle", "whitelist"]:
        return _device_idle(run, run.arguments[2:])
    if run.arguments != ["telephony.registry"]:
        return f"Can't find service: {run.arguments[0] if run.arguments else ''}\n", 0
    if not _may(run, "dump_granted"):
        why = "due to missing android.permission.DUMP permission"
        return f"Permission Denial: can't dump telephony.registry from from pid={run.pid}, uid=10234 {why}\n", 0
    if run.environment.get("LD_PRELOAD"):
        return 'CANNOT LINK EXECUTABLE "/system/bin/dumpsys": library "libtermux-exec.so" not found\n', 1
    state = run.state.read()
    blocks = "".join(_slot(state, slot) for slot in range(_SLOTS))
    logs = "local logs:\n    2026-11-24T03:00:00.000000 - notifyCallState: state=1 mCallState=1 mCallIncomingNumber=+000\n"
    return f"last known state:\n{blocks}  mCarrierNetworkChangeState=false\n  {logs}registrations: count=41\n", 0


def _slot(state: dict[str, Any], slot: int) -> str:
    calls = [call for call in state["ringing"] if call.get("slot", 0) == slot]
    ringing = [call for call in calls if call["type"] == "MISSED"]
    others = [call for call in calls if call not in ringing]
    call_state = 1 if ringing else 2 if others else 0
    foreground = 0
    if others:
        dialling = others[-1]["type"] == "OUTGOING" and others[-1]["answered"] is None
        foreground = 3 if dialling else 1
    number = (ringing[0]["number"] or "") if ringing else ""
    shown = {"plain": number, "empty": "", "masked": "*" * len(number)}.get(state["registry_number"])
    lines = [
        f"Phone Id={slot}",
        f"  mCallState={call_state}",
        f"  mRingingCallState={5 if ringing else 0}",
        f"  mForegroundCallState={foreground}",
        "  mBackgroundCallState=0",
        f"  mPreciseCallState=Ringing call state: {5 if ringing else 0}, Foreground call state: {foreground}",
        "  mCallDisconnectCause=-1",
        *([f"  mCallIncomingNumber={shown}"] if shown is not None else []),
        "  mServiceState={mVoiceRegState=0(IN_SERVICE), mDataRegState=0(IN_SERVICE), mOperatorAlphaLong=Simulated}",
        "  mVoiceActivationState= 0",
    ]
    return "".join(f"  {line}\n" for line in lines)


def _device_idle(run: Invocation, changes: list[str]) -> tuple[str, int]:
    """Print or change who is exempt from battery optimisation (AOSP DeviceIdleController)."""
    if not _may(run, "dump_granted"):
        why = "due to missing android.permission.DUMP permission"
        return f"Permission Denial: can't dump DeviceIdleController from from pid={run.pid}, uid=10234 {why}\n", 0
    if changes and run.environment.get(BY_SHELL):
        with run.state.changing() as state:
            state["whitelist"] = [*state["whitelist"], *(word[1:] for word in changes)]
        return "".join(f"Added: {word[1:]}\n" for word in changes), 0
    users = "".join(f"user,{name},10234\n" for name in run.state.read()["whitelist"])
    return f"system-excidle,com.android.providers.downloads,10061\nsystem,com.android.shell,2000\n{users}", 0


def logcat(run: Invocation) -> tuple[str, int]:
    """Logcat -v epoch -T 1 -s Telecom:I: the newest line, then what comes, forever."""
    if not _may(run, "logs_granted"):
        raise Failure(err="logcat: Unable to open log device: Permission denied\n")
    shown = run.state.lines("telecom")
    run.write("--------- beginning of main\n", *(f"{line}\n" for line in shown[-1:]))
    while True:
        fresh = run.wait(lambda: run.state.lines("telecom")[len(shown) :])
        run.write(*(f"{line}\n" for line in fresh))
        shown.extend(fresh)


def inotifyd(run: Invocation) -> tuple[str, int]:
    """Inotifyd - FILE:MASK…: a line for each change."""
    if run.environment.get(BY_SHELL) != "su":
        raise Failure(err="inotifyd: Permission denied\n")
    files = [word.rpartition(":")[0] for word in run.arguments[1:]]
    changed_at = {file: _changed_at(file) for file in files}
    while True:
        changed = run.wait(lambda: [file for file in files if _changed_at(file) != changed_at[file]])
        changed_at.update({file: _changed_at(file) for file in changed})
        run.write(*(f"c\t{file}\n" for file in changed))


def _changed_at(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except FileNotFoundError:
        return 0


def content(run: Invocation) -> tuple[str, int]:
    """Content query --uri content://com.android.contacts/data/phones --projection display_name:data1."""
    if not run.environment.get(BY_SHELL):
        return "Error while accessing provider:com.android.contacts\njava.lang.SecurityException: Permission Denial\n", 1
    rows = [(person["name"], number) for person in run.state.read()["contacts"] for number in numbers_of(person)]
    if not rows:
        return "No result found.\n", 0
    if "_id" in run.arguments:
        return "".join(f"Row: {place} _id={place + 40}\n" for place, _ in enumerate(rows)), 0
    return "".join(
        f"Row: {place} display_name={'NULL' if name is None else name}, data1={number}\n"
        for place, (name, number) in enumerate(rows)
    ), 0


def numbers_of(person: dict[str, Any]) -> list[str]:
    """Return all numbers of one of the phone's contacts."""
    return list(person["numbers"]) if "numbers" in person else [person["number"]]


def _shell(run: Invocation, usable: bool, refusal: Failure) -> tuple[str, int]:
    """Run -c LINE as another user."""
    if len(run.arguments) < 2 or run.arguments[0] != "-c":  # noqa: PLR2004
        raise Failure(err=f"{run.name}: usage: {run.name} -c COMMAND\n")
    if not usable:
        raise refusal
    return run.run_line(run.arguments[1], run.name)


def su(run: Invocation) -> tuple[str, int]:
    """Root's shell. Every Termux has the command; on most phones it finds no su program (termux-tools)."""
    state = run.state.read()
    refusal = Failure(err="Permission denied\n", code=13)
    if not state["su_installed"]:
        refusal = Failure(out="No su program found on this device. Termux\ndoes not supply tools for rooting.\n")
    return _shell(run, state["su_installed"] and state["rooted"], refusal)


def rish(run: Invocation) -> tuple[str, int]:
    """Shizuku's shell."""
    return _shell(run, run.state.read()["shizuku"], Failure(err="Server is not running\n"))


def getprop(run: Invocation) -> tuple[str, int]:
    """Getprop NAME."""
    state = run.state.read()
    known = {
        "persist.sys.timezone": state["zone"],
        "ro.product.manufacturer": state["maker"],
        "ro.build.version.sdk": str(state["sdk"]),
    }
    return known.get(run.arguments[0] if run.arguments else "", "") + "\n", 0


def packages(run: Invocation) -> tuple[str, int]:
    """Pm list packages [--show-versioncode] [-i] [-U] [FILTER] (AOSP PackageManagerShellCommand.runListPackages)."""
    if run.arguments[:2] != ["list", "packages"]:
        return "", 0
    flags = {word for word in run.arguments[2:] if word.startswith("-")}
    wanted = next((word for word in run.arguments[2:] if not word.startswith("-")), "")
    if unknown := flags - {"--show-versioncode", "-i", "-U"}:
        return f"Error: Unknown option: {min(unknown)}\n", 255
    lines = []
    for name, package in run.state.read()["packages"].items():
        if wanted in name:
            code = f" versionCode:{package['code']}" if "--show-versioncode" in flags else ""
            installer = f"  installer={package['installer'] or 'null'}" if "-i" in flags else ""
            uid = f" uid:{package['uid']}" if "-U" in flags else ""
            lines.append(f"package:{name}{code}{installer}{uid}\n")
    return "".join(lines), 0


def settings(run: Invocation) -> tuple[str, int]:
    """Settings get NAMESPACE KEY, by Termux's wrapper: an app may read, and change nothing."""
    if len(run.arguments) != 3 or run.arguments[0] != "get":  # noqa: PLR2004
        raise Failure(err="java.lang.SecurityException: Permission denial: writing to settings requires permission\n", code=255)
    return _setting(run.state.read(), f"{run.arguments[1]} {run.arguments[2]}") + "\n", 0


def _setting(state: dict[str, Any], name: str) -> str:
    if name == "secure enabled_notification_listeners":
        own = "com.termux.api/com.termux.api.apis.NotificationListAPI$NotificationService"
        other = "com.android.launcher/com.android.launcher.notification.NotificationListener"
        return f"{other}:{own}" if state["notification_access"] else other
    return str(state["settings"].get(name, "null"))


_ACTIONS = (
    "APPLICATION_DETAILS_SETTINGS REQUEST_IGNORE_BATTERY_OPTIMIZATIONS action.MANAGE_OVERLAY_PERMISSION "
    "ACTION_NOTIFICATION_LISTENER_SETTINGS APP_NOTIFICATION_SETTINGS NOTIFICATION_SETTINGS APPLICATION_DEVELOPMENT_SETTINGS "
    "DATE_SETTINGS INTERNAL_STORAGE_SETTINGS"
).split()
_OWN_ACTIVITIES = {"com.termux.api": ".activities.TermuxAPIMainActivity", "com.termux.boot": ".BootActivity"}


def activity_manager(run: Invocation) -> tuple[str, int]:
    """Am start -a ACTION [-d DATA] [--es KEY VALUE] or -n PACKAGE/CLASS: opens a page that this phone has (TermuxAm)."""
    if len(run.arguments) < 3 or run.arguments[0] != "start":  # noqa: PLR2004
        return "", 0
    options = dict(zip(run.arguments[1::2], run.arguments[2::2], strict=False))
    state, action, activity = run.state.read(), options.get("-a", ""), options.get("-n", "")
    package, _, name = activity.partition("/")
    is_own = package in state["packages"] and _OWN_ACTIVITIES.get(package) == name
    if activity and not is_own and activity not in state["activities"]:
        raise Failure(err=f"Error: Activity class {{{activity}}} does not exist.\n")
    if not activity and action not in {f"android.settings.{known}" for known in _ACTIONS}:
        raise Failure(err=f"Error: Activity not started, unable to resolve Intent {{ act={action} flg=0x10000000 }}\n")
    run.state.journal(page=activity or action, data=options.get("-d", ""))
    return f"Starting: Intent {{ {f'cmp={activity}' if activity else f'act={action}'} }}\n", 0


def cmd(run: Invocation) -> tuple[str, int]:
    """Cmd SERVICE …, which only root and the shell user may."""
    if not run.environment.get(BY_SHELL):
        return f"cmd: Failure calling service {(run.arguments or [''])[0]}: Failed transaction (2147483646)\n", 224
    with run.state.changing() as state:
        match run.arguments:
            case ["appops", "get", package, op]:
                mode = state["appops"].get(f"{package} {op}", "allow")
                return f"{op}: {mode}; time=+1d2h3m4s5ms ago\n", 0
            case ["appops", "set", package, op, "allow"]:
                state["appops"].pop(f"{package} {op}", None)
            case ["settings", "put", namespace, key, value]:
                state["settings"][f"{namespace} {key}"] = value
            case ["package", "grant", "com.termux", "android.permission.DUMP"]:
                state["dump_granted"] = True
            case _:
                raise Failure(out="No shell command implementation.\n", code=255)
    return "", 0


SYSTEM = {"dumpsys": dumpsys, "logcat": logcat, "content": content, "inotifyd": inotifyd, "cmd": cmd}
SHELLS = {"su": su, "rish": rish}
