"""A long day of 120 calls: overlapping calls, two SIMs, hidden and blocked numbers, voicemail, a conference, two equal calls, a flight,
the night when clocks go back, and a clock set back by hand. Each call is in the ledger once, with its right start."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from callerid.core.followup.states import State
from callerid.models import CallType
from callerid.turns.upkeep.reconcile import reconcile

if TYPE_CHECKING:
    from tests.turns.world import World

CALLS = 120
DAY_START = datetime(2026, 10, 24, 20, 0, tzinfo=UTC)  # the evening before Berlin's clocks go back, at 01:00 UTC
LANDING, FLIGHT_BACK, CLOCK_SET_BACK = (DAY_START + timedelta(hours=hours) for hours in (10, 18, 21))
NUMBERS = ("+353871234567", "087 123 4567", "+33145678900", "+493012345678", "", "*100#")
Row = tuple[datetime, str, str, int, str]


def day(seed: int) -> list[tuple[datetime, Row]]:
    """Return the calls of a day, each with its end, when Android writes its row. The row holds the time at which it began to ring."""
    rng, calls = random.Random(seed), []
    for _ in range(CALLS - 6):
        start = DAY_START + timedelta(seconds=rng.randrange(22 * 3600))
        kind = rng.choice(list(CallType))
        talked = rng.choice((0, 5, 64, 700, 5400)) if kind in (CallType.INCOMING, CallType.OUTGOING) else 0
        calls.append(_call(start, rng.choice(NUMBERS), kind, talked, rng.choice("12")))
    noon = DAY_START + timedelta(hours=16)
    calls += [_call(noon, number, CallType.OUTGOING, 600, "1") for number in ("+33145678900", "+493012345678")]  # a conference
    calls += [_call(noon + timedelta(minutes=20), "+33145678900", CallType.MISSED, 0, "2")] * 2  # equal in everything
    calls.append(
        _call(DAY_START + timedelta(hours=3), "+33145678900", CallType.INCOMING, 3 * 3600, "1")
    )  # through the repeated hour
    calls.append(_call(DAY_START + timedelta(hours=4, minutes=30), "", CallType.REJECTED, 0, "2"))
    return sorted(calls)


def _call(start: datetime, number: str, kind: CallType, talked: int, sim: str) -> tuple[datetime, Row]:
    return start + timedelta(seconds=talked + 1), (start, number, kind.value, talked, sim)


def live_through(world: World, seed: int) -> Counter[Row]:
    """Let the day pass, reading the call log now and then, and return the calls that happened."""
    rng, truth = random.Random(seed + 1), Counter[Row]()
    world.phone.change(zone="Europe/Berlin")
    world.now = DAY_START
    world.watch()
    upcoming, offset, next_read = day(seed), timedelta(0), DAY_START
    now = DAY_START
    while upcoming:
        now += timedelta(minutes=1)
        if now in (LANDING, FLIGHT_BACK):
            world.phone.change(zone="Asia/Tokyo" if now == LANDING else "Europe/Berlin")
        offset = timedelta(hours=1) if now >= CLOCK_SET_BACK else timedelta(0)
        while upcoming and upcoming[0][0] <= now:
            _, (start, number, kind, talked, sim) = upcoming.pop(0)
            shown = start - (timedelta(hours=1) if start >= CLOCK_SET_BACK else timedelta(0))
            world.phone.add_call(number, CallType(kind), shown, talked, sim=sim)
            truth[shown, number, kind, talked, sim] += 1
        if now >= next_read:
            world.now = now - offset
            world.watch()
            next_read = now + timedelta(minutes=rng.choice((3, 11, 25, 40)))
    world.now = now - offset + timedelta(minutes=1)
    world.watch()
    return truth


def ledger(world: World) -> Counter[Row]:
    rows = Counter[Row]()
    for call in world.app.ledger.calls.since(DAY_START - timedelta(hours=2)):
        rows[call.start, call.number, call.type.value, call.duration, call.sim or ""] += 1
    return rows


def test_each_call_of_a_long_day_is_in_the_ledger_once_with_its_right_start(world: World) -> None:
    truth = live_through(world, 1)
    assert sum(truth.values()) == CALLS
    assert ledger(world) == truth
    assert reconcile(world.app, world.now).missing == 0
    assert ledger(world) == truth
    for _ in range(4):
        world.attend()
        world.later(minutes=20)
    counts = world.app.ledger.history.count_by_state()
    assert sum(counts.values()) == world.app.ledger.history.count() == CALLS
    assert counts[State.NOT_IN_CRM] > 10
    assert counts[State.IGNORED] > 5  # the blocked ones at least
