"""A phone without room for the mirror: that is the full phone's trouble, which is said once, and none of the sync."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.core.sync.plan import SyncKind
from callerid.errors import DiskFull
from callerid.turns.sync.pull import pull

if TYPE_CHECKING:
    from tests.turns.world import World


@pytest.mark.parametrize("kind", SyncKind)
def test_a_sync_without_room_is_no_trouble_of_the_sync_and_goes_on_when_there_is_room(world: World, kind: SyncKind) -> None:
    connection = world.app.mirror._db
    world.portal.populate(people=2000, companies=0, deals=0)
    world.portal.limits.searches = 1000
    world.later(hours=3)
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFull):
        pull(world.app, world.hub, world.clock, requested=kind)
    assert world.app.ledger.key_values.troubles() == ()
    assert 60 <= world.app.mirror.facts().contacts < 2060
    connection.execute("PRAGMA max_page_count = 1000000")
    pull(world.app, world.hub, world.clock, requested=kind)
    assert world.app.mirror.facts().contacts == 2060
