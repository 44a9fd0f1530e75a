"""What `callerid watch` shows: a picture of lines that fits a terminal, and moves none of its cursor."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.wording import safe_text
from callerid.core.wording.call_table import call_table, lines_of_a_call
from callerid.core.wording.table import cut, padded, places, wrapped
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.catalogue import Catalogue
    from callerid.core.callers.listed_call import ListedCall

_MOST_OF_NAMES = 3  # names take a third of the places at the most
_MOST_LINES = 3  # of one fact: what matters stands first
_FEWEST_CALLS = 3  # that facts leave room for where there is little
_AROUND = 3  # lines beside facts and calls: the title, a blank one, the footer


class LineStyle(StrEnum):
    """How a line stands out, where colours are shown."""

    PLAIN = "plain"
    TITLE = "title"
    TROUBLE = "trouble"
    DIM = "dim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that is so now: its name, and what there is to say of it."""

    name: str
    says: str
    is_trouble: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All that is shown at one moment."""

    title: str
    facts: tuple[Fact, ...]
    calls: tuple[ListedCall, ...]  # newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenLine:
    """A line of at most as many places as the terminal has, without control characters."""

    text: str
    style: LineStyle = LineStyle.PLAIN


def picture_lines(picture: Picture, columns: int, rows: int, footer: str, texts: Catalogue) -> tuple[ScreenLine, ...]:
    """Return at most so many lines of so many places: the title, the facts, the newest calls, and a footer ("" for none). Where
    there is little room, facts give way to three calls."""
    room = max(rows - _AROUND, 0)
    names = min(max((places(fact.name) for fact in picture.facts if fact.says), default=0), columns // _MOST_OF_NAMES)
    facts = [line for fact in picture.facts for line in _fact_lines(fact, names, columns)]
    height = lines_of_a_call(columns)
    facts = facts[: max(room - min(_FEWEST_CALLS, len(picture.calls)) * height, 0)]
    calls = call_table(picture.calls[: (room - len(facts)) // height], columns, texts)
    lines = [
        ScreenLine(text=picture.title, style=LineStyle.TITLE),
        *facts,
        ScreenLine(text=""),
        *(ScreenLine(text=line) for line in calls),
        *([ScreenLine(text=footer, style=LineStyle.DIM)] if footer else []),
    ]
    return tuple(ScreenLine(text=_safe(line.text, columns), style=line.style) for line in lines[: max(rows, 1)])


def _fact_lines(fact: Fact, names: int, columns: int) -> Iterator[ScreenLine]:
    """Yield a fact's lines, its name in so many places, as wide as the names of the language are."""
    style = LineStyle.TROUBLE if fact.is_trouble else LineStyle.PLAIN
    width = max(columns - names - 1, 1)
    says = " ".join(safe_text.clean(fact.says, keep="").split())
    lines = wrapped(says, width) if says else []
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], cut(f"{lines[_MOST_LINES - 1]} …", width)]
    for name, line in zip((fact.name, "", ""), lines, strict=False):
        yield ScreenLine(text=f"{padded(cut(name, names), names)} {line}", style=style)


def _safe(text: str, columns: int) -> str:
    """Return a text that takes at most so many places, whatever strangers have put into it."""
    return cut(safe_text.clean(text, keep=""), columns)
