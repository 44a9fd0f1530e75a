"""Waiting and trying again: pauses grow, end, survive a restart, and are never prolonged by a clock that was wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid.core.backoff import LONGEST_PAUSE, Backoff, Deadline, Failures, RetryQueue, is_due, next_due
from callerid.store.times import moment, stamp

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FAST, SLOW = timedelta(seconds=15), timedelta(minutes=5)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

TIMES = st.datetimes(datetime(1971, 1, 1), datetime(2400, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
PAUSES = st.timedeltas(timedelta(0), LONGEST_PAUSE)
DEADLINES = st.builds(Deadline, until=TIMES, set_at=st.none() | TIMES)
BACKOFFS = st.builds(Backoff.doubling, st.timedeltas(timedelta(seconds=1), DAY), st.timedeltas(timedelta(seconds=1), DAY))


# ------------------------------------------------------------------------------------------------ a pause


def test_a_pause_lasts_until_its_end() -> None:
    pause = Deadline.after(HOUR, NOW)
    assert pause.next_try(NOW) == NOW + HOUR
    assert pause.holds(NOW + HOUR - MINUTE)
    assert not pause.holds(NOW + HOUR)
    assert pause.next_try(NOW + DAY) == NOW + DAY


def test_a_pause_that_was_set_later_than_now_is_over() -> None:
    assert not Deadline.after(HOUR, NOW + MINUTE).holds(NOW)


def test_a_pause_whose_beginning_is_not_kept_is_over_when_it_is_longer_than_the_longest() -> None:
    assert Deadline(until=NOW + LONGEST_PAUSE).holds(NOW)
    assert not Deadline(until=NOW + LONGEST_PAUSE + MINUTE).holds(NOW)
    assert not Deadline(until=NOW + HOUR).holds(NOW, MINUTE)


@given(DEADLINES, TIMES, PAUSES)
def test_nothing_waits_longer_than_the_longest_pause_whatever_the_clock_did(
    pause: Deadline, now: datetime, longest: timedelta
) -> None:
    assert now <= pause.next_try(now, longest) <= now + longest
    assert pause.holds(now, longest) == (pause.next_try(now, longest) > now)


@given(TIMES, PAUSES, TIMES)
def test_nothing_waits_longer_than_the_pause_that_was_set(set_at: datetime, length: timedelta, now: datetime) -> None:
    assert Deadline.after(length, set_at).next_try(now) <= now + length


@given(DEADLINES, TIMES, TIMES)
def test_a_later_look_at_a_pause_never_means_an_earlier_try(pause: Deadline, first: datetime, second: datetime) -> None:
    assert pause.next_try(min(first, second)) <= pause.next_try(max(first, second))


@given(DEADLINES, TIMES)
def test_a_pause_is_the_same_after_a_restart(pause: Deadline, now: datetime) -> None:
    """The ledger keeps whole seconds."""
    until = moment(stamp(pause.until))
    assert until
    restored = Deadline(until=until, set_at=moment(stamp(pause.set_at)))
    assert timedelta(0) <= pause.until - restored.until < SECOND
    set_now = pause.set_at is not None and abs(pause.set_at - now) < SECOND
    just_believed = abs(pause.until - now - LONGEST_PAUSE) < SECOND
    assert set_now or just_believed or abs(restored.next_try(now) - pause.next_try(now)) < SECOND


@given(PAUSES, DEADLINES, TIMES)
def test_the_longer_of_two_pauses_counts(length: timedelta, other: Deadline, now: datetime) -> None:
    both = Deadline.after(length, now).at_least(other, now)
    assert both.next_try(now) == max(now + length, other.next_try(now))
    assert both.set_at == now


# ------------------------------------------------------------------------------------------------ failures in a row


def test_the_last_pause_is_repeated() -> None:
    pauses = Backoff.seconds(5, 10, 300)
    assert [pauses.pause(failures).total_seconds() for failures in (1, 2, 3, 4, 99)] == [5, 10, 300, 300, 300]
    assert [pauses.is_exhausted(failures) for failures in (3, 4)] == [False, True]


def test_pauses_double_up_to_the_longest() -> None:
    assert Backoff.doubling(MINUTE, SLOW).pauses == (MINUTE, 2 * MINUTE, 4 * MINUTE, SLOW)
    assert Backoff.doubling(HOUR, MINUTE).pauses == (MINUTE,)


@given(BACKOFFS, st.integers(1, 10**6))
def test_pauses_grow_and_never_beyond_the_longest(pauses: Backoff, failures: int) -> None:
    assert timedelta(0) < pauses.pause(failures) <= pauses.pause(failures + 1) <= max(pauses.pauses)


def test_failures_in_a_row_have_the_pause_of_their_count() -> None:
    backoff = Backoff.seconds(60, 3600)
    assert not Failures().holds(NOW)
    assert Failures().next_try(NOW) == NOW
    twice = Failures().one_more(backoff, NOW - DAY).one_more(backoff, NOW)
    assert (twice.count, twice.next_try(NOW), twice.next_try(NOW + DAY)) == (2, NOW + HOUR, NOW + DAY)
    assert [twice.holds(NOW + HOUR - MINUTE), twice.holds(NOW + HOUR)] == [True, False]


def test_the_pause_after_failures_is_over_when_a_wrong_clock_has_set_it() -> None:
    assert not Failures().one_more(Backoff.seconds(3600), NOW + 900 * DAY).holds(NOW)


# ------------------------------------------------------------------------------------------------ again and again


def test_what_was_never_done_is_due() -> None:
    assert next_due(None, DAY, NOW) == NOW


def test_what_was_done_is_due_after_its_interval_however_long_that_is() -> None:
    assert next_due(NOW, 30 * DAY, NOW + DAY) == NOW + 30 * DAY
    assert not is_due(NOW, DAY, NOW + DAY - MINUTE)
    assert is_due(NOW, DAY, NOW + DAY)


@pytest.mark.parametrize("ahead", [MINUTE, DAY, 900 * DAY])
def test_what_was_done_by_a_clock_that_was_ahead_is_due(ahead: timedelta) -> None:
    assert is_due(NOW + ahead, DAY, NOW)


# ------------------------------------------------------------------------------------------------ a queue


class Rounds:
    """A queue, a clock and what fails for now."""

    def __init__(self, most: int = 100) -> None:
        self.queue = RetryQueue[str](Backoff.seconds(3, 10, 60), most)
        self.now, self.tried = 1000.0, list[str]()
        self.failing: set[str] = set()

    def next(self) -> float:
        """Wait for the next round, let it happen, and return how long it was waited for; `tried` is what was tried in it."""
        pause = self.queue.seconds_until_due(self.now)
        assert pause is not None
        self.now += pause
        self.tried = []
        self.queue.retry(self._succeeds, lambda: self.now)
        return pause

    def _succeeds(self, item: str) -> bool:
        self.tried.append(item)
        return item not in self.failing


def waiting(*items: str, failing: str = "") -> Rounds:
    rounds = Rounds()
    rounds.failing = set(failing)
    for item in items:
        assert rounds.queue.add(item, rounds.now)
    return rounds


def test_what_failed_together_is_tried_again_by_one_timer_less_and_less_often() -> None:
    rounds = waiting(*"abcdefgh", failing="abcdefgh")
    assert [rounds.next() for _ in range(5)] == [3, 10, 60, 60, 60]
    assert len(rounds.queue) == 8


def test_a_round_ends_with_its_first_failure_and_the_next_begins_with_another_item() -> None:
    rounds = waiting(*"abc", failing="abc")
    tried = []
    for _ in range(4):
        rounds.next()
        tried.append("".join(rounds.tried))
    assert tried == ["a", "b", "c", "a"]


def test_an_item_that_always_fails_holds_up_no_other() -> None:
    rounds = waiting(*"abc", failing="a")
    rounds.next()
    rounds.next()
    assert (rounds.tried, len(rounds.queue)) == (["b", "c", "a"], 1)


def test_nothing_is_tried_before_its_time_and_nothing_waits_when_all_is_done() -> None:
    rounds = waiting(*"ab")
    rounds.now += 2.9
    rounds.queue.retry(rounds._succeeds, lambda: rounds.now)
    assert rounds.tried == []
    rounds.next()
    assert rounds.tried == ["a", "b"]
    assert rounds.queue.seconds_until_due(rounds.now) is None
    rounds.queue.retry(rounds._succeeds, lambda: rounds.now)
    assert rounds.tried == ["a", "b"]


def test_what_fails_anew_is_tried_soon_although_something_else_has_failed_often() -> None:
    rounds = waiting("a", failing="a")
    for _ in range(4):
        rounds.next()
    rounds.queue.add("b", rounds.now)
    assert rounds.next() == 3
    assert rounds.tried == ["b", "a"]
    assert rounds.next() == 60


def test_a_success_elsewhere_makes_everything_due_at_once() -> None:
    rounds = waiting(*"ab")
    rounds.queue.make_due(rounds.now)
    assert rounds.next() == 0
    assert not rounds.queue


def test_what_fails_while_its_need_comes_back_is_tried_again_at_once() -> None:
    """There is room again between a try's failure and its end: nobody will say so once more."""
    rounds = waiting(*"ab")

    def fails_while_room_is_made(_item: str) -> bool:
        rounds.now += 1
        rounds.queue.make_due(rounds.now)
        rounds.now += 1
        return False

    rounds.now += 3
    rounds.queue.retry(fails_while_room_is_made, lambda: rounds.now)
    assert rounds.queue.seconds_until_due(rounds.now) == 0
    rounds.failing = {"a", "b"}
    rounds.next()
    assert rounds.queue.seconds_until_due(rounds.now) == 60  # made due once, not for ever


def test_what_fails_for_the_first_time_while_its_need_comes_back_is_tried_again_at_once() -> None:
    rounds = Rounds()
    rounds.now += 10
    rounds.queue.make_due(rounds.now - 1)
    rounds.queue.add("a", rounds.now, rounds.now - 2)
    assert rounds.queue.seconds_until_due(rounds.now) == 0
    rounds = Rounds()
    rounds.now += 10
    rounds.queue.make_due(rounds.now - 3)
    rounds.queue.add("a", rounds.now, rounds.now - 2)
    assert rounds.queue.seconds_until_due(rounds.now) == 3


def test_only_so_much_may_wait() -> None:
    rounds = Rounds(most=2)
    assert [rounds.queue.add(item, rounds.now) for item in "abc"] == [True, True, False]
    assert len(rounds.queue) == 2
