"""What a daemon holds in memory while it sleeps does not grow with the databases: each loop has connections of its own."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from callerid.daemon.loop import Loop
from callerid.simulator.portal import SimulatedPortal
from tests.turns.world import ANA, World, begin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from callerid.turns.context import AppContext


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with SimulatedPortal() as portal:
        made = begin(tmp_path, portal)
        yield made
        made.close()


def statements_of_a_turn(world: World, *, keeps_pages: bool) -> dict[str, list[str]]:
    """Return what the databases were told in a turn that reads both, and by its loop after it."""
    told: dict[str, list[str]] = {"ledger": [], "mirror": []}
    stopping = threading.Event()

    def turn(app: AppContext) -> None:
        app.ledger.connection.set_trace_callback(told["ledger"].append)
        app.mirror.file.connection.set_trace_callback(told["mirror"].append)
        assert app.mirror.candidates(ANA, "IE")
        app.ledger.calls.active()
        stopping.set()

    Loop(name="test", open_app=world.open, refresh=lambda app: app, turn=turn, stopping=stopping, keeps_pages=keeps_pages)._run()
    return told


def test_a_loop_keeps_no_page_of_either_database_while_it_sleeps(world: World) -> None:
    told = statements_of_a_turn(world, keeps_pages=False)
    assert all(statements[-1] == "PRAGMA shrink_memory" for statements in told.values())
    assert all(len(statements) > 1 for statements in told.values())


def test_the_loop_that_a_ring_waits_for_keeps_its_pages(world: World) -> None:
    told = statements_of_a_turn(world, keeps_pages=True)
    assert not any("shrink_memory" in statement for statements in told.values() for statement in statements)
    assert all(told.values())
