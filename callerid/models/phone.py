"""Notifications and dialogs of the phone, and its saved contacts."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from callerid.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedNumber:
    """A number in the phone contacts, raw, with its name."""

    name: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A notification's button: its label, and the word that a tap on it sends to the inbox. With `reply` the button is a text
    field, and the inbox gets what is typed; there must never be two such buttons on the screen (termux-api
    NotificationAPI.java)."""

    label: str
    word: str
    reply: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A notification. `tap` is the inbox word for a tap on its body, `swipe` the one for its removal by hand ("" for none)."""

    id: str
    title: str
    body: str
    buttons: tuple[Button, ...] = ()
    tap: str = ""
    swipe: str = ""
    urgent: bool = False
    alert_once: bool = False  # change an urgent notification that is on the screen already without a sound
    token: str = field(default="", repr=False)  # opaque and single-use: all that an action carries of ours


class Widget(StrEnum):
    """The widgets of termux-dialog that are used."""

    SHEET = "sheet"
    TEXT = "text"
    SPEECH = "speech"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """A dialog: labels for a sheet, a hint for a text or for dictation; a secret text is not shown while it is typed."""

    widget: Widget
    title: str
    labels: tuple[str, ...] = ()
    hint: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogReply:
    """What termux-dialog printed: code and text. Its `index` is left out, because it is stale (termux-api#541)."""

    code: int
    text: str
