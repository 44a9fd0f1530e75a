"""Stretches of a list that are read in parallel, and what one of their pages says about the list. Pure."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.models import Stretch
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.models import Kind

_UNREAD = 1e12  # pages that a stretch is assumed to have before its first one came
_PAGE = 100  # records in a page of a list
_BEFORE_THE_END = 0.2  # of a page, because ids are not evenly spread


@dataclass(slots=True, eq=False)
class OpenStretch:
    """A stretch that is being read."""

    kind: Kind
    start: int
    cursor: int
    stop: int | None
    done: bool = False
    busy: bool = False
    is_jump: bool = False  # its first request is a jump that has not been answered
    high: int | None = None  # no record is expected from here on; None when nothing is known
    low: int = 0  # no record is expected before
    span: float = 0.0  # of ids in its last page; before the first page what a search lets expect, or 0
    first_ids: tuple[int, ...] = ()  # of its first page; () when an earlier reading had it
    jump_missed: bool = False

    def reached(self) -> Stretch:
        """Return how far its newest page brings it."""
        return Stretch(kind=self.kind, start=self.start, cursor=self.cursor, stop=self.stop, done=self.done)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageIds:
    """The ids of a page in their order, and the id from which the next page goes on (None at the end)."""

    ids: tuple[int, ...]
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """The highest and lowest id of a kind and how many records there are, as a search shows; `low` is 0 when it is not known."""

    high: int
    low: int = 0
    count: int = 0

    def span(self) -> float:
        """Return how far the ids of a page may reach; 0 when nothing is known."""
        return (self.high + 1 - self.low) * _PAGE / self.count if self.low and self.count else 0.0


def open_stretch(stretch: Stretch, extent: Extent) -> OpenStretch:
    """Return a stretch to be read, given how far it was read and how far its kind reaches."""
    return OpenStretch(
        kind=stretch.kind,
        start=stretch.start,
        cursor=stretch.cursor,
        stop=stretch.stop,
        done=stretch.done,
        high=stretch.stop or extent.high + 1 or None,
        low=extent.low,
        span=extent.span(),
    )


def contiguous(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Return the stretches that an interrupted reading left so that each ends where another one begins.

    Several threads hand pages over, so what was stored of a stretch may have the end that it had before it was cut, or its new end
    although the one that begins there was never stored: then it reads on to the next stored one, and is not done. A stretch that
    has read through the place of another keeps its end. Where nothing of the first one was stored, it is read from its beginning.
    """
    kinds_begun = {stretch.kind for stretch in stretches if stretch.start == 0}
    kinds = dict.fromkeys(stretch.kind for stretch in stretches if stretch.kind not in kinds_begun)
    whole = [*stretches, *(Stretch(kind=kind, start=0, cursor=0) for kind in kinds)]
    return [_ending(stretch, _next_start(stretch, whole)) for stretch in whole]


def _next_start(stretch: Stretch, stretches: Sequence[Stretch]) -> int | None:
    starts = (other.start for other in stretches if other.kind is stretch.kind and other.start > stretch.start)
    return min((start for start in starts if start >= stretch.cursor), default=None)


def _ending(stretch: Stretch, stop: int | None) -> Stretch:
    has_read_less = stretch.stop is not None and (stop is None or stretch.stop < stop)
    return replace(stretch, stop=stop, done=stretch.done and not has_read_less)


def is_sorted(ids: Sequence[int]) -> bool:
    """Return whether ids rise, without repeats."""
    return list(ids) == sorted(set(ids))


def pages_left(stretch: OpenStretch) -> float:
    """Return about how many pages a stretch has left; 0 when that is not known."""
    if stretch.high is None:
        return 0.0
    return (stretch.high - _position(stretch)) / stretch.span if stretch.span else _UNREAD


def _position(stretch: OpenStretch) -> int:
    return max(stretch.cursor, stretch.low)


def middle(stretch: OpenStretch) -> int:
    """Return where to jump: a little before the end of a page in the middle of what is left, so that the page which reads beyond is
    nearly full; or much nearer where an earlier jump found nothing, because ids come in clusters."""
    position = _position(stretch)
    left = (stretch.high or position) - position
    if stretch.jump_missed:
        return position + max(1, round(stretch.span * math.sqrt(left / stretch.span)))
    return position + max(1, round((left / stretch.span // 2 - _BEFORE_THE_END) * stretch.span))


def meets(page: PageIds, following: OpenStretch, stop: int) -> bool:
    """Return whether a page that reads beyond its stretch's end has records with which the following stretch began.

    Records may have come or gone since, so one that both have is enough; none in common means that the jump led elsewhere. With
    which records a stretch began that an earlier reading left is not known any more; that reading has compared them as far as it
    came, and the stretch begins with a record that the list had.
    """
    beyond = [record_id for record_id in page.ids if record_id >= stop]
    if not following.first_ids:
        return True
    if not beyond:
        return page.after is None or page.after == stop or page.after in following.first_ids
    return bool(set(beyond) & set(following.first_ids))
