"""Labels for termux-dialog, which splits its -v value at unescaped commas (DialogAPI.java), and what its reply means.

The `index` in a reply is stale (termux-api#541), so a choice is recognised by its text. Labels are therefore made unique.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.calllog.parse import ascii_digits
from callerid.core.hours import read_date
from callerid.core.wording.safe_text import title
from callerid.models import Widget

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callerid.models import Dialog, DialogReply

_LONGEST = 60
_OK = -1


def encode(labels: Sequence[str]) -> tuple[str, Mapping[str, int]]:
    """Return the value for -v, and the place of the label behind each text that can come back."""
    shown: list[str] = []
    for place, label in enumerate(labels, start=1):
        text = _fit(label) or str(place)
        shown.append(text if text not in shown else _fit(f"{place}. {label}"))
    if len(set(shown)) < len(shown):
        shown = [_fit(f"{place}. {label}") for place, label in enumerate(labels, start=1)]
    return ",".join(text.replace(",", "\\,") for text in shown), {text: place for place, text in enumerate(shown)}


def _fit(label: str) -> str:
    """Return a label that fits into a dialog, without backslashes: one before a comma would unescape it, and one at the end would
    merge two labels."""
    text = title(label.replace("\\", "/"))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def decode(text: str, places: Mapping[str, int]) -> int | None:
    """Return the place of the label that the text of a reply names; None when it names none."""
    return places.get(text.strip())


def is_readable(reply: DialogReply, dialog: Dialog) -> bool:
    """Return whether a reply can be one to its dialog: a choice names a label, and a day is a date."""
    if reply.text and dialog.widget is Widget.SHEET:
        return decode(reply.text, encode(dialog.labels)[1]) is not None
    return not reply.text or dialog.widget is not Widget.DATE or read_date(ascii_digits(reply.text)) is not None


def reply_text(reply: DialogReply, widget: Widget) -> str | None:
    """Return what was chosen or typed ("" for OK with nothing typed), or None when the dialog was cancelled.

    The text counts before the code: only a positive choice fills it, while OK and dismissal race for the code (DialogAPI.java). A
    date comes in the digits of the phone's language.
    """
    if reply.text:
        return ascii_digits(reply.text) if widget is Widget.DATE else reply.text
    return "" if reply.code == _OK and widget is Widget.TEXT else None
