"""The phone's owner, in a thread: calls come in, and each is dealt with as planned, by what is on the screen and by nothing else."""

from __future__ import annotations

import subprocess
import threading
import time
from typing import TYPE_CHECKING

from tests.crash.kills.callers import BY_DIALOG, DISMISSED, Caller, Plan, call, named_in
from tests.crash.kills.cards import CardKind, kind_of
from tests.crash.person import delivered_touch

if TYPE_CHECKING:
    import random

    from callerid.simulator.phone.handset import ShownDialog, ShownNotification, SimulatedPhone
    from tests.crash.kills.journal import Journal

_LOOKS_EVERY, _CALLS_EVERY = 0.08, 1.6  # seconds
_AGAIN = 5.0  # seconds after which a button is tapped again that should have opened a dialog
_OPENS_DIALOG = ("Log…", "Log", "body", "Change…", "Add…")
_TOUCH = {
    (CardKind.ASKS, Plan.TAP): "Connected",
    (CardKind.ASKS, Plan.CORRECT): "Connected",
    (CardKind.ASKS, Plan.WITHDRAW): "Connected",
    (CardKind.ASKS, Plan.DIALOG): "Log…",
    (CardKind.ASKS, Plan.ADD): "Log…",
    (CardKind.ASKS, Plan.BODY): "body",
    (CardKind.ASKS, Plan.LATER): "Not now",
    (CardKind.MISSED, Plan.MISSED): "Log",
    (CardKind.OFFERS, Plan.ADD): "Add…",
    (CardKind.OFFERS, Plan.NOBODY): "No",
    (CardKind.STATUS, Plan.WITHDRAW): "Undo",
    (CardKind.STATUS, Plan.CORRECT): "Change…",
}


class Owner:
    """Somebody with a phone in their hand."""

    def __init__(self, phone: SimulatedPhone, people: tuple[Caller, ...], chance: random.Random, journal: Journal) -> None:
        self._phone, self._people, self._chance, self._journal = phone, people, chance, journal
        self.called: list[Caller] = []
        self.wants_calls = True
        self.busy_at = time.monotonic()  # when something was last done
        self.answered: set[int] = set()  # whose dialogs were answered, all but the last question, which is asked until it is
        self.asked_by_card: set[int] = set()  # about whom a card asked what a dialog would; it does not ask for everything
        self.withdrawn: set[int] = set()  # whose call was undone: its card, which is gone after a while, was touched in time
        self.faults: list[str] = []
        self._changing: set[int] = set()
        self._talks_of: int | None = None
        self._touched: dict[tuple[str, str], float] = {}
        self._named: dict[str, int] = {}
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
                self._journal.write("fault", text=str(fault))
                self.faults.append(str(fault))

    def _is_called(self) -> None:
        caller = self._people[len(self.called)]
        self.called.append(caller)
        self._journal.write("call", caller=caller.last_name, plan=caller.plan, number=caller.number)
        call(self._phone, caller, rings=self._chance.random() < 0.5)

    # ---------------------------------------------------------------------------------------- dialogs

    def _answer(self, dialog: ShownDialog) -> bool:
        """Answer a dialog, or cancel one that is not planned. One that a dead process has left there is answered like any other."""
        index = named_in(f"{dialog.title} {dialog.labels}")  # the last question names nobody: it has one answer for all
        self._talks_of = self._talks_of if index is None else index
        caller = self._people[self._talks_of or 0]
        answer = self._answer_to(dialog, caller) if self._wants_dialog(caller) else None
        self._journal.write("dialog", title=dialog.title, caller=caller.last_name, answer=answer)
        if answer is None:
            self._phone.answer_dialog()
        elif dialog.labels:
            self._phone.answer_dialog(label=answer)
        else:
            self._phone.answer_dialog(text=answer)
        return True

    def _wants_dialog(self, caller: Caller) -> bool:
        return caller.plan in BY_DIALOG or caller.index in self._changing

    def _answer_to(self, dialog: ShownDialog, caller: Caller) -> str:
        if dialog.labels:
            return self._chosen(dialog.title, dialog.labels, caller)
        if dialog.title.startswith("Note about"):
            self.answered.add(caller.index)
        return _typed(dialog.title, caller)

    def _chosen(self, title: str, labels: tuple[str, ...], caller: Caller) -> str:
        """Return the label that is chosen: of several deals the last one, which is not the one that stands first."""
        if title == "Follow up?":
            return "Tomorrow"
        if title == "Which deal?":
            return next((label for label in labels if caller.deals and caller.deals[-1] in label), labels[-1])
        wanted = "Busy" if caller.index in self._changing else "Connected"
        return wanted if wanted in labels else labels[0]

    # ---------------------------------------------------------------------------------------- cards

    def _touch_something(self) -> bool:
        """Tap a card for which something is planned, and return whether there was one. The same button of the same card is touched once,
        except one that should have opened a dialog and has not."""
        for shown in sorted(self._phone.notifications(), key=_is_in_no_hurry):
            index = self._index_of(shown)
            button = "" if index is None else self._button(shown, index)
            if not button:
                continue
            key = (delivered_touch(self._phone, shown, button).token, button)
            before = self._touched.get(key)
            if before is None or (button in _OPENS_DIALOG and time.monotonic() - before > _AGAIN):
                self._touched[key] = time.monotonic()
                self._journal.write("touch", card=shown.title, button=button)
                self._phone.tap(shown.id, button)
                self._remember(index, button)
                return True
        return False

    def _index_of(self, shown: ShownNotification) -> int | None:
        """Return whose card it is. A card that asks for a deal names nobody; it is the card of the one it named before."""
        index = named_in(shown.title)
        if index is not None:
            self._named[shown.id] = index
        return self._named.get(shown.id)

    def _button(self, shown: ShownNotification, index: int) -> str:
        kind = kind_of(shown.title)
        if kind in (None, CardKind.WITHDRAWN):
            return ""
        plan = self._people[index].plan
        if kind is CardKind.DEAD:
            return "Try again"
        if kind is not CardKind.STATUS and plan in DISMISSED and (kind, plan) not in _TOUCH:
            return "swipe"
        if kind is CardKind.QUESTION:
            return self._picked(shown, index)
        if plan is Plan.CORRECT and kind is CardKind.STATUS and index in self.answered:
            return ""
        return _TOUCH.get((kind, plan), "")

    def _picked(self, shown: ShownNotification, index: int) -> str:
        """On a card that asks what a dialog would: there is no dialog to answer."""
        self.asked_by_card.add(index)
        if index not in self._changing:
            return shown.buttons[0]
        return "Busy" if "Busy" in shown.buttons else shown.buttons[-1]

    def _remember(self, index: int | None, button: str) -> None:
        if index is None:
            return
        if button == "Change…":
            self._changing.add(index)
        elif button == "Busy":
            self.answered.add(index)
        elif button == "Undo":
            self.withdrawn.add(index)


def _is_in_no_hurry(shown: ShownNotification) -> bool:
    """Return whether a card stays until it is touched, as all do but those that say what was logged."""
    return kind_of(shown.title) is not CardKind.STATUS


def _typed(title: str, caller: Caller) -> str:
    answers = (
        ("first name", "Caller"),
        ("last name", caller.last_name),
        ("company", ""),
        ("e-mail", caller.mail),
        ("Note about", caller.note),
    )
    return next((answer for part, answer in answers if part in title), "")
