"""The file of an event is there until what it says is done, so that no fault and no end of the daemon loses an answer."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from callerid.core.followup.states import State
from callerid.daemon import event_turns
from callerid.daemon.event_turns import EventTurns
from callerid.daemon.main import Daemon
from callerid.daemon.shared import SharedState
from callerid.errors import PhoneFault, Stopped, UsageFault
from callerid.phone.inbox import Inbox
from callerid.simulator.portal import SimulatedPortal
from callerid.store import connection as connection_module
from callerid.store.connection import writing
from callerid.store.ledger.database import open_ledger
from tests.turns.world import World, begin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from callerid.core.followup.state import FollowUp
    from callerid.daemon.loop import Loop
    from callerid.turns.wake import Wake

FULL, NORMAL = 2, 1  # as PRAGMA synchronous says it


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(connection_module, "_LOCK_TIMEOUT", 0.05)
    with SimulatedPortal() as portal:
        made = begin(tmp_path, portal)
        yield made
        made.close()


class Events:
    """The loops of the events, without their threads."""

    def __init__(self, world: World) -> None:
        self._app = world.app
        self.shared = SharedState(world.where, world.config, {}, world.runner())
        loop = cast("Loop", SimpleNamespace(wake=lambda: None))
        self.shared.loops = defaultdict(lambda: loop)
        self._turns = EventTurns(self.shared)

    def take(self) -> None:
        """Take a turn of each, as when the pauses of what waits are over."""
        self._turns.retry_now()
        with contextlib.suppress(Stopped):
            self._turns.rings(self._app)
            self._turns.taps(self._app)


def tapped(world: World) -> FollowUp:
    """Tap *Connected* on the card of a call, without a daemon that would see it."""
    followup = world.called()
    world.attend()
    tap = world.tap_of(followup, "Connected")
    (world.where.inbox / "tap-1-0.event").write_text(f"callerid-event 1\ntap\n{tap.token}\n{tap.word}\n")
    return followup


def files(world: World) -> list[str]:
    return [path.name for path in world.where.inbox.iterdir()]


def test_an_answer_stays_in_the_inbox_while_the_ledger_is_locked_and_is_stored_then(world: World) -> None:
    followup, events = tapped(world), Events(world)
    other = open_ledger(world.where.ledger)
    with writing(other.connection):
        events.take()
        assert files(world) == ["tap-1-0.event"]
    other.close()
    assert world.again(followup).state is State.NOTIFIED
    events.take()
    assert world.again(followup).state is State.QUEUED
    assert files(world) == []


@pytest.mark.parametrize(
    ("fault", "stays"),
    [(Stopped("callerid is stopping."), True), (PhoneFault("it hangs."), False), (UsageFault("no."), False)],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("verb", ["tap", "idle"])
def test_an_event_stays_when_the_daemon_ends_meanwhile_and_goes_when_it_failed_for_good(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: Exception, verb: str, *, stays: bool
) -> None:
    tapped(world)
    if verb == "idle":
        (world.where.inbox / "tap-1-0.event").unlink()
        Inbox(world.where.inbox).put("idle")
    events = Events(world)

    def failing(*_: Any, **__: Any) -> Wake:
        events.shared.stopping.set() if stays else None
        raise fault

    monkeypatch.setattr(event_turns, "receive", failing)
    events.take()
    assert bool(files(world)) is stays


def test_only_the_loop_of_the_rings_writes_without_waiting_for_the_disk(world: World) -> None:
    daemon = Daemon(world.where, world.config, {}, world.runner())
    waits = {}
    for name, loop in daemon._shared.loops.items():
        app = loop.open_app()
        waits[name] = app.ledger.connection.execute("PRAGMA synchronous").fetchone()[0]
        app.close()
    assert waits.pop("rings") == NORMAL
    assert set(waits.values()) == {FULL}
