"""A person who taps and answers what is on the screen, as their wishes say."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.simulator.phone.handset import Asked, Shown, SimulatedPhone

_TIMES = 3  # that a button is tapped which seems to do nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRequest:
    """Tap a button ("body", "swipe") of the cards whose title begins so. One that opens a dialog may have to be tapped again, when
    the dialog went away with the process; another is tapped once, and must do."""

    card: str
    button: str
    opens_dialog: bool = False
    until_said: bool = False  # not once all has been said in dialogs
    types: str = ""  # into the card
    before: int = 24  # o'clock (UTC); later it is another wish that counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """What a touch hands to callerid-event."""

    verb: str
    token: str
    says: str  # the button's word, or what was typed
    takes_card_away: bool


@dataclass
class Person:
    """Somebody with a phone in the hand."""

    wishes: tuple[SyncRequest, ...]
    says: tuple[tuple[str, str], ...] = ()  # part of a dialog's title, and what is answered
    is_in_a_hurry: bool = False  # taps on cards while a dialog is open
    last: str = "Follow up?"
    has_said: bool = False
    _touched: dict[tuple[str, str], int] = field(default_factory=dict)

    def answer(self, phone: SimulatedPhone, asked: Asked) -> None:
        """Answer the dialog on the screen."""
        said = next(answer for part, answer in self.says if part in asked.title)
        if asked.labels:
            phone.answer_dialog(label=next(label for label in asked.labels if label.startswith(said)))
        else:
            phone.answer_dialog(text=said)
        self.has_said = self.has_said or asked.title == self.last

    def taps(self, phone: SimulatedPhone, now: datetime) -> tuple[Shown, Touch] | None:
        """Return the card that is touched next, and how; None for none."""
        for shown in phone.notifications():
            wish = next((wish for wish in self.wishes if shown.title.startswith(wish.card) and now.hour < wish.before), None)
            if wish is None or (wish.until_said and self.has_said):
                continue
            touch = touch_of(phone, shown, wish.button, wish.types)
            times = self._touched.get((touch.token, wish.button), 0)
            if times < (_TIMES if wish.opens_dialog else 1):
                self._touched[touch.token, wish.button] = times + 1
                return shown, touch
        return None


def touch_of(phone: SimulatedPhone, shown: Shown, button: str, types: str = "") -> Touch:
    """Given a card, one of its buttons and what is typed into it, return what Android hands to callerid-event then. Raise StopIteration
    or KeyError when card or button are gone."""
    said = phone.notification(shown.id)
    actions = {"body": said["action"], "swipe": said["on_delete"]} | {one["label"]: one["action"] for one in said["buttons"]}
    words = iter(shlex.split(actions[button]))
    next(word for word in words if word.endswith("callerid-event"))
    verb, token, word = next(words), next(words), next(words)
    goes = button in ("body", "swipe") or verb == "reply"
    return Touch(verb=verb, token=token, says=f'"{types}"' if verb == "reply" else word, takes_card_away=goes)
