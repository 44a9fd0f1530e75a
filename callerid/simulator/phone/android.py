"""Android's own programs on the simulated phone: what /system/bin has, and the doors of root and Shizuku.

Layouts: AOSP TelephonyRegistry.dump() (Android 14), logcat -v epoch, content query, toybox inotifyd.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

from callerid.simulator.phone.shell import Usage

if TYPE_CHECKING:
    from callerid.simulator.phone.state import State

_LOOK_EVERY = 0.03
_BY_SHELL = "CALLERID_SIMULATED_SHELL"
_SLOTS = 2


def _may(state: State, grant: str) -> bool:
    return os.environ.get(_BY_SHELL) in ("su", "rish") or bool(state.read()[grant])


def dumpsys(state: State, arguments: list[str]) -> tuple[str, int]:
    """Dumpsys telephony.registry, for those who may."""
    said = state.read()
    if arguments != ["telephony.registry"]:
        return f"Can't find service: {arguments[0] if arguments else ''}\n", 0
    if not _may(state, "dump_granted"):
        why = "due to missing android.permission.DUMP permission"
        return f"Permission Denial: can't dump telephony.registry from from pid={os.getpid()}, uid=10234 {why}\n", 0
    if os.environ.get("LD_PRELOAD"):
        return 'CANNOT LINK EXECUTABLE "/system/bin/dumpsys": library "libtermux-exec.so" not found\n', 1
    blocks = "".join(_slot(said, slot) for slot in range(_SLOTS))
    logs = "local logs:\n    2026-11-24T03:00:00.000000 - notifyCallState: state=1 mCallState=1 mCallIncomingNumber=+000\n"
    return f"last known state:\n{blocks}  mCarrierNetworkChangeState=false\n  {logs}registrations: count=41\n", 0


def _slot(said: dict[str, Any], slot: int) -> str:
    calls = [call for call in said["ringing"] if call.get("slot", 0) == slot]
    ringing = [call for call in calls if call["type"] == "MISSED"]
    others = [call for call in calls if call not in ringing]
    state = 1 if ringing else 2 if others else 0
    foreground = 0
    if others:
        dialling = others[-1]["type"] == "OUTGOING" and others[-1]["answered"] is None
        foreground = 3 if dialling else 1
    number = (ringing[0]["number"] or "") if ringing else ""
    shown = {"plain": number, "empty": "", "masked": "*" * len(number)}.get(said["registry_number"])
    lines = [
        f"Phone Id={slot}",
        f"  mCallState={state}",
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


def logcat(state: State, arguments: list[str]) -> tuple[str, int]:
    """Logcat -v epoch -T 1 -s Telecom:I: the newest line, then what comes, for ever."""
    if not _may(state, "logs_granted"):
        raise Usage(err="logcat: Unable to open log device: Permission denied\n")
    path = state.path("telecom.log")
    lines = _lines(path)
    _say("--------- beginning of main\n", *lines[-1:])
    seen = len(lines)
    while True:
        lines = _lines(path)
        _say(*lines[seen:])
        seen = len(lines)
        time.sleep(_LOOK_EVERY)


def inotifyd(state: State, arguments: list[str]) -> tuple[str, int]:
    """Inotifyd - FILE:MASK…: a line for each change."""
    if os.environ.get(_BY_SHELL) != "su":
        raise Usage(err="inotifyd: Permission denied\n")
    files = [word.rpartition(":")[0] for word in arguments[1:]]
    before = [_changed(file) for file in files]
    while True:
        now = [_changed(file) for file in files]
        _say(*(f"c\t{file}\n" for file, then, at in zip(files, before, now, strict=True) if then != at))
        before = now
        time.sleep(_LOOK_EVERY)


def content(state: State, arguments: list[str]) -> tuple[str, int]:
    """Content query --uri content://com.android.contacts/data/phones --projection display_name:data1."""
    if not os.environ.get(_BY_SHELL):
        return "Error while accessing provider:com.android.contacts\njava.lang.SecurityException: Permission Denial\n", 1
    rows = [(person["name"], number) for person in state.read()["contacts"] for number in numbers_of(person)]
    if not rows:
        return "No result found.\n", 0
    if "_id" in arguments:
        return "".join(f"Row: {place} _id={place + 40}\n" for place, _ in enumerate(rows)), 0
    return "".join(
        f"Row: {place} display_name={'NULL' if name is None else name}, data1={number}\n"
        for place, (name, number) in enumerate(rows)
    ), 0


def numbers_of(person: dict[str, Any]) -> list[str]:
    """Return all numbers of one of the phone's contacts."""
    return list(person["numbers"]) if "numbers" in person else [person["number"]]


def shell(state: State, arguments: list[str], name: str) -> tuple[str, int]:
    """Su -c LINE, rish -c LINE: another user's shell, with the simulated system before the real one."""
    if len(arguments) < 2 or arguments[0] != "-c":  # noqa: PLR2004
        raise Usage(err=f"{name}: usage: {name} -c COMMAND\n")
    if name == "su" and not os.path.isdir(state.path("data")):
        raise Usage(out="No su program found on this device. Termux\ndoes not supply tools for rooting.\n")
    if not state.read()["rooted" if name == "su" else "shizuku"]:
        raise Usage(err="Permission denied\n" if name == "su" else "Server is not running\n", code=13 if name == "su" else 1)
    system, data = state.path("system"), state.path("data")
    line = arguments[1].replace("/system/bin/", f"{system}/bin/").replace("/data/", f"{data}/")
    environment = {**os.environ, _BY_SHELL: name, "PATH": f"{system}/bin:/usr/bin:/bin"}
    sys.stdout.flush()
    os.execve("/bin/sh", ["sh", "-c", line], environment)  # noqa: S606


def su(state: State, arguments: list[str]) -> tuple[str, int]:
    """Root's door."""
    return shell(state, arguments, "su")


def rish(state: State, arguments: list[str]) -> tuple[str, int]:
    """Shizuku's door."""
    return shell(state, arguments, "rish")


def getprop(state: State, arguments: list[str]) -> tuple[str, int]:
    """Getprop NAME."""
    said = state.read()
    known = {
        "persist.sys.timezone": said["zone"],
        "ro.product.manufacturer": said["maker"],
        "ro.build.version.sdk": "34",
    }
    return known.get(arguments[0] if arguments else "", "") + "\n", 0


def packages(state: State, arguments: list[str]) -> tuple[str, int]:
    """Pm list packages."""
    return "package:com.termux\npackage:com.termux.api\npackage:com.termux.boot\n", 0


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8") as file:
            return file.readlines()
    except FileNotFoundError:
        return []


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(line)
    sys.stdout.flush()


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except FileNotFoundError:
        return 0


SYSTEM = {"dumpsys": dumpsys, "logcat": logcat, "content": content, "inotifyd": inotifyd}
DOORS = {"su": su, "rish": rish}
