"""The simulated phone from the outside: what a person does with it, what is on its screen, what goes wrong on it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from callerid.messages import joined, message
from callerid.models import CallType
from callerid.simulator.phone import android
from callerid.simulator.phone.commands import COMMANDS
from callerid.simulator.phone.dialog import answer_of, misheard
from callerid.simulator.phone.notifications import is_reply, replied, take_away
from callerid.simulator.phone.shown import ShownDialog, ShownNotification, dialog_of, notification_of
from callerid.simulator.phone.state import FileState, State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

__all__ = ["FAULTS", "ShownDialog", "ShownNotification", "SimulatedPhone"]

FAULTS = ("denied", "empty", "endless", "hang", "killed", "nonsense", "prints", "slow", "truncated")
_ACTION_TIMEOUT = 20.0
Result = TypeVar("Result")


class SimulatedPhone:
    """A phone in a folder, whose commands are processes, and which several processes may hold. With a `MemoryState` it is this
    process's own, and its commands run in it: see `runner.SimulatedRunner`."""

    def __init__(self, folder: Path, state: State | None = None) -> None:
        self.folder = folder
        self.state = state or FileState(str(folder))
        self.bin, self.system = folder / "bin", folder / "system" / "bin"
        if state is None:
            for place in (folder, self.bin, self.system):
                place.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name in self._installed():
                if not self._command_path(name).exists():  # another process may be about to run it
                    self._write_wrapper(name)

    def root(self) -> None:
        """Root it: `su` lets Termux in, and can read the call log's own file."""
        self._call_log_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._call_log_file.touch()
        self.change(su_installed=True, rooted=True)

    def start_shizuku(self) -> None:
        """Let Termux in by Shizuku's `rish`."""
        self.change(shizuku=True)
        self.install("rish")

    @property
    def _call_log_file(self) -> Path:
        return self.folder / "data" / "user" / "0" / "com.android.providers.contacts" / "databases" / "calllog.db"

    def _installed(self) -> tuple[str, ...]:
        missing = self.state.read()["uninstalled"]
        return tuple(name for name in (*COMMANDS, *android.SYSTEM, *android.SHELLS) if name not in missing)

    def has(self, name: str) -> bool:
        """Return whether a command of Termux is installed."""
        return name not in android.SYSTEM and name in self._installed()

    def install(self, name: str) -> None:
        """Install a command again, or Shizuku's rish for the first time."""
        with self.state.changing() as state:
            state["uninstalled"] = [other for other in state["uninstalled"] if other != name]
        if isinstance(self.state, FileState):
            self._write_wrapper(name)

    def uninstall(self, name: str) -> None:
        """Take a command away."""
        with self.state.changing() as state:
            state["uninstalled"] = [*state["uninstalled"], name]
        (self.bin / name).unlink(missing_ok=True)

    def _write_wrapper(self, name: str) -> None:
        script = Path(__file__).with_name("process.py")
        words = " ".join(shlex.quote(word) for word in (sys.executable, "-I", "-S", str(script), name, str(self.folder)))
        self.write_command(name, f'exec {words} "$@"')

    def _command_path(self, name: str) -> Path:
        return (self.system if name in android.SYSTEM else self.bin) / name

    def write_command(self, name: str, script: str) -> None:
        """Put a shell script in the place of a command, for the processes that hold this phone."""
        path = self._command_path(name)
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o700)

    def environment(self) -> dict[str, str]:
        """Return the environment of a process in Termux on this phone."""
        home = self.folder / "home"
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return {
            "PATH": f"{self.bin}:/usr/bin:/bin",
            "HOME": str(home),
            "LANG": self.state.read()["locale"],
            "TERMUX_VERSION": "0.118.3",
            "PYTHONDONTWRITEBYTECODE": "1",
            "ANDROID_ROOT": str(self.folder / "system"),
        }

    # ---------------------------------------------------------------------------------------- calls

    def add_call(
        self,
        number: str | None,
        kind: CallType,
        start: datetime,
        duration: int = 0,
        *,
        sim: str | None = "1",
        name: str | None = None,
    ) -> None:
        """Put a row into the call log, as Android does when a call has ended."""
        self._add(number, kind, start.timestamp(), duration, sim, name)

    def _add(self, number: str | None, kind: CallType, start: float, duration: int, sim: str | None, name: str | None) -> None:
        row = {"number": number, "type": kind.value, "start": start, "duration": duration, "sim": sim, "name": name}
        with self.state.changing() as state:
            state["calls"].append(row)
        if self._call_log_file.exists():
            os.utime(self._call_log_file)
        self.state.journal(logged=row)

    def clear_calls(self) -> None:
        """Empty the call log."""
        with self.state.changing() as state:
            state["calls"] = []

    def ring(self, number: str | None, *, sim: str = "1", slot: int = 0, shown_as: str = "") -> None:
        """Let a call come in; "" or None hides the number. `shown_as` is the name that the dialer shows instead of it."""
        self._begin(number, CallType.MISSED, sim, slot, shown_as)
        self._event("ring", number or "")

    def dial(self, number: str, *, sim: str = "1", slot: int = 0) -> None:
        """Dial a number; the other side has not answered yet."""
        self._begin(number, CallType.OUTGOING, sim, slot, "")
        self._event("offhook")

    def _begin(self, number: str | None, kind: CallType, sim: str, slot: int, shown_as: str) -> None:
        call = {"number": number or "", "type": kind.value, "start": self.state.now(), "sim": sim, "answered": None}
        with self.state.changing() as state:
            state["ringing"].append(call | {"slot": slot, "shown_as": shown_as})
        self.state.journal(ringing=call["number"], kind=kind.value)
        self._telecom("NEW", "DIALING" if kind is CallType.OUTGOING else "RINGING")

    def _telecom(self, before: str, after: str) -> None:
        """Write the telecom service's line into the system's log."""
        change = f"CallsManager: setCallState {before}({before}) -> {after}({after}), call: [Call id=TC@21, state={after}, tel:***]"
        self.state.add_line("telecom", f"{self.state.now():>20.3f}  1721  1873 I Telecom : {change}: CLCC.hA@E-E-Ww")

    def answer(self) -> None:
        """Take the newest call that rings, or have the other side take the one that was dialled."""
        with self.state.changing() as state:
            call = next(c for c in reversed(state["ringing"]) if c["answered"] is None)
            call["answered"] = self.state.now()
            if call["type"] == CallType.MISSED.value:
                call["type"] = CallType.INCOMING.value
        self.state.journal(answered=True)
        self._telecom("RINGING", "ACTIVE")
        self._event("offhook")

    def hang_up(self, *, talked: int | None = None) -> None:
        """End the newest call; its row is written now. `talked` says how many seconds it is to have lasted. Raise IndexError when
        there is none."""
        self._end(None, talked)

    def miss(self) -> None:
        """Let the newest call that rings ring out. Raise StopIteration when none does."""
        self._end(CallType.MISSED, 0)

    def reject(self) -> None:
        """Decline the newest call that rings. Raise StopIteration when none does."""
        self._end(CallType.REJECTED, 0)

    def _end(self, kind: CallType | None, talked: int | None) -> None:
        with self.state.changing() as state:
            calls = state["ringing"]
            call = calls[-1] if kind is None else next(c for c in reversed(calls) if c["answered"] is None)
            calls.remove(call)
            left = len(state["ringing"])
        spoken = self.state.now() - call["answered"] if call["answered"] else 0
        duration = int(spoken if talked is None or not call["answered"] else talked)
        self._add(call["number"], kind or CallType(call["type"]), call["start"], duration, call["sim"], None)
        self._telecom("ACTIVE" if call["answered"] else "RINGING", "DISCONNECTED")
        if not left:
            self._event("idle")

    def on_event(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Run a command at each ring, offhook and idle from now on, with that word and the number, as a Tasker profile would."""
        with self.state.changing() as state:
            state["events"], state["event_environment"] = list(command), dict(environment or {})

    def no_automation(self) -> None:
        """Take that away again."""
        self.on_event([])

    def _event(self, verb: str, *values: str) -> None:
        state = self.state.read()
        if state["events"]:
            environment = self.environment() | state["event_environment"]
            subprocess.run(
                [*state["events"], verb, *values],
                env=environment,
                stdin=subprocess.DEVNULL,
                check=False,
                timeout=_ACTION_TIMEOUT,
            )

    # ---------------------------------------------------------------------------------------- what is different about it

    def change(self, **settings: Any) -> None:
        """Change settings: zone, digits, sim_country, dialogs_blocked, calls_refused, clock_offset, … (see state.FRESH)."""
        with self.state.changing() as state:
            unknown = settings.keys() - state.keys()
            if unknown:
                raise KeyError(f"the simulated phone has no {', '.join(sorted(unknown))}")
            state.update(settings)

    def fault(self, command: str, kind: str, *, times: int | None = None, **details: Any) -> None:
        """Let the next `times` runs of a command (None: all, until cleared) meet a fault: one of FAULTS."""
        if kind not in FAULTS:
            raise ValueError(message("there is no fault {kind!r}; there are {names}", kind=kind, names=joined(", ", FAULTS)))
        with self.state.changing() as state:
            state["faults"].setdefault(command, []).append({"kind": kind, "times": times} | details)

    def clear_faults(self) -> None:
        """Let every command work again."""
        with self.state.changing() as state:
            state["faults"] = {}

    # ---------------------------------------------------------------------------------------- the screen

    def notifications(self) -> tuple[ShownNotification, ...]:
        """Return the notifications on the screen, oldest first."""
        return tuple(notification_of(shown) for shown in self.state.read()["notifications"])

    def notification(self, notification_id: str) -> dict[str, Any]:
        """Return a notification's own state. Raise StopIteration when it is not on the screen."""
        shown: dict[str, Any] = next(n for n in self.state.read()["notifications"] if n["id"] == notification_id)
        return shown

    def tap(self, notification_id: str, button: str = "body") -> None:
        """Tap a button by its label, or the "body", or "swipe" the notification away; its action runs as TermuxService runs it.

        The body and a swipe take the notification away, buttons do not. A reply button only opens its field: see `reply`.
        """
        shown = self.notification(notification_id)
        if button in ("body", "swipe"):
            action = shown["action" if button == "body" else "on_delete"]
        else:
            tapped = next(known for known in shown["buttons"] if known["label"] == button)
            action = "" if is_reply(tapped) else tapped["action"]
        self.state.journal(tapped=button, on=shown["title"])
        if button in ("body", "swipe"):
            take_away(self.state, notification_id)
        if action:
            self.run_action(action)

    def reply(self, notification_id: str, text: str) -> None:
        """Type a text into a notification's reply field and send it. With several such fields on the screen, or after them, the
        newest one's action runs, whichever was typed into. Raise StopIteration when the notification has no such field."""
        shown = self.notification(notification_id)
        button = next(button for button in shown["buttons"] if is_reply(button))
        self.state.journal(replied=text, on=shown["title"])
        self.run_action(replied(self.state, button, text))

    def run_action(self, action: str) -> None:
        """Run an action: `sh -c`, with nothing of our environment, no input, and unread output (NotificationAPI.java)."""
        subprocess.run(
            ["/bin/sh", "-c", action],
            env=self.environment(),
            cwd=self.folder / "home",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=_ACTION_TIMEOUT,
        )

    def open_dialog(self) -> ShownDialog | None:
        """Return the dialog on the screen, or None."""
        shown = self.state.read()["dialog"]
        return dialog_of(shown) if shown else None

    def answer_dialog(
        self,
        *,
        text: str | None = None,
        label: str | None = None,
        index: int | None = None,
        error: str = "",
        raced: bool = False,
    ) -> None:
        """Answer the dialog on the screen: by a text (a day as 2026-12-01), by a label or its place; with nothing given it is
        cancelled. With `error`, such as ERROR_SPEECH_TIMEOUT, the dictation was not understood. With `raced` the dialog's own end
        overtakes the answer, which then has the code of a cancelled one (DialogAPI.java). Raise KeyError when there is none."""
        shown = self.state.read()["dialog"]
        if not shown:
            raise KeyError("no dialog is on the screen")
        answer = misheard(shown, error) if error else answer_of(self.state, shown, text=text, label=label, index=index)
        if raced:
            answer["code"] = -2
        with self.state.changing() as state:
            self.state.journal(answered_dialog=shown["title"], answer=answer)
            state["dialog"] = None
            state["answers"][str(shown["id"])] = answer

    def journal(self) -> list[dict[str, Any]]:
        """Return everything that happened, oldest first: commands with their arguments, and what became of them."""
        return [json.loads(line) for line in self.state.lines("journal")]

    def happened(self, word: str) -> list[Any]:
        """Return what the journal says under a word: "dialled", "opened", "spoken", "shown", "removed", "dialog", …."""
        return [entry[word] for entry in self.journal() if word in entry]

    def wait(self, until: Callable[[], Result | None], seconds: float = 30.0) -> Result:
        """Wait until a condition holds and return what it gave. Raise TimeoutError when it never does."""
        deadline = time.monotonic() + seconds

        def look() -> Result | None:
            result = until()
            if not result and time.monotonic() > deadline:
                raise TimeoutError("it did not happen in time")
            return result

        return self.state.wait(look)
