"""No call is lost: the ledger is compared with the call log and the outbox, and what was wrong is corrected and reported."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from callerid.core.followup.states import State
from callerid.models import CallType
from callerid.turns.upkeep.reconcile import reconcile, summary
from tests.turns.world import ANA

if TYPE_CHECKING:
    from tests.turns.world import World


def damage(world: World, statement: str, *values: object) -> None:
    """Change the ledger as no part of callerid does."""
    connection = sqlite3.connect(world.where.ledger)
    with connection:
        connection.execute(statement, values)
    connection.close()


def test_a_ledger_without_faults_is_left_as_it_is(world: World) -> None:
    world.called()
    world.attend()
    result = reconcile(world.app, world.now)
    assert result.is_clean
    assert summary(result) == "nothing was wrong"


def test_a_call_that_the_ledger_lost_comes_back(world: World) -> None:
    followup = world.called()
    world.called("+33145678900")
    damage(world, "DELETE FROM followups WHERE call_key = ?", followup.call.key)
    damage(world, "DELETE FROM calls WHERE key = ?", followup.call.key)
    world.later(days=3)
    world.watch()
    world.later(days=3)
    world.app.ledger.key_values.write_time("last_good_poll", world.now)
    result = reconcile(world.app, world.now)
    assert result.missing <= 1
    assert world.app.ledger.history.count() == 2
    assert sum(world.app.ledger.history.count_by_state().values()) == 2


def test_a_call_without_a_follow_up_is_asked_about(world: World) -> None:
    followup = world.called()
    damage(world, "DELETE FROM followups WHERE call_key = ?", followup.call.key)
    result = reconcile(world.app, world.now)
    assert result.without_followup == 1
    assert "1 call had no state" in summary(result)
    world.attend()
    assert world.titles() == ["Log call with Ana López?"]


def test_a_state_that_contradicts_the_outbox_is_corrected(world: World) -> None:
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    world.deliver()
    damage(world, "UPDATE followups SET state = 'notified' WHERE call_key = ?", followup.call.key)
    result = reconcile(world.app, world.now)
    assert result.corrected == ((followup.call.key, State.NOTIFIED, State.LOGGED),)
    assert f"call {followup.call.key} was stored as notified and is logged" in summary(result)
    assert reconcile(world.app, world.now).is_clean


def test_a_call_whose_delivery_is_lost_is_asked_about_again_and_is_in_the_crm_once(world: World) -> None:
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


def test_calls_that_a_wrong_clock_had_hidden_are_found_and_reported(world: World) -> None:
    """The clock was wrong by a month when the call was written; an ordinary read does not go back so far."""
    world.called()
    long_ago = world.now.replace(month=10)
    world.phone.add_call(ANA, CallType.INCOMING, long_ago, 60)
    world.later(minutes=5)
    assert world.watch().new == ()
    result = reconcile(world.app, world.now)
    assert result.missing == 1
    assert "1 call of the phone's log was missing" in summary(result)
