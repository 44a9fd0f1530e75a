"""The cards of calls: what they say, and the word that a tap on each of their buttons sends to the inbox."""

from __future__ import annotations

import hashlib
from collections import Counter
from string import ascii_lowercase
from typing import TYPE_CHECKING

from callerid.core.followup.outcomes import is_connected, is_missed
from callerid.core.followup.questions import Question
from callerid.core.followup.state import EVENING_BATCH
from callerid.core.followup.states import AWAITING_ANSWER, CardStatus
from callerid.core.followup.unfinished import awaits_rest, is_unfinished
from callerid.core.wording import call_text
from callerid.core.wording.names import names_line, shown_saved_name
from callerid.core.wording.style import Discretion
from callerid.core.wording.times import clock_time, day, moment
from callerid.models import Button, Notification
from callerid.records import dataclass
from callerid.translation import in_language

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from callerid.core.followup.batches import Batch
    from callerid.core.followup.questions import AskedQuestion
    from callerid.core.followup.state import FollowUp, Situation
    from callerid.core.wording.style import TextStyle

# Buttons: the name of the label's text, and the word that a tap sends.
_MISSED = (("view", "view"), ("call", "call"), ("log", "log"))
_MISSED_WITHOUT_CRM = (("call", "call"),)
_CONNECTED, _NO_ANSWER = ("connected", "connected"), ("no_answer", "guess")
_STRANGER = (("add", "log"), ("no", "dismiss"))
_STATUS = {
    CardStatus.QUEUED: (("change", "log"), ("undo", "undo")),
    CardStatus.LOGGED: (("change", "log"), ("undo", "undo")),
    CardStatus.CHANGE_REFUSED: (("retry", "retry"), ("give_up", "keep")),
    CardStatus.DEAD: (("retry", "retry"), ("give_up", "undo")),
    CardStatus.WITHDRAWAL_WAITS: (("log_more", "log"),),
    CardStatus.WITHDRAWN: (("log_more", "log"),),
}
_SNOOZE = (("quarter", "quarter"), ("hour", "hour"))
_BATCH = (("all", "all"), ("each", "each"), ("none", "none"))
_MOST_BUTTONS = 3  # Android shows no more
_MOST_NAMED = 4
_DIGEST_LETTERS = 6  # a word may have twenty characters


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptDetails:
    """What a prompt shows in addition to the situation."""

    number_shown: str = ""  # spaced as a person reads it
    with_reply_field: bool = False


def prompt_card(situation: Situation, style: TextStyle, details: PromptDetails) -> Notification:
    """Return the card that asks about a call."""
    if not situation.resolution.candidates:
        return _stranger_card(situation, style, details)
    if is_missed(situation.followup.call):
        return _missed_card(situation, style)
    return _ended_card(situation, style, details)


def _missed_card(situation: Situation, style: TextStyle) -> Notification:
    followup, resolution = situation.followup, situation.resolution
    title = call_text.missed_title(followup.call, resolution, followup.missed_count, style)
    body = call_text.missed_body(followup.call, resolution, style)
    buttons = _buttons(_MISSED if style.has_crm else _MISSED_WITHOUT_CRM, style)
    return _card(followup, title, body, buttons, tap="seen")


def _ended_card(situation: Situation, style: TextStyle, details: PromptDetails) -> Notification:
    followup, resolution = situation.followup, situation.resolution
    label, word = _CONNECTED if is_connected(followup.call) else _NO_ANSWER
    quick = _button(label, word, style)
    more = _button("note", "reply", style, reply=True) if details.with_reply_field else _button("log_more", "log", style)
    title, body = call_text.prompt_title(resolution, style), call_text.prompt_body(followup.call, resolution, style)
    return _card(
        followup, title, body + _no_answer_arrived(followup, style), (quick, more, _button("later", "later", style)), tap="log"
    )


def _no_answer_arrived(followup: FollowUp, style: TextStyle) -> str:
    return " · " + style.texts.say("prompt.unfinished") if awaits_rest(followup) else ""


def _stranger_card(situation: Situation, style: TextStyle, details: PromptDetails) -> Notification:
    title, body = _add_title(details.number_shown, style), call_text.call_line(situation.followup.call, style)
    body += _no_answer_arrived(situation.followup, style)
    return _card(situation.followup, title, body, _buttons(_STRANGER, style), tap="log")


def add_by_command_card(followup: FollowUp, number_shown: str, style: TextStyle) -> Notification:
    """Return the card that says which command adds the caller of a call, for phones that show no dialogs."""
    body = style.texts.say("add.by_command", key=followup.call.key)
    buttons = _buttons(_STRANGER, style) if followup.state in AWAITING_ANSWER else ()
    return _card(followup, _add_title(number_shown, style), body, buttons, tap="log")


def _add_title(number_shown: str, style: TextStyle) -> str:
    is_open = style.discretion is Discretion.NAMES
    return style.texts.say("add.title", number=number_shown) if is_open else style.texts.say("add.discreet")


def status_card(situation: Situation, status: CardStatus, style: TextStyle) -> Notification:
    """Return the card that says what became of the answer about a call."""
    title = style.texts.say(f"status.{status.replace('-', '_')}", name=_caller_name(situation, style))
    is_refused = status in (CardStatus.CHANGE_REFUSED, CardStatus.DEAD)
    body = (
        in_language(situation.followup.reason, style.texts.language)
        if is_refused
        else call_text.call_line(situation.followup.call, style)
    )
    return _card(situation.followup, title, body, _buttons(_STATUS[status], style), tap="log", swipe="")


def snooze_card(situation: Situation, until: datetime, evening: datetime, style: TextStyle) -> Notification:
    """Return the card that says until when a call is put off, and offers other times; `evening` is the next evening."""
    title = style.texts.say("snooze.title", name=_caller_name(situation, style))
    body = style.texts.say("snooze.body", time=moment(until, style.now, style.texts))
    evening_label = "evening" if evening.astimezone(style.now.tzinfo).date() == style.now.date() else "tomorrow"
    return _card(situation.followup, title, body, _buttons((*_SNOOZE, (evening_label, "evening")), style), swipe="")


def _caller_name(situation: Situation, style: TextStyle) -> str:
    resolution = situation.resolution
    return names_line(resolution, style) if resolution.candidates else style.texts.say("status.the_call")


def question_card(followup: FollowUp, question: AskedQuestion, first: int, style: TextStyle) -> Notification:
    """Return a card that asks a question by buttons, from the label at place `first` on; the last button shows further labels. The
    card of an unfinished dialog says so, and a tap on it tries another dialog."""
    labels = _choices(question, first, style, ("pick", "more"))
    body = style.texts.say("question.unfinished") if is_unfinished(followup) else ""
    return _card(followup, _question_title(question, style), body, labels, tap="log" if awaits_rest(followup) else "")


def contact_choice_card(situation: Situation, question: AskedQuestion, first: int, style: TextStyle) -> Notification:
    """Return the card that asks whose contact to open, in place of the call's own. A swipe goes back to that, and a button where
    there is room for one."""
    labels = _choices(question, first, style, ("view", "whom"))
    back = (_button("back", "back", style),) if len(labels) < _MOST_BUTTONS else ()
    body = call_text.missed_body(situation.followup.call, situation.resolution, style)
    return _card(situation.followup, _question_title(question, style), body, (*labels, *back), swipe="back")


def _question_title(question: AskedQuestion, style: TextStyle) -> str:
    return question.dialog.title if style.discretion is Discretion.NAMES else style.texts.say("question.discreet")


def _choices(question: AskedQuestion, first: int, style: TextStyle, verbs: tuple[str, str]) -> tuple[Button, ...]:
    """Return buttons for labels. `verbs` begin the words of a tap on a label, and on the button that shows further labels."""
    pick, more = (f"{verb}-{question_digest(question)}" for verb in verbs)
    first = first if first < len(question.dialog.labels) else 0
    labels = question.dialog.labels[first:]
    shown = labels if len(labels) <= _MOST_BUTTONS else labels[: _MOST_BUTTONS - 1]
    buttons = tuple(
        Button(label=_discreet_label(question, label, place, style), word=f"{pick}-{place_letters(place)}")
        for place, label in enumerate(shown, start=first)
    )
    if len(shown) < len(labels):
        buttons += (_button("more", f"{more}-{place_letters(first + len(shown))}", style),)
    return buttons


def _discreet_label(question: AskedQuestion, label: str, place: int, style: TextStyle) -> str:
    """Return a label as a card may show it: whoever sees the screen can read a card, so people and deals show no more than the
    style allows."""
    if style.discretion is Discretion.NAMES or question.question not in (Question.PERSON, Question.DEAL):
        return label
    return shown_saved_name(label, style) if style.discretion is Discretion.INITIALS else str(place + 1)


def place_letters(place: int) -> str:
    """Return a place as letters, because the words of taps have no digits: a to z, then aa, ab, …"""
    further, last = divmod(place, len(ascii_lowercase))
    return (place_letters(further - 1) if further else "") + ascii_lowercase[last]


def question_digest(question: AskedQuestion) -> str:
    """Return six letters that tell a question, with what it lets one choose, from any other. The words of its card's taps have
    them: by the time of a tap another question may be the next one, or a label have another place."""
    text = "\n".join((question.question, question.contact_id, *question.values))
    number = int.from_bytes(hashlib.sha256(text.encode()).digest())
    return "".join(ascii_lowercase[number // 26**place % 26] for place in range(_DIGEST_LETTERS))


def place_in_word(word: str, question: AskedQuestion) -> int | None:
    """Return the place of the label that a word such as "pick-kqzvbn-b" names; None when it names none, or answers another
    question than this."""
    digest, place = parts_of_word(word)
    return place if digest == question_digest(question) and place is not None and place < len(question.dialog.labels) else None


def parts_of_word(word: str) -> tuple[str, int | None]:
    """Return the digest of the question, and the place of the label, that a word such as "pick-kqzvbn-b" names; no place where it
    names none."""
    digest, letters = ["", "", *word.split("-")][-2:]
    if not letters or not set(letters) <= set(ascii_lowercase):
        return digest, None
    place = -1
    for letter in letters:
        place = (place + 1) * len(ascii_lowercase) + ascii_lowercase.index(letter)
    return digest, place


def batch_card(batch: Batch, calls: Sequence[Situation], style: TextStyle) -> Notification:
    """Return the one card that asks about the calls of a batch."""
    is_evening = batch.name == EVENING_BATCH
    counts = Counter(names_line(call.resolution, style, politely=not is_evening) for call in calls if call.resolution.candidates)
    if is_evening:
        title = _counted_title("batch.evening", len(calls), style)
        items = [name if count == 1 else style.texts.say("batch.counted", name=name, count=count) for name, count in counts.items()]
    else:
        name = next(iter(counts), "") or style.texts.say("status.the_call")
        title = _counted_title("batch.late", len(calls), style, name=name)
        items = [_day_and_time(call, style) for call in calls]
    body = style.texts.listed(items[:_MOST_NAMED]) + ("…" if len(items) > _MOST_NAMED else "")
    buttons = _buttons(_BATCH, style)
    return Notification(
        id=batch.notification_id, title=title, body=body, buttons=buttons, tap="each", swipe="swiped", token=batch.token
    )


def _counted_title(key: str, count: int, style: TextStyle, **values: str) -> str:
    return style.texts.say(f"{key}_one" if count == 1 else key, count=count, **values)


def _day_and_time(situation: Situation, style: TextStyle) -> str:
    local = situation.followup.call.start.astimezone(style.now.tzinfo)
    return f"{day(local.date(), style.now.date(), style.texts)} {clock_time(local)}"


def _buttons(pairs: Sequence[tuple[str, str]], style: TextStyle) -> tuple[Button, ...]:
    return tuple(_button(label, word, style) for label, word in pairs)


def _button(label: str, word: str, style: TextStyle, *, reply: bool = False) -> Button:
    return Button(label=style.texts.say(f"button.{label}"), word=word, reply=reply)


def _card(
    followup: FollowUp, title: str, body: str, buttons: tuple[Button, ...], *, tap: str = "", swipe: str = "dismiss"
) -> Notification:
    return Notification(
        id=followup.notification_id, title=title, body=body, buttons=buttons, tap=tap, swipe=swipe, token=followup.token
    )
