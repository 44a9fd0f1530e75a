"""The phone's owner, in a thread: calls come in, and each is dealt with as planned, by what is on the screen and by nothing else."""

from __future__ import annotations

import subprocess
import threading
import time
from typing import TYPE_CHECKING

from tests.crash.callers import DISMISSED, Caller, Plan, call, named_in
from tests.crash.person import delivered_touch

if TYPE_CHECKING:
    import random

    from callerid.simulator.phone.handset import ShownDialog, ShownNotification, SimulatedPhone

_LOOKS_EVERY, _CALLS_EVERY = 0.08, 1.6  # seconds
_AGAIN = 5.0  # seconds after which a button is tapped again that should have opened a dialog
_CARDS = {  # what a card's title begins with, and its kind
    "Log call with": "asks",
    "Missed": "missed",
    "Add ": "offers",
    "On its way": "status",
    "Logged:": "status",
    "Not logged:": "dead",
    "Call with": "question",
}
_OPENS_DIALOG = ("Log…", "Log", "body", "Change…", "Add…")
_TOUCH = {
    ("asks", Plan.TAP): "Connected",
    ("asks", Plan.CORRECT): "Connected",
    ("asks", Plan.WITHDRAW): "Connected",
    ("asks", Plan.DIALOG): "Log…",
    ("asks", Plan.ADD): "Log…",
    ("asks", Plan.BODY): "body",
    ("asks", Plan.LATER): "Not now",
    ("missed", Plan.MISSED): "Log",
    ("offers", Plan.ADD): "Add…",
    ("offers", Plan.NOBODY): "No",
    ("status", Plan.WITHDRAW): "Undo",
    ("status", Plan.CORRECT): "Change…",
}
_BY_DIALOG = frozenset({Plan.DIALOG, Plan.BODY, Plan.ADD, Plan.MISSED})


class Owner:
    """Somebody with a phone in their hand."""

    def __init__(self, phone: SimulatedPhone, people: tuple[Caller, ...], chance: random.Random) -> None:
        self._phone, self._people, self._chance = phone, people, chance
        self.called: list[Caller] = []
        self.wants_calls = True
        self.busy_at = time.monotonic()  # when something was last done
        self.answered: set[int] = set()  # whose dialogs were all answered
        self.undone: set[int] = set()
        self.faults: list[str] = []
        self._changing: set[int] = set()
        self._talks_of: int | None = None
        self._touched: dict[tuple[str, str], float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._live, name="owner", daemon=True)

    def begin(self) -> None:
        """Start using the phone."""
        self._thread.start()

    def end(self) -> None:
        """Stop using it."""
        self._over.set()
        self._thread.join(30)

    def _live(self) -> None:
        calls_at = time.monotonic()
        while not self._over.wait(_LOOKS_EVERY):
            try:
                if self.wants_calls and time.monotonic() >= calls_at and len(self.called) < len(self._people):
                    calls_at = time.monotonic() + _CALLS_EVERY
                    self._is_called()
                dialog = self._phone.open_dialog()
                if self._answer(dialog) if dialog else self._touch_something():
                    self.busy_at = time.monotonic()
            except (StopIteration, KeyError, FileNotFoundError):
                continue  # what was on the screen was gone before it was tapped
            except subprocess.TimeoutExpired as fault:
                self.faults.append(str(fault))

    def _is_called(self) -> None:
        caller = self._people[len(self.called)]
        self.called.append(caller)
        call(self._phone, caller, rings=self._chance.random() < 0.5)

    # ---------------------------------------------------------------------------------------- dialogs

    def _answer(self, dialog: ShownDialog) -> bool:
        """Answer a dialog, or cancel one that is not planned. One that a dead process has left there is answered like any other."""
        index = named_in(dialog.title)
        self._talks_of = self._talks_of if index is None else index
        caller = self._people[self._talks_of or 0]
        if not self._wants_dialog(caller):
            self._phone.answer_dialog()
        elif dialog.labels:
            self._phone.answer_dialog(label=self._chosen(dialog, caller))
        else:
            self._phone.answer_dialog(text=_typed(dialog.title, caller))
        return True

    def _wants_dialog(self, caller: Caller) -> bool:
        return caller.plan in _BY_DIALOG or caller.index in self._changing

    def _chosen(self, dialog: ShownDialog, caller: Caller) -> str:
        if dialog.title == "Follow up?":
            self.answered.add(caller.index)
            return "Tomorrow" if caller.index % 3 else "No follow-up"
        wanted = "Busy" if caller.index in self._changing else "Connected"
        return wanted if wanted in dialog.labels else dialog.labels[0]

    # ---------------------------------------------------------------------------------------- cards

    def _touch_something(self) -> bool:
        """Tap a card for which something is planned, and return whether there was one. The same button of the same card is touched once,
        except one that should have opened a dialog and has not."""
        for shown in self._phone.notifications():
            button = self._button(shown)
            if not button:
                continue
            key = (delivered_touch(self._phone, shown, button).token, button)
            before = self._touched.get(key)
            if before is None or (button in _OPENS_DIALOG and time.monotonic() - before > _AGAIN):
                self._touched[key] = time.monotonic()
                self._phone.tap(shown.id, button)
                self._remember(shown, button)
                return True
        return False

    def _button(self, shown: ShownNotification) -> str:
        index = named_in(shown.title)
        kind = next((kind for begins, kind in _CARDS.items() if shown.title.startswith(begins)), "")
        if index is None or not kind:
            return ""
        plan = self._people[index].plan
        if kind == "dead":
            return "Try again"
        if kind != "status" and plan in DISMISSED and (kind, plan) not in _TOUCH:
            return "swipe"
        if kind == "question":
            return self._picked(shown, index)
        if plan is Plan.CORRECT and kind == "status" and index in self.answered:
            return ""
        return _TOUCH.get((kind, plan), "")

    def _picked(self, shown: ShownNotification, index: int) -> str:
        """On a card that asks what a dialog would: there is no dialog to answer."""
        if index not in self._changing:
            return shown.buttons[0]
        return "Busy" if "Busy" in shown.buttons else shown.buttons[-1]

    def _remember(self, shown: ShownNotification, button: str) -> None:
        index = named_in(shown.title)
        if index is None:
            return
        if button == "Undo":
            self.undone.add(index)
        elif button == "Change…":
            self._changing.add(index)
        elif button == "Busy":
            self.answered.add(index)


def _typed(title: str, caller: Caller) -> str:
    answers = (
        ("first name", "Caller"),
        ("last name", caller.last_name),
        ("company", ""),
        ("e-mail", caller.mail),
        ("Note about", f"<b>{caller.last_name}</b> & $(more)"),
    )
    return next((answer for part, answer in answers if part in title), "")
