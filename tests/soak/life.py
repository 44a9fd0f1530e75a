"""Days of calls on a phone where everything goes wrong now and then, with a person who answers what is asked. Time is stepped."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from callerid.core.followup.conversation import waits_for_mirror
from callerid.core.followup.states import AWAITING_ANSWER, State
from callerid.core.inbox_events import HEADER
from callerid.models import CallType
from callerid.simulator.phone.notifications import take_away
from tests.crash.person import delivered_touch
from tests.soak.accidents import Accidents
from tests.turns.delivery.test_hostile_crm import numbers_without_choice

if TYPE_CHECKING:
    from callerid.core.followup.state import FollowUp
    from callerid.simulator.phone.handset import ShownDialog, ShownNotification

STRANGER = "+33145678900"
_ANSWERS = {"outcome?": "Busy", "Note about": "by dialog", "Follow up": "Tomorrow"}
_LAST_DIALOG = "Follow up?"
_PLANS = {"connected": 40, "note": 20, "dialog": 12, "swipe": 8, "undo": 6, "none": 14}
_TIMES = {"dialog": 6}  # that a card is touched; all other touches are made once, which has to be enough
_BUTTONS = {"connected": "Connected", "note": "Note", "undo": "Connected", "dialog": "body", "swipe": "swipe", "none": "swipe"}
_HOUR = timedelta(hours=1)
_MOST_ROUNDS = 400
_MET = 6  # the newest calls, which meet a fault that is applied now
_KEPT_IN_LOG = 400  # rows of the phone's log; Android keeps some hundred too


@dataclass(slots=True)
class Lived:
    """A call as it really was, what the person means to do about it, and what they did."""

    number: str
    kind: CallType
    start: datetime  # by the phone's clock
    talked: int
    plan: str
    note: str
    faults: set[str] = field(default_factory=set)
    touches: Counter[str] = field(default_factory=Counter)
    asked_on_card: bool = False
    typed: str = ""  # into a dialog: one that Android refuses is followed by a card, which asks for less
    follows_up: bool = False  # the person chose when, in a dialog
    undone: bool = False

    @property
    def key(self) -> tuple[datetime, str]:
        """What the ledger knows it by."""
        return self.start, self.number


@dataclass
class Life(Accidents):
    """A process with accidents that lives through days."""

    def __post_init__(self) -> None:
        self.open_calls: list[Lived] = []
        self.recent: deque[Lived] = deque(maxlen=_MET)
        self._events = self._number = 0
        self._in_dialog: Lived | None = None
        self._starts: set[datetime] = set()
        self.unfinished: set[datetime] = (
            set()
        )  # when calls of earlier days began that are logged a day after their dialog broke off
        super().__post_init__()
        self.numbers = numbers_without_choice(self)

    def count(self, kind: str) -> None:
        """Note that a fault has happened, and which calls it met."""
        super().count(kind)
        for lived in self.recent:
            lived.faults.add(kind)

    def rows_of_phone(self) -> int:
        """Return a number that is another one when the phone's log has changed."""
        return super().rows_of_phone() + self._number * 1000

    def answer(self, dialog: ShownDialog) -> None:
        """Let the person answer a dialog."""
        answer = next((answer for part, answer in _ANSWERS.items() if part in dialog.title), None)
        if answer is None:
            self.phone.answer_dialog()
        elif dialog.labels:
            self.phone.answer_dialog(label=next(label for label in dialog.labels if label.startswith(answer)))
        else:
            self.phone.answer_dialog(text=answer)
            if self._in_dialog:
                self._in_dialog.typed = answer
        if self._in_dialog and dialog.title == _LAST_DIALOG:
            self._in_dialog.follows_up = True

    # ---------------------------------------------------------------------------------------- the person

    def act(self) -> bool:
        """Let the person touch one card that they mean to touch, and return whether they did."""
        if self.phone.open_dialog():  # of a process that is dead
            self.phone.answer_dialog()
            return True
        cards = {shown.id: shown for shown in self.phone.notifications()}
        if not cards or not self.open_calls:
            return False
        followups = self._followups(*AWAITING_ANSWER, State.LOGGED)
        for lived in self.open_calls:
            followup = followups.get(lived.key)
            if followup and followup.notification_id in cards and self._touch(lived, followup, cards[followup.notification_id]):
                return True
        return False

    def _followups(self, *states: State) -> dict[tuple[datetime, str], FollowUp]:
        """Return the follow-ups of today's calls that are in some states, by when and by whom. Those of earlier days are not read: what
        that takes would grow by the day, and this process is the one whose memory is measured."""
        if not self.open_calls:
            return {}
        first, calls = min(lived.start for lived in self.open_calls), self.app.ledger.calls
        found = (calls.followup(call.key) for call in calls.since(first))
        return {(each.call.start, each.call.number): each for each in found if each and each.state in states}

    def _touch(self, lived: Lived, followup: FollowUp, card: ShownNotification) -> bool:
        button = _BUTTONS[lived.plan]
        if followup.state is State.LOGGED:
            if lived.plan != "undo" or not card.title.startswith("Logged"):
                return False
            button = "Undo"
        elif card.title.startswith("Call with") and lived.plan == "dialog":
            button, lived.asked_on_card = "Connected", True
        elif card.title == _LAST_DIALOG and lived.plan == "dialog":
            button = _ANSWERS["Follow up"]
        elif lived.plan == "none" and lived.kind is not CallType.MISSED:
            return False
        if lived.touches[button] >= _TIMES.get(lived.plan, 1) or (button == "body" and self._dialog_is_to_come()):
            return False
        try:
            touch = delivered_touch(self.phone, card, button, lived.note)
        except (KeyError, StopIteration):
            return False  # this card has no such button
        lived.touches[button] += 1
        self._in_dialog = lived if button == "body" else self._in_dialog
        lived.undone = lived.undone or button == "Undo"
        lived.follows_up = lived.follows_up or button == _ANSWERS["Follow up"]
        if touch.takes_card_away:
            take_away(self.phone.state, followup.notification_id)
        self.event(touch.verb, touch.token, touch.value)
        return True

    def _dialog_is_to_come(self) -> bool:
        """Return whether the dialog that the person asked for last has not been opened yet: they would not know of which call the
        next one is, nor would the verdict."""
        followup = self._followups(*AWAITING_ANSWER).get(self._in_dialog.key) if self._in_dialog else None
        return followup is not None and (followup.dialog_wanted_at is not None or any(self.where.inbox.iterdir()))

    def event(self, *lines: str) -> None:
        """Write what callerid-event writes."""
        self._events += 1
        file = self.where.inbox / f"{lines[0]}-{self._events}.event"
        file.write_text("\n".join((HEADER, *lines, "")))
        os.utime(file, (self.now.timestamp(), self.now.timestamp()))

    # ---------------------------------------------------------------------------------------- calls

    def call(self, plan: str = "") -> Lived:
        """Let a call happen, about which the person plans to do something, by chance what."""
        self._number += 1
        plan = plan or self.chance.choices(list(_PLANS), list(_PLANS.values()))[0]
        number = self.chance.choice(self.numbers)
        kind = self.chance.choice((CallType.INCOMING, CallType.INCOMING, CallType.OUTGOING))
        talked = self.chance.randrange(5, 400)
        if plan == "none":
            kind, talked = self.chance.choice(((CallType.MISSED, 0), (CallType.INCOMING, talked)))
            number = self.chance.choice((number, STRANGER))
        if kind is CallType.INCOMING and self.chance.random() < 0.6:
            self.event("ring", number)
            self.round()
        start = self._next_start()
        lived = Lived(number, kind, start, talked, plan, f"note {self._number}" if plan == "note" else "")
        self.later(seconds=talked + 2)
        self.phone.add_call(number, kind, start, talked)
        with self.phone.state.changing() as state:
            state["calls"] = state["calls"][-_KEPT_IN_LOG:]
        self.event("idle")
        self.open_calls.append(lived)
        self.recent.append(lived)
        return lived

    def _next_start(self) -> datetime:
        """Return the second in which a call begins; a clock that was set back gives none twice, so that each call can be told apart."""
        while self.now.replace(microsecond=0) in self._starts:
            self.later(seconds=1)
        start = self.now.replace(microsecond=0)
        self._starts.add(start)
        return start

    def live(self, span: timedelta) -> None:
        """Let time pass, with turns whenever one is due, and let the person answer what is asked."""
        end = self.now + span
        for _ in range(_MOST_ROUNDS):
            next_at = self.round()
            if self.act():
                self.later(seconds=2)
            elif next_at is None or next_at >= end:
                break
            else:
                self.now = max(self.now + timedelta(seconds=1), next_at)
        self.now = max(self.now, end) if self.offset == timedelta(0) else self.now + timedelta(minutes=1)

    # ---------------------------------------------------------------------------------------- the end of a day

    def calm_down(self) -> None:
        """Let nothing go wrong any more, and everything be done that is left to do."""
        self.nothing_goes_wrong()
        self.start(rebooted=True)  # what was on the screen is shown again
        for _ in range(_MOST_ROUNDS):
            next_at = self.round()
            if self.act():
                self.later(seconds=2)
            elif self._is_quiet():
                return
            else:
                self.now = max(self.now + timedelta(seconds=30), min(next_at or self.now, self.now + _HOUR))

    def hang_up(self) -> None:
        """Close idle connections: the portal has a thread for each, and is in this process too."""
        self.hub._sender._session.close()
        gc.collect()  # which ends connections that are in a cycle
        for _ in range(_MOST_ROUNDS):
            if not any("process_request" in thread.name for thread in threading.enumerate()):
                return
            time.sleep(0.01)

    def _is_quiet(self) -> bool:
        """Return whether nothing is to be delivered, no event waits, and no answer waits for a mirror."""
        is_all_handled = not self.app.ledger.outbox.all() and not any(self.where.inbox.iterdir())
        return is_all_handled and not any(waits_for_mirror(followup) for followup in self.app.ledger.calls.active())
