"""A person who taps and answers what is on the screen, as planned."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.simulator.phone.handset import ShownDialog, ShownNotification, SimulatedPhone

_TIMES = 3  # that a button which seems to do nothing is tapped


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTap:
    """Tap a button ("body", "swipe") of the cards whose title begins so. One that opens a dialog, or asks on a card, may have to be
    tapped again, when that went away with the process; another is tapped once, which has to be enough: also where the card is shown
    again."""

    card: str
    button: str
    opens_dialog: bool = False
    until_answered: bool = False  # not before all dialogs are answered
    types: str = ""  # into the card
    before: int = 24  # o'clock (UTC); later another plan counts


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredTouch:
    """What a touch hands to callerid-event."""

    verb: str
    token: str
    value: str  # the button's word, or what was typed
    takes_card_away: bool


@dataclass
class Person:
    """Somebody with a phone in their hand."""

    taps: tuple[PlannedTap, ...]
    answers: tuple[tuple[str, str], ...] = ()  # part of a dialog's title, and what is answered
    is_in_a_hurry: bool = False  # taps on cards while a dialog is open
    last: str = "Follow up?"
    has_answered: bool = False
    _touched: dict[tuple[str, PlannedTap], int] = field(default_factory=dict)

    def answer(self, phone: SimulatedPhone, dialog: ShownDialog) -> None:
        """Answer the dialog on the screen."""
        text = next(answer for part, answer in self.answers if part in dialog.title)
        if dialog.labels:
            phone.answer_dialog(label=next(label for label in dialog.labels if label.startswith(text)))
        else:
            phone.answer_dialog(text=text)
        self.has_answered = self.has_answered or dialog.title == self.last

    def next_tap(self, phone: SimulatedPhone, now: datetime) -> tuple[ShownNotification, DeliveredTouch] | None:
        """Return the card that is tapped next, and how; None if there is none."""
        for shown in phone.notifications():
            planned = next(
                (planned for planned in self.taps if shown.title.startswith(planned.card) and now.hour < planned.before), None
            )
            if planned is None or (planned.until_answered and self.has_answered):
                continue
            touch = delivered_touch(phone, shown, planned.button, planned.types)
            place = (touch.token if planned.opens_dialog else shown.id, planned)
            times = self._touched.get(place, 0)
            if times < (_TIMES if planned.opens_dialog else 1):
                self._touched[place] = times + 1
                return shown, touch
        return None


def delivered_touch(phone: SimulatedPhone, shown: ShownNotification, button: str, types: str = "") -> DeliveredTouch:
    """Return what Android hands to callerid-event for a card, one of its buttons and what is typed into it. Raise StopIteration
    or KeyError when card or button are gone."""
    shown_as = phone.notification(shown.id)
    actions = {"body": shown_as["action"], "swipe": shown_as["on_delete"]} | {
        shown_button["label"]: shown_button["action"] for shown_button in shown_as["buttons"]
    }
    words = iter(shlex.split(actions[button]))
    next(word for word in words if word.endswith("callerid-event"))
    verb, token, word = next(words), next(words), next(words)
    goes = button in ("body", "swipe") or verb == "reply"
    return DeliveredTouch(verb=verb, token=token, value=f'"{types}"' if verb == "reply" else word, takes_card_away=goes)
