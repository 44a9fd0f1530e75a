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
from typing import IO, TYPE_CHECKING, Any, TypeVar

from callerid.errors import UsageFault
from callerid.messages import Message, counted, message, template
from callerid.models.name_order import in_order
from callerid.simulator.desk import Desk, default_folder
from callerid.simulator.narration import narrate, table, task_table
from callerid.simulator.phone.handset import SimulatedPhone
from callerid.simulator.portal import SimulatedPortal
from callerid.simulator.portal.activities import Activity, add_activity
from callerid.translation import in_language

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
_OF_CALLS = (message("HubSpot has a new call:"), message("HubSpot has changed a call:"), message("HubSpot has lost a call:"))
_OF_TASKS = (message("HubSpot has a new task:"), message("HubSpot has changed a task:"), message("HubSpot has lost a task:"))
_ADDED = {
    Activity.TASK: template("(in HubSpot, a task is added: {text})"),
    Activity.TICKET: template("(in HubSpot, a ticket is added: {text})"),
    Activity.NOTE: template("(in HubSpot, a colleague notes: {text})"),
}


class Teller:
    """Says to the person at the first terminal what happens, in their language."""

    def __init__(self, say: Callable[[str], None], language: str) -> None:
        self._say, self.language = say, language

    def tell(self, text: str) -> None:
        """Say a message in the language, and what is none as it is; nothing for ""."""
        said = in_language(text, self.language) if isinstance(text, Message) else text
        if said:
            self._say(said)


def run(folder: Path, say: Callable[[str], None], people: int, language: str) -> None:
    """Set up a fresh desk in a folder and show what happens on it, until it is interrupted or ended."""
    for ending in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal, too: its daemon has to end with it
        signal.signal(ending, signal.default_int_handler)
    tell = Teller(say, language).tell
    with _claimed(folder), SimulatedPortal() as portal:
        portal.populate(people)
        desk = Desk(folder, portal, language)
        (folder / _ENVIRONMENT).write_text(json.dumps(desk.environment()), encoding="utf-8")
        tell(desk.start("sync").stdout.rstrip())
        tell("\n".join(_people(portal, 5)))
        example = f"{typed(folder)} ring +353 87 123 4567"
        tell(
            message(
                "callerid's home is {home}. In a second terminal, in the same folder:\n  {example}", home=desk.home, example=example
            )
        )
        with desk.daemon():
            try:
                _show(desk, Teller(say, language))
            except KeyboardInterrupt:
                tell(message("ending"))


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
            message("A simulator is running in {folder} already.", folder=folder),
            remedy=message("End it with Ctrl-C, or name another folder: callerid simulate --folder FOLDER"),
        )
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise UsageFault(
            message("{folder} is not empty and does not belong to a simulator.", folder=folder),
            remedy=message("Name another: callerid simulate --folder FOLDER"),
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
    return [
        f"  {c.properties.get('phone', ''):<22} {in_order(c.properties['firstname'], c.properties['lastname'])}" for c in contacts
    ]


def _show(desk: Desk, teller: Teller) -> None:
    narrated = requests = 0
    calls: tuple[HeldCall, ...] = ()
    tasks: tuple[HeldTask, ...] = ()
    while True:
        journal = desk.phone.journal()
        for entry in journal[narrated:]:
            teller.tell(narrate(entry, teller.language))
        narrated = len(journal)
        requests = _do_requests(desk, requests, teller)
        calls = _tell_what_is_new(_OF_CALLS, calls, desk.portal.held_calls(), table, teller)
        tasks = _tell_what_is_new(_OF_TASKS, tasks, desk.portal.held_tasks(), task_table, teller)
        (desk.folder / _HELD).write_text(
            f"{table(calls, teller.language)}\n{task_table(tasks, teller.language)}\n", encoding="utf-8"
        )
        time.sleep(_LOOK_EVERY)


def _tell_what_is_new(
    heads: tuple[Message, Message, Message],
    before: tuple[Held, ...],
    now: tuple[Held, ...],
    shown: Callable[[Sequence[Held], str], str],
    teller: Teller,
) -> tuple[Held, ...]:
    """Tell which calls, or tasks, are new in the portal, changed, or gone, each under its head. Return those that it holds now."""
    ids, known = {held.id for held in now}, {held.id for held in before}
    new = [held for held in now if held.id not in known]
    changed = [held for held in now if held.id in known and held not in before]
    lost = [held for held in before if held.id not in ids]
    for head, which in zip(heads, (new, changed, lost), strict=True):
        if which:
            teller.tell(head)
            teller.tell(shown(which, teller.language))
    return now


def _do_requests(desk: Desk, granted: int, teller: Teller) -> int:
    """Do what a second terminal requested of the portal since the last look, and return how many requests there were."""
    try:
        lines = (desk.folder / _REQUESTS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return granted
    for line in lines[granted:]:
        teller.tell(_do(desk, json.loads(line)))
    return len(lines)


def _do(desk: Desk, request: dict[str, Any]) -> Message:
    """Do what was requested of the portal, and return what was done."""
    portal = desk.portal
    match request["verb"]:
        case "offline":
            portal.go_offline()
            return message("(the phone goes offline)")
        case "online":
            portal.go_online()
            return message("(the network is back)")
        case "fault":
            portal.fault(request["kind"], request["pattern"], request["times"])
            return counted(
                request["times"],
                "(the portal: {kind} for {count} request that matches {pattern})",
                "(the portal: {kind} for {count} requests that match {pattern})",
                kind=request["kind"],
                pattern=request["pattern"],
            )
        case "activity":
            activity = Activity(request["kind"])
            add_activity(portal.records, activity, request["contact"], request["text"], days=request["days"])
            return message(_ADDED[activity], text=request["text"])
    if request["is_given"]:
        portal.scopes.add(request["scope"])
        return message("(the token now has the scope {scope})", scope=request["scope"])
    portal.scopes.discard(request["scope"])
    return message("(the token no longer has the scope {scope})", scope=request["scope"])


def request_from_portal(folder: Path, verb: str, **details: object) -> None:
    """Request something of the portal that the first terminal runs, from the second one."""
    phone(folder)
    with (folder / _REQUESTS).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"verb": verb} | details) + "\n")


def held(folder: Path, language: str) -> str:
    """Return the calls and tasks that the portal of the first terminal holds, for the second one; in a language while there are
    none, and else in that of the first terminal."""
    phone(folder)
    seen = folder / _HELD
    return seen.read_text(encoding="utf-8") if seen.exists() else f"{table((), language)}\n{task_table((), language)}\n"


def phone(folder: Path) -> SimulatedPhone:
    """Return the phone of the first terminal, for the second one. Raise UsageFault when no simulator is running."""
    if not _is_running(folder):
        raise UsageFault(
            message("No simulator is running."), remedy=message("Start one in another terminal: {command}", command=typed(folder))
        )
    return SimulatedPhone(folder / "phone")
