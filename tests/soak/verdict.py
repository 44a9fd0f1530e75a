"""What must hold after each day: the ledger is what the phone's log was, and the CRM has each answer once, as it was given."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.core.followup.states import AWAITING_ANSWER, State
from callerid.core.followup.unfinished import is_unfinished

if TYPE_CHECKING:
    from callerid.core.followup.state import FollowUp
    from tests.soak.life import Life, Lived

TO_CRM = ("connected", "note", "dialog", "undo")


@dataclass(slots=True)
class Tally:
    """What was counted over all days."""

    calls: int = 0
    answers: int = 0
    unasked: int = 0  # no card was on the screen for the person to answer
    lost: Counter[str] = field(default_factory=Counter)  # by the faults that the calls had met; "" for each call once
    doubled: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, doubled or otherwise wrong."""
        return not self.lost and not self.doubled and not self.wrong


def end_day(life: Life, tally: Tally) -> None:
    """Compare a day's calls, which are forgotten then, and take the portal's calls and tasks away: they would only fill it."""
    damage = {database: life.damage_of(database) for database in ("ledger", "mirror")}
    tally.wrong += [f"{database} is not whole: {words}" for database, words in damage.items() if words]
    compare_calls(life, tally)
    life.unfinished |= {followup.call.start for followup in life._followups(*AWAITING_ANSWER).values() if is_unfinished(followup)}
    life.open_calls.clear()
    life.recent.clear()
    for kind in ("calls", "tasks"):
        for record_id in list(life.portal.records.by_kind[kind]):
            life.portal.records.purge(kind, record_id)


def compare_calls(life: Life, tally: Tally) -> None:
    """Compare the calls of this day with the ledger and with the CRM."""
    if not life.open_calls:
        return
    held: defaultdict[datetime, list[tuple[str, str, int]]] = defaultdict(list)
    for call in life.portal.held_calls():
        held[_moment(call.start)].append((call.disposition, call.note, len(call.contacts)))
    first = min(lived.start for lived in life.open_calls)
    stored = Counter(life.app.ledger.calls.since(first))
    in_ledger = Counter((call.start, call.number, call.type, call.duration) for call in stored)
    followups = life._followups(*State)
    for lived in life.open_calls:
        tally.calls += 1
        row = (lived.start, lived.number, lived.kind, lived.talked)
        if in_ledger[row] != 1:
            _blame(tally.doubled if in_ledger[row] else tally.lost, lived)
            tally.wrong.append(f"{in_ledger[row]} times in the ledger: {row}")
            continue
        compare(lived, followups[lived.key].state, held.pop(lived.start, []), tally)
    for start, calls in held.items():
        if start in life.unfinished and len(calls) == 1:
            life.unfinished.remove(start)
            continue
        tally.wrong.append(f"in the CRM, and nobody called then: {start} {calls}")
    _compare_tasks(life, followups, tally)


def _compare_tasks(life: Life, followups: dict[tuple[datetime, str], FollowUp], tally: Tally) -> None:
    """Compare how many tasks there are with how many were wanted, of calls that are logged by now."""
    wanting = [lived for lived in life.open_calls if lived.follows_up and lived.key in followups]
    tasks, expected = life.portal.held_tasks(), [each for each in wanting if _expected(each, followups[each.key].state) is not None]
    if len(tasks) != len(expected):
        told = [(lived, followups[lived.key].state, followups[lived.key].draft) for lived in wanting]
        tally.wrong.append(f"{len(tasks)} tasks instead of {len(expected)}: {tasks}, wanted by {told}")


def compare(lived: Lived, state: State, held: list[tuple[str, str, int]], tally: Tally) -> None:
    """Compare what the CRM has of a call (outcome, note, and number of contacts of each record) with what the person said of it."""
    expected = _expected(lived, state)
    tally.answers += lived.plan in TO_CRM and bool(lived.touches)
    tally.unasked += not lived.touches and lived.plan != "none"
    if held == ([] if expected is None else [expected]):
        return
    tally.wrong.append(f"{lived} is {state}, in the CRM as {held} instead of {expected}")
    _blame(tally.doubled if len(held) > 1 else tally.lost, lived)


def _expected(lived: Lived, state: State) -> tuple[str, str, int] | None:
    """Return outcome, note and number of contacts of what the CRM must have of a call; None for nothing."""
    if lived.plan not in TO_CRM or not lived.touches or lived.undone:
        return None
    if lived.plan == "dialog" and not lived.asked_on_card:
        # a dialog that could not be shown is no answer
        return None if state in AWAITING_ANSWER else ("Busy", lived.typed, 1)
    return "Connected", lived.note, 1


def _blame(counts: Counter[str], lived: Lived) -> None:
    counts.update(("", *lived.faults))


def _moment(milliseconds_or_iso: str) -> datetime:
    if milliseconds_or_iso.isdigit():
        return datetime.fromtimestamp(int(milliseconds_or_iso) // 1000, UTC)
    return datetime.fromisoformat(milliseconds_or_iso).replace(microsecond=0)
