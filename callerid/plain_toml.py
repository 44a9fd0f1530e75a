"""TOML as people and our catalogues nearly always write it, read without `tomllib`, which takes longer to load than a file to read.

Plain are: blank lines, comments on lines of their own, `[table]`, and `key = value` with a text in double quotes that needs no
escapes, true, false, a number of digits, or a list of such texts on one line. What is anything else, or may be wrong, is tomllib's.
"""

from __future__ import annotations

from typing import Any

_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_BOOLEANS = {"true": True, "false": False}
_MOST_DIGITS = 15


def loads(text: str) -> dict[str, Any]:
    """Return what tomllib.loads returns for a text. Raise ValueError, RecursionError as that does."""
    plain = _read(text)
    if plain is not None:
        return plain
    import tomllib

    return tomllib.loads(text)


def _read(text: str) -> dict[str, Any] | None:
    """Return the tables and values of a plain text, None where it is not plain."""
    document: dict[str, Any] = {}
    table = document
    for line in map(_stripped, text.split("\n")):
        if not line:
            continue
        if not line.isprintable():
            return None
        if line[0] == "#":
            continue
        name, equals, value = line.partition("=")
        name = _stripped(name) if equals else line[1:-1]
        known = document if not equals else table
        if not name or not _WORD.issuperset(name) or name in known:
            return None
        if equals:
            read = _value(_stripped(value))
            if read is None:
                return None
            table[name] = read
        elif line[0] == "[" and line[-1] == "]":
            table = document[name] = {}
        else:
            return None
    return document


def _value(value: str) -> Any:
    """Return a plain value, None for one that is not."""
    if value in _BOOLEANS:
        return _BOOLEANS[value]
    if value.isascii() and value.isdecimal() and len(value) <= _MOST_DIGITS and (value == "0" or value[0] != "0"):
        return int(value)
    if value[:1] == "[" and value[-1:] == "]":
        items = [_text(_stripped(item)) for item in value[1:-1].split(",")] if _stripped(value[1:-1]) else []
        return None if None in items else items
    return _text(value)


def _stripped(text: str) -> str:
    return text.strip(" \t")


def _text(value: str) -> str | None:
    """Return the text in double quotes, None for anything that is more than that."""
    inner = value[1:-1]
    is_plain = len(value) > 1 and value[0] == value[-1] == '"' and '"' not in inner and "\\" not in inner
    return inner if is_plain else None
