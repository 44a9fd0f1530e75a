"""What each command answers to some words: (words, exit code, beginning of its output, whole error output), as the scripts of
termux-api-package 0.59.1 have it. The simulated phone answers so in the tests; `make device` asks a real one."""

from __future__ import annotations

Case = tuple[tuple[str, ...], int, str, str]
ANSWERS: tuple[Case, ...] = (
    (("termux-call-log", "-h"), 0, "Usage: termux-call-log [-l limit] [-o offset]\nList call log history in JSON.\n", ""),
    (("termux-call-log", "-l", "x"), 1, "Usage: termux-call-log", "ERROR: The -l value 'x' is not a positive number.\n"),
    (("termux-call-log", "-z"), 1, "termux-call-log: illegal option -z\n", ""),
    (("termux-call-log", "-l"), 1, "termux-call-log: option requires an argument -- l\n", ""),
    (("termux-call-log", "extra"), 1, "termux-call-log: too many arguments\n", ""),
    (("termux-contact-list",), 0, "[]\n", ""),
    (("termux-contact-list", "x"), 1, "termux-contact-list: too many arguments\n", ""),
    (
        ("termux-notification", "--ongoing", "-t", "x", "-c", "y"),
        1,
        "Ongoing notifications without an ID are not removable.",
        "",
    ),
    (("termux-notification", "--nope"), 1, "", "termux-notification: unrecognized option '--nope'\n"),
    (("termux-notification", "-z"), 1, "", "termux-notification: invalid option -- 'z'\n"),
    (("termux-notification", "-t", "x", "-c", "y", "more"), 1, "termux-notification: too many arguments\n", ""),
    (("termux-notification-remove", "nobody"), 0, "", ""),
    (("termux-notification-remove",), 1, "termux-notification-remove: no notification id specified\n", ""),
    (("termux-notification-list",), 0, "[]\n", ""),
    (("termux-dialog", "radio", "-t", "NoValues"), 1, "ERROR: 'radio' must be called with [-v \",,,\"]", ""),
    (("termux-dialog", "nosuch"), 0, "ERROR", ""),
    (("termux-dialog", "text", "-m", "-n", "-t", "both"), 1, "ERROR: Invalid option(s) detected for 'text'\n", ""),
    (("termux-dialog", "date", "-i", "a hint"), 1, "ERROR: Invalid option(s) detected for 'date'\n", ""),
    (("termux-dialog", "speech", "-m"), 1, "ERROR: Invalid option(s) detected for 'speech'\n", ""),
    (("termux-dialog", "date", "-t", "Day", "more"), 0, "ERROR: Too many arguments!\n", ""),
    (("termux-telephony-call",), 1, "termux-telephony-call: no number specified\n", ""),
    (("termux-telephony-call", "-x"), 1, "termux-telephony-call: illegal option -x\n", ""),
    (("termux-telephony-call", "1", "2"), 1, "termux-telephony-call: too many arguments\n", ""),
    (("termux-telephony-deviceinfo",), 0, '{\n  "data_enabled": "true",\n  "data_activity": "none",\n', ""),
    (("termux-wifi-connectioninfo",), 0, '{\n  "bssid": "02:00:00:00:00:00",\n', ""),
    (("termux-battery-status",), 0, '{\n  "present": true,\n  "health": "GOOD",\n', ""),
    (("termux-audio-info",), 0, '{\n  "PROPERTY_OUTPUT_SAMPLE_RATE": "48000",\n', ""),
    (("termux-open",), 0, "Usage: termux-open [options] path-or-url\n", ""),
    (("termux-open-url",), 1, "termux-open-url: no url specified\n", ""),
    (("termux-tts-speak", "-q"), 1, "termux-tts-speak: illegal option -q\n", ""),
    (("termux-toast", "x"), 0, "", ""),
    (("termux-vibrate",), 0, "", ""),
    (("termux-wake-lock",), 0, "", ""),
    (("termux-wake-unlock",), 0, "", ""),
    (("termux-job-scheduler",), 0, "No script path given\n", ""),
    (("termux-job-scheduler", "-p"), 0, "No jobs found\n", ""),
    (("termux-job-scheduler", "-s", "/no/such"), 0, "No such file: /no/such\n", ""),
    (("getprop", "persist.sys.timezone"), 0, "Europe/Berlin\n", ""),
    (("getprop",), 0, "\n", ""),
    (("pm", "list", "packages"), 0, "package:com.termux\npackage:com.termux.api\n", ""),
    (("am", "start"), 0, "", ""),
    (
        ("am", "start", "-a", "android.settings.DATE_SETTINGS"),
        0,
        "Starting: Intent { act=android.settings.DATE_SETTINGS }\n",
        "",
    ),
    (("am", "start", "-n", "x.y/.Z"), 1, "", "Error: Activity class {x.y/.Z} does not exist.\n"),
    (("pm", "list", "packages", "-i", "-U", "api"), 0, "package:com.termux.api  installer=org.fdroid.fdroid uid:10234\n", ""),
    (("pm", "list", "packages", "-Z"), 255, "Error: Unknown option: -Z\n", ""),
    (("settings", "get", "global", "cached_apps_freezer"), 0, "null\n", ""),
    (("su",), 1, "", "su: usage: su -c COMMAND\n"),
    (("su", "-c", "id"), 1, "No su program found on this device. Termux\ndoes not supply tools for rooting.\n", ""),
)
_REFUSALS = ("ERROR", "Usage", "No such", "No script")


def without_effect() -> tuple[Case, ...]:
    """Return the cases that neither do nor show anything, whatever phone it is: words that a command of Termux:API refuses."""
    return tuple(case for case in ANSWERS if case[0][0].startswith("termux-") and (case[1] or case[2].startswith(_REFUSALS)))
