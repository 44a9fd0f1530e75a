"""How often we look, how long a card stays, and when something is said to be out of order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from callerid.core import backoff
from callerid.core.ringing import ring_card
from callerid.core.ringing.ring_card import RingCard
from callerid.core.upkeep import health
from callerid.core.upkeep.health import Source, Trouble
from callerid.models import Call, CallType

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FAST, SLOW = timedelta(seconds=15), timedelta(minutes=5)


def test_polls_slow_down_while_nothing_happens_and_are_fast_again_when_something_did() -> None:
    interval, seen = FAST, []
    for _ in range(12):
        interval = backoff.after_poll(interval, found=False, fastest=FAST, slowest=SLOW)
        seen.append(interval)
    assert seen == sorted(seen)
    assert seen[-1] == SLOW
    assert backoff.after_poll(SLOW, found=True, fastest=FAST, slowest=SLOW) == FAST


def test_a_poll_that_fails_is_never_repeated_within_half_a_minute() -> None:
    assert backoff.after_fault(timedelta(seconds=1), slowest=SLOW) == timedelta(seconds=45)
    assert backoff.after_fault(SLOW, slowest=SLOW) == SLOW
    assert backoff.after_fault(FAST, slowest=timedelta(seconds=20)) == timedelta(seconds=30)


def card(number: int, line: str, seconds: int) -> RingCard:
    return RingCard(id=number, line=line, at=NOW + timedelta(seconds=seconds))


CALL = Call(key="k", start=NOW, number="+4989", type=CallType.INCOMING, duration=60, sim=None, ordinal=0, name="")


def test_a_call_takes_over_the_nearest_card_of_its_line() -> None:
    open_cards = (card(1, "+4989", -50), card(2, "+4989", 2), card(3, "+1", 0))
    assert ring_card.claimed_by(CALL, "+4989", open_cards) == open_cards[1]


def test_a_card_of_another_line_or_another_time_is_not_taken() -> None:
    assert ring_card.claimed_by(CALL, "+4989", (card(1, "+1", 0), card(2, "+4989", 121))) is None


def test_a_card_goes_soon_after_the_end_and_stays_while_one_talks() -> None:
    from dataclasses import replace

    ringing = card(1, "+4989", 0)
    assert not ring_card.is_over(ringing, NOW + timedelta(minutes=2))
    assert ring_card.is_over(ringing, NOW + timedelta(minutes=4))
    talking = replace(ringing, answered_at=NOW)
    assert not ring_card.is_over(talking, NOW + timedelta(hours=3))
    assert ring_card.is_over(talking, NOW + timedelta(hours=5))
    ended = replace(talking, ended_at=NOW + timedelta(hours=1))
    assert not ring_card.is_over(ended, NOW + timedelta(hours=1, seconds=10))
    assert ring_card.is_over(ended, NOW + timedelta(hours=1, seconds=30))


def test_a_ring_older_than_a_minute_is_history() -> None:
    assert ring_card.is_fresh(NOW, NOW + timedelta(seconds=60))
    assert not ring_card.is_fresh(NOW, NOW + timedelta(seconds=61))
    assert ring_card.is_fresh(NOW, NOW - timedelta(hours=1))


def test_trouble_is_told_once_when_it_begins_and_once_when_it_ends() -> None:
    began = health.change(Source.CALL_LOG, None, ("It hangs.", "Open Termux:API."), NOW)
    assert began
    assert began.line == "call log: It hangs. Open Termux:API."
    assert health.change(Source.CALL_LOG, began.trouble, ("It hangs.", ""), NOW + timedelta(hours=1)) is None
    ended = health.change(Source.CALL_LOG, began.trouble, None, NOW + timedelta(hours=2))
    assert ended
    assert (ended.trouble, ended.line) == (None, "call log: works again")
    assert health.change(Source.CALL_LOG, None, None, NOW) is None


def test_another_trouble_of_the_same_source_keeps_its_beginning() -> None:
    before = Trouble(source=Source.SYNC, since=NOW - timedelta(hours=3), sentence="Wrong token.", remedy="")
    other = health.change(Source.SYNC, before, ("No scope.", ""), NOW)
    assert other
    assert other.trouble
    assert other.trouble.since == before.since
