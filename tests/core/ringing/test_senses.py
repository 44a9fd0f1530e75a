"""What happened between two states of the phone."""

from __future__ import annotations

from datetime import UTC, datetime

from callerid.core.inbox_events import Dialled, EarlierCaller, Idle, Offhook, Ring
from callerid.core.ringing.hearing import Sense
from callerid.core.ringing.senses import IDLE, CallerInfo, PhoneState, events_between

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ANA, BEN = CallerInfo(number="+353871234567", slot=0), CallerInfo(number="+4989123", slot=1)
TELEPHONY = Sense.TELEPHONY


def event_types(before: PhoneState, after: PhoneState) -> list[type]:
    return [type(event) for event in events_between(before, after, TELEPHONY, NOW)]


def test_a_ring_begins_is_answered_and_ends() -> None:
    (ring,) = events_between(IDLE, PhoneState(ringing=(ANA,)), TELEPHONY, NOW)
    assert ring == Ring(at=NOW, number=ANA.number, slot=0, sense="telephony")
    assert event_types(PhoneState(ringing=(ANA,)), PhoneState(ringing=(ANA,))) == []
    assert event_types(PhoneState(ringing=(ANA,)), PhoneState(talking=True)) == [Offhook]
    assert event_types(PhoneState(talking=True), IDLE) == [Idle]
    assert event_types(IDLE, IDLE) == []


def test_a_waiting_call_rings_and_its_end_is_reported_during_the_other_call() -> None:
    talking, waiting = PhoneState(talking=True), PhoneState(talking=True, ringing=(BEN,))
    assert event_types(talking, waiting) == [Ring]
    assert event_types(waiting, talking) == [Offhook]


def test_a_second_sim_rings_while_the_first_does() -> None:
    assert event_types(PhoneState(ringing=(ANA,)), PhoneState(ringing=(ANA, BEN))) == [Ring]
    assert event_types(PhoneState(ringing=(ANA, BEN)), PhoneState(ringing=(BEN,))) == [Offhook]


def test_a_number_that_comes_later_is_reported_as_a_ring() -> None:
    (ring,) = events_between(PhoneState(ringing=(CallerInfo(slot=0),)), PhoneState(ringing=(ANA,)), TELEPHONY, NOW)
    assert isinstance(ring, Ring)
    assert ring.number == ANA.number


def test_a_number_that_this_phone_dials_is_not_a_ring() -> None:
    (dialled,) = events_between(IDLE, PhoneState(dialling=(ANA,)), TELEPHONY, NOW)
    assert dialled == Dialled(at=NOW, number=ANA.number, slot=ANA.slot, sense=TELEPHONY)


def test_a_notification_that_goes_on_ringing_with_another_caller_is_one_call() -> None:
    carrier, contact = CallerInfo(name="Vodafone", notification_key="k"), CallerInfo(name="Ana", notification_key="k")
    (ring,) = events_between(PhoneState(ringing=(carrier,)), PhoneState(ringing=(contact,)), Sense.NOTIFICATIONS, NOW)
    assert ring == Ring(at=NOW, number="", name="Ana", sense="notifications", earlier=EarlierCaller(number="", name="Vodafone"))
    for before in (PhoneState(ringing=(CallerInfo(name="Vodafone", notification_key="other"),)), PhoneState(talking=True)):
        ring = events_between(before, PhoneState(ringing=(contact,)), Sense.NOTIFICATIONS, NOW)[0]
        assert isinstance(ring, Ring)
        assert ring.earlier is None
    both = PhoneState(ringing=(carrier, contact))
    assert events_between(PhoneState(ringing=(carrier,)), both, Sense.NOTIFICATIONS, NOW)[0] == Ring(
        at=NOW, number="", name="Ana", sense="notifications"
    )
