"""Tasker's import files: profiles for the events whose whole form is known, and a task alone for the others.

Sources: public exports of Tasker 6.3 to 6.6 for profiles, tasks and the actions Variable Set, Variable Search Replace and
Termux:Tasker; two public tables of Tasker's event codes, which agree on 2 (Phone Offhook), 4 (Phone Idle) and 6 (Phone Ringing).
No export shows the field "Caller" of Phone Ringing, so that event is chosen by hand. An event for an outgoing call does not exist.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from callerid.core.automation.events import IDLE, OFFHOOK, RING, ImportFile, PhoneEvent
from callerid.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = "6.3.13"  # of the oldest export with the action of Termux:Tasker
_EVENT_CODES = {OFFHOOK: 2, IDLE: 4}
_VARIABLE_SET, _SEARCH_REPLACE, _TERMUX_TASKER = 547, 598, 1256900802
_TIMEOUT = 10  # s; 0 would hide errors
_NULL = "<null>"  # how Tasker writes a text that is not set
_REPLACED_KEYS = (
    "com.termux.tasker.extra.EXECUTABLE",
    "com.termux.execute.arguments",
    "com.termux.tasker.extra.WORKDIR",
    "com.termux.tasker.extra.STDIN",
    "com.termux.tasker.extra.SESSION_ACTION",
    "com.termux.tasker.extra.BACKGROUND_CUSTOM_LOG_LEVEL",
)
_RING_BY_HAND = message(
    "in Tasker: Profiles, +, Event, Phone, Phone Ringing (Caller stays empty), back, then choose the task {title}", title=RING.title
)


def import_files(made: int) -> list[ImportFile]:
    """Return the files for ring, offhook and idle, made at a time in ms since 1970."""
    return [_file(event, number, made) for number, event in enumerate((RING, OFFHOOK, IDLE), start=1)]


def _file(event: PhoneEvent, number: int, made: int) -> ImportFile:
    code = _EVENT_CODES.get(event)
    parts = [_profile(event, number, code, made)] if code else []
    text = _lines("TaskerData", {"sr": "", "dvi": "1", "tv": VERSION}, [*parts, _task(event, number, made)])
    kind = "prf" if code else "tsk"
    return ImportFile(name=f"{event.program}.{kind}.xml", text=text, event=event, by_hand="" if code else _RING_BY_HAND)


def _profile(event: PhoneEvent, number: int, code: int, made: int) -> str:
    """Return a profile that runs the task of the same file when the event happens."""
    happens = _lines("Event", {"sr": "con0", "ve": "2"}, [_leaf("code", code), _leaf("pri", 0)])
    parts = [*_dates(made), _leaf("flags", 8), _leaf("id", 10 + number), _leaf("mid0", number), _leaf("nme", event.title)]
    return _lines("Profile", {"sr": f"prof{10 + number}", "ve": "2"}, [*parts, happens])


def _task(event: PhoneEvent, number: int, made: int) -> str:
    actions = [*_quoted_number(), _termux(event)] if event.has_number else [_termux(event)]
    parts = [*_dates(made), _leaf("id", number), _leaf("nme", event.title), _leaf("pri", 6)]
    acts = [_lines("Action", {"sr": f"act{place}", "ve": "7"}, action) for place, action in enumerate(actions)]
    return _lines("Task", {"sr": f"task{number}"}, [*parts, *acts])


def _quoted_number() -> list[list[str]]:
    """Return the actions that put the caller's number into %num, without single quotes: it is quoted with them afterwards."""
    copied = [_text(0, "%num"), _text(1, "%CNUM"), *(_int(place, 0) for place in (2, 3, 4)), _int(5, 3), _int(6, 0)]
    cleaned = [_text(0, "%num"), _text(1, "'"), *(_int(place, 0) for place in (2, 3, 4)), _text(5), _int(6, 1), _text(7)]
    return [[_leaf("code", _VARIABLE_SET), *copied], [_leaf("code", _SEARCH_REPLACE), *cleaned]]


def _termux(event: PhoneEvent) -> list[str]:
    """Return the action that runs a program. Between single quotes Termux:Tasker reads every character as itself."""
    values = [part for key, value in _extras(event) for part in _value(key, value)]
    bundle = _lines("Bundle", {"sr": "arg0"}, [_lines("Vals", {"sr": "val"}, values)])
    names = [_text(1, "com.termux.tasker"), _text(2, "com.termux.tasker.EditConfigurationActivity")]
    return [_leaf("code", _TERMUX_TASKER), bundle, *names, _int(3, _TIMEOUT), _int(4, 0)]


def _extras(event: PhoneEvent) -> Iterator[tuple[str, str | bool | int]]:
    own = "com.termux.tasker.extra."
    yield "com.termux.execute.arguments", "'%num'" if event.has_number else _NULL
    yield own + "BACKGROUND_CUSTOM_LOG_LEVEL", _NULL
    yield own + "EXECUTABLE", event.program
    yield own + "SESSION_ACTION", _NULL
    yield own + "STDIN", ""
    yield own + "TERMINAL", False
    yield own + "VERSION_CODE", 6
    yield own + "WAIT_FOR_RESULT", False
    yield own + "WORKDIR", _NULL
    yield "com.twofortyfouram.locale.intent.extra.BLURB", event.program
    yield "net.dinglisch.android.tasker.extras.VARIABLE_REPLACE_KEYS", " ".join(_REPLACED_KEYS)
    yield "net.dinglisch.android.tasker.subbundled", True


def _value(key: str, value: str | bool | int) -> list[str]:
    """Return a value of a bundle, and its Java type beside it."""
    java = {str: "String", bool: "Boolean", int: "Integer"}[type(value)]
    return [_leaf(key, str(value).lower() if isinstance(value, bool) else value), _leaf(f"{key}-type", f"java.lang.{java}")]


def _dates(made: int) -> list[str]:
    return [_leaf("cdate", made), _leaf("edate", made)]


def _text(place: int, value: str = "") -> str:
    attributes = f'sr="arg{place}" ve="3"'
    return f"<Str {attributes}>{escape(value, quote=False)}</Str>" if value else f"<Str {attributes}/>"


def _int(place: int, value: int) -> str:
    return f'<Int sr="arg{place}" val="{value}"/>'


def _leaf(tag: str, value: str | int) -> str:
    return f"<{tag}>{escape(str(value), quote=False)}</{tag}>"


def _lines(tag: str, attributes: dict[str, str], parts: list[str]) -> str:
    """Return an element over several lines, its parts one tab deeper."""
    head = " ".join([tag, *(f'{key}="{escape(value)}"' for key, value in attributes.items())])
    inner = "".join(f"\t{line}\n" for part in parts for line in part.splitlines())
    return f"<{head}>\n{inner}</{tag}>\n"
