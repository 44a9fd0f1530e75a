"""Figures -> charts as rectangles, lines and texts, in units of a phone's screen: 340 wide. How they look is said elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.report.report_call import KINDS
from callerid.core.wording.table import cut
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.core.report.figures import Period

WIDTH = 340
LEFT, _TOP, _PLOT, _BOTTOM = 52, 8, 140, 20  # the number of a million calls fits to the left
_MOST_LABELS, _HALF_LABEL = 4, 30
_ROW, _BAR = 34, 10
_LONGEST_NAME = 30  # places, of which the wide letters of Japanese take two


@dataclass(frozen=True, slots=True)
class Rect:
    """A bar, or a part of one, of a kind: answered, missed, outgoing, or plain."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True)
class Label:
    """A text, whose point is its start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart of a size."""

    height: float
    rects: tuple[Rect, ...]
    labels: tuple[Label, ...]
    lines: tuple[float, ...] = ()  # where horizontal ones are, of the scale

    @property
    def has_kinds(self) -> bool:
        """Return whether its bars are of kinds, which a legend has to explain."""
        return any(rect.kind in KINDS for rect in self.rects)


def columns(periods: Sequence[Period], names: Sequence[str]) -> Chart:
    """Return periods as bars side by side, each of its kinds one above the other, with some of their names below."""
    top = scale_top(max((period.total for period in periods), default=0))
    slot = (WIDTH - LEFT) / max(len(periods), 1)
    rects = []
    for place, period in enumerate(periods):
        y = float(_TOP + _PLOT)
        for kind in KINDS:
            height = getattr(period, kind) / top * _PLOT
            y -= height
            if height:
                rects.append(Rect(_round(LEFT + place * slot + slot * 0.1), _round(y), _round(slot * 0.8), _round(height), kind))
    every = -(-len(periods) // _MOST_LABELS)
    below = [
        Label(_round(min(LEFT + (place + 0.5) * slot, WIDTH - _HALF_LABEL)), _TOP + _PLOT + 14, name, "middle")
        for place, name in enumerate(names)
        if place % every == every // 2
    ]
    marks = (top, top // 2, 0)
    lines = tuple(_round(_TOP + _PLOT - mark / top * _PLOT) for mark in marks)
    beside = [Label(LEFT - 4, y + 4, f"{mark:,}", "end") for mark, y in zip(marks, lines, strict=True)]
    return Chart(height=_TOP + _PLOT + _BOTTOM, rects=tuple(rects), labels=(*beside, *below), lines=lines)


def rows(items: Sequence[tuple[str, int, str]]) -> Chart:
    """Return names with a number and its text as bars one below the other."""
    most = max((number for _, number, _ in items), default=0) or 1
    rects, labels = [], []
    for place, (name, number, shown) in enumerate(items):
        y = place * _ROW
        labels += [Label(0, y + 14, cut(name, _LONGEST_NAME), "start"), Label(WIDTH, y + 14, shown, "end")]
        rects.append(Rect(0, y + 19, _round(max(number / most * WIDTH, 1)), _BAR, "plain"))
    return Chart(height=max(len(items), 1) * _ROW, rects=tuple(rects), labels=tuple(labels))


def scale_top(most: int) -> int:
    """Return the end of a scale from 0: an even number of one digit and zeros, so that its half is whole too."""
    unit = 1
    while most > 10 * unit:
        unit *= 10
    return next(top * unit for top in (2, 4, 6, 8, 10) if top * unit >= most)


def _round(number: float) -> float:
    return round(number, 1)
