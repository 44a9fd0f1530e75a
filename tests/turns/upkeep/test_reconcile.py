"""Nothing lost, and provable: the ledger is held against the phone's log and the outbox, and says what it mended."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from callerid.core.followup.state import State
from callerid.models import CallType
from callerid.turns.upkeep.reconcile import reconcile, told
from tests.turns.world import ANA

if TYPE_CHECKING:
    from tests.turns.world import World


def damage(world: World, statement: str, *values: object) -> None:
    """What no part of callerid does."""
    connection = sqlite3.connect(world.where.ledger)
    with connection:
        connection.execute(statement, values)
    connection.close()


def test_a_whole_ledger_needs_nothing(world: World) -> None:
    world.called()
    world.attend()
    healed = reconcile(world.app, world.now)
    assert healed.is_whole
    assert told(healed) == "nothing was wrong"


def test_a_call_that_the_ledger_lost_comes_back_and_is_told(world: World) -> None:
    followup = world.called()
    world.called("+33145678900")
    damage(world, "DELETE FROM followups WHERE call_key = ?", followup.call.key)
    damage(world, "DELETE FROM calls WHERE key = ?", followup.call.key)
    world.later(days=3)
    world.watch()
    world.later(days=3)
    world.app.ledger.key_values.write_time("last_good_poll", world.now)
    healed = reconcile(world.app, world.now)
    assert healed.missing <= 1
    assert world.app.ledger.calls.in_log() == 2
    assert sum(world.app.ledger.calls.counts().values()) == 2


def test_a_call_with_nobody_who_follows_it_up_is_asked_about_again(world: World) -> None:
    followup = world.called()
    damage(world, "DELETE FROM followups WHERE call_key = ?", followup.call.key)
    healed = reconcile(world.app, world.now)
    assert healed.unfollowed == 1
    assert "1 call had nobody who followed it up" in told(healed)
    world.attend()
    assert world.titles() == ["Log call with Ana López?"]


def test_what_the_outbox_knows_better_is_put_right(world: World) -> None:
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    world.deliver()
    damage(world, "UPDATE followups SET state = 'notified' WHERE call_key = ?", followup.call.key)
    healed = reconcile(world.app, world.now)
    assert healed.belied == ((followup.call.key, State.NOTIFIED, State.LOGGED),)
    assert f"call {followup.call.key} counted as notified and is logged" in told(healed)
    assert reconcile(world.app, world.now).is_whole


def test_an_answer_whose_delivery_is_gone_is_asked_for_again_and_logged_once(world: World) -> None:
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    world.deliver()
    damage(world, "DELETE FROM outbox")
    reconcile(world.app, world.now)
    assert world.again(followup).state is State.OPEN
    world.attend()
    world.tap(followup, "connected")
    world.deliver()
    assert len({call.external_id for call in world.portal.held_calls()}) == 1


def test_calls_that_a_clock_had_hidden_are_found_and_told(world: World) -> None:
    """The clock was wrong by a month when the call was written; an ordinary look does not reach so far back."""
    world.called()
    long_ago = world.now.replace(month=10)
    world.phone.add_call(ANA, CallType.INCOMING, long_ago, 60)
    world.later(minutes=5)
    assert world.watch().new == ()
    healed = reconcile(world.app, world.now)
    assert healed.missing == 1
    assert "1 call of the phone's log was missing" in told(healed)
