"""What is shown, asked and saved on the phone."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedNumber:
    """A number that the phone itself has under a name, as typed."""

    name: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A notification's button: its label, and the word the inbox hears when it is tapped. With `reply` something is typed instead,
    and the inbox hears that; there must never be two such buttons on the screen (termux-api NotificationAPI.java)."""

    label: str
    word: str
    reply: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What a notification shows. `tap` is the word for a tap on its body, `swipe` for its removal by hand ("" for none)."""

    id: str
    title: str
    body: str
    buttons: tuple[Button, ...] = ()
    tap: str = ""
    swipe: str = ""
    urgent: bool = False
    alert_once: bool = False  # an urgent one that is on the screen already is changed without a sound
    token: str = field(default="", repr=False)  # opaque and single-use: the only thing of ours that an action carries


class Widget(StrEnum):
    """The termux-dialog widgets that we use."""

    SHEET = "sheet"
    TEXT = "text"
    SPEECH = "speech"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """A question to show: labels for a sheet, a hint for a text or for what is to be said."""

    widget: Widget
    title: str
    labels: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogReply:
    """What termux-dialog printed: code and text only, because `index` is stale (termux-api#541)."""

    code: int
    text: str
