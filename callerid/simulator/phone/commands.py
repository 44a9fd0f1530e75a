"""The termux commands of the simulated phone: flags, output and failures of termux-api-package 0.59.1.

Each is a function of one run of it, and returns what it prints and its exit status.
"""

from __future__ import annotations

import os

from callerid.simulator.phone import android
from callerid.simulator.phone.dialog import dialog
from callerid.simulator.phone.invocation import Failure, Invocation, getopts, pretty
from callerid.simulator.phone.notifications import notification, notification_list, remove_notification

TYPE_CHECKING = False  # see state.py
if TYPE_CHECKING:
    from typing import Any

    from callerid.simulator.phone.state import State

_PERMISSIONS = {
    "termux-call-log": "READ_CALL_LOG",
    "termux-contact-list": "READ_CONTACTS",
    "termux-telephony-call": "CALL_PHONE",
    "termux-telephony-deviceinfo": "READ_PHONE_STATE",
}
_STACK_TRACE = "java.lang.NullPointerException: Attempt to invoke virtual method on a null object reference\n\tat …\n"
_MUCH = "x" * 65536
_KILLED = 137  # of the command's script, when Android has killed what it started


def perform(run: Invocation) -> tuple[str, str, int]:
    """Run a command, with the fault that it meets, and return its stdout, its stderr and its exit status."""
    run.state.journal(command=run.name, argv=run.arguments, pid=run.pid)
    fault = _take_fault(run.state, run.name)
    try:
        out, code = _instead(run, fault) or PROGRAMS[run.name](run)
    except Failure as failure:
        return failure.out, failure.err, failure.code
    if fault.get("kind") == "truncated":
        out = out[: int(fault.get("characters", len(out) // 2))]
    return out, "", code


def _take_fault(state: State, name: str) -> dict[str, Any]:
    """Return the fault that this run meets, and count it."""
    if not state.read()["faults"].get(name):
        return {}
    with state.changing() as changed:
        waiting = changed["faults"].get(name, [])
        if not waiting:
            return {}
        fault: dict[str, Any] = waiting[0]
        if fault.get("times") is not None:
            fault["times"] -= 1
            if fault["times"] <= 0:
                waiting.pop(0)
        return dict(fault)


def _instead(run: Invocation, fault: dict[str, Any]) -> tuple[str, int] | None:
    """Return what a command with this fault prints instead of its answer; None when it answers."""
    match fault.get("kind"):
        case "hang":
            run.hang(stubborn=bool(fault.get("stubborn")), grandchild=bool(fault.get("grandchild")))
        case "endless":
            while True:
                run.write(_MUCH)
        case "slow":
            run.sleep(float(fault.get("seconds", 1)))
        case "denied":
            permission = _PERMISSIONS.get(run.name, "READ_CALL_LOG")
            usual = f"Please grant the following permission to use this command: android.permission.{permission}"
            return pretty({"error": str(fault.get("says") or usual)}) + "\n", 0
        case "empty":
            return "", 0
        case "killed":
            return "", _KILLED
        case "nonsense":
            return _STACK_TRACE, 0
        case "prints":
            return str(fault["text"]), 0
    return None


# ------------------------------------------------------------------------------------------------ reading


def call_log(run: Invocation) -> tuple[str, int]:
    """termux-call-log [-l LIMIT] [-o OFFSET]: oldest first within the newest rows (CallLogAPI.java)."""
    options, rest = getopts("termux-call-log", "hl:o:", run.arguments)
    if "h" in options:
        return "Usage: termux-call-log [-l limit] [-o offset]\nList call log history in JSON.\n", 0
    for letter in ("l", "o"):
        if letter in options and not (options[letter].isascii() and options[letter].isdigit()):
            value = options[letter]
            raise Failure(
                out="Usage: termux-call-log [-l limit] [-o offset]\n",
                err=f"ERROR: The -{letter} value '{value}' is not a positive number.\n",
            )
    if rest:
        raise Failure(out="termux-call-log: too many arguments\n")
    limit, offset = int(options.get("l", "10")), int(options.get("o", "0"))
    state = run.state.read()
    rows = sorted(state["calls"], key=lambda row: row["start"], reverse=True)[offset : offset + limit]
    return pretty([_row(row, state) for row in reversed(rows)]) + "\n", 0


def _row(row: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    local = datetime.fromtimestamp(int(row["start"]), ZoneInfo(state["zone"]))
    hours, minutes, seconds = row["duration"] // 3600, row["duration"] // 60 % 60, row["duration"] % 60
    length = f"{hours:02}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"
    digits = str.maketrans("0123456789", state["digits"])
    return {
        "name": "UNKNOWN_CALLER" if row["name"] is None else row["name"],
        "phone_number": row["number"],
        "type": row["type"],
        "date": f"{local:%Y-%m-%d %H:%M:%S}".translate(digits),
        "duration": length.translate(digits),
        "sim_id": row["sim"],
    }


def contact_list(run: Invocation) -> tuple[str, int]:
    """termux-contact-list: one number a contact."""
    if run.arguments:
        raise Failure(out="termux-contact-list: too many arguments\n")
    people = run.state.read()["contacts"]
    return pretty([{"name": person["name"], "number": android.numbers_of(person)[-1]} for person in people]) + "\n", 0


def wifi(run: Invocation) -> tuple[str, int]:
    """termux-wifi-connectioninfo (Termux:API WifiAPI.java)."""
    connected = run.state.read()["wifi"]
    status = {
        "bssid": "02:00:00:00:00:00" if connected else "null",
        "frequency_mhz": 5180 if connected else -1,
        "ip": "192.168.1.23" if connected else "0.0.0.0",  # noqa: S104 - what Android prints
        "link_speed_mbps": 433 if connected else -1,
        "mac_address": "02:00:00:00:00:00",
        "network_id": -1,
        "rssi": -51 if connected else -127,
        "ssid": "<unknown ssid>",
        "ssid_hidden": True,
        "supplicant_state": "COMPLETED" if connected else "DISCONNECTED",
    }
    return pretty(status) + "\n", 0


def device_info(run: Invocation) -> tuple[str, int]:
    """termux-telephony-deviceinfo."""
    state = run.state.read()
    return pretty(
        {
            "data_enabled": "true",
            "data_activity": "none",
            "data_state": "connected",
            "phone_count": 1,
            "phone_type": "gsm",
            "network_country_iso": state["network_country"],
            "sim_country_iso": state["sim_country"],
            "sim_state": "ready",
        }
    ) + "\n", 0


def battery(run: Invocation) -> tuple[str, int]:
    """termux-battery-status."""
    state = run.state.read()
    return pretty(
        {
            "present": True,
            "health": "GOOD",
            "plugged": "PLUGGED_AC" if state["charging"] else "UNPLUGGED",
            "status": "CHARGING" if state["charging"] else "DISCHARGING",
            "temperature": 30.0,
            "percentage": state["battery"],
        }
    ) + "\n", 0


def audio(run: Invocation) -> tuple[str, int]:
    """termux-audio-info (Termux:API AudioAPI.java)."""
    headset = run.state.read()["headset"]
    return pretty(
        {
            "PROPERTY_OUTPUT_SAMPLE_RATE": "48000",
            "PROPERTY_OUTPUT_FRAMES_PER_BUFFER": "192",
            "AUDIOTRACK_SAMPLE_RATE": 48000,
            "AUDIOTRACK_BUFFER_SIZE_IN_FRAMES": 3844,
            "BLUETOOTH_A2DP_IS_ON": headset == "bluetooth",
            "WIREDHEADSET_IS_CONNECTED": headset == "wired",
        }
    ) + "\n", 0


# ------------------------------------------------------------------------------------------------ effects


def telephony_call(run: Invocation) -> tuple[str, int]:
    """termux-telephony-call NUMBER: dials at once, and says nothing, even when refused."""
    _, rest = getopts("termux-telephony-call", "h", run.arguments)
    if len(rest) != 1:
        raise Failure(
            out="termux-telephony-call: no number specified\n" if not rest else "termux-telephony-call: too many arguments\n"
        )
    run.state.journal(**({"refused": rest[0]} if run.state.read()["calls_refused"] else {"dialled": rest[0]}))
    return "", 0


def open_url(run: Invocation) -> tuple[str, int]:
    """termux-open-url URL."""
    if len(run.arguments) != 1:
        raise Failure(out="termux-open-url: no url specified\n")
    run.state.journal(opened=run.arguments[0])
    return "", 0


def open_file(run: Invocation) -> tuple[str, int]:
    """termux-open [--view] FILE. Without a file, or with several, it says how to use it, and ends well."""
    files = [word for word in run.arguments if word != "--view"]
    if len(files) != 1:
        raise Failure(out="Usage: termux-open [options] path-or-url\nOpen a file or URL in an external app.\n", code=0)
    run.state.journal(opened=files[0])
    return "", 0


def speak(run: Invocation) -> tuple[str, int]:
    """termux-tts-speak: without arguments it reads stdin to its end, and hangs if that never comes."""
    _, rest = getopts("termux-tts-speak", "he:l:n:v:p:r:s:", run.arguments)
    run.state.journal(spoken=" ".join(rest) if rest else run.stdin())
    return "", 0


def silent(run: Invocation) -> tuple[str, int]:
    """Commands that do something of no interest here and print nothing."""
    return "", 0


def job_scheduler(run: Invocation) -> tuple[str, int]:
    """termux-job-scheduler: text, whatever happened (JobSchedulerAPI.java)."""
    words = run.arguments
    given = {word: words[n + 1] for n, word in enumerate(words[:-1]) if word.startswith("-")}
    job_id = given.get("--job-id", "0")
    with run.state.changing() as changed:
        jobs: dict[str, str] = changed["jobs"]
        pending = "".join(f"Pending {job}\n" for job in jobs.values()) or "No jobs found\n"
        if "-p" in words or "--pending" in words:
            return pending, 0
        if "--cancel" in words:
            job = jobs.pop(job_id, None)
            return (f"Cancelling {job}\n" if job else f"No job {job_id} found\n"), 0
        script = given.get("-s") or given.get("--script", "")
        if not script:
            return "No script path given\n", 0
        if not os.path.exists(script):
            return f"No such file: {script}\n", 0
        if given.get("--network") == "none":
            raise Failure(out="")  # the job is taken, and its description fails in Java (termux-api#659)
        jobs[job_id] = _job(job_id, script, given)
        return f"Scheduling {jobs[job_id]} - response 1\n" + "".join(f"Pending {job}\n" for job in jobs.values()), 0


def _job(job_id: str, script: str, given: dict[str, str]) -> str:
    """Return how Termux:API describes a job."""
    metered = "NOT_METERED&" if given.get("--network") == "unmetered" else ""
    conditions = (
        (given.get("--period-ms", "0") != "0", f"(periodic: {given.get('--period-ms')}ms)"),
        (given.get("--charging") == "true", "(while charging)"),
        (given.get("--persisted") == "true", "(persisted)"),
        (given.get("--battery-not-low", "true") == "true", "(battery not low)"),
        (True, f"(network: NetworkRequest [ NONE id=0, [ Capabilities: {metered}INTERNET&NOT_RESTRICTED&TRUSTED] ])"),
    )
    return f"Job {job_id}: {script}\t{' '.join(text for applies, text in conditions if applies)}"


COMMANDS = {
    "termux-call-log": call_log,
    "termux-contact-list": contact_list,
    "termux-notification": notification,
    "termux-notification-remove": remove_notification,
    "termux-notification-list": notification_list,
    "termux-dialog": dialog,
    "termux-telephony-call": telephony_call,
    "termux-telephony-deviceinfo": device_info,
    "termux-wifi-connectioninfo": wifi,
    "termux-open": open_file,
    "termux-open-url": open_url,
    "termux-tts-speak": speak,
    "termux-toast": silent,
    "termux-vibrate": silent,
    "termux-wake-lock": silent,
    "termux-wake-unlock": silent,
    "termux-battery-status": battery,
    "termux-job-scheduler": job_scheduler,
    "termux-audio-info": audio,
    "getprop": android.getprop,
    "pm": android.packages,
    "settings": android.settings,
    "am": android.activity_manager,
}
PROGRAMS = COMMANDS | android.SYSTEM | android.SHELLS
