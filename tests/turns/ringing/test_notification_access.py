"""What is known of the list of notifications, which hangs without access."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.turns.ringing.notification_access import failure_count, note_list_answered, note_list_failed, notifications_readable

if TYPE_CHECKING:
    from tests.turns.world import World


def test_a_list_that_never_worked_is_not_read_again_for_a_day_after_it_hung(world: World) -> None:
    assert notifications_readable(world.app.ledger, world.now) is None
    note_list_failed(world.app.ledger, world.now)
    assert notifications_readable(world.app.ledger, world.now) is False
    assert failure_count(world.app.ledger) == 0
    assert notifications_readable(world.app.ledger, world.now + timedelta(days=2)) is None


def test_a_list_that_worked_is_given_up_only_after_several_hangs(world: World) -> None:
    note_list_answered(world.app.ledger)
    for count in range(1, 5):
        note_list_failed(world.app.ledger, world.now)
        assert notifications_readable(world.app.ledger, world.now)
        assert failure_count(world.app.ledger) == count
    note_list_answered(world.app.ledger)
    assert failure_count(world.app.ledger) == 0
    for _ in range(5):
        note_list_failed(world.app.ledger, world.now)
    assert notifications_readable(world.app.ledger, world.now) is False


def test_the_value_that_an_earlier_version_stored_is_understood(world: World) -> None:
    for kept, works in (
        ("yes", True),
        (f"no {int(world.now.timestamp()) + 60} 2", False),
        (f"no {int(world.now.timestamp()) - 60}", None),
        (f"no {int(world.now.timestamp()) + 400 * 86_400}", None),  # by a clock that was a year ahead
    ):
        world.app.ledger.key_values.write("notification_list_works", kept)
        assert notifications_readable(world.app.ledger, world.now) is works
        assert failure_count(world.app.ledger) == 0
