"""A dialog whose answer does not arrive: what was answered before is kept, the rest is asked again, and nothing counts as a no."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.core.followup.conversation import dialog_answers
from callerid.core.followup.state import CardStatus, State
from callerid.errors import PhoneFault
from callerid.turns.followup.dialogs import AskResult, ask
from tests.turns.world import World

if TYPE_CHECKING:
    from callerid.core.followup.state import FollowUp

UNREADABLE = ("truncated", "empty", "killed", "nonsense", "denied")


def broken_off(world: World, *answers: str, fault: str = "empty") -> FollowUp:
    """Let a call's dialogs be answered, and let what follows have a fault for good."""
    followup = world.called()
    world.attend()
    hurry(world)
    assert world.ask(*answers) is AskResult.LEFT
    world.attend()
    world.tap(followup, "log")
    world.phone.fault("termux-dialog", fault)
    with pytest.raises(PhoneFault):
        ask(world.app, world.clock)
    world.attend()
    return followup


def hurry(world: World, seconds: float = 0.3) -> None:
    """Let a dialog that nobody answers be over soon."""
    log = replace(world.config.log, dialog_timeout=timedelta(seconds=seconds))
    world.app = replace(world.app, config=replace(world.config, log=log))


def dispositions(world: World) -> list[tuple[str, str]]:
    world.deliver()
    return [(call.disposition, call.note) for call in world.portal.held_calls()]


@pytest.mark.parametrize("fault", ["truncated", "empty", "killed", "nonsense"])
def test_an_answer_that_did_not_arrive_is_asked_for_again(world: World, fault: str) -> None:
    world.called()
    world.attend()
    world.phone.fault("termux-dialog", fault, times=2)
    shown = ("Busy",) * (3 if fault == "truncated" else 1)
    assert world.ask(*shown, "ok") is AskResult.ANSWERED
    assert dispositions(world) == [("Busy", "ok")]


def test_an_answer_that_never_arrives_is_asked_for_three_times(world: World) -> None:
    world.called()
    world.attend()
    world.phone.fault("termux-dialog", "prints", text='{"code": 0, "text": "no label"}')
    with pytest.raises(PhoneFault):
        ask(world.app, world.clock)
    assert len(world.phone.journal("termux-dialog")) == 3


@pytest.mark.parametrize("fault", UNREADABLE)
def test_a_follow_up_whose_answer_did_not_arrive_is_asked_for_on_the_card(world: World, fault: str) -> None:
