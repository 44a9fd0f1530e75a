"""`make reliability`: each kind of fault by itself, several times. It prints, or writes into a document, how often it was tried, what
was lost and doubled, how long it took until the person was told, and until all was well again; exit status 1 when anything was lost,
doubled or not well in two days. Time is stepped, so that no figure depends on the machine."""

from __future__ import annotations

import argparse
import contextlib
import logging
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.core.followup.states import AWAITING_ANSWER
from callerid.core.upkeep.health import Source
from callerid.crm.hubspot.http import send
from callerid.errors import StoreFault
from callerid.turns import full_disk, read_only_disk
from callerid.turns.upkeep.maintenance import RESTORED
from tests.soak.days import begin_life
from tests.soak.hostile import ALL_KINDS, READ_TIMEOUT, FaultyPortal
from tests.soak.life import Life
from tests.soak.verdict import TO_CRM, Tally, compare_calls, end_day
from tests.turns.world import Beginning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.core.followup.state import FollowUp
    from tests.soak.life import Lived

BEGIN, END = "<!-- make reliability -->", "<!-- end of what make reliability wrote -->"
_HEAD = ("| fault | times tried | lost | doubled | said to the person after | well again after |\n|---|---|---|---|---|---|",)
_STEP, _LONG_STEP = timedelta(seconds=5), timedelta(minutes=1)
_SHORT = timedelta(minutes=15)  # as long the steps are short
_MOST_CALLS = 6  # until a fault is met
_MOST_TRIES = 4  # for each that is wanted: some faults wait for a command that is not run
_HOUR = timedelta(hours=1)
_MOST_HOURS = 48


@dataclass
class WatchedLife(Life):
    """A life that notes when a fault was met, when the person was told, when it was over, and when all was well again. All times
    are seconds of the portal's clock."""

    def __post_init__(self) -> None:
        self.met: float | None = None
        self.told: float | None = None
        self.over = 0.0
        self._before: frozenset[object] = frozenset()
        super().__post_init__()

    def begin(self) -> None:
        """Begin to watch."""
        self.met = self.told = None
        self._before = self._what_is_told()

    def count(self, kind: str) -> None:
        """Note that a fault has happened."""
        super().count(kind)
        self.over = self.true_time()
        self.met = self.over if self.met is None else self.met

    def round(self) -> object:  # type: ignore[override]
        """Take the turns; see Accidents."""
        next_at = super().round()
        if self.is_broken:
            self.over = self.true_time()
        self._notice_what_is_told()
        return next_at

    def _end_turn(self) -> bool:
        is_due = super()._end_turn()
        self._notice_what_is_told()  # before another turn of the same round ends it
        return is_due

    def _notice_what_is_told(self) -> None:
        if self.met is not None and self.told is None and self._what_is_told() - self._before:
            self.told = self.true_time()

    def _what_is_told(self) -> frozenset[object]:
        """Return the troubles that `callerid status` shows, and the notifications that are about no call."""
        of_no_call = (full_disk.NOTIFICATION, read_only_disk.NOTIFICATION, RESTORED)
        told: set[object] = {shown.id for shown in self.phone.notifications() if shown.id in of_no_call}
        with contextlib.suppress(StoreFault):
            told |= {(trouble.source, trouble.sentence) for trouble in self.app.ledger.key_values.troubles()}
        return frozenset(told)

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong, nothing waits, each call is asked about, and the CRM has what was said."""
        if self.is_broken or self.damage_of("ledger") or self.damage_of("mirror"):
            return False
        with contextlib.suppress(StoreFault):  # another ledger is in the place of the one that is open
            return self._is_quiet() and self._has_no_trouble() and self._is_all_answered() and self._has_all()
        return False

    def _has_no_trouble(self) -> bool:
        troubles = self.app.ledger.key_values.troubles()  # that a ledger was restored is told for a week
        return self.app.mirror.facts().contacts > 0 and all(trouble.source is Source.LEDGER for trouble in troubles)

    def _is_all_answered(self) -> bool:
        awaiting = self._followups(*AWAITING_ANSWER)
        return not any(
            lived.plan in TO_CRM
            and (not lived.touches or (lived.key in awaiting and lived.plan != "dialog"))
            and not (lived.key in awaiting and self._has_no_field(lived, awaiting[lived.key]))
            for lived in self.open_calls
        )

    def _has_no_field(self, lived: Lived, followup: FollowUp) -> bool:
        """Return whether the person wants to type a note into a card that has no field for it: only one card has one."""
        with contextlib.suppress(StopIteration):  # no card
            buttons = self.phone.notification(followup.notification_id)["buttons"]
            return lived.plan == "note" and bool(buttons) and not any(button["label"] == "Note" for button in buttons)
        return False

    def _has_all(self) -> bool:
        tally = Tally()
        compare_calls(self, tally)
        return tally.holds


@dataclass(slots=True)
class Measured:
    """What came of a kind of fault. `told` and `well` are seconds: since it was first met, and since it was over."""

    kind: str
    tried: int = 0
    tally: Tally = field(default_factory=Tally)
    told: list[float] = field(default_factory=list)
    well: list[float] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether it was tried, nothing was lost, doubled or wrong, and all was well again each time."""
        return self.tried > 0 and self.tally.holds and len(self.well) == self.tried

    @property
    def row(self) -> str:
        """The row of the table."""
        told = f"{_spans(self.told)}{f' ({len(self.told)} of {self.tried})' if 0 < len(self.told) < self.tried else ''}"
        cells = (self.kind, self.tried, self.tally.lost[""], self.tally.doubled[""], told, _spans(self.well))
        return f"| {' | '.join(str(cell) for cell in cells)} |"


def _spans(seconds: list[float]) -> str:
    """Return the median and, if it is another one, the longest of some spans."""
    if not seconds:
        return "not said"
    median, longest = _span(statistics.median_high(seconds)), _span(max(seconds))
    return median if median == longest else f"{median}, at most {longest}"


def _span(seconds: float) -> str:
    if seconds < 1:
        return "at once"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def measure(kind: str, times: int, seed: int) -> Measured:
    """Bring a kind of fault about so many times, and return what came of it."""
    measured = Measured(kind)
    with tempfile.TemporaryDirectory() as folder, FaultyPortal() as portal:
        beginning = Beginning(Path(folder) / "beginning", FaultyPortal(token=portal.token))
        with begin_life(WatchedLife, beginning, Path(folder) / "life", portal, seed=seed, kinds=(kind,)) as life:
            life.start()
            for _ in range(times * _MOST_TRIES):
                if measured.tried < times:
                    _try(life, measured)
    return measured


def _try(life: WatchedLife, measured: Measured) -> None:
    life.begin()
    for number in range(_MOST_CALLS):
        life.call()
        if not number:
            life.go_wrong()
        _live_until_well(life, _SHORT)
        if life.offset:
            life.go_wrong()  # which sets the clock right
        if life.met is not None and not life.has_plans:
            break
    life.faulty_portal.planned.clear()
    life.phone.clear_faults()
    is_well = _live_on(life)
    if life.met is not None:
        measured.tried += 1
        measured.told += [life.told - life.met] if life.told is not None else []
        measured.well += [max(0.0, life.true_time() - life.over)] if is_well else []
    life.calm_down()
    end_day(life, measured.tally)
    life.hang_up()
    life.later(minutes=10)


def _live_on(life: WatchedLife) -> bool:
    """Let time pass until all is well, with a call that is asked about by dialogs each hour: whether they work shows only then.
    Return whether all is well within two days."""
    for _ in range(_MOST_HOURS):
        if _live_until_well(life, _HOUR):
            return True
        life.call("dialog")
    return False


def _live_until_well(life: WatchedLife, span: timedelta) -> bool:
    """Let time pass until all is well, and return whether it is."""
    began = life.true_time()
    while life.true_time() - began < span.total_seconds():
        if life.met is not None and life.is_well:
            return True
        is_recent = life.met is None or life.true_time() - life.over < _SHORT.total_seconds()
        life.live(_STEP if is_recent else _LONG_STEP)
    return life.is_well


def measure_all(times: int, seed: int, kinds: tuple[str, ...] = ALL_KINDS) -> Iterator[Measured]:
    """Measure each kind of fault in turn."""
    timeout, send._READ_TIMEOUT = send._READ_TIMEOUT, READ_TIMEOUT
    try:
        for kind in kinds:
            yield measure(kind, times, seed)
    finally:
        send._READ_TIMEOUT = timeout


def main() -> int:
    """Print the table, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.reliability", description=__doc__)
    parser.add_argument("--times", type=int, default=10, help="that each kind is tried")
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--write", type=Path, help="the document whose table is to be replaced")
    args = parser.parse_args()
    logger = logging.getLogger("callerid")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    rows, is_wrong = list(_HEAD), False
    print(*_HEAD, sep="\n", flush=True)
    for measured in measure_all(args.times, args.seed):
        rows.append(measured.row)
        print(measured.row, flush=True)
        for line in measured.tally.wrong:
            print(f"WRONG: {line}")
        if len(measured.well) < measured.tried or not measured.tried:
            print(f"WRONG: tried {measured.tried} times, well again {len(measured.well)} times")
        is_wrong = is_wrong or not measured.holds
    if args.write and not is_wrong:
        replace_table(args.write, rows)
    print("NOT ALL OF IT HOLDS." if is_wrong else "All of it holds.")
    return int(is_wrong)


def replace_table(document: Path, rows: list[str]) -> None:
    """Put rows into a document, in the place of those that an earlier run has written."""
    before, _, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    document.write_text("\n".join((f"{before}{BEGIN}", "", *rows, "", f"{END}{after}")), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
