"""Labels for termux-dialog, which splits its -v value at unescaped commas (DialogAPI.java), and what its answer means.

The answer's `index` is stale (termux-api#541), so a choice is known by its text; labels are therefore made unique.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.calllog.parse import ascii_digits
from callerid.core.wording.notification_text import title
from callerid.models import Widget

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callerid.models import DialogReply

_LONGEST = 60
_OK = -1


def encode(labels: Sequence[str]) -> tuple[str, Mapping[str, int]]:
    """Given labels, return the value for -v and which of them each text that can come back means."""
    shown: list[str] = []
    for place, label in enumerate(labels, start=1):
        text = _fit(label) or str(place)
        shown.append(text if text not in shown else _fit(f"{place}. {label}"))
    if len(set(shown)) < len(shown):
        shown = [_fit(f"{place}. {label}") for place, label in enumerate(labels, start=1)]
    return ",".join(text.replace(",", "\\,") for text in shown), {text: place for place, text in enumerate(shown)}


def _fit(label: str) -> str:
    """A backslash before a comma would unescape it, and one at the end would merge two labels: there are none."""
    text = title(label.replace("\\", "/"))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def decode(text: str, places: Mapping[str, int]) -> int | None:
    """Given the text of an answer, return which label it means; None when it is none of them."""
    return places.get(text.strip())


def reply_text(reply: DialogReply, widget: Widget) -> str | None:
    """Given an answer, return what was chosen or typed ("" for OK with nothing typed), or None when it was cancelled.

    Text is filled only by a positive choice, so it counts first: OK and dismissal race for the code (DialogAPI.java). A day comes
    in the digits of the phone's language.
    """
    if reply.text:
        return ascii_digits(reply.text) if widget is Widget.DATE else reply.text
    return "" if reply.code == _OK and widget is Widget.TEXT else None
