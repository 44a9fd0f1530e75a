"""Event files that are odd do not hold up a ring."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from callerid.core.inbox_events import Ring
from callerid.phone.inbox import Inbox
from tests.turns.world import ANA

if TYPE_CHECKING:
    from pathlib import Path

    from tests.turns.world import World


STRANGER, OTHER = "+49 89 12345678", "+49 89 111111"


def write_event(folder: Path, name: str, text: str, at: float) -> None:
    path = folder / name
    path.write_text(f"callerid-event 1\n{text}\n")
    os.utime(path, (at, at))


def test_files_that_cannot_be_deleted_do_not_hold_up_a_ring(world: World) -> None:
    inbox, later = Inbox(world.where.inbox), world.now.timestamp() + 3600
    for number in range(600):
        folder = world.where.inbox / f"ring-{number}-0.event"
        folder.mkdir()
        os.utime(folder, (later, later))
    write_event(world.where.inbox, "ring-9999-0.event", f"ring\n{ANA}", world.now.timestamp())
    events = [arrived.event for _ in range(3) for arrived in inbox.read(world.now)]
    assert isinstance(events[0], Ring)


def test_an_event_file_from_the_future_counts_as_written_now(world: World) -> None:
    """Some file systems keep such times; nothing is younger than now."""
    write_event(world.where.inbox, "ring-1-0.event", f"ring\n{ANA}", world.now.timestamp() + 10**9)
    write_event(world.where.inbox, "idle-2-0.event", "idle", world.now.timestamp() + 3600)
    events = [arrived.event for arrived in Inbox(world.where.inbox).read(world.now)]
    assert {event.at for event in events} == {world.now}
