"""What another program with access to the inbox can do is what a button or an automation can do, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.followup.states import State
from callerid.core.inbox_events import Reply, Tap
from callerid.phone.inbox import Inbox
from callerid.turns.inbox.receive import receive

if TYPE_CHECKING:
    from pathlib import Path

    from tests.turns.world import World


def test_a_link_in_the_inbox_is_not_followed_even_to_a_valid_event(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    elsewhere = tmp_path / "ring.event"
    elsewhere.write_text("callerid-event 1\nring\n+353871234567\n")
    (folder / "ring-1-0.event").symlink_to(elsewhere)
    assert Inbox(folder).read() == []
    assert elsewhere.exists()
    assert list(folder.iterdir()) == []


def test_a_tap_and_a_typed_note_need_the_token_of_the_card_and_not_the_calls_key(world: World) -> None:
    followup = world.called()
    world.attend()
    token = world.again(followup).token
    assert len(token) >= 24
    for guess in (followup.call.key.ljust(24, "x"), token[:-1] + ("a" if token[-1] != "a" else "b"), "x" * 24):
        receive(world.app, Tap(at=world.now, token=guess, word="connected"), world.now)
        receive(world.app, Reply(at=world.now, token=guess, text="forged"), world.now)
    assert world.again(followup).state is State.NOTIFIED
    assert world.app.ledger.outbox.all() == ()


def test_the_same_tap_twice_is_one_call_in_the_crm(world: World) -> None:
    followup = world.called()
    world.attend()
    tap = Tap(at=world.now, token=world.again(followup).token, word="connected")
    for _ in range(3):
        receive(world.app, tap, world.now)
        world.deliver()
        world.attend()
    assert world.calls_in_crm() == 1
