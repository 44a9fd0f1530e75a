"""What the tests of rings share: the report of a sense, and the phone contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.inbox_events import Ring
from callerid.turns.inbox.receive import receive
from callerid.turns.ringing.phone_contacts import read_phone_contacts
from tests.turns.world import ANA

if TYPE_CHECKING:
    from callerid.core.inbox_events import Event
    from callerid.turns.wake import Wake
    from tests.turns.world import World


def report(world: World, event: Event) -> Wake:
    """Let a sense report an event now."""
    return receive(world.app, event, world.now)


def report_ring(world: World, number: str = ANA, **more: object) -> Wake:
    """Let a sense report a ring now."""
    return report(world, Ring(at=world.now, number=number, **more))  # type: ignore[arg-type]


def set_contacts(world: World, *contacts: dict[str, object], settings: str = "") -> None:
    """Let the phone have these contacts and no others, and read them. Two days pass."""
    world.phone.change(contacts=list(contacts))
    world.settings(f'region = "IE"\n{settings}')
    world.later(days=2)
    read_phone_contacts(world.app, world.now)


def card_text(world: World) -> str:
    """Return the text below the title of the one card on the screen."""
    (shown,) = world.phone.notifications()
    return shown.content
