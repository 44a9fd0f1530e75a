"""termux-dialog: one at a time, answered by a person or a test, with the genuine one's traps (DialogAPI.java)."""

from __future__ import annotations

import re
import time

from callerid.simulator.phone.invocation import Failure, Invocation, getopts, pretty

TYPE_CHECKING = False  # see state.py
if TYPE_CHECKING:
    from typing import Any

    from callerid.simulator.phone.state import State

_CHOOSING = ("checkbox", "radio", "sheet", "spinner")
_NOT_FOR = {  # the flags that a widget refuses
    "confirm": "mprvn",
    "counter": "mpvn",
    "date": "imprvn",
    "speech": "mprvn",
    "text": "rv",
    "time": "imprvn",
} | dict.fromkeys(_CHOOSING, "imprn")
_LETTERS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M"}  # those of SimpleDateFormat that we need
_NAMED_ERRORS = frozenset(
    "ERROR_AUDIO ERROR_CLIENT ERROR_INSUFFICIENT_PERMISSIONS ERROR_NETWORK ERROR_NETWORK_TIMEOUT ERROR_SPEECH_TIMEOUT".split()
)
_USAGE = "Usage: termux-dialog widget [options]\nGet user input w/ different types of widgets! Default is text\n"


def dialog(run: Invocation) -> tuple[str, int]:
    """Show a dialog and print the answer."""
    shown = _read(run.arguments)
    with run.state.changing() as state:
        free = state["dialog"] is None and not state["dialogs_blocked"]
        if free:
            shown |= {"id": state["next"], "pid": run.pid, "shown_at": time.time()}
            state["next"] += 1
            state["dialog"] = shown
            run.state.journal(dialog=shown)
    if not free:  # it is not drawn, and its command is never answered (termux-api#200)
        run.state.journal(not_drawn=shown["title"])
        run.hang()
    number = str(shown["id"])
    run.wait(lambda: number in run.state.read()["answers"])
    with run.state.changing() as state:
        return pretty(_result(state, state["answers"].pop(number))) + "\n", 0


def _read(arguments: list[str]) -> dict[str, Any]:
    widget, rest = ("text", list(arguments))
    if rest and not rest[0].startswith("-"):
        widget = rest.pop(0)
    if widget not in _NOT_FOR:
        raise Failure(out=f"ERROR: Illegal argument {widget}\n\n{_USAGE}", code=0)
    options, left = getopts("termux-dialog", "hlmnpr:i:t:d:v:", rest)
    if widget in _CHOOSING and "v" not in options:
        raise Failure(out=f"ERROR: '{widget}' must be called with [-v \",,,\"] comma delim values to use (required)\n")
    if options.keys() & set(_NOT_FOR[widget]) or (widget == "text" and {"m", "n"} <= options.keys()):
        raise Failure(out=f"ERROR: Invalid option(s) detected for '{widget}'\n\nUsage '{widget}'\n")
    if left:
        raise Failure(out=f"ERROR: Too many arguments!\n{_USAGE}", code=0)
    return {
        "widget": widget,
        "title": options.get("t", ""),
        "hint": options.get("i", ""),
        "labels": split_values(options["v"]) if "v" in options else [],
        "multiline": "m" in options,
        "pattern": options.get("d", ""),
    }


def split_values(values: str) -> list[str]:
    """Split -v as DialogAPI.java does: at unescaped commas, each trimmed, trailing empty ones lost (Java's String.split)."""
    parts = re.split(r"(?<!\\),", values)
    while parts and not parts[-1]:
        parts.pop()
    return [part.strip().replace("\\,", ",") for part in parts]


def _result(state: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer as Termux:API prints it; `index` is static there and leaks into every later answer (termux-api#541)."""
    result: dict[str, Any] = {"code": answer["code"], "text": answer["text"]}
    if answer.get("index") is not None:
        state["last_index"] = answer["index"]
    if state["last_index"] is not None:
        result["index"] = state["last_index"]
    return result | ({"error": answer["error"]} if "error" in answer else {})


def answer_of(state: State, shown: dict[str, Any], *, text: str | None, label: str | None, index: int | None) -> dict[str, Any]:
    """Return the answer in the widget's own way to what a person does with the dialog on the screen; with nothing given they
    cancel it."""
    widget, labels = shown["widget"], shown["labels"]
    if label is not None:
        index = labels.index(label)
    if widget in ("radio", "sheet", "spinner") and index is not None:
        return {"code": 0 if widget == "sheet" else -1, "text": labels[index], "index": index}
    if widget in ("confirm", "speech") and text is not None:
        return {"code": 0, "text": text}
    if widget == "date" and text is not None:
        return {"code": -1, "text": _dated(state, text, shown["pattern"])}
    if widget in ("text", "time", "counter") and text is not None:
        return {"code": -1, "text": text}
    return {"code": -2, "text": ""}


def misheard(shown: dict[str, Any], error: str) -> dict[str, Any]:
    """Return the answer when the speech recognizer has understood nothing. Termux:API calls some of its errors by their names; all
    others, ERROR_NO_MATCH among them, are ERROR_UNKNOWN."""
    if shown["widget"] != "speech":
        raise ValueError(f"a {shown['widget']} dialog does not listen")
    return {"code": 0, "text": "", "error": error if error in _NAMED_ERRORS else "ERROR_UNKNOWN"}


def _dated(state: State, text: str, pattern: str) -> str:
    """Return the midnight of a day (2026-12-01, or "" for the one that the calendar opens with) as SimpleDateFormat writes it, in
    the digits of the phone's language; without a pattern as Java's Date.toString() does, in English."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    settings = state.read()
    zone = ZoneInfo(settings["zone"])
    picked = datetime.fromisoformat(text) if text else datetime.fromtimestamp(state.now(), zone)
    day = picked.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=zone)
    if not pattern:
        return f"{day:%a %b %d %H:%M:%S %Z %Y}"
    written = re.sub("[A-Za-z]+", lambda letters: f"{day:{_LETTERS[letters[0]]}}", pattern)
    return written.translate(str.maketrans("0123456789", settings["digits"]))
