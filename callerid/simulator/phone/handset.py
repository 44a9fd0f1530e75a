"""The simulated phone from the outside: what a person does with it, what is on its screen, what goes wrong on it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callerid.models import CallType
from callerid.simulator.phone import android
from callerid.simulator.phone.commands import COMMANDS
from callerid.simulator.phone.dialog import answer_of, misheard
from callerid.simulator.phone.notifications import is_reply, replied, take_away
from callerid.simulator.phone.shown import Asked, Shown, dialog_of, notification_of
from callerid.simulator.phone.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

__all__ = ["FAULTS", "Asked", "Shown", "SimulatedPhone"]

FAULTS = ("denied", "empty", "hang", "slow", "truncated", "nonsense")
_LOOK_EVERY = 0.02
_ACTION_TIMEOUT = 20.0


class SimulatedPhone:
    """A phone in a folder; several processes may hold the same one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._state = State(str(folder))
        self.bin = folder / "bin"
        self.bin.mkdir(mode=0o700, exist_ok=True)
        self.system = folder / "system" / "bin"
        self.system.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in COMMANDS:
            self.install(name)
        for name in android.SYSTEM:
            self.install(name, self.system)
        self.install("su")  # termux-tools has one for every phone; it finds none on most

    def root(self) -> None:
        """Root it: `su` lets Termux in, and can read the call log's own file."""
        self._call_log_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._call_log_file.touch()
        self.change(rooted=True)

    def start_shizuku(self) -> None:
        """Let Termux in by Shizuku's `rish`."""
        self.change(shizuku=True)
        self.install("rish")

    @property
    def _call_log_file(self) -> Path:
        return self.folder / "data" / "user" / "0" / "com.android.providers.contacts" / "databases" / "calllog.db"

    def install(self, name: str, where: Path | None = None) -> None:
        """Put a command there."""
        script = Path(__file__).with_name("commands.py")
        words = " ".join(shlex.quote(word) for word in (sys.executable, "-I", "-S", str(script), name, str(self.folder)))
        path = (where or self.bin) / name
        path.write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
        path.chmod(0o700)

    def uninstall(self, name: str) -> None:
        """Take a command away."""
        (self.bin / name).unlink(missing_ok=True)

    def environment(self) -> dict[str, str]:
        """Return the environment of a process in Termux on this phone."""
        home = self.folder / "home"
        home.mkdir(mode=0o700, exist_ok=True)
        return {
            "PATH": f"{self.bin}:/usr/bin:/bin",
            "HOME": str(home),
            "LANG": "en_US.UTF-8",
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
        with self._state.changing() as said:
            said["calls"].append(row)
        if self._call_log_file.exists():
            os.utime(self._call_log_file)
        self._state.journal(logged=row)

    def clear_calls(self) -> None:
        """Empty the call log."""
        with self._state.changing() as said:
            said["calls"] = []

    def ring(self, number: str | None, *, sim: str = "1", slot: int = 0, shown_as: str = "") -> None:
        """Let somebody call; "" or None hides the number. `shown_as` is the name that the dialer shows instead of it."""
        self._begin(number, CallType.MISSED, sim, slot, shown_as)
        self._event("ring", number or "")

    def dial(self, number: str, *, sim: str = "1", slot: int = 0) -> None:
        """Call somebody; the other side has not answered yet."""
        self._begin(number, CallType.OUTGOING, sim, slot, "")
        self._event("offhook")

    def _begin(self, number: str | None, kind: CallType, sim: str, slot: int, shown_as: str) -> None:
        call = {"number": number or "", "type": kind.value, "start": self._state.now(), "sim": sim, "answered": None}
        with self._state.changing() as said:
            said["ringing"].append(call | {"slot": slot, "shown_as": shown_as})
        self._state.journal(ringing=call["number"], kind=kind.value)
        self._telecom("NEW", "DIALING" if kind is CallType.OUTGOING else "RINGING")

    def _telecom(self, before: str, after: str) -> None:
        """The line that the telecom service writes into the system's log."""
        told = f"CallsManager: setCallState {before}({before}) -> {after}({after}), call: [Call id=TC@21, state={after}, tel:***]"
        with (self.folder / "telecom.log").open("a", encoding="utf-8") as file:
            file.write(f"{self._state.now():>20.3f}  1721  1873 I Telecom : {told}: CLCC.hA@E-E-Ww\n")

    def answer(self) -> None:
        """Take the newest call that rings, or have the other side take the one that was dialled."""
        with self._state.changing() as said:
            call = next(c for c in reversed(said["ringing"]) if c["answered"] is None)
            call["answered"] = self._state.now()
            if call["type"] == CallType.MISSED.value:
                call["type"] = CallType.INCOMING.value
        self._state.journal(answered=True)
        self._telecom("RINGING", "ACTIVE")
        self._event("offhook")

    def hang_up(self, *, talked: int | None = None) -> None:
        """End the newest call; its row is written now. `talked` says how many seconds it shall have lasted."""
        self._end(None, talked)

    def miss(self) -> None:
        """Let the newest call ring out."""
        self._end(CallType.MISSED, 0)

    def reject(self) -> None:
        """Decline the newest call."""
        self._end(CallType.REJECTED, 0)

    def _end(self, kind: CallType | None, talked: int | None) -> None:
        with self._state.changing() as said:
            call = said["ringing"].pop()
            left = len(said["ringing"])
        spoken = self._state.now() - call["answered"] if call["answered"] else 0
        duration = int(spoken if talked is None or not call["answered"] else talked)
        self._add(call["number"], kind or CallType(call["type"]), call["start"], duration, call["sim"], None)
        self._telecom("ACTIVE" if call["answered"] else "RINGING", "DISCONNECTED")
        if not left:
            self._event("idle")

    def on_event(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """From now on run a command at each ring, offhook and idle, with that word and the number, as a Tasker profile would."""
        with self._state.changing() as said:
            said["events"], said["event_environment"] = list(command), dict(environment or {})

    def no_automation(self) -> None:
        """Take that away again."""
        self.on_event([])

    def _event(self, verb: str, *values: str) -> None:
        said = self._state.read()
        if said["events"]:
            environment = self.environment() | said["event_environment"]
            subprocess.run(
                [*said["events"], verb, *values],
                env=environment,
                stdin=subprocess.DEVNULL,
                check=False,
                timeout=_ACTION_TIMEOUT,
            )

    # ---------------------------------------------------------------------------------------- what is different about it

    def change(self, **settings: Any) -> None:
        """Change settings: zone, digits, sim_country, dialogs_blocked, calls_refused, clock_offset, … (see state.FRESH)."""
        with self._state.changing() as said:
            unknown = settings.keys() - said.keys()
            if unknown:
                raise KeyError(f"the simulated phone has no {', '.join(sorted(unknown))}")
            said.update(settings)

    def fault(self, command: str, kind: str, *, times: int | None = None, **details: Any) -> None:
        """Let the next `times` runs of a command (None: all, until cleared) meet a fault: one of FAULTS."""
        if kind not in FAULTS:
            raise ValueError(f"there is no fault {kind!r}; there are {', '.join(FAULTS)}")
        with self._state.changing() as said:
            said["faults"].setdefault(command, []).append({"kind": kind, "times": times} | details)

    def clear_faults(self) -> None:
        """Let every command work again."""
        with self._state.changing() as said:
            said["faults"] = {}

    # ---------------------------------------------------------------------------------------- the screen

    def notifications(self) -> tuple[Shown, ...]:
        """Return the notifications on the screen, oldest first."""
        return tuple(notification_of(said) for said in self._state.load("notifications.json") or [])

    def notification(self, notification_id: str) -> dict[str, Any]:
        """Return a notification's own state. Raise StopIteration when it is not on the screen."""
        found: dict[str, Any] = next(n for n in self._state.load("notifications.json") or [] if n["id"] == notification_id)
        return found

    def tap(self, notification_id: str, button: str = "body") -> None:
        """Tap a button by its label, or the "body", or "swipe" the notification away; its action runs as TermuxService runs it.

        The body and a swipe take the notification away, buttons do not. A reply button only opens its field: see `reply`.
        """
        said = self.notification(notification_id)
        if button in ("body", "swipe"):
            action = said["action" if button == "body" else "on_delete"]
        else:
            tapped = next(known for known in said["buttons"] if known["label"] == button)
            action = "" if is_reply(tapped) else tapped["action"]
        self._state.journal(tapped=button, on=said["title"])
        if button in ("body", "swipe"):
            take_away(self._state, notification_id)
        if action:
            self.run_action(action)

    def reply(self, notification_id: str, text: str) -> None:
        """Type a text into a notification's reply field and send it. With several such fields on the screen, or after them, the
        newest one's action runs, whichever was typed into. Raise StopIteration when the notification has no such field."""
        said = self.notification(notification_id)
        button = next(button for button in said["buttons"] if is_reply(button))
        self._state.journal(replied=text, on=said["title"])
        self.run_action(replied(self._state, button, text))

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

    def open_dialog(self) -> Asked | None:
        """Return the dialog on the screen, or None."""
        said = self._state.load("dialog.json")
        return dialog_of(said) if said else None

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
        cancelled. With `error`, such as ERROR_SPEECH_TIMEOUT, what was said was not understood. With `raced` the dialog's own end
        overtakes the answer, which then has the code of a cancelled one (DialogAPI.java)."""
        shown = self._state.load("dialog.json")
        answer = misheard(shown, error) if error else answer_of(self._state, shown, text=text, label=label, index=index)
        if raced:
            answer["code"] = -2
        self._state.journal(answered_dialog=shown["title"], answer=answer)
        os.unlink(self._state.path("dialog.json"))
        self._state.write(f"answer-{shown['id']}.json", answer)

    def journal(self) -> list[dict[str, Any]]:
        """Return everything that happened, oldest first: commands with their arguments, and what became of them."""
        try:
            lines = (self.folder / "journal.jsonl").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in lines]

    def happened(self, word: str) -> list[Any]:
        """Return what the journal says under a word: "dialled", "opened", "spoken", "shown", "removed", "dialog", …."""
        return [entry[word] for entry in self.journal() if word in entry]

    def wait(self, until: Callable[[], Any], seconds: float = 10.0) -> Any:
        """Wait until a condition holds and return what it gave. Raise TimeoutError when it never does."""
        deadline = time.monotonic() + seconds
        while True:
            found = until()
            if found:
                return found
            if time.monotonic() > deadline:
                raise TimeoutError("it did not happen in time")
            time.sleep(_LOOK_EVERY)
