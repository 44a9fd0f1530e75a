"""How long the card of a ring stays, and which call takes it over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from callerid.core.ringing import ring_card
from callerid.core.ringing.ring_card import RingCard
from callerid.models import Call, CallType

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def card(number: int, line: str, seconds: int) -> RingCard:
    return RingCard(id=number, line=line, at=NOW + timedelta(seconds=seconds))


CALL = Call(key="k", start=NOW, number="+4989", type=CallType.INCOMING, duration=60, sim=None, ordinal=0, name="")


def test_a_call_takes_over_the_nearest_card_of_its_line() -> None:
    open_cards = (card(1, "+4989", -50), card(2, "+4989", 2), card(3, "+1", 0))
    assert ring_card.ring_of_call(CALL, "+4989", open_cards) == open_cards[1]


def test_a_card_of_another_line_or_another_time_is_not_taken() -> None:
    assert ring_card.ring_of_call(CALL, "+4989", (card(1, "+1", 0), card(2, "+4989", 121))) is None


def test_a_card_goes_soon_after_the_end_and_stays_while_one_talks() -> None:
    ringing = card(1, "+4989", 0)
    assert not ring_card.has_expired(ringing, NOW + timedelta(minutes=2))
    assert ring_card.has_expired(ringing, NOW + timedelta(minutes=4))
    talking = replace(ringing, answered_at=NOW)
    assert not ring_card.has_expired(talking, NOW + timedelta(hours=3))
    assert ring_card.has_expired(talking, NOW + timedelta(hours=5))
    ended = replace(talking, ended_at=NOW + timedelta(hours=1))
    assert not ring_card.has_expired(ended, NOW + timedelta(hours=1, seconds=10))
    assert ring_card.has_expired(ended, NOW + timedelta(hours=1, seconds=30))


def test_a_ring_older_than_a_minute_is_history() -> None:
    assert ring_card.is_fresh(NOW, NOW + timedelta(seconds=60))
    assert not ring_card.is_fresh(NOW, NOW + timedelta(seconds=61))
    assert ring_card.is_fresh(NOW, NOW - timedelta(hours=1))
