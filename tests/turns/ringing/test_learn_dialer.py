"""The dialer is learned from one trial call."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.errors import MalformedOutput
from callerid.models import CallType
from callerid.turns.ringing.learn_dialer import learn_dialer
from tests.turns.world import ANA

if TYPE_CHECKING:
    from tests.turns.world import World


def test_the_dialer_is_learned_from_one_trial_call(world: World) -> None:
    world.phone.change(dialer={"package": "org.rare.dialer", "ringing": "??", "talking": "??", "dialling": "??"})
    steps = iter([lambda: world.phone.ring(ANA), world.phone.miss])
    assert learn_dialer(world.app.ledger, world.app.termux, lambda _: next(steps)()) == "org.rare.dialer"
    assert world.app.ledger.key_values.read("dialers") == "org.rare.dialer"
    steps = iter([lambda: world.phone.add_call(ANA, CallType.MISSED, world.now)])
    with pytest.raises(MalformedOutput):
        learn_dialer(world.app.ledger, world.app.termux, lambda _: next(steps)())


def test_the_end_of_the_trial_call_is_seen_in_a_full_log(world: World) -> None:
    for number in range(20):
        world.phone.add_call(ANA, CallType.INCOMING, world.now - timedelta(hours=number + 1), 5)
    polls = []

    def wait(_: float) -> None:
        polls.append(1)
        if len(polls) == 1:
            world.phone.ring("+33145678900")
        if len(polls) == 3:
            world.phone.miss()

    assert learn_dialer(world.app.ledger, world.app.termux, wait)
    assert len(polls) <= 5
