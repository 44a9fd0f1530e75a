"""A CRM at its worst: whatever it does to a request, an answered call is in it once, and a person hears why when it is not."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.core.asking import quick_answer
from callerid.core.followup import State
from callerid.models import CallType, Outcome
from callerid.simulator.portal import SimulatedPortal
from callerid.simulator.portal.limits import Fault
from callerid.simulator.portal.server import Handler
from callerid.turns.answering import record_answer
from callerid.turns.house import who_is
from tests.turns.world import ANA, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from callerid.core.followup import FollowUp

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CREATES = re.compile(r"POST /crm/objects/[\d-]+/(calls|tasks|contacts)")
CALLS, EVERY_TENTH = 200, 10


class HostilePortal(SimulatedPortal):
    """One that, once it is angry, cuts every request that creates after its effect, and answers a third of the others with the
    HTML of a gateway."""

    def __init__(self) -> None:
        super().__init__()
        self.angry = False
        self._dice = random.Random(5)

    def next_fault(self, request: str) -> Fault | None:
        if not self.angry:
            return super().next_fault(request)
        if CREATES.fullmatch(request):
            return Fault(kind="cut_after")
        return Fault(kind="html") if self._dice.random() < 1 / 3 else None

    def answers(self, status: int, path: str = "") -> int:
        """How many requests whose "METHOD path" has this in it were answered so."""
        return sum(said == status and path in f"{method} {where}" for method, where, said in self.requests_seen)


class Waiting(World):
    """A world in which whoever waits lets the time pass, for the portal as for the phone."""

    def wait(self, seconds: float) -> None:
        self.later(seconds=seconds)


@pytest.fixture
def crm(monkeypatch: pytest.MonkeyPatch) -> Iterator[HostilePortal]:
    monkeypatch.setattr(Handler, "disable_nagle_algorithm", True)  # else each of some thousand answers takes 40 ms
    with HostilePortal() as portal:
        yield portal


@pytest.fixture
def slow(tmp_path: Path, crm: HostilePortal) -> Iterator[Waiting]:
    """A world over a portal that allows ten requests in ten seconds and whose search is a minute behind, after its first sync."""
    made = Waiting(tmp_path, crm, NOON)
    crm.records.clock = crm.limits.clock = made.now.timestamp
    crm.limits.burst, crm.search_lag = 10, 60
    crm.populate(people=60, companies=8, deals=12)
    made.sync()
    made.watch()
    yield made
    made.close()


def people_of(world: World) -> list[str]:
    """Numbers of people of whom nothing must be chosen."""
    contacts = world.portal.records.by_kind["contacts"].values()
    numbers = [contact.properties.get("phone") or "" for contact in contacts]
    return [number for number in numbers if number and quick_answer(who_is(world.house, number), Outcome.CONNECTED)]


def many_calls(world: World, count: int) -> tuple[FollowUp, ...]:
    """So many calls, one a minute, half of them with one person, seen at one look."""
    numbers = people_of(world)
    for place in range(count):
        number = ANA if place % 2 else numbers[place % len(numbers)]
        world.phone.add_call(number, CallType.INCOMING, world.now + timedelta(minutes=place), 30)
    world.later(minutes=count)
    keys = [call.key for call in world.watch().new]
    found = [world.house.ledger.calls.followup(key) for key in keys]
    return tuple(followup for followup in found if followup)


def answer(world: World, followup: FollowUp, note: str, due: datetime | None = None) -> None:
    said = quick_answer(who_is(world.house, followup.call.number), Outcome.CONNECTED, note=note)
    assert said
    assert record_answer(world.house, followup, replace(said, due=due), world.now)


def deliver_all(world: World, most: int = 300) -> None:
    """Deliver until nothing is left, whenever the next try is due."""
    for _ in range(most):
        delivered = world.deliver()
        if not delivered.left:
            return
        world.now = max(world.now, delivered.next_at or world.now)
    raise AssertionError([(row.state, row.fault) for row in world.house.ledger.outbox.undelivered()])


def test_two_hundred_calls_arrive_in_a_crm_that_cuts_lies_lags_and_limits(slow: Waiting, crm: HostilePortal) -> None:
    followups = many_calls(slow, CALLS)
    assert len(followups) == CALLS
    crm.angry = True
    for place, followup in enumerate(followups):
        answer(slow, followup, f"note {place}", slow.now + timedelta(days=1) if place % EVERY_TENTH == 0 else None)
    deliver_all(slow)
    held = crm.held_calls()
    assert sorted(call.note for call in held) == sorted(f"note {place}" for place in range(CALLS))
    assert len({call.external_id for call in held}) == len(held) == CALLS
    assert len(crm.held_tasks()) == CALLS // EVERY_TENTH
    assert slow.house.ledger.calls.counts() == {State.LOGGED: CALLS}
    assert slow.house.ledger.outbox.all() == ()
    assert crm.answers(201, "/calls") == CALLS
    print(crm.answers(502), len(crm.requests_seen), slow.now - NOON, [(n, r) for n, r in enumerate(crm.requests_seen) if r[2] == 429], crm.requests_seen[:25])
