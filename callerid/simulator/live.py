"""A desk that stays: one terminal shows the phone's screen, a second one does what a person would do with the phone."""

from __future__ import annotations

import fcntl
import json
import shlex
import shutil
import signal
import subprocess
import sys
import time
from typing import IO, TYPE_CHECKING, TypeVar

from callerid.errors import UsageFault
from callerid.simulator.desk import Desk, default_folder
from callerid.simulator.narration import narrate, table, task_table
from callerid.simulator.phone.handset import SimulatedPhone
from callerid.simulator.portal import SimulatedPortal
from callerid.simulator.portal.activities import Activity, add_activity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from callerid.simulator.portal import HeldCall, HeldTask

Held = TypeVar("Held", bound="HeldCall | HeldTask")

_MARK = "this-is-a-callerid-simulator"
_REQUESTS = "requests.jsonl"
_HELD = "held.txt"
_ENVIRONMENT = "environment.json"
_LOOK_EVERY = 0.1


def run(folder: Path, say: Callable[[str], None], people: int) -> None:
    """Set up a fresh desk in a folder and show what happens on it, until it is interrupted or ended."""
    for ending in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal, too: its daemon has to end with it
        signal.signal(ending, signal.default_int_handler)
    with _claimed(folder), SimulatedPortal() as portal:
        portal.populate(people)
        desk = Desk(folder, portal)
        (folder / _ENVIRONMENT).write_text(json.dumps(desk.environment()), encoding="utf-8")
        say(desk.start("sync").stdout.rstrip())
        say("\n".join(_people(portal, 5)))
        say(f"callerid's home is {desk.home}. In a second terminal, in the same folder:\n  {typed(folder)} ring +353 87 123 4567")
        with desk.daemon():
            try:
                _show(desk, say)
            except KeyboardInterrupt:
                say("ending")


def typed(folder: Path) -> str:
    """Return what a person types before a verb, for the simulator in a folder: by the program that runs here."""
    program = [sys.executable, "-m", "callerid"] if sys.argv[0].endswith("__main__.py") else [sys.argv[0]]
    place = [] if folder == default_folder() else ["--folder", str(folder)]
    return shlex.join([*program, "simulate", *place])


def command(folder: Path, words: Sequence[str]) -> int:
    """Run a callerid command on the desk in a folder, as a person types it into Termux, and return its status."""
    phone(folder)
    environment = json.loads((folder / _ENVIRONMENT).read_text(encoding="utf-8"))
    return subprocess.run([sys.executable, "-m", "callerid", *words], env=environment, check=False).returncode


def _claimed(folder: Path) -> IO[str]:
    """Empty a folder for a simulator, and return its open mark, which is locked while the simulator runs. Raise UsageFault."""
    if _is_running(folder):
        raise UsageFault(
            f"A simulator is running in {folder} already.",
            remedy="End it with Ctrl-C, or name another folder: callerid simulate --folder FOLDER",
        )
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise UsageFault(
            f"{folder} is not empty and does not belong to a simulator.", remedy="Name another: callerid simulate --folder FOLDER"
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    mark = (folder / _MARK).open("w", encoding="utf-8")
    fcntl.flock(mark, fcntl.LOCK_EX)
    return mark


def _is_running(folder: Path) -> bool:
    try:
        with (folder / _MARK).open(encoding="utf-8") as mark:
            fcntl.flock(mark, fcntl.LOCK_SH | fcntl.LOCK_NB)  # two that only look do not take each other for a simulator
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _people(portal: SimulatedPortal, count: int) -> list[str]:
    contacts = list(portal.records.by_kind["contacts"].values())[:count]
    return [f"  {c.properties.get('phone', ''):<22} {c.properties['firstname']} {c.properties['lastname']}" for c in contacts]


def _show(desk: Desk, say: Callable[[str], None]) -> None:
    narrated = requests = 0
    calls: tuple[HeldCall, ...] = ()
    tasks: tuple[HeldTask, ...] = ()
    while True:
        journal = desk.phone.journal()
        for entry in journal[narrated:]:
            text = narrate(entry)
            if text:
                say(text)
        narrated = len(journal)
        requests = _do_requests(desk, requests, say)
        calls = _say_what_is_new("call", calls, desk.portal.held_calls(), table, say)
        tasks = _say_what_is_new("task", tasks, desk.portal.held_tasks(), task_table, say)
        (desk.folder / _HELD).write_text(f"{table(calls)}\n{task_table(tasks)}\n", encoding="utf-8")
        time.sleep(_LOOK_EVERY)


def _say_what_is_new(
    kind: str, before: tuple[Held, ...], now: tuple[Held, ...], shown: Callable[[Sequence[Held]], str], say: Callable[[str], None]
) -> tuple[Held, ...]:
    """Print which calls, or tasks, are new in the portal, changed, or gone, and return those that it holds now."""
    ids, known = {held.id for held in now}, {held.id for held in before}
    for text, which in (
        (f"has a new {kind}", [held for held in now if held.id not in known]),
        (f"has changed a {kind}", [held for held in now if held.id in known and held not in before]),
        (f"has lost a {kind}", [held for held in before if held.id not in ids]),
    ):
        if which:
            say(f"HubSpot {text}:\n{shown(which)}")
    return now


def _do_requests(desk: Desk, granted: int, say: Callable[[str], None]) -> int:
    """Do what a second terminal requested of the portal since the last look, and return how many requests there were."""
    try:
        lines = (desk.folder / _REQUESTS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return granted
    for line in lines[granted:]:
        request = json.loads(line)
        match request["verb"]:
            case "offline":
                desk.portal.go_offline()
            case "online":
                desk.portal.go_online()
            case "fault":
                desk.portal.fault(request["kind"], request["pattern"], request["times"])
            case "activity":
                add_activity(
                    desk.portal.records, Activity(request["kind"]), request["contact"], request["text"], days=request["days"]
                )
            case "scope":
                (desk.portal.scopes.add if request["is_given"] else desk.portal.scopes.discard)(request["scope"])
        say(f"(the portal: {' '.join(str(value) for value in request.values())})")
    return len(lines)


def request_from_portal(folder: Path, verb: str, **details: object) -> None:
    """Request something of the portal that the first terminal runs, from the second one."""
    phone(folder)
    with (folder / _REQUESTS).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"verb": verb} | details) + "\n")


def held(folder: Path) -> str:
    """Return the calls and tasks that the portal of the first terminal holds, for the second one."""
    phone(folder)
    seen = folder / _HELD
    return seen.read_text(encoding="utf-8") if seen.exists() else f"{table(())}\n{task_table(())}\n"


def phone(folder: Path) -> SimulatedPhone:
    """Return the phone of the first terminal, for the second one. Raise UsageFault when no simulator is running."""
    if not _is_running(folder):
        raise UsageFault("No simulator is running.", remedy=f"Start one in another terminal: {typed(folder)}")
    return SimulatedPhone(folder / "phone")
