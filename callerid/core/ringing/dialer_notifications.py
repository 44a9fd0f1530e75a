"""The notifications of dialers: which are about a call, who calls, and which package is the dialer.

termux-notification-list gives neither category nor buttons (Source: NotificationListAPI.java), so a call is recognized by the
package, by tag and group, and by known texts (dialer_dictionary.py) and words (dialer_texts.py). A dialer's new notification with
an unknown text counts as a ring: a card too many does less harm than none.
"""

from __future__ import annotations

import re
from dataclasses import field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from callerid.core.numbers.text.hidden_words import means_hidden
from callerid.core.ringing import dialer_texts
from callerid.core.ringing.dialer_dictionary import EMPTY_DICTIONARY, Meaning
from callerid.core.ringing.dialer_packages import DIALER_PACKAGES, GENERAL_PACKAGES, TEXTLESS_PACKAGES, TEXTLESS_REMEDY
from callerid.core.ringing.dialer_texts import CallState
from callerid.core.ringing.senses import CallerInfo, PhoneState
from callerid.core.wording.safe_text import DIRECTION_MARKS, clean
from callerid.messages import joined, message
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from callerid.core.ringing.dialer_dictionary import DialerDictionary

_NOT_DIALERS = ("com.termux", "com.termux.api", "android", "com.android.systemui")
_TAGS_OF_NO_RING = re.compile(r"missed|voice ?mail|visual_?voice|spam|post_?call|recording", re.IGNORECASE)
_TAG_OF_TALK = "EXTERNAL_CALL"  # a call on another device of the person's (ExternalCallNotifier.java)
_TEL = re.compile(r"tel:([+0-9*#%A-Fa-f]{3,40})")
_DIVIDER = re.compile(r" [·•] ")
_LONGEST_NAME = 120

Identity = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedNotification:
    """An entry of termux-notification-list."""

    package: str
    key: str
    tag: str = ""
    group: str = ""
    title: str = ""
    content: str = ""
    lines: tuple[str, ...] = ()

    @property
    def identity(self) -> Identity:
        """What identifies it between two lists: a dialer may use one key for all its calls."""
        return self.key, self.title

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts below the title."""
        return tuple(line for line in (self.content, *self.lines) if line)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierReading:
    """What a notification was about in the list before, and its texts then."""

    state: CallState
    texts: tuple[str, ...] = ()


def parse(rows: Sequence[object]) -> tuple[ListedNotification, ...]:
    """Return the notifications of a list that was printed; rows that are not valid are left out."""
    return tuple(_notification(row) for row in rows if isinstance(row, dict))


def _notification(row: dict[str, object]) -> ListedNotification:
    def text(name: str) -> str:
        value = row.get(name)
        return _plain(value) if isinstance(value, str) else ""

    value = row.get("lines")
    lines = [line for line in value if isinstance(line, str)] if isinstance(value, list) else []
    return ListedNotification(
        package=text("packageName"),
        key=text("key"),
        tag=text("tag"),
        group=text("group"),
        title=text("title"),
        content=text("content"),
        lines=tuple(map(_plain, lines[:20])),
    )


def _plain(text: str) -> str:
    return " ".join(clean(text[:2000], keep="").split()).strip(DIRECTION_MARKS)


def _never(_: str) -> bool:
    return False


def phone_state(
    notifications: Iterable[ListedNotification],
    dialers: Collection[str],
    is_own_number: Callable[[str], bool] = _never,
    before: Mapping[Identity, EarlierReading] = MappingProxyType({}),
    dictionary: DialerDictionary = EMPTY_DICTIONARY,
) -> PhoneState:
    """Return what the phone is doing by the notifications of the packages `dialers`. `before` is what each was about before."""
    states = [
        (call_state(shown, before.get(shown.identity), dictionary), shown) for shown in notifications if shown.package in dialers
    ]

    def callers(wanted: CallState) -> tuple[CallerInfo, ...]:
        return tuple(
            replace(caller_info(shown, is_own_number, dictionary), notification_key=shown.key)
            for state, shown in states
            if state is wanted
        )

    return PhoneState(
        ringing=callers(CallState.RINGING),
        dialling=callers(CallState.DIALLING),
        talking=any(state is CallState.TALKING for state, _ in states),
    )


def call_state(
    shown: ListedNotification, before: EarlierReading | None = None, dictionary: DialerDictionary = EMPTY_DICTIONARY
) -> CallState:
    """Return what a dialer's notification is about; `before` is what it was about before, None if new (`state_and_rule`)."""
    return state_and_rule(shown, before, dictionary)[0]


def state_and_rule(
    shown: ListedNotification, before: EarlierReading | None = None, dictionary: DialerDictionary = EMPTY_DICTIONARY
) -> tuple[CallState, str]:
    """Return what a dialer's notification is about, and the rule by which that is known.

    Rules without words come first, then the known texts of dialers, then words. The title is a name or a number, unless there is no
    other text, or it is a known text itself or has no word that is not about a call. With an unknown text, what was a call is not a
    new ring: "Call ended" follows a call, and what rang and shows another text now was answered.
    """
    if _TAG_OF_TALK in shown.tag:
        return CallState.TALKING, message("its tag")
    if _TAGS_OF_NO_RING.search(f"{shown.tag} {shown.group} {shown.key}"):
        return CallState.MISSED, message("its tag, group or key")
    lines = shown.texts or (shown.title,)
    for text in (*_with_parts(*lines), *_with_parts(shown.title)):
        meaning = dictionary.state_of(text)
        is_of_title = text in _with_parts(shown.title)
        if meaning and not (meaning is Meaning.RINGING and is_of_title and shown.texts):  # it may stay when it is answered
            return CallState(meaning), message("the dialer's text {text!r}", text=text)
    by_title = dialer_texts.state_of_title(shown.title)
    if by_title and by_title is not CallState.RINGING:
        return by_title, message("a word of {text!r}", text=shown.title)
    is_free_text = bool(shown.title) and not dialer_texts.is_call_title(shown.title)  # a caller may send a subject
    for line in lines:
        state = dialer_texts.state_of(line)
        if state and not (is_free_text and shown.texts and dialer_texts.is_sentence(line)):
            return state, message("a word of {text!r}", text=line)
    if any(map(dialer_texts.is_timer, lines)):
        return CallState.TALKING, message("a running time")
    return _without_known_text(shown, lines, before, dictionary)


def _parts(text: str) -> list[str]:
    """Return what a dialer has put into one text: "Incoming call · Ana · Mobile"."""
    return _DIVIDER.split(text)


def _with_parts(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*texts, *(part for text in texts for part in _parts(text))]))


def _without_known_text(
    shown: ListedNotification, lines: Sequence[str], before: EarlierReading | None, dictionary: DialerDictionary
) -> tuple[CallState, str]:
    if any(map(dialer_texts.is_about_past_call, (shown.title, *lines))):
        return CallState.NONE, message("it is about a call that is over")
    if before and before.state in (CallState.DIALLING, CallState.TALKING):
        return before.state, message("it was about that before")
    says_ring = dialer_texts.is_call_title(shown.title) and dialer_texts.means_ringing(shown.title)
    if says_ring or dictionary.state_of(shown.title) is Meaning.RINGING:
        return CallState.RINGING, message("its title")
    if before and before.state is CallState.RINGING and before.texts != shown.texts:
        return CallState.TALKING, message("it rang, and its text has changed")
    if shown.package in GENERAL_PACKAGES:
        return CallState.NONE, message("no word for a call")
    if any(character.isalnum() for text in (shown.title, *lines) for character in text):
        return CallState.RINGING, message("a dialer's new notification")
    if shown.package in TEXTLESS_PACKAGES and not (shown.title or shown.texts or shown.tag or shown.group):
        empty = message("an empty notification, which this app has only for a call.")
        return CallState.RINGING, joined(" ", (empty, TEXTLESS_REMEDY))
    return CallState.NONE, message("it has no title")


def caller_info(
    shown: ListedNotification, is_own_number: Callable[[str], bool] = _never, dictionary: DialerDictionary = EMPTY_DICTIONARY
) -> CallerInfo:
    """Return the caller that a notification of a call shows: the number from title, content, lines or key, and the name.

    If the title is a name, or means a hidden number, another number counts only if it stands alone: "Incoming call via …" names the
    SIM, and people label SIMs with their number.
    """
    name = _name(shown, dictionary)
    is_hidden = dictionary.means_hidden(shown.title) or means_hidden(shown.title)
    for text in () if is_hidden else (shown.title, *_texts_of_number(shown, name, dictionary)):
        for number in dialer_texts.numbers_of_caller(text, is_title=text == shown.title):
            if not is_own_number(number):
                return CallerInfo(number=number.strip(), name=name)
    tel = _TEL.search(f"{shown.key} {shown.tag}")
    return CallerInfo(number=tel[1].replace("%2B", "+") if tel else "", name=name)


def _texts_of_number(shown: ListedNotification, name: str, dictionary: DialerDictionary) -> tuple[str, ...]:
    """Return the texts below the title in which the caller's number may stand."""
    texts = (shown.content, *shown.lines)
    if name != shown.title and not any(map(dictionary.means_spam, _parts(shown.title))):
        return texts
    return tuple(part for text in texts for part in _parts(text) if dialer_texts.is_number(part.strip()))


def _name(shown: ListedNotification, dictionary: DialerDictionary) -> str:
    """Return the caller's name: the title, or what follows the words for the call in it, or the text; "" if it is hidden."""
    name = dialer_texts.without_call_from(shown.title)
    if _means_nobody(shown.title, dictionary):
        return ""
    if not name or _is_about_call(name, dictionary):
        parts = _parts(name)
        name = _name_among(parts, dictionary) if len(parts) > 1 else ""
        name = name or next(filter(None, (_name_among(_parts(text), dictionary) for text in shown.texts)), "")
    elif name == shown.title and not shown.content and dialer_texts.state_of(name):
        return ""
    no_name = means_hidden(name) or dialer_texts.is_number(name) or dialer_texts.is_timer(name)
    return "" if no_name else name[:_LONGEST_NAME]


def _name_among(parts: Sequence[str], dictionary: DialerDictionary) -> str:
    """Return the first part of a text that is neither about the call nor the kind of phone or line, if it is a name; else ""."""
    for part in map(dialer_texts.without_call_from, parts):
        if dialer_texts.has_number(part) or _means_nobody(part, dictionary):
            return ""
        is_label = dialer_texts.is_kind_of_phone(part) or (len(parts) > 1 and dialer_texts.is_kind_of_line(part))
        if part and not is_label and not _is_about_call(part, dictionary):
            return part
    return ""


def _means_nobody(text: str, dictionary: DialerDictionary) -> bool:
    """Return whether a text stands in place of a name: the number is hidden, or the call is suspected."""
    return dictionary.means_hidden(text) or any(map(dictionary.means_spam, (text, *_parts(text))))


def _is_about_call(text: str, dictionary: DialerDictionary) -> bool:
    """Return whether a text names no caller, but says what the call is doing."""
    return dialer_texts.is_call_title(text) or dialer_texts.state_of_title(text) is not None or dictionary.is_dialer_text(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one notification means, which caller it shows, and by which rule."""

    state: CallState
    caller: CallerInfo
    rule: str


def read_list(
    rows: Sequence[object], dictionary: DialerDictionary, dialers: Collection[str] = DIALER_PACKAGES
) -> tuple[Reading, ...]:
    """Return what each row of a list of notifications means, in order; NONE for apps that are not in `dialers`, and for rows that
    are not valid."""
    return tuple(_read_row(row, dictionary, dialers) for row in rows)


def _read_row(row: object, dictionary: DialerDictionary, dialers: Collection[str]) -> Reading:
    shown = next(iter(parse([row])), None)
    if shown is None:
        return Reading(state=CallState.NONE, caller=CallerInfo(), rule=message("it is not a notification"))
    if not shown.package:
        return Reading(state=CallState.NONE, caller=CallerInfo(), rule=message("it does not name its app (packageName)"))
    if shown.package not in dialers:
        return Reading(state=CallState.NONE, caller=CallerInfo(), rule=message("its app is not a dialer that is known"))
    state, rule = state_and_rule(shown, dictionary=dictionary)
    caller = CallerInfo() if state is CallState.NONE else caller_info(shown, dictionary=dictionary)
    return Reading(state=state, caller=caller, rule=rule)


@dataclass(slots=True, kw_only=True)
class TrialCall:
    """A call made to learn which package is the dialer: the notifications before it, and those that came since."""

    before: tuple[ListedNotification, ...]
    _came: dict[str, ListedNotification] = field(default_factory=dict)

    def observe(self, notifications: Iterable[ListedNotification]) -> None:
        """Take in the notifications that are shown now."""
        known = {shown.key for shown in self.before}
        self._came |= {shown.key: shown for shown in notifications if shown.key not in known and shown.package not in _NOT_DIALERS}

    def dialer(self, after: Iterable[ListedNotification]) -> str:
        """Return the package whose notification came and is gone after the call; "" if that is not clear.

        Of several, it is the one whose notification looks like a call's.
        """
        staying = {shown.key for shown in after}
        gone = [shown for key, shown in self._came.items() if key not in staying]
        packages = {shown.package for shown in gone}
        if len(packages) > 1:
            packages = {shown.package for shown in gone if any(map(str.isdigit, shown.title)) or "call" in shown.package}
        return packages.pop() if len(packages) == 1 else ""
