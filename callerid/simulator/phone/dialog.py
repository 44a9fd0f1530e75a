"""termux-dialog: one at a time, answered by a person or a test, with the genuine one's traps (DialogAPI.java)."""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING, Any

from callerid.simulator.phone.shell import Usage, getopts, hang, pretty

if TYPE_CHECKING:
    from callerid.simulator.phone.state import State

WIDGETS = ("confirm", "checkbox", "counter", "date", "radio", "sheet", "spinner", "speech", "text", "time")
_CHOOSING = ("checkbox", "radio", "sheet", "spinner")
_USAGE = "Usage: termux-dialog widget [options]\nGet user input w/ different types of widgets! Default is text\n"
_LOOK_EVERY = 0.02


def dialog(state: State, arguments: list[str]) -> tuple[str, int]:
    """Show a dialog and print what was answered."""
    shown = _read(arguments)
    with state.changing() as said:
        free = state.load("dialog.json") is None and not said["dialogs_blocked"]
        if free:
            shown |= {"id": said["next"], "pid": os.getpid(), "shown_at": time.time()}
            said["next"] += 1
            state.write("dialog.json", shown)
    if not free:  # it is not drawn, and its command is never answered (termux-api#200)
        state.journal(not_drawn=shown["title"])
        hang()
    state.journal(dialog=shown)
    answer = _wait_for(state, f"answer-{shown['id']}.json")
    return pretty(_result(state, answer)) + "\n", 0


def _read(arguments: list[str]) -> dict[str, Any]:
    widget, rest = ("text", list(arguments))
    if rest and not rest[0].startswith("-"):
        widget = rest.pop(0)
    if widget not in WIDGETS:
        raise Usage(out=f"ERROR: '{widget}' is not a widget\n{_USAGE}", code=0)
    options, left = getopts("termux-dialog", "hlmnpr:i:t:d:v:", rest)
    if left:
        raise Usage(out=f"ERROR: too many arguments\n{_USAGE}", code=0)
    if widget in _CHOOSING and "v" not in options:
        raise Usage(out=f"ERROR: '{widget}' must be called with [-v \",,,\"] comma delim values to use (required)\n")
    if widget == "text" and "m" in options and "n" in options:
        raise Usage(out=f"ERROR: Cannot use [-m] and [-n] together\n{_USAGE}")
    return {
        "widget": widget,
        "title": options.get("t", ""),
        "hint": options.get("i", ""),
        "labels": split_values(options["v"]) if "v" in options else [],
        "multiline": "m" in options,
    }


def split_values(values: str) -> list[str]:
    """Split -v as DialogAPI.java does: at unescaped commas, each trimmed, trailing empty ones lost (Java's String.split)."""
    parts = re.split(r"(?<!\\),", values)
    while parts and not parts[-1]:
        parts.pop()
    return [part.strip().replace("\\,", ",") for part in parts]


def _wait_for(state: State, name: str) -> dict[str, Any]:
    while True:
        answer = state.load(name)
        if answer is not None:
            os.unlink(state.path(name))
            found: dict[str, Any] = answer
            return found
        time.sleep(_LOOK_EVERY)


def _result(state: State, answer: dict[str, Any]) -> dict[str, Any]:
    """The result as Termux:API prints it; `index` is static there and leaks into every later answer (termux-api#541)."""
    result: dict[str, Any] = {"code": answer["code"], "text": answer["text"]}
    with state.changing() as said:
        if answer.get("index") is not None:
            said["last_index"] = answer["index"]
        if said["last_index"] is not None:
            result["index"] = said["last_index"]
    return result


def answer_of(shown: dict[str, Any], *, text: str | None, label: str | None, index: int | None) -> dict[str, Any]:
    """Given the dialog on the screen and what a person does, return the answer in the widget's own way. Cancel: nothing given."""
    widget, labels = shown["widget"], shown["labels"]
    if label is not None:
        index = labels.index(label)
    if widget in ("radio", "sheet", "spinner") and index is not None:
        return {"code": 0 if widget == "sheet" else -1, "text": labels[index], "index": index}
    if widget == "confirm" and text is not None:
        return {"code": 0, "text": text}
    if widget in ("text", "speech", "date", "time", "counter") and text is not None:
        return {"code": 0 if widget == "speech" else -1, "text": text}
    return {"code": -2, "text": ""}
