"""A tap belongs to the card whose token it has. With any other token it changes nothing, whatever other cards are live."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from callerid.core.followup.states import State
from callerid.core.inbox_events import Tap
from callerid.models import CallType
from callerid.turns.inbox.receive import receive

if TYPE_CHECKING:
    from callerid.core.followup.state import FollowUp
    from tests.turns.world import World

STRANGER = "+33145678900"


def tap(world: World, token: str, word: str) -> None:
    receive(world.app, Tap(at=world.now, token=token, word=word), world.now)


def wrong_tokens(token: str) -> tuple[str, ...]:
    """Return tokens of no card: another one, part of one, one in other case, one with more, patterns, none."""
    return ("x" * 24, token[:-1], token.swapcase(), f"{token}x", "%", "*", "")


@pytest.fixture
def settled(world: World) -> FollowUp:
    """A call that has no card, and so no token."""
    followup = world.called(STRANGER)
    world.attend()
    settled = world.again(followup)
    assert (settled.state, settled.token) == (State.NOT_IN_CRM, "")
    return settled


@pytest.mark.parametrize("word", ["connected", "dismiss", "log", "later", "view"])
def test_a_tap_with_a_wrong_token_changes_nothing_while_another_card_is_live(world: World, settled: FollowUp, word: str) -> None:
    world.called()
    world.attend()
    (live,) = (followup for followup in world.app.ledger.calls.newest(9) if followup.token)
    titles = world.titles()
    for token in wrong_tokens(live.token):
        tap(world, token, word)
    assert (world.again(live), world.again(settled)) == (live, settled)
    assert world.app.ledger.outbox.undelivered() == ()
    assert not world.phone.happened("opened")
    world.attend()
    assert world.titles() == titles


@pytest.mark.parametrize("word", ["all", "each", "none", "swiped"])
def test_a_tap_with_a_wrong_token_changes_nothing_while_the_evenings_card_is_live(world: World, word: str) -> None:
    gathered = []
    for _ in range(2):
        gathered.append(world.called())
        world.attend()
        world.tap(gathered[-1], "later")
    world.now = world.now.replace(hour=18, minute=0)
    world.attend()
    (batch,) = world.app.ledger.batches.all()
    before = [world.again(followup) for followup in gathered]
    for token in wrong_tokens(batch.token):
        tap(world, token, word)
    assert world.app.ledger.batches.all() == (batch,)
    assert [world.again(followup) for followup in gathered] == before
    assert world.app.ledger.outbox.undelivered() == ()
    assert world.titles() == ["2 calls not logged"]


@pytest.mark.parametrize("last", ["connected", "dismiss", "seen"])
@pytest.mark.parametrize("word", ["connected", "log", "undo", "dismiss"])
def test_a_card_that_is_gone_takes_no_more_taps(world: World, last: str, word: str) -> None:
    followup = world.called() if last != "seen" else world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    token = world.again(followup).token
    tap(world, token, last)
    settled = world.again(followup)
    tap(world, token, word)
    assert (settled.token, world.again(followup)) == ("", settled)


def test_a_token_cannot_be_guessed_from_the_call_or_from_an_earlier_token(world: World) -> None:
    followup = world.called()
    tokens = set()
    for _ in range(3):
        before = world.again(followup)
        world.app.ledger.calls.change(before, replace(before, state=State.OPEN, token=""), world.now)
        world.attend()
        tokens.add(world.again(followup).token)
    assert len(tokens) == 3
    assert all(len(token) >= 24 and followup.call.key not in token for token in tokens)


def test_a_card_that_is_swiped_away_wants_no_dialog_any_more(world: World) -> None:
    followup = world.called()
    world.attend()
    world.tap(followup, "log")
    assert world.again(followup).dialog_wanted_at
    world.tap(followup, "dismiss")
    assert world.again(followup).dialog_wanted_at is None
