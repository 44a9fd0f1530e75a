"""The notifications that ask about calls, and say what became of the answers. Words of taps: what each button makes the inbox
hear."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from string import ascii_lowercase
from typing import TYPE_CHECKING

from callerid.core.followup.outcomes import is_connected, is_missed
from callerid.core.followup.questions import Question
from callerid.core.followup.state import ASKED_ABOUT, EVENING, Told
from callerid.core.wording import notifications
from callerid.core.wording.notifications import Discretion
from callerid.core.wording.times import clock_time, day, moment
from callerid.models import Button, Notification

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from callerid.core.followup.batches import Batch
    from callerid.core.followup.questions import Asked
    from callerid.core.followup.state import FollowUp, Situation
    from callerid.core.wording.notifications import TextStyle

_MISSED = (("view", "view"), ("call", "call"), ("log", "log"))  # the buttons: name of the label, word of the tap
_MISSED_WITHOUT_CRM = (("call", "call"),)
_CONNECTED, _GUESS = ("connected", "connected"), ("guess", "guess")
_STRANGER = (("add", "log"), ("no", "dismiss"))
_TOLD = {
    Told.QUEUED: (("change", "log"), ("undo", "undo")),
    Told.LOGGED: (("change", "log"), ("undo", "undo")),
    Told.CHANGE_REFUSED: (("retry", "retry"), ("give_up", "keep")),
    Told.DEAD: (("retry", "retry"), ("give_up", "undo")),
    Told.TAKEN_BACK: (("log_more", "log"),),
}
_SNOOZE = (("quarter", "quarter"), ("hour", "hour"))
_BATCH = (("all", "all"), ("each", "each"), ("none", "none"))
_ON_A_CARD = 3  # Android shows no more buttons
_NAMED = 4
_MARK = 6  # letters: a word has twenty signs at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a prompt says besides the follow-up: the number as it is shown, and whether a note can be typed into it."""

    number_shown: str = ""
    reply: bool = False


def prompt(at_hand: Situation, speak: TextStyle, around: Around) -> Notification:
    """Given a follow-up in its situation, return the notification that asks about it."""
    if is_missed(at_hand.followup.call) and at_hand.resolution.candidates:
        return _missed(at_hand, speak)
    return _after(at_hand, speak, around) if at_hand.resolution.candidates else _stranger(at_hand, speak, around)


def _missed(at_hand: Situation, speak: TextStyle) -> Notification:
    followup, who = at_hand.followup, at_hand.resolution
    return _card(
        followup,
        notifications.missed_title(followup.call, who, followup.missed_count, speak),
        notifications.missed_body(followup.call, who, speak),
        _buttons(_MISSED if speak.has_crm else _MISSED_WITHOUT_CRM, speak),
        tap="seen",
    )


def _after(at_hand: Situation, speak: TextStyle, around: Around) -> Notification:
    followup, who = at_hand.followup, at_hand.resolution
    label, word = _CONNECTED if is_connected(followup.call) else _GUESS
    quick = Button(label=speak.texts.say(f"button.{label}"), word=word)
    more = (
        Button(label=speak.texts.say("button.reply"), word="reply", reply=True)
        if around.reply
        else Button(label=speak.texts.say("button.log_more"), word="log")
    )
    later = Button(label=speak.texts.say("button.later"), word="later")
    title, body = notifications.after_title(who, speak), notifications.after_body(followup.call, who, speak)
    return _card(followup, title, body, (quick, more, later), tap="log")


def _stranger(at_hand: Situation, speak: TextStyle, around: Around) -> Notification:
    title, line = _add_title(around.number_shown, speak), notifications.call_line(at_hand.followup.call, speak)
    return _card(at_hand.followup, title, line, _buttons(_STRANGER, speak), tap="log")


def to_be_typed(followup: FollowUp, number_shown: str, speak: TextStyle) -> Notification:
    """Given a call whose caller can be added only by typing, and their number as it is shown, return the card that says where to
    type. For phones that do not show dialogs."""
    body = speak.texts.say("add.by_command", key=followup.call.key)
    buttons = _buttons(_STRANGER, speak) if followup.state in ASKED_ABOUT else ()
    return _card(followup, _add_title(number_shown, speak), body, buttons, tap="log")


def _add_title(number_shown: str, speak: TextStyle) -> str:
    open_title = speak.discretion is Discretion.NAMES
    return speak.texts.say("add.title", number=number_shown) if open_title else speak.texts.say("add.discreetly")


def told(at_hand: Situation, what: Told, speak: TextStyle) -> Notification:
    """Given a follow-up that was answered and what there is to tell, return the card that says what became of the answer."""
    name = notifications.names(at_hand.resolution, speak) if at_hand.resolution.candidates else speak.texts.say("told.the_call")
    title = speak.texts.say(f"told.{what.replace('-', '_')}", name=name)
    body = (
        at_hand.followup.reason
        if what in (Told.CHANGE_REFUSED, Told.DEAD)
        else notifications.call_line(at_hand.followup.call, speak)
    )
    return _card(at_hand.followup, title, body, _buttons(_TOLD[what], speak), tap="log", swipe="")


def put_off(at_hand: Situation, until: datetime, evening: datetime, speak: TextStyle) -> Notification:
    """Given a follow-up that was put off until a time, and the next evening, return the card that says so and offers others."""
    people = at_hand.resolution.candidates
    name = notifications.names(at_hand.resolution, speak) if people else speak.texts.say("told.the_call")
    title = speak.texts.say("later.title", name=name)
    body = speak.texts.say("later.body", time=moment(until, speak.now, speak.texts))
    buttons = _buttons((*_SNOOZE, ("evening" if evening.date() == speak.now.date() else "tomorrow", "evening")), speak)
    return _card(at_hand.followup, title, body, buttons, swipe="")


def question(followup: FollowUp, asked: Asked, first: int, speak: TextStyle) -> Notification:
    """Given a question with labels, return a card that asks it with buttons, from the label at place `first` on; the last button
    goes on to the rest."""
    open_title = speak.discretion is Discretion.NAMES
    title = asked.dialog.title if open_title else speak.texts.say("ask.discreetly")
    return _card(followup, title, "", _choice(asked, first, speak, ("pick", "more")))


def which(at_hand: Situation, asked: Asked, first: int, speak: TextStyle) -> Notification:
    """Given a call and the question whose contact to open, return the card that asks it in the place of the call's own; a swipe,
    and a button if there is room for one, go back to that."""
    labels = _choice(asked, first, speak, ("view", "whom"))
    back = _buttons((("back", "back"),), speak) if len(labels) < _ON_A_CARD else ()
    open_title = speak.discretion is Discretion.NAMES
    title = asked.dialog.title if open_title else speak.texts.say("ask.discreetly")
    body = notifications.missed_body(at_hand.followup.call, at_hand.resolution, speak)
    return _card(at_hand.followup, title, body, (*labels, *back), swipe="back")


def _choice(asked: Asked, first: int, speak: TextStyle, words: tuple[str, str]) -> tuple[Button, ...]:
    """Buttons for labels. `words` are what taps on a label, and on the button that goes on, begin with."""
    pick, more = (f"{word}-{mark(asked)}" for word in words)
    first = first if first < len(asked.dialog.labels) else 0
    labels = asked.dialog.labels[first:]
    shown = labels if len(labels) <= _ON_A_CARD else labels[: _ON_A_CARD - 1]
    buttons = tuple(
        Button(label=_discreet(asked, label, first + place, speak), word=f"{pick}-{letters(first + place)}")
        for place, label in enumerate(shown)
    )
    if len(shown) < len(labels):
        buttons += (Button(label=speak.texts.say("button.more"), word=f"{more}-{letters(first + len(shown))}"),)
    return buttons


def _discreet(asked: Asked, label: str, place: int, speak: TextStyle) -> str:
    """A notification can be read by whoever sees the screen: of people and deals it tells no more than is wished."""
    if speak.discretion is Discretion.NAMES or asked.question not in (Question.PERSON, Question.DEAL):
        return label
    return notifications.shown_saved(label, speak) if speak.discretion is Discretion.INITIALS else str(place + 1)


def letters(place: int) -> str:
    """Given a place, return it in letters, as the words of taps have no digits: a to z, then aa, ab, …"""
    further, last = divmod(place, len(ascii_lowercase))
    return (letters(further - 1) if further else "") + ascii_lowercase[last]


def mark(asked: Asked) -> str:
    """Given a question, return letters that tell it, and what it lets one choose, from any other: the words of its card's taps
    have them, because by the time of a tap another question may be the next one, or a label be in another place."""
    said = "\n".join((asked.question, asked.about, *asked.values))
    number = int.from_bytes(hashlib.sha256(said.encode()).digest())
    return "".join(ascii_lowercase[number // 26**place % 26] for place in range(_MARK))


def place_of(word: str, asked: Asked) -> int | None:
    """Given a word such as "pick-kqzvbn-b" and the question that would be put now, return the place that it names; None when it
    names none, or answers another question."""
    marked, said = ["", "", *word.split("-")][-2:]
    if marked != mark(asked) or not said or not set(said) <= set(ascii_lowercase):
        return None
    place = -1
    for one in said:
        place = (place + 1) * len(ascii_lowercase) + ascii_lowercase.index(one)
    return place if place < len(asked.dialog.labels) else None


def batch(these: Batch, calls: Sequence[Situation], speak: TextStyle) -> Notification:
    """Given a batch and its calls, return its one notification."""
    counted = Counter(notifications.names(call.resolution, speak) for call in calls if call.resolution.candidates)
    names, count = [name if n == 1 else f"{name} ({n})" for name, n in counted.items()], len(calls)
    if these.name == EVENING:
        title = speak.texts.say("batch.evening_one" if count == 1 else "batch.evening", count=count)
    else:
        name = next(iter(counted), "") or speak.texts.say("told.the_call")
        title = speak.texts.say("batch.late_one" if count == 1 else "batch.late", count=count, name=name)
    shown = names[:_NAMED] if these.name == EVENING else [_when(call, speak) for call in calls[:_NAMED]]
    more = "…" if len(names if these.name == EVENING else calls) > _NAMED else ""
    return Notification(
        id=these.notification_id,
        title=title,
        body=", ".join(shown) + more,
        buttons=_buttons(_BATCH, speak),
        tap="each",
        swipe="swiped",
        token=these.token,
    )


def _when(call: Situation, speak: TextStyle) -> str:
    local = call.followup.call.start.astimezone(speak.now.tzinfo)
    return f"{day(local.date(), speak.now.date(), speak.texts)} {clock_time(local)}"


def _buttons(pairs: Sequence[tuple[str, str]], speak: TextStyle) -> tuple[Button, ...]:
    return tuple(Button(label=speak.texts.say(f"button.{label}"), word=word) for label, word in pairs)


def _card(
    followup: FollowUp, title: str, body: str, buttons: tuple[Button, ...], *, tap: str = "", swipe: str = "dismiss"
) -> Notification:
    return Notification(
        id=followup.notification_id, title=title, body=body, buttons=buttons, tap=tap, swipe=swipe, token=followup.token
    )
