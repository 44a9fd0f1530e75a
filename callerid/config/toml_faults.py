"""What is wrong with a file of settings, and where: faults of TOML in words that the catalogues have, and the line of a key. It is
loaded only where there is a fault."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from callerid.messages import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.messages import Message

# How the messages of tomllib begin. Source: tomllib/_parser.py of Python 3.11 to 3.14.
_NOT_CLOSED = message("a list, a table in braces or a text is not closed")
_TWICE = message("a key or a table is there twice")
_BACKSLASH = message("a backslash in a text is followed by what it cannot be")
_CONTROL = message("a text goes over the end of its line, or has another control character")
_FAULTS = (
    ("Invalid value", message("a value is missing or not valid: a text needs quotes")),
    ("Expected '=' after a key", message("there is no = after a key")),
    ("Invalid initial character for a key", message("a key is missing, or needs quotes")),
    ("Invalid statement", message("a line is neither a setting nor the name of a table")),
    ("Expected newline or end of document", message("something follows the value on its line")),
    ("Expected ']", message("the name of a table has no closing bracket")),
    ("Unclosed", _NOT_CLOSED),
    ("Unterminated string", _NOT_CLOSED),
    ("Expected ", _NOT_CLOSED),
    ("Cannot ", _TWICE),
    ("Duplicate inline table key", _TWICE),
    ("Unescaped", _BACKSLASH),
    ("Invalid hex value", _BACKSLASH),
    ("Escaped character", _BACKSLASH),
    ("Illegal character", _CONTROL),
    ("Found invalid character", _CONTROL),
    ("Invalid date or datetime", message("a date or a time is not valid")),
)
_PLACE = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)


def toml_fault(text: str, fault: Exception) -> Message:
    """Return what is wrong with a text that tomllib did not read, for what it raised, and where: the line and the character, each
    from 1."""
    if not isinstance(fault, tomllib.TOMLDecodeError):
        return message("it is nested too deeply") if isinstance(fault, RecursionError) else message("a number in it is too long")
    place = _PLACE.fullmatch(str(fault))
    told = place["what"] if place else str(fault)
    what = next((ours for theirs, ours in _FAULTS if told.startswith(theirs)), message("it is not TOML"))
    if place and place["line"]:
        return message("line {line}, character {place}: {what}", what=what, line=place["line"], place=place["column"])
    return message("line {line}: {what}", what=what, line=max(1, len(text.splitlines())))


def line_of(text: str, path: Sequence[str]) -> int:
    """Return the 1-based line of a valid TOML text on which the key with this path stands.

    The standard parser does not tell, so it parses ever longer beginnings: the key stands on the first line after the longest
    beginning that is valid and lacks the key. That holds for strings and arrays over several lines, dotted keys and inline tables.
    """
    lines = text.splitlines(keepends=True)
    start = 0
    for end in range(1, len(lines) + 1):
        try:
            document = tomllib.loads("".join(lines[:end]))
        except (ValueError, RecursionError):
            continue
        if _has(document, path):
            return _first_with_text(lines, start, end)
        start = end
    return max(1, len(lines))


def _first_with_text(lines: Sequence[str], start: int, end: int) -> int:
    """Skip blank lines and comments, which a part begins with only when it could not be parsed without them."""
    for number in range(start, end):
        if lines[number].strip() and not lines[number].lstrip().startswith("#"):
            return number + 1
    return end


def _has(table: object, path: Sequence[str]) -> bool:
    for key in path:
        if not isinstance(table, dict) or key not in table:
            return False
        table = table[key]
    return True
