"""Two processes change one call at the same moment: the person's answer is stored, and the ledger knows which cards are shown."""

from __future__ import annotations

import fcntl
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from callerid.core.followup.batches import Batch
from callerid.core.followup.states import CardStatus, State
from callerid.core.inbox_events import Reply
from callerid.errors import StoreFault
from callerid.models import CallType
from callerid.store.ledger.calls import Calls
from callerid.turns.followup.attend import attend
from callerid.turns.followup.conversation import store_draft
from callerid.turns.followup.dialogs import AskResult
from callerid.turns.followup.withdraw import withdraw
from callerid.turns.inbox.typed_note import receive_reply
from callerid.turns.upkeep.after_reboot import show_again_if_lost

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.core.followup.state import FollowUp
    from tests.turns.world import World


class Met(Calls):
    """A ledger's calls, of which another process changes one just before it is changed here, once."""

    def __init__(self, calls: Calls, other: Callable[[], object]) -> None:
        super().__init__(calls._db, calls._block_list)
        self._other: Callable[[], object] | None = other

    def change(self, before: FollowUp, after: FollowUp, now: datetime, *, counted_in: str = "") -> FollowUp | None:
        other, self._other = self._other, None
        if other:
            other()
        return super().change(before, after, now, counted_in=counted_in)


def meets(world: World, other: Callable[[], object]) -> None:
    """Let another process be faster at the next change."""
    world.app.ledger.calls = Met(world.app.ledger.calls, other)


def touched(world: World, followup: FollowUp) -> Callable[[], object]:
    """Return what another process does: it changes the call, storing a draft."""
    calls = Calls(world.app.ledger.connection, world.app.ledger.block_list)

    def touch() -> object:
        seen = world.again(followup)
        return calls.change(seen, replace(seen, draft=(("note", "kept"),)), world.now)

    return touch


@pytest.mark.parametrize(
    ("word", "becomes"),
    [
        ("connected", State.QUEUED),
        ("dismiss", State.DISMISSED),
        ("later", State.OPEN),
        ("quarter", State.OPEN),
        ("log", State.NOTIFIED),
    ],
)
def test_a_tap_is_stored_though_the_call_was_changed_at_that_moment(world: World, word: str, becomes: State) -> None:
    followup = world.called()
    world.attend()
    meets(world, touched(world, followup))
    world.tap(followup, word)
    after = world.again(followup)
    assert after.state is becomes
    assert (after.dialog_wanted_at is not None) is (word == "log")
    assert (after.not_before is not None) is (word in ("later", "quarter"))


def test_a_missed_call_is_settled_though_it_was_changed_at_that_moment(world: World) -> None:
    followup = world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    meets(world, touched(world, followup))
    world.tap(followup, "seen")
    assert world.again(followup).reason == "contact viewed"


def test_an_answer_is_not_overwritten_by_a_process_that_read_the_call_before(world: World) -> None:
    followup = world.called()
    world.attend()
    stale = world.again(followup)
    touched(world, followup)()
    assert world.app.ledger.calls.change(stale, replace(stale, reason="older"), world.now) is None
    assert store_draft(world.app.ledger, stale, (("outcome", "connected"),), world.now).draft == (("outcome", "connected"),)
    assert world.again(followup).reason == ""


def test_a_call_is_withdrawn_though_it_was_changed_at_that_moment(world: World) -> None:
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    stale = world.again(followup)
    world.app.ledger.calls.change(stale, replace(stale, card_status=CardStatus.QUEUED), world.now)
    assert withdraw(world.app, stale, world.now)
    world.deliver()
    assert world.calls_in_crm() == 0


def test_an_empty_note_for_a_call_that_was_answered_at_that_moment_changes_nothing(world: World) -> None:
    world.settings('region = "IE"\n[log]\nreply = true\nmin_duration = "0s"\n')
    followup = world.called()
    world.attend()
    token = world.again(followup).token
    calls = Calls(world.app.ledger.connection, world.app.ledger.block_list)

    def answered() -> None:
        seen = world.again(followup)
        calls.change(seen, replace(seen, state=State.DISMISSED, token=""), world.now)

    meets(world, answered)
    receive_reply(world.app, Reply(at=world.now, token=token, text=""), world.now)
    assert world.again(followup).state is State.DISMISSED


# ------------------------------------------------------------------------------------------------ what is on the screen


def test_a_card_that_is_swiped_while_it_is_being_shown_is_removed(world: World) -> None:
    """The daemon may die after the card was shown and before that is recorded."""
    followup = world.called()
    calls = world.app.ledger.calls
    before = world.again(followup)
    armed = calls.change(before, replace(before, token="t" * 24, notification_shown=True), world.now)
    assert armed
    world.tap(followup, "dismiss")  # the swipe of a card that was there before
    attend(world.app, world.now)
    assert not world.again(followup).notification_shown
    assert world.phone.happened("removed")


def test_prompts_are_shown_again_after_the_daemon_was_killed(world: World) -> None:
    followup = world.called()
    world.attend()
    (shown,) = world.phone.notifications()
    world.app.termux.remove_notification(shown.id)  # by a tap that was never written down, or by Android
    assert not show_again_if_lost(world.app.ledger, world.now, ended_cleanly=True)
    assert world.titles() == []
    assert show_again_if_lost(world.app.ledger, world.now, ended_cleanly=False)
    world.attend()
    assert world.titles() == [shown.title]
    assert world.again(followup).state is State.NOTIFIED


def test_a_card_that_is_to_be_shown_again_stays_in_quiet_hours(world: World) -> None:
    world.called()
    world.attend()
    before = world.titles()
    show_again_if_lost(world.app.ledger, world.now, ended_cleanly=False)
    local = world.app.local_time(world.now)
    world.settings(f'region = "IE"\n[log]\nquiet_hours = "{local:%H}:00-{(local.hour + 2) % 24:02}:00"\n')
    world.attend()
    assert world.titles() == before


# ------------------------------------------------------------------------------------------------ what is stored together


def test_a_batch_is_not_overwritten_by_a_process_that_read_it_before(world: World) -> None:
    batches = world.app.ledger.batches
    batches.ensure(Batch(name="evening", notification_id="callerid-evening"))
    (stale,) = batches.all()
    assert batches.change(stale, replace(stale, token="t" * 24))
    assert batches.change(stale, replace(stale, token="u" * 24)) is None
    assert [batch.token for batch in batches.all()] == ["t" * 24]


def test_an_answer_is_stored_with_what_is_to_be_delivered_or_not_at_all(world: World) -> None:
    followup = world.called()
    world.attend()
    before = world.again(followup)
    world.app.ledger.connection.execute(
        "CREATE TEMP TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
    )
    with pytest.raises((StoreFault, sqlite3.DatabaseError), match="full"):
        world.tap(followup, "connected")
    assert (world.again(followup), world.app.ledger.outbox.all()) == (before, ())
    world.app.ledger.connection.execute("DROP TRIGGER full")
    world.tap(followup, "connected")
    assert len(world.app.ledger.outbox.all()) == 1


def test_a_second_process_opens_no_dialog_while_one_is_open(world: World) -> None:
    followup = world.called()
    world.attend()
    world.tap(followup, "log")
    world.phone.fault("termux-dialog", "hang")  # else a dialog would be waited for here
    with world.where.dialog_lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert world.ask() is AskResult.BUSY
    assert world.ask() is AskResult.LEFT
