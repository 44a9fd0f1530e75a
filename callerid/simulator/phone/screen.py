"""Pictures of what the phone shows, in plain text, for the demo and for `callerid simulate`."""

from __future__ import annotations

import os
import re
import unicodedata
from typing import TYPE_CHECKING

from callerid.messages import message
from callerid.translation import in_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.simulator.phone.shown import ShownDialog, ShownNotification

_WIDEST, _NARROWEST = 66, 24  # columns of a box
_LINES = 6


def _width() -> int:
    """Return how many columns a box takes: no more than the terminal has, if there is one."""
    try:
        columns = os.get_terminal_size().columns
    except OSError:
        return _WIDEST
    return max(_NARROWEST, min(_WIDEST, columns)) if columns else _WIDEST


def width_of(text: str) -> int:
    """Return how many columns a text takes in a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _plain(text: str) -> str:
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cf") else c for c in text)


def _cut(text: str, width: int) -> str:
    while width_of(text) > width:
        text = text[:-2].rstrip() + "…"
    return text + " " * (width - width_of(text))


def _box(head: str, lines: Sequence[str]) -> str:
    width = _width()
    top = f"╭─ {head} " + "─" * (width - width_of(head) - 5) + "╮"
    return "\n".join([top, *(f"│ {_cut(line, width - 4)} │" for line in lines), "╰" + "─" * (width - 2) + "╯"])


def _wrapped(text: str) -> list[str]:
    lines = [line for part in text.split("\n") for line in _wrapped_line(_plain(part), _width() - 4)]
    return lines if len(lines) <= _LINES else [*lines[:_LINES], "…"]


def _wrapped_line(text: str, width: int) -> list[str]:
    """Return a text in lines of so many columns: broken at spaces, and anywhere in a script that has none."""
    lines = [""]
    for word in re.findall(rf"\s+|[^\s\u2e80-\uffef]{{1,{width}}}|.[、。」）]*", text):
        if lines[-1] and width_of(lines[-1] + word.rstrip()) > width:
            lines = [*lines[:-1], lines[-1].rstrip(), ""]
        lines[-1] += word if lines[-1] else word.lstrip()
    return [*lines[:-1], lines[-1].rstrip()]


def card(shown: ShownNotification, language: str = "en") -> str:
    """Draw a notification."""
    labels = [_button(shown, label) for label in shown.buttons]
    in_a_row = "   ".join(labels)
    buttons = ["", *([in_a_row] if width_of(in_a_row) <= _width() - 4 else labels)] if labels else []
    content = _wrapped(shown.content) if shown.content else []
    kind = message("notification, heads-up") if shown.priority == "high" else message("notification")
    return _box(in_language(kind, language), [_plain(shown.title), *content, *buttons])


def _button(shown: ShownNotification, label: str) -> str:
    return f"[ {_plain(label)} ✎ ]" if label in shown.replies else f"[ {_plain(label)} ]"


def box(dialog: ShownDialog, language: str = "en") -> str:
    """Draw a dialog."""
    return _box(in_language(message("dialog box"), language), [*_wrapped(dialog.title), "", *_body(dialog, language)])


def _body(dialog: ShownDialog, language: str) -> list[str]:
    if dialog.labels:
        return [f"○ {_plain(label)}" for label in dialog.labels]
    cancel = in_language(message("CANCEL"), language)
    if dialog.widget == "speech":
        return [_plain(dialog.hint) or in_language(message("Listening for speech..."), language), "", cancel]
    field = f"{_plain(dialog.hint) or ' '} {'_' * min(30, _width() - 12)}"
    if dialog.widget == "date":
        field = in_language(message("year - month - day"), language)
    return [f"[ {field} ]", "", f"{cancel}   OK"]
