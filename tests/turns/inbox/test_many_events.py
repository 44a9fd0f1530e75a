"""More events arrive than are read at once: the rest is read as soon as those are done."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from callerid.daemon.event_turns import EventTurns
from callerid.daemon.loop import Loop
from callerid.daemon.shared import SharedState

if TYPE_CHECKING:
    from tests.turns.world import World


def test_taps_after_the_first_five_hundred_are_read_when_those_are_done(world: World) -> None:
    shared = SharedState(world.where, world.config, world.phone.environment(), world.runner())
    turns, woken = EventTurns(shared), threading.Event()

    def loop(name: str, wake: threading.Event) -> Loop:
        return Loop(name=name, open_app=world.open, refresh=lambda app: app, turn=turns.rings, stopping=shared.stopping, _wake=wake)

    shared.loops = {name: loop(name, threading.Event()) for name in ("taps", "attend")} | {"rings": loop("rings", woken)}
    for number in range(700):
        (world.where.inbox / f"tap-{number}.event").write_text(f"callerid-event 1\ntap\n{number:024}\nview\n")
    turns.rings(world.app)
    assert turns.rings(world.app) == 60.0  # the first are handed over, and none is processed yet
    woken.clear()
    turns.taps(world.app)
    assert woken.is_set()
    turns.rings(world.app)
    turns.taps(world.app)
    assert not list(world.where.inbox.iterdir())
