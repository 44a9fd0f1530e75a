"""Calls that the CRM has leave the ledger after the time of the setting log.keep; their totals stay, and they never come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.cli.quick.status import status_json
from callerid.core.followup.states import State
from callerid.models import CallType
from callerid.turns.upkeep.reconcile import reconcile
from tests.turns.delivery.steps import answer_by_command, deliver_all
from tests.turns.upkeep.test_reconcile import damage
from tests.turns.world import ANA, World

if TYPE_CHECKING:
    from callerid.core.followup.state import FollowUp

STRANGER = "+33145678900"
YEARS = 800  # days


def logged(world: World, **answers: str) -> FollowUp:
    """A call that the CRM has, and that is over."""
    followup = world.called()
    answer_by_command(world, followup, **answers)
    deliver_all(world)
    world.attend()
    world.later(minutes=10)
    world.attend()
    assert world.again(followup).state is State.LOGGED
    return followup


def years_later(world: World) -> None:
    """Two years pass, in which the phone's log drops its old rows; somebody calls, and the ledger is looked after."""
    reconcile(world.app, world.now)
    world.later(days=YEARS)
    world.phone.clear_calls()
    world.called()
    reconcile(world.app, world.now)


def has(world: World, followup: FollowUp) -> bool:
    return world.app.ledger.calls.followup(followup.call.key) is not None


def rows(world: World) -> int:
    return int(world.app.ledger.connection.execute("SELECT count(*) FROM outbox").fetchone()[0])


def test_a_call_that_the_crm_has_goes_after_thirteen_months_and_still_counts(world: World) -> None:
    followup = logged(world, follow_up="tomorrow", note="first")
    years_later(world)
    assert not has(world, followup)
    assert rows(world) == 0
    calls = status_json(world.app, running=False)["calls"]
    assert isinstance(calls, dict)
    assert (calls["logged"], calls["pending"], calls["in_log"], calls["adds_up"]) == (1, 1, 2, True)
    assert world.app.ledger.history.summaries() == {"2026-11": 1}
    assert len(world.portal.held_calls()) == 1


def test_no_byte_of_a_summarised_call_is_left_in_the_ledger(world: World) -> None:
    logged(world, note="Quixotic offer")
    years_later(world)
    world.app.ledger.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"Quixotic" not in world.where.ledger.read_bytes()


def test_a_call_stays_while_it_is_younger_than_the_setting_says(world: World) -> None:
    followup = logged(world)
    reconcile(world.app, world.now)
    world.later(days=380)
    world.phone.clear_calls()
    world.called()
    reconcile(world.app, world.now)
    assert has(world, followup)
    world.settings('region = "IE"\n[log]\nkeep = "3 months"\n')
    reconcile(world.app, world.now)
    assert not has(world, followup)


def test_every_call_stays_where_the_setting_is_empty(world: World) -> None:
    world.settings('region = "IE"\n[log]\nkeep = ""\n')
    followup = logged(world)
    years_later(world)
    assert has(world, followup)


def test_a_call_stays_while_the_phones_log_has_it(world: World) -> None:
    followup = logged(world)
    reconcile(world.app, world.now)
    world.later(days=YEARS)
    world.called()
    for _ in range(2):
        assert reconcile(world.app, world.now).is_clean
    assert has(world, followup)
    assert world.app.ledger.history.count() == 2


def test_a_call_stays_when_the_phones_log_is_empty(world: World) -> None:
    followup = logged(world)
    reconcile(world.app, world.now)
    world.later(days=YEARS)
    world.phone.clear_calls()
    reconcile(world.app, world.now)
    assert has(world, followup)


@pytest.mark.parametrize("answer", ["none", "dismissed", "stranger", "undelivered", "refused", "withdrawn", "task refused"])
def test_what_the_crm_does_not_have_stays(world: World, answer: str) -> None:
    followup = world.called(STRANGER if answer == "stranger" else ANA)
    world.attend()
    if answer == "dismissed":
        world.tap(followup, "dismiss")
    if answer in ("refused", "task refused"):
        world.portal.required["calls" if answer == "refused" else "tasks"] = ("hs_never_there",)
    if answer in ("undelivered", "refused", "withdrawn", "task refused"):
        answer_by_command(world, followup, **({"follow_up": "tomorrow"} if answer == "task refused" else {}))
    if answer in ("refused", "withdrawn", "task refused"):
        deliver_all(world)
    if answer == "withdrawn":
        world.attend()
        world.tap(followup, "undo")
        deliver_all(world)
    world.attend()
    years_later(world)
    assert has(world, followup)


@pytest.mark.parametrize(
    "change", ["state = 'waiting'", "wish = 'withdraw'", "remote_id = ''", "untold = 1", "notification_out = 1"]
)
def test_a_call_stays_while_anything_about_its_task_is_open(world: World, change: str) -> None:
    followup = logged(world, follow_up="tomorrow")
    damage(world, f"UPDATE outbox SET {change} WHERE kind = 'task'")  # noqa: S608 - a change of ours
    years_later(world)
    assert has(world, followup)


def test_a_log_that_is_restored_from_a_backup_brings_no_summarised_call_back(world: World) -> None:
    followup = logged(world)
    years_later(world)
    world.phone.add_call(ANA, CallType.INCOMING, followup.call.start, 60)
    world.later(days=2)
    assert reconcile(world.app, world.now).is_clean
    assert not has(world, followup)
    assert world.app.ledger.history.count() == 2


def test_a_new_call_after_a_summary_is_still_asked_about(world: World) -> None:
    logged(world)
    years_later(world)
    world.attend()
    world.later(days=1)
    fresh = world.called(kind=CallType.INCOMING)
    world.attend()
    assert world.again(fresh).state is State.NOTIFIED


def test_counts_follow_every_change_before_and_after_a_comparison(world: World) -> None:
    counts = world.app.ledger.history.count_by_state
    first, second = world.called(), world.called(STRANGER)
    assert counts() == {State.OPEN: 2}
    reconcile(world.app, world.now)
    assert counts() == {State.OPEN: 2}
    world.attend()
    assert counts() == {State.NOTIFIED: 1, State.NOT_IN_CRM: 1}
    reconcile(world.app, world.now)
    answer_by_command(world, first)
    deliver_all(world)
    assert counts() == {State.LOGGED: 1, State.NOT_IN_CRM: 1}
    damage(world, "DELETE FROM followups WHERE call_key = ?", second.call.key)
    assert counts() == {State.LOGGED: 1}
    assert world.app.ledger.history.count() == 2
    reconcile(world.app, world.now)
    assert counts() == {State.LOGGED: 1, State.OPEN: 1}


def test_what_was_compared_and_has_not_changed_is_not_compared_again(world: World) -> None:
    logged(world)
    reconcile(world.app, world.now)
    assert world.app.ledger.history.to_compare() == ()
    second = world.called()
    assert [followup.call.key for followup in world.app.ledger.history.to_compare()] == [second.call.key]


def test_a_delivery_that_was_changed_behind_its_call_is_compared(world: World) -> None:
    followup = logged(world)
    reconcile(world.app, world.now)
    damage(world, "UPDATE outbox SET state = 'waiting' WHERE call_key = ?", followup.call.key)
    assert reconcile(world.app, world.now).corrected == ((followup.call.key, State.LOGGED, State.QUEUED),)
