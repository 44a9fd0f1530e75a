"""Which request comes next, so that many can be under way: lists are cut into stretches that are read in parallel. Pure.

HubSpot documents one way through a list: from the first page on, each page by the cursor of the one before. The cursor is the id of
the next record (developer documentation, using object APIs), so a reader can also jump into the middle. That is not documented, and
nothing here relies on it alone: a stretch ends only where its own cursors, which HubSpot gave, have reached the first record of the
next stretch, and both must have read that record. Where a jump leads to other records than expected, the stretch before it reads on
through its place, and there are no more jumps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from callerid.crm.hubspot.reading.stretches import (
    Extent,
    OpenStretch,
    contiguous,
    is_sorted,
    meets,
    middle,
    open_stretch,
    pages_left,
)
from callerid.errors import Refused
from callerid.messages import message

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from callerid.crm.hubspot.reading.stretches import PageIds
    from callerid.models import Kind, Stretch

_WORTH_A_JUMP = 5.0  # pages that a stretch must have left
_MOST_MISSED_JUMPS = 8  # that brought nothing new, for one kind
_UNKNOWN = Extent(high=-1)


@dataclass(slots=True)
class ReadPlan:
    """All stretches of a reading. There are jumps only in kinds whose highest id is known."""

    stretches: list[OpenStretch]
    may_jump: bool = True
    missed_jumps: dict[Kind, int] = field(default_factory=dict)

    @classmethod
    def of(cls, stretches: Iterable[Stretch], extents: Mapping[Kind, Extent], *, may_jump: bool = True) -> ReadPlan:
        """Return a plan for stretches that are new or were read in part."""
        opened = [open_stretch(stretch, extents.get(stretch.kind, _UNKNOWN)) for stretch in contiguous(list(stretches))]
        return cls(stretches=opened, may_jump=may_jump)

    @property
    def finished(self) -> bool:
        """Whether everything has been read."""
        return all(stretch.done for stretch in self.stretches)

    def choose(self, excluded: Collection[Kind] = ()) -> OpenStretch | None:
        """Return the stretch that the next request is for: the idle one with the most left, else a busy one that is worth cutting;
        None when only a response can tell. Excluded kinds are not chosen."""
        stretches = [stretch for stretch in self.stretches if stretch.kind not in excluded] if excluded else self.stretches
        idle = [stretch for stretch in stretches if not stretch.done and not stretch.busy and not self._waits_for_jump(stretch)]
        if idle:
            return max(idle, key=pages_left)
        return max((stretch for stretch in stretches if self._can_be_cut(stretch)), key=pages_left, default=None)

    def start(self, chosen: OpenStretch) -> OpenStretch:
        """Return the stretch whose request is sent now: the chosen one, or a new one that begins in its middle."""
        if not chosen.busy:
            chosen.busy = True
            return chosen
        to = middle(chosen)
        jump = OpenStretch(chosen.kind, to, to, chosen.stop, busy=True, is_jump=True, high=chosen.high, span=chosen.span)
        chosen.high = to
        self.stretches.append(jump)
        return jump

    def _waits_for_jump(self, stretch: OpenStretch) -> bool:
        """Return whether the next page of a stretch would come to the place of a jump that has not been answered: reading on would
        make the jump useless."""
        end = stretch.cursor + stretch.span
        return any(jump.is_jump and jump.kind is stretch.kind and stretch.cursor < jump.start < end for jump in self.stretches)

    def _can_be_cut(self, stretch: OpenStretch) -> bool:
        allowed = (
            self.may_jump
            and not stretch.done
            and stretch.span > 0
            and stretch.high is not None
            and self.missed_jumps.get(stretch.kind, 0) < _MOST_MISSED_JUMPS
        )
        return allowed and pages_left(stretch) > _WORTH_A_JUMP

    def accept(self, stretch: OpenStretch, page: PageIds) -> Stretch | None:
        """Take the page that a stretch requested; return how far it brings the stretch, or None when the page must not be used.

        Where a stretch that was cut ends now is not returned: the one that begins there tells (`contiguous`).

        Raise Refused when a list does not move on: it would be read forever.
        """
        if stretch.is_jump:
            return self._accept_jump(stretch, page)
        if page.after is not None and page.after <= stretch.cursor:
            sentence = message("HubSpot's list of {kind} does not move on from {cursor}.", kind=stretch.kind, cursor=stretch.cursor)
            raise Refused(sentence, remedy=message("Type: callerid sync --full"))
        if page.ids:
            stretch.span = _mean_span(stretch.span, page.ids)
            if stretch.cursor == stretch.start:  # the first page of a stretch that was continued came to an earlier reading
                stretch.first_ids = page.ids
            if not is_sorted(page.ids):
                self.may_jump = False  # the middle of a list in another order is not known
        following = self._following(stretch)
        if stretch.stop is not None and (page.after is None or page.after >= stretch.stop):
            if following is None or meets(page, following, stretch.stop):
                stretch.done = True
            else:  # it reads on through the place of the stretch that follows, whose records then come twice
                self.may_jump = False
                stretch.stop = following.stop
        if not stretch.done:
            stretch.done = page.after is None
            stretch.cursor = page.after if page.after is not None else stretch.cursor
        return stretch.reached()

    def _following(self, stretch: OpenStretch) -> OpenStretch | None:
        return next(
            (other for other in self.stretches if other.kind is stretch.kind and other.start == stretch.stop and not other.is_jump),
            None,
        )

    def _accept_jump(self, jump: OpenStretch, page: PageIds) -> Stretch | None:
        """Begin a new stretch with the first record that a jump brought, inside the stretch that this record belongs to."""
        self.stretches.remove(jump)
        ids = page.ids
        if ids and (ids[0] < jump.start or not is_sorted(ids)):
            self.may_jump = False
            return None
        around = self._around(jump, ids[0]) if ids else None
        if around is None or not ids:
            self._note_missed(jump)
            return None
        expected = max(around.high or 0, jump.high or 0, ids[-1] + 1)
        jump.is_jump, jump.start, jump.stop, jump.first_ids = False, ids[0], around.stop, ids
        jump.high = expected if around.stop is None else min(expected, around.stop)
        jump.span = _mean_span(jump.span, ids)
        jump.cursor = ids[0]
        around.stop, around.high = ids[0], min(around.high or ids[0], ids[0])
        self.stretches.append(jump)
        following = self._following(jump)
        jump.done = page.after is None or (
            jump.stop is not None and page.after >= jump.stop and (following is None or meets(page, following, jump.stop))
        )
        if not jump.done and page.after is not None:
            jump.cursor = page.after
        return jump.reached()

    def _note_missed(self, jump: OpenStretch) -> None:
        self.missed_jumps[jump.kind] = self.missed_jumps.get(jump.kind, 0) + 1
        for stretch in self.stretches:
            if stretch.kind is jump.kind and stretch.cursor <= jump.start:
                stretch.jump_missed = stretch.jump_missed or stretch.high == jump.start

    def jump_refused(self, jump: OpenStretch) -> None:
        """Give up a jump, because the CRM refused to begin there: there are no more jumps, and the stretch before reads on through
        that place."""
        self.stretches.remove(jump)
        self.may_jump = False

    def _around(self, jump: OpenStretch, first: int) -> OpenStretch | None:
        """Return the stretch that would come to a record; None when it has come to it, or when the record begins a stretch."""
        for stretch in self.stretches:
            same_kind = stretch.kind is jump.kind and not stretch.is_jump
            if same_kind and stretch.start < first and (stretch.stop is None or first < stretch.stop):
                return stretch if not stretch.done and stretch.cursor <= first else None
        return None

    def release(self, stretch: OpenStretch) -> None:
        """Let the next request of a stretch be sent; its page was stored."""
        stretch.busy = False


def _mean_span(before: float, ids: Sequence[int]) -> float:
    """Return how far the ids of a page of a stretch reach, given what was expected before and its newest page. One page that is
    denser than the others must not lead to a jump to where the next page comes anyway."""
    span = ids[-1] - ids[0] + 1
    return (before + span) / 2 if before else span
