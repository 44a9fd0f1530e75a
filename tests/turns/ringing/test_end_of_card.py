"""How the card of a ring ends: its call takes it over, or it is removed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.core.followup.states import State
from callerid.core.inbox_events import Dialled, Idle, Offhook, Ring
from callerid.models import CallType
from tests.turns.ringing.reports import report, report_ring, set_contacts
from tests.turns.world import ANA

if TYPE_CHECKING:
    from tests.turns.world import World


STRANGER, OTHER = "+49 89 12345678", "+49 89 111111"


def test_a_ring_that_never_ends_loses_its_card(world: World) -> None:
    report_ring(world)
    world.later(minutes=4)
    world.attend()
    assert world.titles() == []


def test_a_card_goes_even_if_the_clock_was_set_back(world: World) -> None:
    report_ring(world, "+33145678900")
    report(world, Idle(at=world.now))
    world.later(hours=-2)
    world.attend()
    assert world.titles() == []


def test_a_card_that_was_shown_by_a_process_that_died_before_it_recorded_the_ring_is_removed(world: World) -> None:
    ring = Ring(at=world.now, number=ANA)
    report(world, ring)
    world.app.ledger.connection.execute("DELETE FROM rings")
    world.later(minutes=3)
    report(world, ring)  # the next process reads the event's file again
    assert world.titles() == []


def test_the_prompt_that_took_over_a_rings_card_stays_when_the_event_is_read_again(world: World) -> None:
    ring = Ring(at=world.now, number=ANA)
    report(world, ring)
    world.called()
    world.attend()
    world.later(minutes=3)
    report(world, ring)
    assert world.titles() == ["Log call with Ana López?"]


def test_an_idle_phone_ends_every_card(world: World) -> None:
    report_ring(world)
    report(world, Idle(at=world.now))
    world.later(seconds=30)
    world.attend()
    assert world.titles() == []


def test_an_earlier_idle_event_does_not_end_a_ring(world: World) -> None:
    report_ring(world)
    report(world, Idle(at=world.now - timedelta(seconds=5)))
    report(world, Offhook(at=world.now - timedelta(seconds=5)))
    (card,) = world.app.ledger.rings.open_cards()
    assert card.ended_at is card.answered_at is None


def test_a_call_takes_over_the_card_of_a_ring_without_a_number(world: World) -> None:
    report_ring(world, "")
    assert world.titles() == ["Private number"]
    world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    assert world.titles() == ["Missed: Ana López · Acme Ltd"]


@pytest.mark.parametrize("kind", [CallType.MISSED, CallType.INCOMING])
def test_a_call_takes_over_the_card_of_the_name_of_its_contact(world: World, kind: CallType) -> None:
    """The row has no name, and no sense reported the end of the ring."""
    report_ring(world, "", name="López Ana", sense="notifications")
    world.called(ANA, kind, 0 if kind is CallType.MISSED else 30)
    world.attend()
    assert len(world.titles()) == 1


def test_a_call_does_not_take_over_the_card_of_another_caller_who_still_rings(world: World) -> None:
    report_ring(world, "", name="Bob Stone", sense="notifications")
    world.called("", CallType.MISSED, 0)
    world.called(ANA, CallType.MISSED, 0, name="Ana Squash")
    world.attend()
    assert set(world.titles()) == {"Bob Stone", "Missed: Ana Squash · Acme Ltd"}
    report_ring(world, "", name="Annie", sense="notifications")
    report(world, Idle(at=world.now))
    world.called(OTHER, CallType.MISSED, 0, name="Annie (mobile)")
    world.attend()
    assert "Annie" not in world.titles()


def test_the_card_of_a_dialled_call_is_taken_over_only_by_that_call(world: World) -> None:
    set_contacts(world, settings="[ring]\noutgoing = true\n")
    report(world, Dialled(at=world.now, number="", name="Ana López", sense="notifications"))
    assert world.titles() == ["Calling Ana López · Acme Ltd"]
    world.called(OTHER, CallType.MISSED, 0)
    world.attend()
    assert "Calling Ana López · Acme Ltd" in world.titles()
    world.phone.add_call(ANA, CallType.OUTGOING, world.now - timedelta(seconds=5), 60)
    world.later(minutes=2)
    world.watch()
    world.attend()
    assert world.titles() == ["Log call with Ana López?"]


def test_a_card_goes_when_quiet_hours_begin_before_the_prompt(world: World) -> None:
    report_ring(world)
    assert len(world.titles()) == 1
    world.settings('region = "IE"\n[log]\nquiet_hours = "13:00-23:00"\n')  # it is 13:xx in Berlin
    followup = world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    assert world.titles() == []
    assert world.again(followup).state is State.OPEN
