"""Tables and lines for a terminal, as wide as it shows them: a letter of Chinese or Japanese takes two places."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from callerid.core.wording import safe_text

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

_GAP = "  "
_NOT_FIRST = "、。，．・：；？！」』）］｝〉》】ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ…‥,.;:!?)]}"
_NOT_LAST = "「『（［｛〈《【([{"
# A Japanese text may be broken between any two of its characters, but before what closes and after what opens (JIS X 4051).
# Words of Latin letters stay whole.
_WIDE = r"\u3000-\u9fff\uff00-\uffef"
# What is typed follows a colon or a semicolon in our messages, and ends where the sentence goes on.
_PROGRAMS = (
    "callerid|callerid-event|adb|am|cat|chmod|df|echo|export|git|head|logcat|ls|mv|pip|pkg|pm|rish|rm|sh|su|sv|tail|termux-[a-z-]+"
    "|unset|unzip|[A-Z]+=[^ ]+"
)
_TYPED = rf"(?:^(?=am start)|(?<=[:;] )(?<!^callerid: ))(?:{_PROGRAMS})(?= )(?:(?![,;.] | \()[^)。、（）])+"
_NUMBER = r"\+?\d+(?: \d{2,})+"  # of a telephone, or the spaces would be taken for its end
_BEGINS = r" *(?:[✓✗-] |\d+  )?"  # what a line is marked with: it goes on under what follows


def table(rows: Sequence[Sequence[str]], width: int, *, flexible: int, least: int = 1) -> list[str]:
    """Return rows as lines of at most so many places. Columns are as wide as their longest cell, and those without anything are
    left out; the `flexible` one is cut if the line is too long, down to `least` places, and then the end of the line. Control
    characters are replaced by spaces."""
    cells = [[safe_text.clean(cell, keep="") for cell in row] for row in rows]
    widths = [max(map(places, column), default=0) for column in zip(*cells, strict=True)]
    if widths:
        shown = [column for column in widths if column]
        others = sum(widths) - widths[flexible] + len(_GAP) * (len(shown) - 1)
        widths[flexible] = min(widths[flexible], max(width - others, least))
    return [cut(_line(row, widths), width) for row in cells]


def table_or_items(rows: Sequence[Sequence[str]], width: int | None) -> list[str]:
    """Return rows as lines of a table, of which nothing is cut, if it is at most so many places wide (None: however wide it is);
    else each row as an item, whose first line the others are indented below. Control characters are replaced by spaces."""
    cells = [[safe_text.clean(cell, keep="") for cell in row] for row in rows]
    widths = [max(map(places, column), default=0) for column in zip(*cells, strict=True)]
    lines = [_line(row, widths) for row in cells]
    if width is None or max(map(places, lines), default=0) <= width:
        return lines
    items = (wrapped(" · ".join(filter(None, row)), width - len(_GAP)) for row in cells)
    return [f"{_GAP if place else ''}{line}" for item in items for place, line in enumerate(item)]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(padded(cut(cell, width), width) for cell, width in zip(row, widths, strict=True) if width).rstrip()


def padded(text: str, width: int) -> str:
    """Return a text with spaces after it, so that it takes so many places at the least."""
    return text + " " * (width - places(text))


def places(text: str) -> int:
    """Return how many places of a terminal a text takes: two for a wide letter, none for an accent that stands alone.

    Source: the property East_Asian_Width of Unicode's annex 11. What is ambiguous there takes one place.
    """
    if text.isascii():
        return len(text)
    return sum(_places_of(character) for character in text)


def _places_of(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def cut(text: str, width: int) -> str:
    """Return a text of at most so many places, which ends in "…" if it was longer.

    A wide letter that would take the last place and one more is left out, so that no line is broken in two.
    """
    if places(text) <= width:
        return text
    end = taken = 0
    while taken + _places_of(text[end]) <= width - 1:
        taken += _places_of(text[end])
        end += 1
    return text[:end].rstrip() + "…"


def wrapped(text: str, width: int | None) -> list[str]:
    """Return a text as lines of at most so many places (None: one line), broken at spaces and between wide characters. A word that
    is longer than a line has one of its own. So has what is typed: it can be copied from a terminal, which breaks it itself."""
    if width is None or places(text) <= width:
        return [text]
    lines, line = [], ""
    for gap, piece in _pieces(text):
        if line and places(line + gap + piece) > width:
            lines.append(line)
            line = piece
        else:
            line += gap + piece if line else piece
    return [*lines, line]


def fitted(text: str, width: int | None) -> str:
    """Return a text of several lines, each of which is broken into lines of at most so many places (None: as it is)."""
    return "\n".join(chain.from_iterable(_hanging(line, width) for line in text.split("\n")))


def _hanging(line: str, width: int | None) -> Iterator[str]:
    if width is None or places(line) <= width:
        yield line
        return
    import re

    begins = re.match(_BEGINS, line)
    margin = len(begins.group()) if begins else 0
    for place, part in enumerate(wrapped(line[margin:], max(width - margin, 1))):
        yield f"{' ' * margin if place else line[:margin]}{part}"


def beside(name: str, text: str, width: int | None) -> Iterator[str]:
    """Return a text beside its name, on as many lines of so many places (None: one line) as it takes."""
    margin = places(name) + 1
    for place, line in enumerate(wrapped(text, width - margin if width else None)):
        yield f"{' ' * margin if place else name + ' '}{line}"


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Return what may not be broken, each piece with the spaces before it."""
    end = 0
    for found in _pattern_of_pieces().finditer(text):
        yield text[end : found.start()], found.group()
        end = found.end()


@cache
def _pattern_of_pieces() -> re.Pattern[str]:
    """Return the pattern of what stays on one line. Only where lines are broken is there time to compile it."""
    import re

    return re.compile(rf"{_TYPED}[),;.]*|{_NUMBER}|[{re.escape(_NOT_LAST)}]*(?:[{_WIDE}]|[^\s{_WIDE}]+)[{re.escape(_NOT_FIRST)}]*")
