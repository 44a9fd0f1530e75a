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
from callerid.core.followup.state import AWAITING_ANSWER, EVENING_BATCH, CardStatus
from callerid.core.wording import notifications
from callerid.core.wording.notifications import Discretion
from callerid.core.wording.times import clock_time, day, moment
from callerid.models import Button, Notification

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from callerid.core.followup.batches import Batch
    from callerid.core.followup.questions import AskedQuestion
    from callerid.core.followup.state import FollowUp, Situation
    from callerid.core.wording.notifications import TextStyle

_MISSED = (("view", "view"), ("call", "call"), ("log", "log"))  # the buttons: name of the label, word of the tap
_MISSED_WITHOUT_CRM = (("call", "call"),)
_CONNECTED, _GUESS = ("connected", "connected"), ("guess", "guess")
_STRANGER = (("add", "log"), ("no", "dismiss"))
_TOLD = {
    CardStatus.QUEUED: (("change", "log"), ("undo", "undo")),
    CardStatus.LOGGED: (("change", "log"), ("undo", "undo")),
    CardStatus.CHANGE_REFUSED: (("retry", "retry"), ("give_up", "keep")),
    CardStatus.DEAD: (("retry", "retry"), ("give_up", "undo")),
    CardStatus.WITHDRAWN: (("log_more", "log"),),
}
_SNOOZE = (("quarter", "quarter"), ("hour", "hour"))
_BATCH = (("all", "all"), ("each", "each"), ("none", "none"))
_ON_A_CARD = 3  # Android shows no more buttons
_NAMED = 4
_MARK = 6  # letters: a word has twenty signs at most


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptDetails:
    """What a prompt says besides the follow-up: the number as it is shown, and whether a note can be typed into it."""

    number_shown: str = ""
    with_reply_field: bool = False


def prompt_card(situation: Situation, style: TextStyle, details: PromptDetails) -> Notification:
    """Given a follow-up in its situation, return the notification that asks about it."""
    if is_missed(situation.followup.call) and situation.resolution.candidates:
        return _missed(situation, style)
    return _after(situation, style, details) if situation.resolution.candidates else _stranger(situation, style, details)


def _missed(situation: Situation, style: TextStyle) -> Notification:
    followup, who = situation.followup, situation.resolution
    return _card(
        followup,
        notifications.missed_title(followup.call, who, followup.missed_count, style),
        notifications.missed_body(followup.call, who, style),
        _buttons(_MISSED if style.has_crm else _MISSED_WITHOUT_CRM, style),
        tap="seen",
    )


def _after(situation: Situation, style: TextStyle, details: PromptDetails) -> Notification:
    followup, who = situation.followup, situation.resolution
    label, word = _CONNECTED if is_connected(followup.call) else _GUESS
    quick = Button(label=style.texts.say(f"button.{label}"), word=word)
    more = (
        Button(label=style.texts.say("button.reply"), word="reply", reply=True)
        if details.with_reply_field
        else Button(label=style.texts.say("button.log_more"), word="log")
    )
    later = Button(label=style.texts.say("button.later"), word="later")
    title, body = notifications.after_title(who, style), notifications.after_body(followup.call, who, style)
    return _card(followup, title, body, (quick, more, later), tap="log")


def _stranger(situation: Situation, style: TextStyle, details: PromptDetails) -> Notification:
    title, line = _add_title(details.number_shown, style), notifications.call_line(situation.followup.call, style)
    return _card(situation.followup, title, line, _buttons(_STRANGER, style), tap="log")


def add_by_command_card(followup: FollowUp, number_shown: str, style: TextStyle) -> Notification:
    """Given a call whose caller can be added only by typing, and their number as it is shown, return the card that says where to
    type. For phones that do not show dialogs."""
    body = style.texts.say("add.by_command", key=followup.call.key)
    buttons = _buttons(_STRANGER, style) if followup.state in AWAITING_ANSWER else ()
    return _card(followup, _add_title(number_shown, style), body, buttons, tap="log")


def _add_title(number_shown: str, style: TextStyle) -> str:
    open_title = style.discretion is Discretion.NAMES
    return style.texts.say("add.title", number=number_shown) if open_title else style.texts.say("add.discreetly")


def status_card(situation: Situation, what: CardStatus, style: TextStyle) -> Notification:
    """Given a follow-up that was answered and what there is to tell, return the card that says what became of the answer."""
    name = notifications.names(situation.resolution, style) if situation.resolution.candidates else style.texts.say("told.the_call")
    title = style.texts.say(f"told.{what.replace('-', '_')}", name=name)
    body = (
        situation.followup.reason
        if what in (CardStatus.CHANGE_REFUSED, CardStatus.DEAD)
        else notifications.call_line(situation.followup.call, style)
    )
    return _card(situation.followup, title, body, _buttons(_TOLD[what], style), tap="log", swipe="")


def snooze_card(situation: Situation, until: datetime, evening: datetime, style: TextStyle) -> Notification:
    """Given a follow-up that was put off until a time, and the next evening, return the card that says so and offers others."""
    people = situation.resolution.candidates
    name = notifications.names(situation.resolution, style) if people else style.texts.say("told.the_call")
    title = style.texts.say("later.title", name=name)
    body = style.texts.say("later.body", time=moment(until, style.now, style.texts))
    buttons = _buttons((*_SNOOZE, ("evening" if evening.date() == style.now.date() else "tomorrow", "evening")), style)
    return _card(situation.followup, title, body, buttons, swipe="")


def question_card(followup: FollowUp, asked: AskedQuestion, first: int, style: TextStyle) -> Notification:
    """Given a question with labels, return a card that asks it with buttons, from the label at place `first` on; the last button
    goes on to the rest."""
    open_title = style.discretion is Discretion.NAMES
    title = asked.dialog.title if open_title else style.texts.say("ask.discreetly")
    return _card(followup, title, "", _choice(asked, first, style, ("pick", "more")))


def contact_choice_card(situation: Situation, asked: AskedQuestion, first: int, style: TextStyle) -> Notification:
    """Given a call and the question whose contact to open, return the card that asks it in the place of the call's own; a swipe,
    and a button if there is room for one, go back to that."""
    labels = _choice(asked, first, style, ("view", "whom"))
    back = _buttons((("back", "back"),), style) if len(labels) < _ON_A_CARD else ()
    open_title = style.discretion is Discretion.NAMES
    title = asked.dialog.title if open_title else style.texts.say("ask.discreetly")
    body = notifications.missed_body(situation.followup.call, situation.resolution, style)
    return _card(situation.followup, title, body, (*labels, *back), swipe="back")


def _choice(asked: AskedQuestion, first: int, style: TextStyle, words: tuple[str, str]) -> tuple[Button, ...]:
    """Buttons for labels. `words` are what taps on a label, and on the button that goes on, begin with."""
    pick, more = (f"{word}-{question_digest(asked)}" for word in words)
    first = first if first < len(asked.dialog.labels) else 0
    labels = asked.dialog.labels[first:]
    shown = labels if len(labels) <= _ON_A_CARD else labels[: _ON_A_CARD - 1]
    buttons = tuple(
        Button(label=_discreet(asked, label, first + place, style), word=f"{pick}-{place_letters(first + place)}")
        for place, label in enumerate(shown)
    )
    if len(shown) < len(labels):
        buttons += (Button(label=style.texts.say("button.more"), word=f"{more}-{place_letters(first + len(shown))}"),)
    return buttons


def _discreet(asked: AskedQuestion, label: str, place: int, style: TextStyle) -> str:
    """A notification can be read by whoever sees the screen: of people and deals it tells no more than is wished."""
    if style.discretion is Discretion.NAMES or asked.question not in (Question.PERSON, Question.DEAL):
        return label
    return notifications.shown_saved(label, style) if style.discretion is Discretion.INITIALS else str(place + 1)


def place_letters(place: int) -> str:
    """Given a place, return it in letters, as the words of taps have no digits: a to z, then aa, ab, …"""
    further, last = divmod(place, len(ascii_lowercase))
    return (place_letters(further - 1) if further else "") + ascii_lowercase[last]


def question_digest(asked: AskedQuestion) -> str:
    """Given a question, return letters that tell it, and what it lets one choose, from any other: the words of its card's taps
    have them, because by the time of a tap another question may be the next one, or a label be in another place."""
    said = "\n".join((asked.question, asked.contact_id, *asked.values))
    number = int.from_bytes(hashlib.sha256(said.encode()).digest())
    return "".join(ascii_lowercase[number // 26**place % 26] for place in range(_MARK))


def place_in_word(word: str, asked: AskedQuestion) -> int | None:
    """Given a word such as "pick-kqzvbn-b" and the question that would be put now, return the place that it names; None when it
    names none, or answers another question."""
    marked, said = ["", "", *word.split("-")][-2:]
    if marked != question_digest(asked) or not said or not set(said) <= set(ascii_lowercase):
        return None
    place = -1
    for one in said:
        place = (place + 1) * len(ascii_lowercase) + ascii_lowercase.index(one)
    return place if place < len(asked.dialog.labels) else None


def batch_card(these: Batch, calls: Sequence[Situation], style: TextStyle) -> Notification:
    """Given a batch and its calls, return its one notification."""
    counted = Counter(notifications.names(call.resolution, style) for call in calls if call.resolution.candidates)
    names, count = [name if n == 1 else f"{name} ({n})" for name, n in counted.items()], len(calls)
    if these.name == EVENING_BATCH:
        title = style.texts.say("batch.evening_one" if count == 1 else "batch.evening", count=count)
    else:
        name = next(iter(counted), "") or style.texts.say("told.the_call")
        title = style.texts.say("batch.late_one" if count == 1 else "batch.late", count=count, name=name)
    shown = names[:_NAMED] if these.name == EVENING_BATCH else [_when(call, style) for call in calls[:_NAMED]]
    more = "…" if len(names if these.name == EVENING_BATCH else calls) > _NAMED else ""
    return Notification(
        id=these.notification_id,
        title=title,
        body=", ".join(shown) + more,
        buttons=_buttons(_BATCH, style),
        tap="each",
        swipe="swiped",
        token=these.token,
    )


def _when(call: Situation, style: TextStyle) -> str:
    local = call.followup.call.start.astimezone(style.now.tzinfo)
    return f"{day(local.date(), style.now.date(), style.texts)} {clock_time(local)}"


def _buttons(pairs: Sequence[tuple[str, str]], style: TextStyle) -> tuple[Button, ...]:
    return tuple(Button(label=style.texts.say(f"button.{label}"), word=word) for label, word in pairs)


def _card(
    followup: FollowUp, title: str, body: str, buttons: tuple[Button, ...], *, tap: str = "", swipe: str = "dismiss"
) -> Notification:
    return Notification(
        id=followup.notification_id, title=title, body=body, buttons=buttons, tap=tap, swipe=swipe, token=followup.token
    )
