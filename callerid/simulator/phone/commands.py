"""The termux commands of the simulated phone, one process each: flags, output and failures of termux-api-package 0.59.1.

Started by small wrappers as `python -I -S commands.py NAME FOLDER ARGUMENTS`. Only what is needed is imported: the genuine
commands take half a second, but tests and a desk should not.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))))

from callerid.simulator.phone import android
from callerid.simulator.phone.dialog import dialog
from callerid.simulator.phone.notifications import notification, notification_list, remove_notification
from callerid.simulator.phone.shell import Usage, getopts, hang, pretty
from callerid.simulator.phone.state import State

_PERMISSIONS = {
    "termux-call-log": "READ_CALL_LOG",
    "termux-contact-list": "READ_CONTACTS",
    "termux-telephony-call": "CALL_PHONE",
    "termux-telephony-deviceinfo": "READ_PHONE_STATE",
}


def main() -> None:
    """Be the command that the first argument names."""
    name, folder, arguments = sys.argv[1], sys.argv[2], sys.argv[3:]
    state = State(folder)
    state.journal(command=name, argv=arguments, pid=os.getpid())
    fault = _fault(state, name)
    _before(fault, name)
    try:
        output, code = (COMMANDS | android.SYSTEM | android.DOORS)[name](state, arguments)
    except Usage as usage:
        sys.stdout.write(usage.out)
        sys.stderr.write(usage.err)
        sys.exit(usage.code)
    _print(output, fault)
    sys.exit(code)


def _fault(state: State, name: str) -> dict[str, Any]:
    """Return the fault that this run meets, and count it."""
    with state.changing() as said:
        waiting = said["faults"].get(name, [])
        if not waiting:
            return {}
        fault: dict[str, Any] = waiting[0]
        if fault.get("times") is not None:
            fault["times"] -= 1
            if fault["times"] <= 0:
                waiting.pop(0)
        return dict(fault)


def _before(fault: dict[str, Any], name: str) -> None:
    match fault.get("kind"):
        case "hang":
            hang(stubborn=bool(fault.get("stubborn")), grandchild=bool(fault.get("grandchild")))
        case "slow":
            time.sleep(float(fault.get("seconds", 1)))
        case "denied":
            permission = _PERMISSIONS.get(name, "READ_CALL_LOG")
            said = f"Please grant the following permission to use this command: android.permission.{permission}"
            sys.stdout.write(pretty({"error": str(fault.get("says") or said)}) + "\n")
            sys.exit(0)
        case "empty":
            sys.exit(0)
        case "nonsense":
            sys.stdout.write(
                "java.lang.NullPointerException: Attempt to invoke virtual method on a null object reference\n\tat …\n"
            )
            sys.exit(0)


def _print(output: str, fault: dict[str, Any]) -> None:
    if fault.get("kind") == "truncated":
        output = output[: int(fault.get("characters", len(output) // 2))]
    sys.stdout.buffer.write(output.encode("utf-8", "surrogateescape"))
    sys.stdout.flush()


# ------------------------------------------------------------------------------------------------ reading


def call_log(state: State, arguments: list[str]) -> tuple[str, int]:
    """termux-call-log [-l LIMIT] [-o OFFSET]: oldest first within the newest rows (CallLogAPI.java)."""
    options, rest = getopts("termux-call-log", "hl:o:", arguments)
    if "h" in options:
        return "Usage: termux-call-log [-l limit] [-o offset]\nList call log history in JSON.\n", 0
    for letter in ("l", "o"):
        if letter in options and not (options[letter].isascii() and options[letter].isdigit()):
            value = options[letter]
            raise Usage(
                out="Usage: termux-call-log [-l limit] [-o offset]\n",
                err=f"ERROR: The -{letter} value '{value}' is not a positive number.\n",
            )
    if rest:
        raise Usage(out="termux-call-log: too many arguments\n")
    limit, offset = int(options.get("l", "10")), int(options.get("o", "0"))
    said = state.read()
    rows = sorted(said["calls"], key=lambda row: row["start"], reverse=True)[offset : offset + limit]
    return pretty([_row(row, said) for row in reversed(rows)]) + "\n", 0


def _row(row: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    local = datetime.fromtimestamp(int(row["start"]), ZoneInfo(said["zone"]))
    hours, minutes, seconds = row["duration"] // 3600, row["duration"] // 60 % 60, row["duration"] % 60
    length = f"{hours:02}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"
    digits = str.maketrans("0123456789", said["digits"])
    return {
        "name": "UNKNOWN_CALLER" if row["name"] is None else row["name"],
        "phone_number": row["number"],
        "type": row["type"],
        "date": f"{local:%Y-%m-%d %H:%M:%S}".translate(digits),
        "duration": length.translate(digits),
        "sim_id": row["sim"],
    }


def contact_list(state: State, arguments: list[str]) -> tuple[str, int]:
    """termux-contact-list: one number a contact."""
    if arguments:
        raise Usage(out="termux-contact-list: too many arguments\n")
    people = state.read()["contacts"]
    return pretty([{"name": person["name"], "number": android.numbers_of(person)[-1]} for person in people]) + "\n", 0


def wifi(state: State, arguments: list[str]) -> tuple[str, int]:
    """termux-wifi-connectioninfo (Termux:API WifiAPI.java)."""
    connected = state.read()["wifi"]
    said = {
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
    return pretty(said) + "\n", 0


def device_info(state: State, arguments: list[str]) -> tuple[str, int]:
    """termux-telephony-deviceinfo."""
    said = state.read()
    return pretty(
        {
            "data_enabled": "true",
            "data_activity": "none",
            "data_state": "connected",
            "phone_count": 1,
            "phone_type": "gsm",
            "network_country_iso": said["network_country"],
            "sim_country_iso": said["sim_country"],
            "sim_state": "ready",
        }
    ) + "\n", 0


def battery(state: State, arguments: list[str]) -> tuple[str, int]:
    """termux-battery-status."""
    said = state.read()
    return pretty(
        {
            "present": True,
            "health": "GOOD",
            "plugged": "PLUGGED_AC" if said["charging"] else "UNPLUGGED",
            "status": "CHARGING" if said["charging"] else "DISCHARGING",
            "temperature": 30.0,
            "percentage": said["battery"],
        }
    ) + "\n", 0


def audio(state: State, arguments: list[str]) -> tuple[str, int]:
    """termux-audio-info (Termux:API AudioAPI.java)."""
    headset = state.read()["headset"]
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


def telephony_call(state: State, arguments: list[str]) -> tuple[str, int]:
    """termux-telephony-call NUMBER: dials at once, and says nothing, even when refused."""
    _, rest = getopts("termux-telephony-call", "h", arguments)
    if len(rest) != 1:
        raise Usage(
            out="termux-telephony-call: no number specified\n" if not rest else "termux-telephony-call: too many arguments\n"
        )
    state.journal(**({"refused": rest[0]} if state.read()["calls_refused"] else {"dialled": rest[0]}))
    return "", 0


def open_url(state: State, arguments: list[str]) -> tuple[str, int]:
    """termux-open-url URL."""
    if len(arguments) != 1:
        raise Usage(out="termux-open-url: no url specified\n")
    state.journal(opened=arguments[0])
    return "", 0


def speak(state: State, arguments: list[str]) -> tuple[str, int]:
    """termux-tts-speak: without arguments it reads stdin to its end, and hangs if that never comes."""
    _, rest = getopts("termux-tts-speak", "he:l:n:v:p:r:s:", arguments)
    state.journal(spoken=" ".join(rest) if rest else sys.stdin.read())
    return "", 0


def silent(state: State, arguments: list[str]) -> tuple[str, int]:
    """Commands that do something of no interest here and print nothing."""
    return "", 0


def job_scheduler(state: State, arguments: list[str]) -> tuple[str, int]:
    """termux-job-scheduler: text, whatever happened."""
    if "-p" in arguments or "--pending" in arguments:
        return "No jobs found\n", 0
    script = next((arguments[n + 1] for n, word in enumerate(arguments[:-1]) if word in ("-s", "--script")), "")
    if not script:
        return "No script path given\n", 0
    if not os.path.exists(script):
        return f"No such file: {script}\n", 0
    return f"Scheduling Job 0: {script} - response 1\n", 0


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
    "am": silent,
}


if __name__ == "__main__":
    main()
