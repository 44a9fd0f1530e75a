"""What the tests of rings have in common: a sense that tells of one, and the phone's own contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.inbox_events import Ring
from callerid.turns.inbox.receive import receive
from callerid.turns.ringing.phone_contacts import read_phone_contacts
from tests.turns.world import ANA

if TYPE_CHECKING:
    from callerid.turns.wake import Wake
    from tests.turns.world import World


def rings(world: World, number: str = ANA, **more: object) -> Wake:
    """Let a sense tell of a ring."""
    return receive(world.app, Ring(at=world.now, number=number, **more), world.now)  # type: ignore[arg-type]


def contacts(world: World, *people: dict[str, object], settings: str = "") -> None:
    """Let the phone have these contacts, and none else, and have them read."""
    world.phone.change(contacts=list(people))
    world.settings(f'region = "IE"\n{settings}')
    world.later(days=2)
    read_phone_contacts(world.app, world.now)
