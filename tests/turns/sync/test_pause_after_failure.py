"""A sync that fails is tried again after a pause, which a restart of the daemon does not end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.daemon.crm_turns import CrmTurns
from callerid.daemon.shared import SharedState
from callerid.turns.sync.pull import LAST_SYNC_TRY

if TYPE_CHECKING:
    from tests.turns.world import World


def test_a_sync_that_fails_is_not_tried_again_at_once_because_the_daemon_was_restarted(world: World) -> None:
    world.settings('region = "IE"\n[crm]\nurl = "http://127.0.0.1:9"\n')
    shared = SharedState(world.where, world.config, world.phone.environment() | {"CALLERID_TOKEN": "x" * 40}, world.runner())
    pause = CrmTurns(shared, lambda: None).pull(world.app)
    assert pause
    assert 30 < pause <= 60
    last_try = world.app.ledger.key_values.read_time(LAST_SYNC_TRY)
    assert last_try
    tried = last_try - timedelta(seconds=10)  # it is stored to the second
    world.app.ledger.key_values.write_time(LAST_SYNC_TRY, tried)
    restarted = CrmTurns(shared, lambda: None)
    assert restarted.pull(world.app)
    assert world.app.ledger.key_values.read_time(LAST_SYNC_TRY) == tried
    shared.sync_requested = True
    longer = restarted.pull(world.app)
    assert longer
    assert 200 < longer <= 300
