"""How many SQL statements the product's frequent moments take, counted by SQLite itself on the ledger's and the mirror's connection.

Every statement that SQLite reports counts, BEGIN and COMMIT too. The connections are those of a daemon that has been running for a
while: a first statement on a connection also reads the schema, and the first look at the mirror reads its facts.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from callerid.core.followup.states import State
from callerid.core.inbox_events import Ring
from callerid.models import CallType
from callerid.store.ledger.block_list import Kind
from callerid.turns.calllog.read_new_calls import read_new_calls
from callerid.turns.inbox.receive import receive
from tests.turns.world import ANA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.turns.world import World


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """Collect the statements that run inside."""
    seen: list[str] = []
    connections = (world.app.ledger.connection, world.app.mirror.phone_contacts._db)
    for connection in connections:
        connection.set_trace_callback(seen.append)
    try:
        yield seen
    finally:
        for connection in connections:
            connection.set_trace_callback(None)


def writes(seen: list[str]) -> int:
    return sum(statement.startswith("BEGIN IMMEDIATE") for statement in seen)


@pytest.fixture
def home_with_history(world: World) -> World:
    """Some calls of a known caller, logged and reported, and a stranger's; nothing is left to do."""
    for number in (ANA, ANA, "+353861112233"):
        followup = world.called(number)
        world.attend()
        world.tap(followup, "connected")
        world.deliver()
        world.attend()
        world.later(hours=2)
    world.attend()
    return world


def test_a_ring_of_a_known_caller_takes_eight_statements_one_write_among_them(home_with_history: World) -> None:
    """A caller who is in the CRM: no other source has to be read. A write is three statements: it begins, inserts and commits."""
    world = home_with_history
    with statements(world) as seen:
        receive(world.app, Ring(at=world.now, number=ANA), world.now)
    assert world.shown("Ana López")
    assert len(seen) <= 8, seen
    assert writes(seen) == 1


@pytest.mark.parametrize(
    ("number", "reads"),
    [
        ("+353869998877", 8),  # a mobile that never called
        ("+353861112233", 8),  # one that did
        ("011 15 2345 6789", 8),  # one that can be read as two numbers
        ("+49 89 12345678", 9),  # a land line, which may be in a company's direct-dial range: one statement for all ranges
    ],
)
def test_a_ring_of_a_stranger_takes_nine_statements_at_most_and_one_write(
    home_with_history: World, number: str, reads: int
) -> None:
    """The other sources of a name are read, the number of earlier calls, and the place of the line."""
    world = home_with_history
    world.app = replace(world.app, region="AR")
    with statements(world) as seen:
        receive(world.app, Ring(at=world.now, number=number), world.now)
    assert len(world.titles()) == 1
    assert len(seen) <= reads + 3, seen
    assert writes(seen) == 1


@pytest.mark.parametrize("number", [ANA, "+353869998877", ""])
def test_a_ring_opens_no_file_but_the_databases_that_are_open_already(home_with_history: World, number: str) -> None:
    world = home_with_history
    opened: list[str] = []

    def note(event: str, details: tuple[object, ...]) -> None:
        if event == "open" and watching:
            opened.append(str(details[0]))

    watching = True
    sys.addaudithook(note)  # it cannot be removed again, so it watches only meanwhile
    try:
        receive(world.app, Ring(at=world.now, number=number), world.now)
    finally:
        watching = False
    assert len(world.titles()) == 1
    assert opened == []


def test_a_block_list_costs_a_ring_one_statement(home_with_history: World) -> None:
    world = home_with_history
    world.app.ledger.block_list.add(Kind.IGNORED_LINE, [world.app.line_of("+353861112233")])
    world.app.ledger.block_list.add(Kind.FORGOTTEN_NAME, ["Zoe Quixote"])
    with statements(world) as seen:
        receive(world.app, Ring(at=world.now, number=ANA, name="Ana"), world.now)
    assert world.shown("Ana López")
    assert len(seen) <= 9, seen
    assert writes(seen) == 1


def phonebook_reads(seen: list[str]) -> int:
    return sum("FROM phonebook WHERE key" in statement for statement in seen if statement.startswith("SELECT name"))


@pytest.mark.parametrize("number", [ANA, "+353869998877"])
def test_a_new_call_reads_what_the_phone_has_under_its_number_once(home_with_history: World, number: str) -> None:
    world = home_with_history
    world.phone.add_call(number, CallType.INCOMING, world.now, 60, name="Ana")
    world.later(minutes=1)
    with statements(world) as seen:
        assert len(read_new_calls(world.app, world.now).new) == 1
    assert phonebook_reads(seen) == 1, seen


@pytest.mark.parametrize("kind", [CallType.INCOMING, CallType.OUTGOING, CallType.MISSED])
def test_a_prompt_takes_at_most_twenty_statements(home_with_history: World, kind: CallType) -> None:
    world = home_with_history
    followup = world.called(kind=kind, talked=0 if kind is CallType.MISSED else 60)
    with statements(world) as seen:
        world.attend()
    assert world.again(followup).state is State.NOTIFIED
    assert len(seen) <= 20, seen
    assert writes(seen) == 2  # armed before the card is shown, recorded after


def test_the_prompt_of_a_second_missed_call_takes_32_statements_and_four_writes(home_with_history: World) -> None:
    """Two follow-ups change: 14 statements for the one that is settled and loses its card, 18 for the prompt that counts both."""
    world = home_with_history
    first = world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    world.later(minutes=5)
    second = world.called(kind=CallType.MISSED, talked=0)
    with statements(world) as seen:
        world.attend()
    assert (world.again(first).state, world.again(second).state) == (State.DISMISSED, State.NOTIFIED)
    assert world.titles() == ["Missed (2): Ana López · Acme Ltd"]
    assert len(seen) <= 32, seen
    assert writes(seen) == 4


def test_a_round_with_nothing_to_do_takes_seven_statements(home_with_history: World) -> None:
    world = home_with_history
    with statements(world) as seen:
        world.attend()
    assert len(seen) <= 7, seen
    assert writes(seen) == 0


def test_a_tap_on_connected_takes_sixteen_statements_and_one_write(home_with_history: World) -> None:
    world = home_with_history
    followup = world.called()
    world.attend()
    tap = world.tap_of(followup, "Connected")
    with statements(world) as seen:
        receive(world.app, tap, world.now)
    assert world.again(followup).state is State.QUEUED
    assert len(seen) <= 16, seen
    assert writes(seen) == 1
