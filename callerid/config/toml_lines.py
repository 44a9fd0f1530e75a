"""On which line of a TOML text is a key? The standard parser does not tell, so it is asked about ever longer beginnings."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def line_of(text: str, path: Sequence[str]) -> int:
    """Given a valid TOML text and a key's path, return the 1-based line on which the key stands.

    It is the first line after the longest beginning that is whole and lacks the key: right for strings and arrays over
    several lines, dotted keys and inline tables alike.
    """
    lines = text.splitlines(keepends=True)
    begins = 0
    for end in range(1, len(lines) + 1):
        try:
            said = tomllib.loads("".join(lines[:end]))
        except (ValueError, RecursionError):
            continue
        if _has(said, path):
            return _first_with_text(lines, begins, end)
        begins = end
    return max(1, len(lines))


def _first_with_text(lines: Sequence[str], begins: int, end: int) -> int:
    """A chunk may begin with blank lines and comments only when it could not be parsed without them: skip those."""
    for number in range(begins, end):
        if lines[number].strip() and not lines[number].lstrip().startswith("#"):
            return number + 1
    return end


def _has(said: object, path: Sequence[str]) -> bool:
    for key in path:
        if not isinstance(said, dict) or key not in said:
            return False
        said = said[key]
    return True
