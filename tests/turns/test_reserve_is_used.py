"""Whatever a person says gets the reserved space when there is no room for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from callerid.core.inbox_events import Reply
from callerid.errors import DiskFull
from callerid.store.reserve import Reserve
from callerid.turns.followup import conversation
from callerid.turns.followup.dialogs import AskResult
from callerid.turns.full_disk import with_reserve
from callerid.turns.inbox import receive
from callerid.turns.wake import Wake

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.turns.world import World


def fails_once(do: Callable[..., Any]) -> Callable[..., Any]:
    """Return what finds no room the first time, and then does something."""
    faults = [DiskFull("The disk is full.")]

    def attempt(*words: Any, **more: Any) -> Any:
        if faults:
            raise faults.pop()
        return do(*words, **more)

    return attempt


def test_a_typed_note_gets_the_reserved_space(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    Reserve(world.where.reserve).keep()
    monkeypatch.setattr(receive, "receive_reply", fails_once(lambda *_: Wake(deliver=True)))
    assert receive.receive(world.app, Reply(at=world.now, token="t", text="x"), world.now).deliver
    assert Reserve(world.where.reserve).is_wanting


def test_before_the_reserved_space_is_used_the_journal_is_begun_anew(world: World) -> None:
    """Then what is stored needs no more space for it."""
    journal = world.where.ledger.with_name("ledger.db-wal")
    Reserve(world.where.reserve).keep()
    world.app.ledger.key_values.write("a", "x" * 40_000)
    before = journal.stat().st_size
    with_reserve(world.app, fails_once(lambda: world.app.ledger.key_values.write("b", "y" * 20_000)))
    assert journal.stat().st_size == before


@pytest.mark.parametrize("answers", [("Busy", None, None), (None,)])
def test_each_answer_of_a_dialog_and_leaving_it_gets_the_reserved_space(
    world: World, answers: tuple[str | None, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    Reserve(world.where.reserve).keep()
    followup = world.called()
    world.attend()
    world.tap(followup, "log")
    monkeypatch.setattr(conversation, "store_draft", fails_once(conversation.store_draft))
    assert world.ask(*answers) is AskResult.LEFT
    assert (world.again(followup).draft, Reserve(world.where.reserve).is_wanting) == ((), True)


def test_what_is_chosen_in_a_dialog_gets_the_reserved_space(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    Reserve(world.where.reserve).keep()
    monkeypatch.setattr(conversation, "record_result", fails_once(conversation.record_result))
    followup = world.called()
    world.attend()
    world.tap(followup, "log")
    assert world.ask("Busy", "") is AskResult.ANSWERED
    world.deliver()
    assert [call.disposition for call in world.portal.held_calls()] == ["Busy"]
