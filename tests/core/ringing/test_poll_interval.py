"""Which senses look, how often each does, which are missed, and what that costs at the most."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callerid.core.ringing.poll_interval import (
    Ability,
    Conditions,
    after_hang,
    looks_a_day,
    looks_at_the_log,
    looks_of_a_push,
    lost,
    next_look,
    polled,
    wants_registry,
)
from callerid.core.ringing.senses import Sense

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
INBOX, STREAM, TELEPHONY, NOTIFICATIONS = Sense.INBOX, Sense.STREAM, Sense.TELEPHONY, Sense.NOTIFICATIONS
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def test_a_stream_that_told_nothing_of_the_last_calls_is_not_relied_on() -> None:
    silent = Ability(can_look=True, stream_alive=True, stream_deaf=True)
    assert polled(silent) == (TELEPHONY,)
    assert wants_registry(silent)
    assert not wants_registry(Ability(stream_alive=True))


@pytest.mark.parametrize(
    ("ability", "proven", "missed"),
    [
        (Ability(), (TELEPHONY,), (TELEPHONY,)),  # the grant is gone
        (Ability(), (STREAM, TELEPHONY), (STREAM, TELEPHONY)),  # Shizuku is gone, by which both went
        (Ability(can_look=True), (STREAM, TELEPHONY), (STREAM,)),
        (Ability(list_works=False), (NOTIFICATIONS,), (NOTIFICATIONS,)),
        (Ability(list_works=True), (TELEPHONY, NOTIFICATIONS), (TELEPHONY,)),
        (Ability(chosen=(TELEPHONY, STREAM)), (), (STREAM, TELEPHONY)),  # named, so it should be there
        (Ability(), (), ()),
        (Ability(), (INBOX,), ()),  # the inbox is always there
        (Ability(stream_alive=True), (STREAM, TELEPHONY), ()),  # the stream tells, so the registry may rest
        (Ability(can_look=True), (TELEPHONY, NOTIFICATIONS), ()),
        (Ability(inbox_proven=True), (STREAM, TELEPHONY), ()),
        (Ability(chosen=(INBOX,)), (STREAM, TELEPHONY), ()),  # given up by the person
    ],
)
def test_a_sense_that_heard_once_and_cannot_any_more_is_missed(
    ability: Ability, proven: tuple[Sense, ...], missed: tuple[Sense, ...]
) -> None:
    assert lost(ability, proven) == missed


def test_during_a_talk_the_chosen_interval_is_kept_because_a_second_call_may_wait() -> None:
    long_ago = NOW - timedelta(hours=9)
    assert next_look(Conditions(interval=5 * SECOND, talking=True, last_call=long_ago), NOW) == 5 * SECOND
    assert next_look(Conditions(interval=5 * SECOND, talking=True, busy=True), NOW) == SECOND
    assert next_look(Conditions(interval=5 * SECOND, talking=True, battery=5), NOW) == 10 * SECOND


def test_a_list_that_hangs_is_asked_later_and_later_and_given_up_after_several_times() -> None:
    pauses = [after_hang(count) for count in range(1, 7)]
    assert pauses == [MINUTE, 4 * MINUTE, 15 * MINUTE, 60 * MINUTE, None, None]
    assert next_look(Conditions(interval=SECOND, hangs=1, faults=1, busy=True), NOW) == MINUTE
    assert next_look(Conditions(interval=SECOND, hangs=9), NOW) == 60 * MINUTE


def test_what_a_busy_day_costs_at_the_most_is_counted_with_its_calls() -> None:
    assert looks_a_day(2 * SECOND) == 43_200 + 300  # ten minutes of ringing, with a look a second
    assert looks_a_day(SECOND) == 86_400
    assert looks_of_a_push() == 80
    assert looks_at_the_log(5 * MINUTE, 5 * MINUTE) == 288 + 20 * 6
    assert looks_at_the_log(15 * SECOND, 5 * MINUTE) == 288 + 20 * (6 + 8)
