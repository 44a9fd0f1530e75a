"""More comes in than is read at once: nothing waits for the next time that somebody happens to look."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from callerid.daemon.event_turns import EventTurns
from callerid.daemon.loop import Loop
from callerid.daemon.shared import SharedState

if TYPE_CHECKING:
    from tests.turns.world import World


def test_what_stands_behind_the_first_five_hundred_taps_is_read_when_they_are_gone(world: World) -> None:
    hub = SharedState(world.where, world.config, world.phone.environment())
    turns, woken = EventTurns(hub), threading.Event()

    def loop(name: str, wake: threading.Event) -> Loop:
        return Loop(name=name, open_app=world.open, refresh=lambda app: app, turn=turns.rings, stopping=hub.stopping, _wake=wake)

    hub.loops = {name: loop(name, threading.Event()) for name in ("taps", "attend")} | {"rings": loop("rings", woken)}
    for number in range(700):
        (world.where.inbox / f"tap-{number}.event").write_text(f"callerid-event 1\ntap\n{number:024}\nview\n")
    turns.rings(world.app)
    assert turns.rings(world.app) == 60.0  # the first are handed over already, and none is dealt with
    woken.clear()
    turns.taps(world.app)
    assert woken.is_set()
    turns.rings(world.app)
    turns.taps(world.app)
    assert not list(world.where.inbox.iterdir())
