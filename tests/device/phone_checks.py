"""The checks on a phone: what can be tried, and one plain question for each line that only a person can see."""

from __future__ import annotations

import json
import platform
import re
import shutil
import sys
import tempfile
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callerid.errors import PhoneFault
from callerid.phone.android import AccessMethod
from callerid.phone.folder_watch import FolderWatch
from callerid.turns.hooks.program import run_program
from tests.device.tick_file import Verdict
from tests.phone.command_answers import without_effect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.device.tester import Tester

_DIALOG = 120.0  # seconds for a person to answer
_EVENT, _HOOK_LIMIT = 3.0, 0.3
_REFUSAL = 10.0
_MOST_MEMORY = 150  # MB, which no daemon should need
_ROW_KEYS = {"name", "phone_number", "type", "date", "duration", "sim_id"}  # Source: CallLogAPI.java


def commands_print(tester: Tester) -> Verdict:
    """The call log and the SIMs come in the form that is known, and each command refuses wrong words as the simulated one does."""
    rows = tester.termux.call_log(3)
    unknown = [row for row in rows if not isinstance(row, dict) or not row.keys() >= _ROW_KEYS]
    tester.termux.device_info()
    cases = without_effect()
    others = [" ".join(argv) for argv, code, out, err in cases if not _answers(tester, argv, code, out, err)]
    tester.say("".join(f"  another answer: {words}\n" for words in others).rstrip())
    says = f"{len(rows)} rows, {len(unknown)} of another form; {len(others)} of {len(cases)} refusals differ"
    return Verdict(is_so=bool(rows) and not unknown and not others, says=says + "".join(f"; {words}" for words in others))


def _answers(tester: Tester, argv: tuple[str, ...], code: int, out: str, err: str) -> bool:
    """Return whether a command answers as it is known to."""
    answer = tester.runner.run(argv, timeout=_REFUSAL)
    return (answer.code, answer.stderr) == (code, err) and answer.stdout.startswith(out)


def notification_shows(tester: Tester) -> Verdict:
    """A notification is drawn, not only accepted."""
    tester.prints("termux-notification", "--id", "callerid-device", "--title", "callerid test", "--content", "Do you see this?")
    verdict = tester.ask("Is there a notification that says: callerid test?")
    tester.prints("termux-notification-remove", "callerid-device")
    return verdict


def date_dialog(tester: Tester) -> Verdict:
    """A date is printed as it was asked for."""
    tester.say("Choose any day in the dialog.")
    text = _dialog(tester, "date", "-t", "Test", "-d", "yyyy-MM-dd").get("text", "")
    return Verdict(
        is_so=bool(re.fullmatch(r"\d{4}-\d\d-\d\d", str(text))), says="a day was printed" if text else "nothing was printed"
    )


def dictation(tester: Tester) -> Verdict:
    """A recognizer is there and hears."""
    tester.say("Say a few words into the dialog.")
    words = str(_dialog(tester, "speech", "-t", "Test").get("text", "")).split()
    return Verdict(is_so=bool(words), says=f"{len(words)} words were heard")


def _dialog(tester: Tester, *argv: str) -> dict[str, Any]:
    with suppress(ValueError):
        answer = json.loads(tester.prints("termux-dialog", *argv, timeout=_DIALOG))
        return answer if isinstance(answer, dict) else {}
    return {}


def zone_after_flight(tester: Tester) -> Verdict:
    """The zone of getprop is that of the settings."""
    before = tester.termux.zone_name()
    if tester.ask(f"Change the time zone in Android's settings (it is {before} now), and come back. Done?").is_so is not True:
        return Verdict(is_so=None)
    now = tester.termux.zone_name()
    return Verdict(is_so=now != before, says=f"{before}, then {now}")


def inotify(tester: Tester) -> Verdict:
    """A file that comes into a folder wakes who watches it."""
    arrived, watch = threading.Event(), FolderWatch()
    tester.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=tester.home) as folder:
        watch.watch_folder(Path(folder), arrived.set)
        (Path(folder) / "new").touch()
        (Path(folder) / "new").rename(Path(folder) / "x.event")
        is_heard = arrived.wait(_EVENT)
        watch.stop()
    return Verdict(is_so=is_heard)


def registry_layout(tester: Tester) -> Verdict:
    """The registry is read in the layout that is known."""
    system = tester.system
    method = AccessMethod.GRANT if system.can_read_registry(AccessMethod.GRANT) else system.find_shell()
    if method is None:
        return Verdict(is_so=None, says="callerid may not read the registry here")
    dump = system.read_registry(method)
    return Verdict(is_so=bool(dump), says=f"read by {method}")


def headset(tester: Tester) -> Verdict:
    """A headset is noticed when it is there."""
    before = tester.termux.has_headset()
    if tester.ask("Connect or disconnect your headset now. Done?").is_so is not True:
        return Verdict(is_so=None)
    return Verdict(is_so=tester.termux.has_headset() is not before)


def python_on_android(_: Tester) -> Verdict:
    """This Python calls the platform Android."""
    return Verdict(is_so=sys.platform == "android", says=f"Python {platform.python_version()}, {sys.platform}")


def memory_and_battery(tester: Tester) -> Verdict:
    """The daemon is as small as it was on a desk; the battery a person has to look up."""
    with suppress(OSError, ValueError):
        pid = int((tester.home / "daemon.pid").read_text())
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        megabytes = int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) // 1024
        if megabytes > _MOST_MEMORY:
            return Verdict(is_so=False, says=f"{megabytes} MB")
        return tester.ask(
            "After a day: does Android's battery page show less than 5 % for Termux and Termux:API?", f"{megabytes} MB"
        )
    return Verdict(is_so=None, says="no daemon runs")


def wifi_info(tester: Tester) -> Verdict:
    """Whether there is Wi-Fi can be told without a permission for the location."""
    says = "Wi-Fi" if tester.termux.is_on_wifi() else "no Wi-Fi"
    return tester.ask(f"callerid thinks that there is {says}. Is that so?", says)


def hook_runs(tester: Tester) -> Verdict:
    """A program of a hook is started by the interpreter in its first line, and gets the event on its stdin."""
    event = '{"event": "missed", "who": "Ana \'$(touch x)\' \\"L\\""}\n'
    with _program(tester, "cat > told") as program:
        run_program("hooks.missed", (str(program),), event, _EVENT, tester.runner)
        return Verdict(is_so=(program.parent / "told").read_text(encoding="utf-8") == event)


def hook_killed(tester: Tester) -> Verdict:
    """A program that does not end in time is killed with all that it started."""
    with _program(tester, "sleep 60 & echo $! > pid; wait") as program:
        try:
            run_program("hooks.missed", (str(program),), "{}\n", _HOOK_LIMIT, tester.runner)
        except PhoneFault:
            child = Path("/proc") / (program.parent / "pid").read_text(encoding="utf-8").strip()
            return Verdict(is_so=_has_ended(child))
    return Verdict(is_so=False, says="it ended by itself")


def _has_ended(process: Path) -> bool:
    """Return whether a process is gone within a second, or only waits to be taken note of."""
    for _ in range(20):
        with suppress(OSError):
            if (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z":
                threading.Event().wait(0.05)
                continue
        return True
    return False


@contextmanager
def _program(tester: Tester, does: str) -> Iterator[Path]:
    """Give a script that runs in a folder of its own."""
    tester.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=tester.home) as folder:
        script = Path(folder) / "hook"
        script.write_text(f"#!{shutil.which('sh')}\ncd '{folder}' || exit 1\n{does}\n", encoding="utf-8")
        script.chmod(0o700)
        yield script


TRIED: dict[str, Callable[[Tester], Verdict]] = {
    "commands-print": commands_print,
    "notification-shows": notification_shows,
    "date-dialog": date_dialog,
    "dictation": dictation,
    "zone-after-flight": zone_after_flight,
    "inotify": inotify,
    "registry-layout": registry_layout,
    "headset": headset,
    "python-on-android": python_on_android,
    "memory-and-battery": memory_and_battery,
    "wifi-info": wifi_info,
    "hook-runs": hook_runs,
    "hook-killed": hook_killed,
}
# Yes means that the line of the document is so.
ASKED = {
    "button-finds-callerid": "After a missed call, did a tap on View contact open the contact?",
    "dialog-from-background": "With Termux in the background, did the dialog open?",
    "card-pops-up": "Did the card pop up over the screen that was on?",
    "killed-dialog": "Did the second dialog appear?",
    "hook-by-daemon": "After a missed call, was its line in the file that the hook writes?",
    "sms-answer": "After a tap on Send, did the SMS arrive, and once only?",
    "typed-note": "Is the note in the CRM as you typed it, at the right call?",
    "swipe": "After the swipe, does callerid calls say dismissed?",
    "ring-in-300-ms": "Was the card there at once, in less than half a second?",
    "automation-passes-number": "Does callerid status name your automation at last ring, and had the card the caller's name?",
    "automation-import": "Did the app import the files of callerid automation, and does callerid status name it at last ring?",
    "apps-listed": "Does callerid doctor tell the versions of the apps at termux:api, and say ok at one source?",
    "settings-readable": "Does callerid doctor know what is set at access, phantoms and cooldown?",
    "dump-for-whitelist": "With the DUMP grant, does callerid doctor know at battery whether the apps are exempt?",
    "settings-pages": "Did callerid doctor --fix open the page that it named, each time?",
    "shell-may-fix": "After callerid doctor --fix with root or Shizuku, does callerid doctor say ok to what it set?",
    "frozen-daemon": "After a night without battery exemption, does callerid doctor say at freezer that the daemon was frozen?",
    "boot-mark": "After a restart of the phone, does callerid doctor say ok at boot?",
    "doctor-in-20-s": "With Termux:API stopped by force, did callerid doctor end within 20 seconds?",
    "call-back": "Did a tap on Call back dial the number?",
    "number-before-line": "Did the card have the caller's name at once, not only after a while?",
    "logcat-ends": "After kill -9 of the daemon, was logcat gone after the next call?",
    "call-log-file": "Does callerid status say that the call log was read long ago while nothing happens, and at once after a call?",
    "dialer-words": "With the sense notifications alone, was a card shown for a call?",
    "poll-cost": "Did a day of polling take less than 5 % more battery than a day without?",
    "install": "Did a second run of sh termux/install.sh say: 0 written?",
    "boot-keeps-daemon": "An hour after a reboot, with wake_lock off, does callerid status say: running?",
    "python-upgrade": "A quarter of an hour after pkg upgrade brought another Python, does callerid status say: running?",
    "wake-unlock": "After Ctrl-C, does Termux's notification no longer say: wake lock held?",
    "overnight": "In the morning, had the call log been read within the last minutes?",
}
