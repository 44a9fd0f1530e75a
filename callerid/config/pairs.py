"""Fixed values of properties, "name = value": several are divided by commas, and a value with a comma is typed in quotes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from callerid.config.values import Reader, texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
_ITEM = re.compile(r'[^=,]*=\s*"(?:\\.|[^"\\])*"(?=\s*(?:,|$))|[^,]+')


def pairs(ours: Collection[str] = ()) -> Reader:
    """A list of texts such as "name = value", read as pairs of names and values; names that are `ours` are refused."""
    several = texts()

    def read(value: object) -> tuple[tuple[str, str], ...]:
        found = tuple(_pair(item) for item in several.read(value))
        refused = [name for name, _ in found if name in ours]
        if refused:
            raise ValueError(f"callerid itself fills {', '.join(refused)} for each call; leave that out")
        return found

    def show(value: Any) -> str:
        return several.show([f"{name} = {said}" for name, said in value])

    def typed(given: str) -> list[str]:
        if given.startswith("["):
            found: list[str] = several.typed(given)
            return found
        return [_unquoted(item.strip()) for item in _ITEM.findall(given) if item.strip()]

    return Reader(read=read, show=show, typed=typed)


def as_typed(said: Iterable[tuple[str, str]]) -> str:
    """Given names with their values, return them as a person types them."""
    return ", ".join(f"{name} = {_quoted(value)}" for name, value in said)


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if "," in value or value.startswith('"') else value


def _unquoted(item: str) -> str:
    name, equals, value = (part.strip() for part in item.partition("="))
    try:
        said = json.loads(value) if value.startswith('"') else value
    except ValueError:
        return item
    return f"{name} {equals} {said}"


def _pair(item: str) -> tuple[str, str]:
    name, equals, value = (part.strip() for part in item.partition("="))
    if not equals or not _NAME.fullmatch(name) or not value:
        raise ValueError(f'{item!r} is no name with its value; write "team = sales"')
    return name, value
