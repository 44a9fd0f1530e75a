"""A name is spoken while it rings, and never into a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.core.inbox_events import Dialled, Idle, Offhook
from callerid.models import CallType
from callerid.store.ledger.block_list import Kind
from callerid.turns.ringing.speak import speak
from tests.turns.ringing.reports import report, report_ring

if TYPE_CHECKING:
    from tests.turns.world import World

STRANGER, BLOCKED = "+49 89 12345678", "+49 89 333333"


def ignore(world: World, *numbers: str) -> None:
    world.app.ledger.block_list.add(Kind.IGNORED_LINE, [world.app.line_of(number) for number in numbers])


def test_a_name_is_spoken_into_a_headset_only_if_one_is_connected(world: World) -> None:
    world.settings('region = "IE"\n[ring]\nspeak = "headset"\n')
    text = report_ring(world).speak
    assert text == "Call from Ana López, Acme Ltd"
    assert not speak(world.app, text, world.now)
    world.phone.change(headset="bluetooth")
    assert speak(world.app, text, world.now)
    assert world.phone.happened("spoken") == [text]


def test_a_waiting_callers_name_is_not_spoken_into_a_conversation(world: World) -> None:
    world.settings('region = "IE"\n[ring]\nspeak = "always"\n')
    report_ring(world, STRANGER)
    report(world, Offhook(at=world.now))
    world.later(minutes=1)
    assert not speak(world.app, report_ring(world).speak, world.now)


def test_nothing_is_spoken_after_the_call_is_answered_or_without_a_voice(world: World) -> None:
    world.settings('region = "IE"\n[ring]\nspeak = "always"\n')
    text = report_ring(world).speak
    world.phone.fault("termux-tts-speak", "empty")
    world.phone.uninstall("termux-tts-speak")
    assert not speak(world.app, text, world.now)
    report(world, Offhook(at=world.now))
    assert not speak(world.app, text, world.now)
    assert report_ring(world, "").speak == ""


@pytest.mark.parametrize("first", ["dialled", "ignored", "other sim"])
def test_a_name_is_not_spoken_into_a_call_without_a_card(world: World, first: str) -> None:
    world.settings('region = "IE"\n[ring]\nspeak = "always"\n' + ('[log]\nsims = ["2"]\n' if first == "other sim" else ""))
    world.app.ledger.key_values.write("sim in slot 0", "1")
    world.app.ledger.key_values.write("sim in slot 1", "2")
    if first == "dialled":
        report(world, Dialled(at=world.now, number=BLOCKED))
    else:
        ignore(world, BLOCKED)
        report_ring(world, BLOCKED, slot=0)
    report(world, Offhook(at=world.now))
    world.later(minutes=1)
    text = report_ring(world, slot=1).speak
    assert text
    assert not speak(world.app, text, world.now)
    world.later(minutes=3)
    report(world, Idle(at=world.now))
    world.later(minutes=3)
    assert speak(world.app, report_ring(world, slot=1).speak, world.now)


def test_a_missed_waiting_call_does_not_end_the_conversation(world: World) -> None:
    world.settings('region = "IE"\n[ring]\nspeak = "always"\n')
    report(world, Offhook(at=world.now))
    world.called(BLOCKED, CallType.MISSED, talked=0)
    report(world, Offhook(at=world.now))
    world.later(seconds=30)
    assert not speak(world.app, report_ring(world).speak, world.now)


def test_a_conversation_ends_at_the_latest_when_its_call_is_in_the_log(world: World) -> None:
    world.settings('region = "IE"\n[ring]\nspeak = "always"\n')
    report(world, Offhook(at=world.now))
    assert not speak(world.app, report_ring(world).speak, world.now)
    world.called(BLOCKED, CallType.OUTGOING, talked=600)
    world.later(minutes=10)
    assert speak(world.app, report_ring(world).speak, world.now)
