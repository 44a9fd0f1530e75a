"""Which senses look, how often each does, which are missed, and what that costs at the most."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callerid.core.ringing.sense_polling import (
    AFTER_HANG,
    PollConditions,
    SenseAvailability,
    call_log_polls_a_day,
    lost_senses,
    needs_registry,
    next_interval,
    polls_a_day,
    push_reads_a_day,
    senses_to_poll,
)
from callerid.core.ringing.senses import Sense

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
INBOX, STREAM, TELEPHONY, NOTIFICATIONS = Sense.INBOX, Sense.STREAM, Sense.TELEPHONY, Sense.NOTIFICATIONS
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def test_a_stream_that_told_nothing_of_the_last_calls_is_not_relied_on() -> None:
    silent = SenseAvailability(registry_readable=True, stream_running=True, stream_deaf=True)
    assert senses_to_poll(silent) == (TELEPHONY,)
    assert needs_registry(silent)
    assert not needs_registry(SenseAvailability(stream_running=True))


@pytest.mark.parametrize(
    ("ability", "proven", "missed"),
    [
        (SenseAvailability(), (TELEPHONY,), (TELEPHONY,)),  # the grant is gone
        (SenseAvailability(), (STREAM, TELEPHONY), (STREAM, TELEPHONY)),  # Shizuku is gone, by which both went
        (SenseAvailability(registry_readable=True), (STREAM, TELEPHONY), (STREAM,)),
        (SenseAvailability(notifications_readable=False), (NOTIFICATIONS,), (NOTIFICATIONS,)),
        (SenseAvailability(notifications_readable=True), (TELEPHONY, NOTIFICATIONS), (TELEPHONY,)),
        (SenseAvailability(configured=(TELEPHONY, STREAM)), (), (STREAM, TELEPHONY)),  # named, so it should be there
        (SenseAvailability(), (), ()),
        (SenseAvailability(), (INBOX,), ()),  # the inbox is always there
        (SenseAvailability(stream_running=True), (STREAM, TELEPHONY), ()),  # the stream tells, so the registry may rest
        (SenseAvailability(registry_readable=True), (TELEPHONY, NOTIFICATIONS), ()),
        (SenseAvailability(inbox_proven=True), (STREAM, TELEPHONY), ()),
        (SenseAvailability(configured=(INBOX,)), (STREAM, TELEPHONY), ()),  # given up by the person
    ],
)
def test_a_sense_that_heard_once_and_cannot_any_more_is_missed(
    ability: SenseAvailability, proven: tuple[Sense, ...], missed: tuple[Sense, ...]
) -> None:
    assert lost_senses(ability, proven) == missed


def test_during_a_talk_the_chosen_interval_is_kept_because_a_second_call_may_wait() -> None:
    long_ago = NOW - timedelta(hours=9)
    assert next_interval(PollConditions(interval=5 * SECOND, talking=True, last_call=long_ago), NOW) == 5 * SECOND
    assert next_interval(PollConditions(interval=5 * SECOND, talking=True, busy=True), NOW) == SECOND
    assert next_interval(PollConditions(interval=5 * SECOND, talking=True, battery=5), NOW) == 10 * SECOND


def test_a_list_that_hangs_is_asked_later_and_later_and_given_up_after_several_times() -> None:
    pauses = [None if AFTER_HANG.is_exhausted(count) else AFTER_HANG.pause(count) for count in range(1, 7)]
    assert pauses == [MINUTE, 4 * MINUTE, 15 * MINUTE, 60 * MINUTE, None, None]
    assert next_interval(PollConditions(interval=SECOND, hangs=1, faults=1, busy=True), NOW) == MINUTE
    assert next_interval(PollConditions(interval=SECOND, hangs=9), NOW) == 60 * MINUTE


def test_what_a_busy_day_costs_at_the_most_is_counted_with_its_calls() -> None:
    assert polls_a_day(2 * SECOND) == 43_200 + 300  # ten minutes of ringing, with a look a second
    assert polls_a_day(SECOND) == 86_400
    assert push_reads_a_day() == 80
    assert call_log_polls_a_day(5 * MINUTE, 5 * MINUTE) == 288 + 20 * 6
    assert call_log_polls_a_day(15 * SECOND, 5 * MINUTE) == 288 + 20 * (6 + 8)
