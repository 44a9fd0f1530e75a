"""Which request comes next, so that many can be under way: lists are cut into stretches that are read side by side. Pure.

HubSpot documents one way through a list: from the first page on, each by the cursor of the one before. The cursor is the id of the
next record (developer documentation, using object APIs), so a reader can also begin in the middle. That is not documented, and
nothing here rests on it alone: a stretch ends only where its own cursors, the server's, have reached the next stretch's first
record, and the records that both have read must be the same ones. Where a jump brings what it should not, the stretch before
it reads on through its place, and nobody jumps any more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from callerid.errors import Refused
from callerid.models import Stretch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from callerid.models import Kind

_UNREAD = 1e12  # pages that a stretch is thought to have before its first one came
_PAGE = 100  # records in a page of a list
_BEFORE_THE_END = 0.2  # of a page, for ids that are not even
_WORTH_A_JUMP = 5.0  # pages that a stretch must have left
_MOST_MISSES = 8  # jumps that brought nothing new, of one kind


@dataclass(slots=True, eq=False)
class Run:
    """A stretch that is being read."""

    kind: Kind
    start: int
    cursor: int
    stop: int | None
    handed_over: int = 0  # the cursor after the last page that was handed over: what may be remembered when another run's page is
    done: bool = False
    busy: bool = False
    probe: bool = False  # its first request is a jump, and has not been answered
    high: int | None = None  # no record is expected from here on; None when nothing is known
    low: int = 0  # no record is expected before
    span: float = 0.0  # of ids in its last page; before the first as a search lets expect it, or 0
    first_ids: tuple[int, ...] = ()
    missed: bool = False

    def stretch(self) -> Stretch:
        """Return how far its newest page brings it."""
        return Stretch(kind=self.kind, start=self.start, cursor=self.cursor, stop=self.stop, done=self.done)

    def shortened(self) -> Stretch:
        """Return how far it has come without the page that may still be on its way, with its new end."""
        return Stretch(kind=self.kind, start=self.start, cursor=self.handed_over, stop=self.stop)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What matters of a list's page: its ids in their order, and the cursor of what follows (None at the end)."""

    ids: tuple[int, ...]
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """From where to where the ids of a kind reach, and how many there are, as a search shows; `low` is 0 when it was not asked."""

    high: int
    low: int = 0
    count: int = 0

    def span(self) -> float:
        """How far the ids of a page may reach; 0 when nothing is known."""
        return (self.high + 1 - self.low) * _PAGE / self.count if self.low and self.count else 0.0


_UNKNOWN = Extent(high=-1)


@dataclass(slots=True)
class Board:
    """All stretches of a walk. Where it is not known to which id a kind reaches, nobody jumps."""

    runs: list[Run]
    jumps: bool = True
    misses: dict[Kind, int] = field(default_factory=dict)

    @classmethod
    def of(cls, stretches: Iterable[Stretch], extents: Mapping[Kind, Extent], *, jumps: bool = True) -> Board:
        """Given stretches, new ones or such that were read in part, and how far the kinds reach, return a board of them."""
        runs = [
            Run(
                kind=s.kind,
                start=s.start,
                cursor=s.cursor,
                handed_over=s.cursor,
                stop=s.stop,
                done=s.done,
                high=s.stop or extents.get(s.kind, _UNKNOWN).high + 1 or None,
                low=extents.get(s.kind, _UNKNOWN).low,
                span=extents.get(s.kind, _UNKNOWN).span(),
            )
            for s in _that_meet(list(stretches))
        ]
        return cls(runs=runs, jumps=jumps)

    @property
    def finished(self) -> bool:
        """Has everything been read?"""
        return all(run.done for run in self.runs)

    def choose(self, but: Collection[Kind] = ()) -> Run | None:
        """Return the run whose turn it is: the idle one that has most left, else a busy one that is worth cutting; None to wait.
        Of some kinds none is wanted now."""
        runs = [run for run in self.runs if run.kind not in but] if but else self.runs
        idle = [run for run in runs if not run.done and not run.busy]
        if idle:
            return max(idle, key=_pages_left)
        return max((run for run in runs if self._can_be_cut(run)), key=_pages_left, default=None)

    def start(self, chosen: Run) -> Run:
        """Given what `choose` returned, return the run whose request is sent now: itself, or one that begins in its middle."""
        if not chosen.busy:
            chosen.busy = True
            return chosen
        to = _middle(chosen)
        child = Run(chosen.kind, to, to, chosen.stop, busy=True, probe=True, high=chosen.high, span=chosen.span)
        chosen.high = to
        self.runs.append(child)
        return child

    def _can_be_cut(self, run: Run) -> bool:
        allowed = (
            self.jumps and not run.done and run.span > 0 and run.high is not None and self.misses.get(run.kind, 0) < _MOST_MISSES
        )
        return allowed and _pages_left(run) > _WORTH_A_JUMP

    def took(self, run: Run, answer: Answer) -> tuple[Stretch, ...] | None:
        """Take an answer to a run's request; return what that changes, or None when the page must not be used. Raise Refused when
        a list does not move on: it would go round for ever."""
        if run.probe:
            return self._landed(run, answer)
        if answer.after is not None and answer.after <= run.cursor:
            raise Refused(f"HubSpot's list of {run.kind} does not move on from {run.cursor}.", remedy="Type: callerid sync --full")
        if answer.ids:
            run.span, run.first_ids = answer.ids[-1] - answer.ids[0] + 1, run.first_ids or answer.ids
            if list(answer.ids) != sorted(set(answer.ids)):
                self.jumps = False  # a list in another order has no middle that could be known
        follower = self._follower(run)
        if run.stop is not None and (answer.after is None or answer.after >= run.stop):
            if follower is None or _seam_holds(answer, follower, run.stop):
                run.done = True
            else:
                self._distrust(run, follower)
        if not run.done:
            run.done = answer.after is None
            run.cursor = answer.after if answer.after is not None else run.cursor
        return (run.stretch(),)

    def _follower(self, run: Run) -> Run | None:
        return next((other for other in self.runs if other.kind is run.kind and other.start == run.stop and not other.probe), None)

    def _distrust(self, run: Run, follower: Run) -> None:
        """The seam does not hold: this stretch reads on through its follower's place, and that one's records come twice."""
        self.jumps = False
        run.stop = follower.stop

    def _landed(self, probe: Run, answer: Answer) -> tuple[Stretch, ...] | None:
        """A jump was answered: a new stretch begins with its first record, inside the one whose place that is."""
        self.runs.remove(probe)
        ids = answer.ids
        if ids and (ids[0] < probe.start or list(ids) != sorted(set(ids))):
            self.jumps = False
            return None
        home = self._home(probe, ids[0]) if ids else None
        if home is None or not ids:
            self.misses[probe.kind] = self.misses.get(probe.kind, 0) + 1
            for run in self.runs:
                if run.kind is probe.kind and run.cursor <= probe.start:
                    run.missed = run.missed or run.high == probe.start
            return None
        expected = max(home.high or 0, probe.high or 0, ids[-1] + 1)
        probe.probe, probe.start, probe.stop, probe.first_ids = False, ids[0], home.stop, ids
        probe.high = expected if home.stop is None else min(expected, home.stop)
        probe.span = ids[-1] - ids[0] + 1
        probe.cursor = answer.after if answer.after is not None else ids[-1] + 1
        home.stop, home.high = ids[0], min(home.high or ids[0], ids[0])
        self.runs.append(probe)
        follower = self._follower(probe)
        probe.done = answer.after is None or (
            probe.stop is not None
            and answer.after >= probe.stop
            and (follower is None or _seam_holds(answer, follower, probe.stop))
        )
        return home.shortened(), probe.stretch()

    def refused(self, probe: Run) -> None:
        """The CRM will not begin there: nobody jumps any more, and the stretch before reads on through that place."""
        self.runs.remove(probe)
        self.jumps = False

    def _home(self, probe: Run, first: int) -> Run | None:
        """Return the stretch that has not yet come to a record but would; None when it has, or when the record begins one."""
        for run in self.runs:
            inside = run.kind is probe.kind and not run.probe and run.start < first and (run.stop is None or first < run.stop)
            if inside:
                return run if not run.done and run.cursor <= first else None
        return None

    def release(self, run: Run) -> None:
        """Let a run's next request be taken; its page was handed over."""
        run.busy, run.handed_over = False, run.cursor


def _that_meet(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Given the stretches that an interrupted walk left, return them so that each ends where another one begins.

    Several threads hand pages over, so one that was cut can be stored with its new end before what begins there is: then it reads
    on to the next one that is there, and is not done.
    """
    starts: dict[Kind, list[int]] = {}
    for one in stretches:
        starts.setdefault(one.kind, []).append(one.start)
    return [one if one.stop in (None, *starts[one.kind]) else _read_on(one, starts[one.kind]) for one in stretches]


def _read_on(one: Stretch, starts: Sequence[int]) -> Stretch:
    return replace(one, stop=min((start for start in starts if start > (one.stop or 0)), default=None), done=False)


def _pages_left(run: Run) -> float:
    if run.high is None:
        return 0.0
    return (run.high - _from(run)) / run.span if run.span else _UNREAD


def _from(run: Run) -> int:
    return max(run.cursor, run.low)


def _middle(run: Run) -> int:
    """Return where to jump: a little before the end of a page in the middle of what is left, so that the page which reads beyond is
    nearly full; or, where that held nothing before, much nearer: ids come in clusters."""
    begin = _from(run)
    left = (run.high or begin) - begin
    if run.missed:
        return begin + max(1, round(run.span * math.sqrt(left / run.span)))
    return begin + max(1, round((left / run.span // 2 - _BEFORE_THE_END) * run.span))


def _seam_holds(answer: Answer, follower: Run, stop: int) -> bool:
    """Are the records that a stretch read beyond its end those with which the next one began? Some may have come or gone since, so
    one that both have is enough; none in common is a sign that the jump led elsewhere."""
    beyond: Sequence[int] = [found for found in answer.ids if found >= stop]
    if not beyond:
        return answer.after is None or answer.after == stop or answer.after in follower.first_ids
    return bool(set(beyond) & set(follower.first_ids)) or not follower.first_ids
